"""How good a prediction was: made of the purchases up to one day, against those that came after it.

As Fader, Hardie and Lee (2005) show it: cumulative repeat purchases week after week (their figure 2), and purchases in
the time held out by the number of purchases before it (their figure 3).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from portal.retention import bgnbd
from portal.retention.statistics import WEEK, BadStatistics, Floats, Grouped, Integers, finite, group, whole

MOST_GROUPS = 20_000
"""Up to so many groups of customers alike, the way between the first and the last day is computed of every one."""


@dataclass(frozen=True)
class Row:
    """Customers with so many earlier repeat purchases (the last row: so many or more), and what they did per head."""

    earlier: int
    customers: int
    expected: float
    actual: float


@dataclass(frozen=True, eq=False)
class Told:
    """What the prediction was made of: ids of the customers who had bought (ascending), their earlier repeat purchases,
    first and last days. Arrays, an entry per customer.
    """

    id: Integers
    frequency: Integers
    first: Integers
    last: Integers


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


def measured(
    parameters: bgnbd.Parameters, told: Told, who: Integers, when: Integers, as_of: int, days: int
) -> dict[str, Any]:
    """What was expected of these customers in the `days` after `as_of`, against the purchase days that came: plain JSON
    for the books. `who` and `when` hold an entry per purchase day, unique.

    `expected` and `came` in all; `by_earlier`, rows of (earlier repeat purchases, customers, expected and actual per
    head); `weeks`, rows of (week, expected and actual up to its end), the last of which may be shorter.
    """
    grouped = group(told.frequency, told.last - told.first, as_of - told.first, indexed=True)
    ahead = bgnbd.scores(parameters, grouped, days / WEEK)[1]
    actual = purchases_since(told.id, who, when, as_of, as_of + days)
    ends = [*range(7, days, 7), days]
    ours = np.isin(who, told.id) & (when > as_of) & (when <= as_of + days)
    came = np.searchsorted(np.sort(when[ours]), as_of + np.array(ends), side="right").tolist()
    rows = by_earlier(told.frequency, ahead[grouped.of], actual)
    return {
        "on": date.fromordinal(as_of).isoformat(),
        "until": date.fromordinal(as_of + days).isoformat(),
        "expected": float(ahead @ grouped.customers),
        "came": int(actual.sum()),
        "by_earlier": [[row.earlier, row.customers, round(row.expected, 3), round(row.actual, 3)] for row in rows],
        "weeks": [
            [week, round(hoped, 1), did]
            for week, (hoped, did) in enumerate(zip(_way(parameters, grouped, ahead, ends), came, strict=True), start=1)
        ],
    }


def _way(parameters: bgnbd.Parameters, grouped: Grouped, ahead: Floats, ends: list[int]) -> list[float]:
    """Expected of all together up to each of the days. Of many groups, every so manieth tells how the whole is spread
    over time, for that is the same to a thousandth; the end is that of all.
    """
    step = max(1, len(grouped.customers) // MOST_GROUPS)
    some = Grouped(*(column[::step] for column in (
        grouped.frequency, grouped.recency_days, grouped.age_days, grouped.customers
    )))  # fmt: skip
    parts = [float(bgnbd.scores(parameters, some, end / WEEK)[1] @ some.customers) for end in ends]
    whole = float(ahead @ grouped.customers)
    return [whole * part / parts[-1] if parts[-1] else 0.0 for part in parts]
