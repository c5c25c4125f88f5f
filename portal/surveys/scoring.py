"""What answers add up to: scores with their intervals, after PRODUCT.md's conventions. Pure arithmetic.

NPS with the adjusted Wald interval (add 3 answers, ¾ of them promoters and ¾ detractors); CSAT, the share of 4 and 5,
with Wilson's; CES 2.0 as the mean, with the share of 5 and more and Wilson's interval of that. All of them at 95 %.

The mean of CES itself, as a share of its scale, has Wilson's interval too. That errs on the wide side, also of few or
equal answers: of all answers with one mean, those at the two ends of the scale vary most (Bhatia and Davis 2000).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from portal.surveys.scales import SCALES

Z = 1.959963984540054
"""Of the normal distribution, 95 % lie within so many standard deviations."""


@dataclass(frozen=True)
class Score:
    """A score of `n` answers, and between what the true one probably lies.

    For NPS from -100 to 100, for CSAT in per cent. For CES `value` is a mean from 1 to 7, and `low` and `high` belong
    to `share`, the per cent who gave 5 or more.
    """

    kind: str
    n: int
    value: float
    low: float
    high: float
    share: float | None = None

    @property
    def around(self) -> tuple[float, float]:
        """Between what the true `value` probably lies, on the scale of `value`."""
        if self.kind != "ces":
            return self.low, self.high
        scale = SCALES[self.kind]
        reach = scale.highest - scale.lowest
        low, high = wilson(self.n * (self.value - scale.lowest) / reach, self.n)
        return scale.lowest + reach * low / 100, scale.lowest + reach * high / 100


def score(kind: str, counts: Mapping[int, int]) -> Score | None:
    """The score of answers of one kind, given how many there are of each; None of no answers."""
    n = sum(counts.values())
    if not n:
        return None
    scale = SCALES[kind]
    happy = sum(count for given, count in counts.items() if given >= scale.happy)
    if kind == "nps":
        unhappy = sum(count for given, count in counts.items() if given <= scale.unhappy)
        return Score(kind, n, 100 * (happy - unhappy) / n, *nps_interval(happy, unhappy, n))
    low, high = wilson(happy, n)
    if kind == "csat":
        return Score(kind, n, 100 * happy / n, low, high)
    mean = sum(given * count for given, count in counts.items()) / n
    return Score(kind, n, mean, low, high, share=100 * happy / n)


def nps_interval(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    """The adjusted Wald interval of a net promoter score, from -100 to 100: 15, 10 of 30 → (4.8, 55.8)."""
    larger = n + 3
    up, down = (promoters + 0.75) / larger, (detractors + 0.75) / larger
    middle = up - down
    reach = Z * sqrt((up + down - middle * middle) / larger)
    return max(-100.0, 100 * (middle - reach)), min(100.0, 100 * (middle + reach))


def wilson(hits: float, n: int) -> tuple[float, float]:
    """Wilson's interval of a share, in per cent: 45 of 50 → (78.6, 95.7)."""
    share, squared = hits / n, Z * Z
    middle = (share + squared / (2 * n)) / (1 + squared / n)
    reach = Z * sqrt(share * (1 - share) / n + squared / (4 * n * n)) / (1 + squared / n)
    return max(0.0, 100 * (middle - reach)), min(100.0, 100 * (middle + reach))
