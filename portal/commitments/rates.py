"""How many promises of ours are kept, twice: as we say, of those kept or broken; as clients say, of those that they
have spoken of. Pure arithmetic.
"""

from dataclasses import dataclass

from portal.surveys.scoring import wilson

SMALL = 50
"""Below so many promises a share is said with its interval."""


@dataclass(frozen=True)
class Rate:
    """So many of so many were kept."""

    kept: int = 0
    n: int = 0

    @property
    def share(self) -> float | None:
        """In per cent; None of none."""
        return 100 * self.kept / self.n if self.n else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Wilson's interval in per cent, at 95 %; None of none."""
        return wilson(self.kept, self.n) if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The same where few promises say little; else None."""
        return self.bounds if self.n < SMALL else None

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(self.kept + other.kept, self.n + other.n)


@dataclass(frozen=True)
class Rates:
    """As we say, and as clients say."""

    ours: Rate = Rate()
    clients: Rate = Rate()

    def __add__(self, other: "Rates") -> "Rates":
        return Rates(self.ours + other.ours, self.clients + other.clients)


def rates_of(kept: int, settled: int, confirmed: int, spoken: int) -> Rates:
    """Of counts as queries give them."""
    return Rates(Rate(kept, settled), Rate(confirmed, spoken))
