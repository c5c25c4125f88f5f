"""What the calls changed: two shares, their difference with its interval, and how many more customers are needed.

Newcombe, R. G. (1998), 'Interval Estimation for the Difference Between Independent Proportions', *Statistics in
Medicine* 17, method 10: Wilson's limits of both shares, squared and added. Pure arithmetic; shares in per cent.
"""

from dataclasses import dataclass
from math import ceil, hypot, sqrt

from portal.surveys.scoring import Z, wilson

POWER = 0.8416212335729143
"""Standard deviations of the normal distribution below which 80 % lie: so surely a true difference is to be found."""

FINE = 1e-4
"""How near to the smallest gain it is looked for."""


@dataclass(frozen=True)
class Uplift:
    """Bought since, of those who were worked against those who were kept untouched; 95 % interval, in per cent."""

    worked: int
    worked_bought: int
    untouched: int
    untouched_bought: int
    difference: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        """Whether chance alone does not explain the difference: 0 lies outside the interval."""
        return self.low > 0 or self.high < 0

    @property
    def still_needed(self) -> int | None:
        """How many customers more, at the present split, would make the present difference sure (see `needed`).

        0 when it is sure or they are enough; None when there is no difference to be sure of.
        """
        if self.sure:
            return 0
        both = self.worked + self.untouched
        shares = self.worked_bought / self.worked, self.untouched_bought / self.untouched
        whole = needed(*shares, self.untouched / both)
        return None if whole is None else max(0, whole - both)


def uplift(worked_bought: int, worked: int, untouched_bought: int, untouched: int) -> Uplift | None:
    """The difference of two shares; None while one of the groups is empty. 56 of 70 and 48 of 80 → +20 [5.2, 33.4]."""
    for hits, n in ((worked_bought, worked), (untouched_bought, untouched)):
        if not 0 <= hits <= n:
            raise ValueError(f"{hits} of {n} is not a share")
    if not worked or not untouched:
        return None
    one, other = 100 * worked_bought / worked, 100 * untouched_bought / untouched
    (low, high), (other_low, other_high) = wilson(worked_bought, worked), wilson(untouched_bought, untouched)
    difference = one - other
    down, up = hypot(one - low, other_high - other), hypot(high - one, other - other_low)
    low, high = max(-100.0, difference - down), min(100.0, difference + up)  # no rounding leads out of what can be
    return Uplift(worked, worked_bought, untouched, untouched_bought, difference, low, high)


def needed(share: float, other: float, untouched: float) -> int | None:
    """How many customers in all it takes to find that two shares (0 to 1) differ, at 5 % and with a power of 80 %.

    `untouched` is the part (0 to 1) of them that is left alone. None where the shares do not differ. Fleiss, Levin
    and Paik (2003), *Statistical Methods for Rates and Proportions*, equation 4.19, without its correction.
    """
    if not 0 < untouched < 1:
        raise ValueError("the part left untouched lies between 0 and 1")
    if share == other:
        return None
    ratio = untouched / (1 - untouched)
    mean = (share + ratio * other) / (1 + ratio)
    alone = Z * sqrt((1 + 1 / ratio) * mean * (1 - mean))
    together = POWER * sqrt(share * (1 - share) + other * (1 - other) / ratio)
    worked = ((alone + together) / (share - other)) ** 2
    return ceil(worked * (1 + ratio))


def findable(share: float, customers: int, untouched: float) -> float | None:
    """The smallest gain (0 to 1) over a `share` who buy anyway that so many customers suffice to find: `needed`, turned
    round. None where not even everybody buying would be found.
    """
    low, high = 0.0, 1 - share
    if not _suffices(share + high, share, untouched, customers):
        return None
    while high - low > FINE:
        middle = (low + high) / 2
        low, high = (low, middle) if _suffices(share + middle, share, untouched, customers) else (middle, high)
    return high


def _suffices(share: float, other: float, untouched: float, customers: int) -> bool:
    whole = needed(share, other, untouched)
    return whole is not None and whole <= customers
