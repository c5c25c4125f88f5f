"""What became of the customers that a seller handed over, and what the seller is credited with since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from portal import clock
from portal.backing import queries
from portal.paging import Page


@dataclass(frozen=True)
class Bought:
    """On so many purchase days, for so much, in one currency."""

    currency: str
    days: int
    amount_minor: int


@dataclass(frozen=True)
class Credit:
    """What a seller's customers have bought since they were handed over: this month and in all, by currency."""

    month: Sequence[Bought] = ()
    ever: Sequence[Bought] = ()


@dataclass(frozen=True)
class HandedOver:
    """One page of a seller's customers, what each has bought since, by customer id, and the credit for all of them."""

    page: Page[Row[Any]]
    bought: Mapping[int, Sequence[Bought]] = field(default_factory=dict)
    credit: Credit = Credit()


def by(user_id: int, after: str | None) -> HandedOver:
    """The customers that this user handed over, the latest first. A repurchase counts from the day after the hand-off,
    each purchase day once; a customer handed over twice counts since the last time. Three queries.
    """
    today = clock.today()
    page = queries.page_handed_over(user_id, after, today)
    ids = [row.id for row in page.rows]
    since = _by_customer(queries.bought_since(ids)) if ids else {}
    totals = queries.credit(user_id, today.replace(day=1)) if ids else ()
    return HandedOver(page, since, credit_of(totals))


def _by_customer(rows: Iterable[Any]) -> dict[int, list[Bought]]:
    found: dict[int, list[Bought]] = {}
    for row in rows:
        found.setdefault(row.customer_id, []).append(Bought(row.currency, int(row.days), int(row.amount_minor)))
    return found


def credit_of(rows: Iterable[Any]) -> Credit:
    """Rows of `queries.credit` as what is credited."""
    kept = [(row.currency, *(int(each or 0) for each in row[1:])) for row in rows]
    month = [Bought(currency, days, minor) for currency, _, _, days, minor in kept if days]
    return Credit(month, [Bought(currency, days, minor) for currency, days, minor, _, _ in kept])
