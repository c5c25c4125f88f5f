"""Whose row is it? Customers are known by external id, then by e-mail, then by telephone number.

A customer with another external id is another customer, even when both share an address or a number.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from sqlalchemy import Row

from portal.imports import queries

Reached = dict[str, list[tuple[int, str | None]]]


class Told(Protocol):
    """What a row tells of its customer; what it does not tell is empty."""

    @property
    def customer(self) -> str:
        """Their number in the firm's other systems."""

    @property
    def email(self) -> str:
        """Their address, normalised."""

    @property
    def phone(self) -> str:
        """Their number, in E.164."""


class Matcher:
    """Looks up the customers of a whole batch in three queries, and remembers those that are made on the way."""

    def __init__(self) -> None:
        self._by_id: dict[str, int] = {}
        self._by_email: Reached = {}
        self._by_phone: Reached = {}

    def look_up(self, rows: Sequence[Told]) -> None:
        """Learn whatever the database knows about the customers of these rows."""
        self._by_id.update(queries.customers_by_external_id({row.customer for row in rows if row.customer}))
        unknown = [row for row in rows if row.customer not in self._by_id]
        _learn(self._by_email, queries.customers_by_email({row.email for row in unknown if row.email}))
        _learn(self._by_phone, queries.customers_by_phone({row.phone for row in unknown if row.phone}))

    def find(self, row: Told) -> int | None:
        """The customer of a row that was looked up, or None."""
        found = self._by_id.get(row.customer) if row.customer else None
        if found is None and row.email:
            found = _first(self._by_email.get(row.email, ()), row.customer)
        if found is None and row.phone:
            found = _first(self._by_phone.get(row.phone, ()), row.customer)
        return found

    def add(self, id: int, row: Told) -> None:
        """A customer was made of this row."""
        if row.customer:
            self._by_id[row.customer] = id
        if row.email:
            self._by_email.setdefault(row.email, []).append((id, row.customer or None))
        if row.phone:
            self._by_phone.setdefault(row.phone, []).append((id, row.customer or None))


def _learn(known: Reached, found: Iterable[Row[str, int, str | None]]) -> None:
    """Keep what was found for each address or number, unless more is already known."""
    fresh: Reached = {}
    for reached, id, external_id in found:
        fresh.setdefault(reached, []).append((id, external_id))
    for reached, customers in fresh.items():
        known.setdefault(reached, customers)


def _first(customers: Iterable[tuple[int, str | None]], external_id: str) -> int | None:
    """The first of these customers that is not, by its own external id, somebody else."""
    for id, own in customers:
        if not external_id or own is None or own == external_id:
            return id
    return None
