"""The three kinds of survey and their scales: which scores exist, and which of them are unhappy or happy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Whole scores from `lowest` to `highest`; unhappy up to `unhappy`, happy from `happy` on."""

    lowest: int
    highest: int
    unhappy: int
    happy: int

    @property
    def scores(self) -> range:
        """Every score that can be given, rising."""
        return range(self.lowest, self.highest + 1)

    def feeling(self, score: int) -> str:
        """`unhappy`, `neutral` or `happy`. For NPS: detractor, passive, promoter."""
        if score <= self.unhappy:
            return "unhappy"
        return "happy" if score >= self.happy else "neutral"


SCALES = {"nps": Scale(0, 10, 6, 9), "csat": Scale(1, 5, 2, 4), "ces": Scale(1, 7, 3, 5)}
"""NPS: how likely to recommend. CSAT: how satisfied. CES 2.0: how far one agrees that it was easy."""
SCORES = tuple(str(score) for score in range(max(scale.highest for scale in SCALES.values()) + 1))
"""Every score of any scale, as digits."""
