"""How regular the firm's buyers are, and what cadence each of them keeps.

BG/NBD takes purchases to fall at random. Where buyers keep a rhythm instead, the gaps between their purchases are more
alike than chance would have it: Gamma distributed with a shape k above 1. Wheat and Morrison (1990), 'Estimating
Purchase Regularity with Two Interpurchase Times', *Journal of Marketing Research* 27(1): of two successive gaps of one
buyer, the first one's share varies with variance 1/(4(2k+1)), however fast or slow the buyer is.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincc

from portal.retention.statistics import BadStatistics, Floats, Integers, finite, purchase_days, whole

ENOUGH_BUYERS = 30
"""Buyers with two gaps from which regularity is a figure of the firm and not of chance."""

REGULAR = 1.5
"""The shape from which buyers count as regular: 1 is pure chance, 2 every other of chance's purchases. Platzer and
Reutterer (2016), 'Ticking Away the Moments', *Marketing Science* 35(5), find that rhythm helps from about there."""

ALIKE = 1e3
"""The shape that is shown for gaps which are all the same."""


@dataclass(frozen=True)
class Regularity:
    """The shape k of the gaps, with its 95 % interval, and of how many buyers. None where there are too few."""

    buyers: int
    shape: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def regular(self) -> bool:
        """Whether the buyers keep a rhythm beyond doubt: the whole interval lies above pure chance, k in REGULAR."""
        return self.shape is not None and self.low is not None and self.shape >= REGULAR and self.low > 1


@dataclass(frozen=True, eq=False)
class Cadences:
    """The rhythm of each customer with two purchase days or more, sorted by customer."""

    customer: Integers
    last_day: Integers
    purchase_days: Integers
    median_gap: Floats
    """Days."""

    @property
    def expected_day(self) -> Floats:
        """The day on which the next purchase is expected: the last one and the median gap."""
        return self.last_day + self.median_gap


def of_pairs(earlier_gap: ArrayLike, later_gap: ArrayLike) -> Regularity:
    """The regularity of buyers from two successive gaps of each, in any unit of time.

    Two arrays with one entry per buyer with three purchase days or more. The interval is that of the variance's mean
    (normal, 95 %), carried over to k.
    """
    earlier, later = finite(earlier_gap, "gap"), finite(later_gap, "gap")
    if earlier.shape != later.shape or earlier.ndim > 1:
        raise BadStatistics("gaps do not come in pairs")
    both = np.atleast_1d(earlier + later)
    if (both == 0).any():
        raise BadStatistics("gap: two gaps of no length")
    buyers = both.size
    if buyers < ENOUGH_BUYERS:
        return Regularity(buyers)
    squares = (earlier / both - 0.5) ** 2
    variance = float(squares.mean())
    reach = 1.96 * float(squares.std(ddof=1)) / np.sqrt(buyers)
    return Regularity(buyers, _shape(variance), _shape(variance + reach), _shape(variance - reach))


def of_purchases(customer: ArrayLike, day: ArrayLike) -> Regularity:
    """The regularity by each buyer's last two gaps, from purchases (whose, and on which day) in any order."""
    who, when = purchase_days(customer, day)
    if len(who) < 3:
        return Regularity(0)
    third = who[2:] == who[:-2]
    last = np.append(who[3:] != who[2:-1], True)
    here = np.flatnonzero(third & last)
    return of_pairs(when[here + 1] - when[here], when[here + 2] - when[here + 1])


def cadences(customer: ArrayLike, day: ArrayLike) -> Cadences:
    """The rhythm of each customer who bought on two days or more, from purchases in any order."""
    who, when = purchase_days(customer, day)
    customers, first, days = np.unique(who, return_index=True, return_counts=True)
    inside = who[1:] == who[:-1]
    owner, gap = who[1:][inside], np.diff(when)[inside]
    again = days > 1
    _, median = medians(gap, owner)
    return Cadences(customers[again], when[(first + days - 1)[again]], days[again].astype(np.int64), median)


def still_coming(elapsed: ArrayLike, typical_gap: ArrayLike, shape: float) -> Floats:
    """The chance that a pause this long is just a long gap: how many gaps of such a buyer are longer still.

    `elapsed` and the mean `typical_gap` in the same unit, arrays that broadcast; gaps Gamma distributed with `shape`.
    """
    waited, typical = finite(elapsed, "elapsed"), finite(typical_gap, "gap")
    if (typical == 0).any():
        raise BadStatistics("gap: of no length")
    if not shape > 0:
        raise BadStatistics("shape: above 0 is needed")
    return np.asarray(gammaincc(shape, shape * waited / typical))


def medians(gaps: ArrayLike, buyer: ArrayLike) -> tuple[Integers, Floats]:
    """The median gap of each buyer who has one, from gaps and whose they are, in any order."""
    of, length = whole(buyer, "buyer"), finite(gaps, "gap")
    length = length[np.lexsort((length, of))]
    buyers, count = np.unique(of, return_counts=True)
    start = np.cumsum(count) - count
    return buyers, (length[start + (count - 1) // 2] + length[start + count // 2]) / 2


def _shape(variance: float) -> float:
    """k of the variance of the first gap's share, V = 1/(4(2k+1)), so k = (1 - 4V)/(8V)."""
    if variance <= 0:
        return ALIKE
    return float(np.clip((1 - 4 * variance) / (8 * variance), 0.0, ALIKE))
