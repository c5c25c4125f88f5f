"""The figures of a customer, derived from the ledger: purchase days, revenue, interval and status.

They are brought up to date in the transaction of every change to the ledger, and can be rebuilt at any time. A purchase
day counts once, however much was bought on it; voided purchases count nowhere.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from itertools import groupby, pairwise
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import update
from sqlalchemy.orm.util import identity_key

from portal.customers.models import Customer
from portal.extensions import db
from portal.purchases import queries

AT_ONCE = 1000
Day = tuple[date, str, int, int]
"""A day's purchases in one currency: the day, the currency, their sum in minor units, how many they were."""


class Figures(NamedTuple):
    """What the ledger says about one customer. Money in minor units, the interval in days."""

    status: str
    purchase_days: int
    first_purchase_on: date | None
    second_purchase_on: date | None
    last_purchase_on: date | None
    revenue_minor: int
    currency: str | None
    median_interval_days: float | None


NONE = Figures("prospect", 0, None, None, None, 0, None, None)


def of(days: Iterable[Day]) -> Figures:
    """The figures that these purchases make, in whatever order they come.

    The currency is the one of most purchases, on a draw the one bought in last, then the first by name; purchases in
    other currencies count as days and are not added to the revenue.
    """
    bought = sorted(days)
    if not bought:
        return NONE
    currency = bought[0][1]
    if any(each[1] != currency for each in bought):
        currency = _main_currency(bought)
    on = sorted({each[0] for each in bought})
    revenue = sum(each[2] for each in bought if each[1] == currency)
    status, second = ("client", on[1]) if len(on) > 1 else ("buyer", None)
    return Figures(status, len(on), on[0], second, on[-1], revenue, currency, _median_interval(on))


def _main_currency(bought: list[Day]) -> str:
    times: Counter[str] = Counter()
    last: dict[str, date] = {}
    for on, currency, _, count in bought:
        times[currency] += count
        last[currency] = on
    return min(times, key=lambda currency: (-times[currency], -last[currency].toordinal(), currency))


def _median_interval(on: list[date]) -> float | None:
    """The median number of days from one purchase day to the next; None below two."""
    gaps = sorted((later - earlier).days for earlier, later in pairwise(on))
    if not gaps:
        return None
    middle = len(gaps) // 2
    return float(gaps[middle]) if len(gaps) % 2 else (gaps[middle - 1] + gaps[middle]) / 2


def refresh(customer_ids: Collection[int]) -> int:
    """Bring these customers' figures up to date with the ledger, within the transaction; returns how many changed.

    Locks the customers first, so that two writers to one customer's purchases can't each miss the other's.
    """
    db.session.flush()
    ids = sorted(customer_ids)
    changed = 0
    for start in range(0, len(ids), AT_ONCE):
        batch = ids[start : start + AT_ONCE]
        stood = queries.figures_for_change(batch)
        found = dict.fromkeys(batch, NONE) | _of_many(batch)
        changed += _store({id: each for id, each in found.items() if tuple(each) != stood[id]})
    return changed


def _of_many(ids: list[int]) -> dict[int, Figures]:
    """The figures of those of these customers who have bought."""
    by_customer = groupby(queries.purchase_days(ids), key=itemgetter(0))
    return {
        id: of((on, currency, amount, count) for _, on, currency, amount, count in rows) for id, rows in by_customer
    }


def _store(figures: dict[int, Figures]) -> int:
    if figures:
        db.session.execute(update(Customer), [{"id": id, **each._asdict()} for id, each in figures.items()])
    for id in figures:
        loaded = db.session.identity_map.get(identity_key(Customer, id))
        if loaded is not None:
            db.session.expire(loaded, Figures._fields)
    return len(figures)


def rebuild() -> tuple[int, int]:
    """Recompute everybody's figures; commits after every thousand. How many customers there are, how many changed."""
    customers = changed = after = 0
    while ids := queries.customer_ids_after(after, AT_ONCE):
        changed += refresh(ids)
        customers += len(ids)
        after = ids[-1]
        db.session.commit()
    return customers, changed
