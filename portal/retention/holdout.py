"""How good a prediction was: made of the purchases up to one day, against those that came after it.

As Fader, Hardie and Lee (2005) show it: cumulative repeat purchases week after week (their figure 2), and purchases in
the time held out by the number of purchases before it (their figure 3).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from portal.retention import bgnbd
from portal.retention.statistics import WEEK, BadStatistics, Floats, Integers, finite, whole


@dataclass(frozen=True)
class Row:
    """Customers with so many earlier repeat purchases (the last row: so many or more), and what they did per head."""

    earlier: int
    customers: int
    expected: float
    actual: float


def by_earlier(frequency: ArrayLike, expected: ArrayLike, actual: ArrayLike, most: int = 7) -> list[Row]:
    """Mean expected and actual purchases by frequency, `most` and more in one row. Arrays: an entry per customer."""
    x, hoped, did = whole(frequency, "frequency"), finite(expected, "expected"), finite(actual, "actual")
    if not len(x) == hoped.size == did.size:
        raise BadStatistics("frequency, expected and actual are not equally many")
    row = np.minimum(x, most)
    n = np.bincount(row, minlength=most + 1)
    sums = [np.bincount(row, values, most + 1) for values in (hoped, did)]
    return [
        Row(number, int(n[number]), float(sums[0][number] / n[number]), float(sums[1][number] / n[number]))
        for number in np.flatnonzero(n).tolist()
    ]


def purchases_since(customers: ArrayLike, who: ArrayLike, day: ArrayLike, after: int, until: int) -> Integers:
    """How many purchase days each of the `customers` (ascending) had after one day, up to and with another.

    `who` and `day` have one entry per purchase day, unique (`statistics.purchase_days`).
    """
    ours, theirs, when = whole(customers, "customer"), whole(who, "customer"), whole(day, "day")
    counted = (when > after) & (when <= until)
    position = np.searchsorted(ours, theirs[counted])
    known = position < len(ours)
    known[known] = ours[position[known]] == theirs[counted][known]
    return np.bincount(position[known], minlength=len(ours)).astype(np.int64)


def expected_cumulative(parameters: bgnbd.Parameters, first_day: ArrayLike, days: ArrayLike) -> Floats:
    """Repeat purchases of all customers together up to each of the `days`, from the days of their first purchases."""
    firsts, count = np.unique(whole(first_day, "day"), return_counts=True)
    ends = whole(days, "day")
    weeks = np.maximum(0, ends[:, None] - firsts[None, :]) / WEEK
    distinct, of = np.unique(weeks, return_inverse=True)
    return np.asarray(bgnbd.expected_of_anyone(parameters, distinct)[of].reshape(weeks.shape) @ count)
