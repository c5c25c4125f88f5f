"""What the ledger is narrowed by: a customer, words of a customer, days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, select

from portal.customers.models import Customer
from portal.customers.queries import found_by
from portal.customers.search import LONGEST_QUERY
from portal.purchases.models import Purchase
from portal.texts import number_in, without_unfit

REACH = 500
"""How many customers found by words are looked at."""


@dataclass(frozen=True)
class PurchaseFilter:
    """What was asked for; what was not understood is left out."""

    q: str = ""
    customer: int = 0
    since: date | None = None
    until: date | None = None

    @classmethod
    def from_address(cls, args: Mapping[str, str]) -> "PurchaseFilter":
        """Read it from the query string."""
        return cls(
            q=" ".join(without_unfit(args.get("q", "")[:LONGEST_QUERY]).split()),
            customer=number_in(args.get("customer", "")),
            since=_day(args.get("since", "")),
            until=_day(args.get("until", "")),
        )

    def conditions(self) -> list[ColumnElement[bool]]:
        """What a purchase must be, to be in the list."""
        found: list[ColumnElement[bool]] = []
        if self.customer:
            found.append(Purchase.customer_id == self.customer)
        if self.q:
            reach = select(Customer.id).where(found_by(self.q)).limit(REACH).subquery()
            found.append(Purchase.customer_id.in_(select(reach.c.id)))
        if self.since:
            found.append(Purchase.purchased_on >= self.since)
        if self.until:
            found.append(Purchase.purchased_on <= self.until)
        return found

    @property
    def is_empty(self) -> bool:
        """Does it let everything through?"""
        return self == PurchaseFilter()

    @property
    def query(self) -> str:
        """The query string that says it, as short as can be."""
        said = {"q": self.q, "customer": self.customer, "since": self.since, "until": self.until}
        return urlencode({name: value for name, value in said.items() if value})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
