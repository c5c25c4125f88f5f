"""Customers' figures from the ledger, as `purchases.figures` has them, of all customers at once and as of a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from portal.retention.queries import DAYS
from portal.retention.statistics import Floats, Integers

YEAR = 365


class Bought(NamedTuple):
    """One purchase, its day as an ordinal."""

    customer_id: int
    on: int
    amount_minor: int
    currency: str


@dataclass(frozen=True, eq=False)
class Ledger:
    """Purchases up to some day, in the order of their customers and days."""

    key: Integers
    """Customer · DAYS + day."""
    amount: Integers
    code: Integers
    """Which of the currencies."""
    currencies: list[str]

    @classmethod
    def of(cls, key: Integers, amount: Integers, code: Integers, currencies: list[str]) -> "Ledger":
        """From purchases in any order."""
        order = np.argsort(key)
        one = len(currencies) < 2
        return cls(key[order], amount[order], code[:0] if one else code[order], currencies)

    def until(self, day: int) -> "Ledger":
        """What was bought up to and with that day."""
        known = self.key % DAYS <= day
        if known.all():
            return self
        return Ledger(self.key[known], self.amount[known], self.code[known[: len(self.code)]], self.currencies)

    def restated(self, out: Iterable[Bought], back: Iterable[Bought]) -> "Ledger":
        """Without these, as far as it has them, and with those."""
        out, back = list(out), list(back)
        if not out and not back:
            return self
        currencies = list(dict.fromkeys([*self.currencies, *(each.currency for each in back)]))
        code = self.code if len(self.currencies) > 1 else np.zeros_like(self.key)
        stays = np.ones(len(self.key), dtype=bool)
        for each in out:
            of_day = each.customer_id * DAYS + each.on
            start, end = np.searchsorted(self.key, [of_day, of_day + 1])
            same = [at for at in range(start, end) if stays[at] and self.amount[at] == each.amount_minor
                    and currencies[code[at]] == each.currency]  # fmt: skip
            stays[same[:1]] = False
        come = np.array(
            [(each.customer_id * DAYS + each.on, each.amount_minor, currencies.index(each.currency)) for each in back],
            dtype=np.int64,
        ).reshape(-1, 3)
        key, amount, code = (
            np.concatenate([old[stays], new]) for old, new in zip((self.key, self.amount, code), come.T, strict=True)
        )
        return Ledger.of(key, amount, code, currencies)

    def between(self, after: int, until: int) -> tuple[Integers, Integers]:
        """The purchase days after one day, up to and with another: whose, and which."""
        day = self.key % DAYS
        key = self.key[(day > after) & (day <= until)]
        days = key[_first(key)]
        return days // DAYS, days % DAYS


def of(who: Integers, ledger: Ledger) -> dict[str, Any]:
    """The columns of `Known` that come of purchases, of these customers (ascending).

    A customer's currency is the one of most purchases, on a draw the one bought in last, then the first by name; what
    was bought in another makes a purchase day, but no money.
    """
    start = np.flatnonzero(_first(ledger.key))
    key = ledger.key[start]
    place = places(who, key // DAYS)
    here = place >= 0
    ours = _currency(len(who), who, ledger)
    amount = ledger.amount
    if len(ledger.currencies) > 1:
        amount = np.where(ledger.code == ours[places(who, ledger.key // DAYS)], amount, 0)
    spent = np.add.reduceat(amount, start) if len(start) else amount
    if not here.all():
        place, key, spent = place[here], key[here], spent[here]
    names = np.array([*ledger.currencies, ""])
    return {"currency": names[ours], **_by_customer(len(who), place, key % DAYS, spent)}


def _by_customer(customers: int, place: Integers, on: Integers, spent: Integers) -> dict[str, Any]:
    """Purchase days, given in order, gathered by customer."""
    begin = np.flatnonzero(_first(place))
    buyers = place[begin]
    days = np.diff(np.append(begin, len(place)))
    last = on[begin + days - 1]
    second = np.where(days > 1, on[np.minimum(begin + 1, max(len(on) - 1, 0))], 0) if len(on) else days
    recent = on > np.repeat(last, days) - YEAR

    def column(values: Integers) -> Integers:
        found = np.zeros(customers, dtype=np.int64)
        found[buyers] = values
        return found

    def total(values: Integers) -> Integers:
        return column(np.add.reduceat(values, begin) if len(begin) else values)

    return {
        "purchase_days": column(days),
        "first": column(on[begin]),
        "second": column(second),
        "last": column(last),
        "median_gap": _median_gap(customers, place, on),
        "revenue": total(spent),
        "year": total(np.where(recent, spent, 0)),
        "bought_by": place,
        "bought_on": on,
        "spent": spent,
    }


def places(who: Integers, customer: Integers) -> Integers:
    """Where each `customer` stands in `who` (ascending); -1 where not at all."""
    if not len(who) or not len(customer):
        return np.full(len(customer), -1, dtype=np.int64)
    highest = int(who[-1])
    if highest < 4 * len(who) + 100_000:  # ids lie close: a table is faster than a search
        table = np.full(highest + 2, -1, dtype=np.int64)
        table[who] = np.arange(len(who))
        return np.asarray(table[np.minimum(customer, highest + 1)])
    place = np.minimum(np.searchsorted(who, customer), len(who) - 1)
    return np.where(who[place] == customer, place, -1)


def _first(ascending: Integers) -> Any:
    """Where a new value begins."""
    new = np.ones(len(ascending), dtype=bool)
    new[1:] = ascending[1:] != ascending[:-1]
    return new


def _currency(customers: int, who: Integers, ledger: Ledger) -> Integers:
    """Of each customer, which of the currencies; one beyond them for who has not bought."""
    kinds = len(ledger.currencies)
    place = places(who, ledger.key // DAYS)
    here = place >= 0
    found = np.full(customers, kinds, dtype=np.int64)
    if kinds < 2:
        found[place[here]] = 0
        return found
    pair, of, count = np.unique(place[here] * kinds + ledger.code[here], return_inverse=True, return_counts=True)
    last = np.zeros(len(pair), dtype=np.int64)
    np.maximum.at(last, of, (ledger.key % DAYS)[here])
    owner, which = np.divmod(pair, kinds)
    by_name = np.argsort(np.argsort(ledger.currencies))[which]
    best_last = np.lexsort((-by_name, last, count, owner))
    found[owner[best_last]] = which[best_last]  # the last one written stays
    return found


def _median_gap(customers: int, place: Integers, on: Integers) -> Floats:
    """The median number of days from one purchase day to the next; NaN below two."""
    found = np.full(customers, np.nan)
    inside = place[1:] == place[:-1]
    if not inside.any():
        return found
    owner = place[1:][inside]
    gap = np.sort(owner * DAYS + np.diff(on)[inside]) % DAYS  # each owner's, ascending
    begin = np.flatnonzero(_first(owner))
    count = np.diff(np.append(begin, len(owner)))
    found[owner[begin]] = (gap[begin + (count - 1) // 2] + gap[begin + count // 2]) / 2
    return found
