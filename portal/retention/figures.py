"""Customers' figures from the ledger, as `purchases.figures` has them, of all customers at once and as of a day."""

from typing import Any

import numpy as np

from portal.retention.statistics import Floats, Integers

YEAR = 365
DAY = 1 << 20
"""More than any day's number: a customer's place and a day share one sortable number."""


def of(
    customers: int, place: Integers, day: Integers, amount: Integers, code: Integers, currencies: list[str]
) -> dict[str, Any]:
    """The columns of `Known` that come of purchases, given in any order: whose (by the customer's place), on which day,
    how much in minor units, and in which of the `currencies`.

    A customer's currency is the one of most purchases, on a draw the one bought in last, then the first by name; what
    was bought in another makes a purchase day, but no money.
    """
    ours = _currency(customers, place, day, code, currencies)
    if len(currencies) > 1:
        amount = np.where(code == ours[place], amount, 0)
    key = place * DAY + day
    order = np.argsort(key)
    key, amount = key[order], amount[order]
    start = np.flatnonzero(_first(key))
    key = key[start]
    spent = np.add.reduceat(amount, start) if len(start) else amount
    who, on = key // DAY, key % DAY
    begin = np.flatnonzero(_first(who))
    buyers = who[begin]
    days = np.diff(np.append(begin, len(who)))
    last = on[begin + days - 1]
    second = np.where(days > 1, on[np.minimum(begin + 1, len(on) - 1)], 0) if len(on) else days
    recent = on > np.repeat(last, days) - YEAR

    def column(values: Any, kind: Any = np.int64) -> Any:
        found = np.zeros(customers, dtype=kind)
        found[buyers] = values
        return found

    def total(values: Integers) -> Integers:
        return np.asarray(column(np.add.reduceat(values, begin) if len(begin) else values))

    names = np.array([*currencies, ""]) if currencies else np.array([""])
    return {
        "currency": names[ours],
        "purchase_days": column(days),
        "first": column(on[begin]),
        "second": column(second),
        "last": column(last),
        "median_gap": _median_gap(customers, who, on),
        "revenue": total(spent),
        "year": total(np.where(recent, spent, 0)),
        "bought_by": who,
        "bought_on": on,
        "spent": spent,
    }


def _first(ascending: Integers) -> Any:
    """Where a new value begins."""
    new = np.ones(len(ascending), dtype=bool)
    new[1:] = ascending[1:] != ascending[:-1]
    return new


def _currency(customers: int, place: Integers, day: Integers, code: Integers, currencies: list[str]) -> Integers:
    """Of each customer, which of the currencies; one beyond them for who has not bought."""
    found = np.full(customers, len(currencies), dtype=np.int64)
    if len(currencies) < 2:
        found[place] = 0
        return found
    pair, count = np.unique(place * len(currencies) + code, return_counts=True)
    last = np.zeros(len(pair), dtype=np.int64)
    np.maximum.at(last, np.searchsorted(pair, place * len(currencies) + code), day)
    who, which = np.divmod(pair, len(currencies))
    by_name = np.argsort(np.argsort(currencies))[which]
    worst_first = np.lexsort((-by_name, last, count, who))
    found[who[worst_first]] = which[worst_first]  # the last one written stays
    return found


def _median_gap(customers: int, who: Integers, on: Integers) -> Floats:
    """The median number of days from one purchase day to the next; NaN below two."""
    found = np.full(customers, np.nan)
    inside = who[1:] == who[:-1]
    if not inside.any():
        return found
    owner = who[1:][inside]
    key = np.sort(owner * DAY + np.diff(on)[inside])  # each owner's gaps, ascending
    gap, begin = key % DAY, np.flatnonzero(_first(owner))
    count = np.diff(np.append(begin, len(owner)))
    found[owner[begin]] = (gap[begin + (count - 1) // 2] + gap[begin + count // 2]) / 2
    return found
