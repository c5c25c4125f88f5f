"""What prediction needs to know of customers: how often, how recently and since when they buy, counted in groups.

A customer's *frequency* is the number of purchase days after the first, *recency* the customer's age at the last
purchase, *age* the time from the first purchase to the day of the books (Fader, Hardie and Lee 2005, section 3: x, t_x
and T). Days are counted in whole days and given to the models in weeks, the unit of time of the published answers.
Customers who share all three are alike to the models, so they are counted once, with how many they are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

WEEK = 7.0
"""Days."""

OLDEST = 100_000
"""Days: no customer is older than that. Keeps the three numbers within one sortable integer of 64 bits."""


class BadStatistics(ValueError):
    """The numbers cannot be those of customers; the message says which and why."""


@dataclass(frozen=True, eq=False)
class Grouped:
    """Customers by their unique (frequency, recency, age), sorted by these. All arrays have one entry per group."""

    frequency: Integers
    """Purchase days after the first."""
    recency_days: Integers
    """Days from the first purchase to the last; 0 where the frequency is 0."""
    age_days: Integers
    """Days from the first purchase to the day of the books."""
    customers: Integers
    """How many customers share the three."""
    of: Integers | None = None
    """The group of each customer, in the order in which they were given; only if `group` was asked for it."""

    @property
    def recency(self) -> Floats:
        """In weeks."""
        return self.recency_days / WEEK

    @property
    def age(self) -> Floats:
        """In weeks."""
        return self.age_days / WEEK

    @property
    def total(self) -> int:
        """How many customers there are."""
        return int(self.customers.sum())

    @property
    def repeat_buyers(self) -> int:
        """How many of them bought on two days or more."""
        return int(self.customers[self.frequency > 0].sum())


@dataclass(frozen=True, eq=False)
class Histories:
    """Each customer's three numbers, sorted by customer. All arrays have one entry per customer."""

    customer: Integers
    frequency: Integers
    recency_days: Integers
    age_days: Integers


def group(
    frequency: ArrayLike,
    recency_days: ArrayLike,
    age_days: ArrayLike,
    customers: ArrayLike | None = None,
    *,
    indexed: bool = False,
) -> Grouped:
    """Count customers by their unique triples.

    Takes three arrays of n whole numbers, one entry per customer, or per group of `customers` alike (as a GROUP BY
    gives them). With `indexed`, `of` of the answer leads from each entry to its group. Raises BadStatistics for
    numbers that are missing (NaN), negative or broken, and where not frequency ≤ recency ≤ age, in days.
    """
    x = whole(frequency, "frequency")
    recency = whole(recency_days, "recency")
    age = whole(age_days, "age")
    counts = None if customers is None else whole(customers, "number of customers")
    if any(len(other) != len(x) for other in (recency, age, counts) if other is not None):
        raise BadStatistics("frequency, recency and age are not equally many")
    _believe(x, recency, age)
    width = int(age.max(initial=0)) + 1
    key = (x * width + recency) * width + age
    if indexed:
        keys, of = np.unique(key, return_inverse=True)
        counted = np.bincount(of, minlength=len(keys)) if counts is None else _added(of, counts, len(keys))
    elif counts is None:
        of = None
        keys, counted = np.unique(key, return_counts=True)
    else:
        keys, inverse = np.unique(key, return_inverse=True)
        of, counted = None, _added(inverse, counts, len(keys))
    pair, ages = np.divmod(keys, width)
    frequencies, recencies = np.divmod(pair, width)
    return Grouped(frequencies, recencies, ages, counted.astype(np.int64), of)


def pairs(one: Integers, other: Integers) -> tuple[Integers, Integers, Integers]:
    """The unique pairs of two columns of whole numbers of 0 and more, and which of them each entry has."""
    width = int(other.max(initial=0)) + 1
    key = one * width + other
    if int(key.max(initial=0)) > 4 * len(key) + 100_000:
        keys, of = np.unique(key, return_inverse=True)
    else:  # they lie close: a table is faster than sorting
        there = np.bincount(key) > 0
        keys, of = np.flatnonzero(there), (np.cumsum(there) - 1)[key]
    return keys // width, keys % width, of


def from_purchases(customer: ArrayLike, day: ArrayLike, as_of: int) -> Histories:
    """Each customer's frequency, recency and age from their purchases up to and with the day `as_of`.

    Takes two arrays of whole numbers, one entry per purchase in any order: whose it is, and its day (as
    `date.toordinal()` counts). Purchases of one customer on one day count once; later ones than `as_of` not at all,
    and customers without earlier ones are left out.
    """
    who, when = purchase_days(customer, day, as_of)
    customers, first, days = np.unique(who, return_index=True, return_counts=True)
    last = first + days - 1
    return Histories(
        customer=customers,
        frequency=(days - 1).astype(np.int64),
        recency_days=when[last] - when[first],
        age_days=as_of - when[first],
    )


def purchase_days(customer: ArrayLike, day: ArrayLike, as_of: int | None = None) -> tuple[Integers, Integers]:
    """The unique pairs of customer and purchase day, sorted by both, up to and with the day `as_of`."""
    who, when = whole(customer, "customer"), whole(day, "day")
    if len(who) != len(when):
        raise BadStatistics("customers and days are not equally many")
    if as_of is not None:
        known = when <= as_of
        who, when = who[known], when[known]
    order = np.lexsort((when, who))
    who, when = who[order], when[order]
    new = np.ones(len(who), dtype=bool)
    new[1:] = (np.diff(who) != 0) | (np.diff(when) != 0)
    return who[new], when[new]


def whole(values: ArrayLike, name: str) -> Integers:
    """The values as whole numbers of 0 and more, one-dimensional; BadStatistics says which `name` is not."""
    array = np.atleast_1d(np.asarray(values))
    if array.ndim != 1 or array.dtype.kind not in "biuf":
        raise BadStatistics(f"{name}: a list of numbers is needed")
    if array.dtype.kind == "f":
        if not np.isfinite(array).all():
            raise BadStatistics(f"{name}: a number is missing or infinite")
        if (np.abs(array) >= 2.0**62).any() or (array != np.floor(array)).any():
            raise BadStatistics(f"{name}: whole numbers are needed")
    if array.size and array.min() < 0:
        raise BadStatistics(f"{name}: a number is negative")
    return array.astype(np.int64, copy=False)


def finite(values: ArrayLike, name: str) -> Floats:
    """The values as finite numbers of 0 and more, of any shape; BadStatistics says which `name` is not."""
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all():
        raise BadStatistics(f"{name}: a number is missing or infinite")
    if (array < 0).any():
        raise BadStatistics(f"{name}: a number is negative")
    return array


def _believe(x: Integers, recency: Integers, age: Integers) -> None:
    if age.max(initial=0) > OLDEST:
        raise BadStatistics(f"age: more than {OLDEST:,} days")
    if (recency > age).any():
        raise BadStatistics("recency: a last purchase after the day of the books")
    if (x > recency).any():
        raise BadStatistics("frequency: more purchase days than days")
    if ((x == 0) & (recency > 0)).any():
        raise BadStatistics("recency: a last purchase after the first, but no second purchase day")


def _added(of: Integers, counts: Integers, groups: int) -> Integers:
    """Whole numbers added up by group, exactly."""
    sums = np.zeros(groups, dtype=np.int64)
    np.add.at(sums, of, counts)
    return sums
