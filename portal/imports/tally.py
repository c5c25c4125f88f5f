"""Counting what a file holds, item by item: for the check before an import and for the report after it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from portal.imports.orders import LeftOut, Refused, Sale
from portal.imports.people import Person


@dataclass
class Tally:
    """Counts, and sums in minor units by currency. Plain JSON, so that a resumed import goes on counting."""

    rows: int = 0
    items: int = 0
    sales: int = 0
    taken: int = 0
    """Sales that were new to the ledger."""
    people: int = 0
    """Rows that tell of a customer and can be taken."""
    refused: int = 0
    unchanged: int = 0
    updated: int = 0
    new_customers: int = 0
    reassurances: int = 0
    merged_rows: int = 0
    refunds: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    ignored: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)
    refunded: dict[str, int] = field(default_factory=dict)
    first_on: str = ""
    last_on: str = ""

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """As `to_json` has kept it."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)

    def see(self, items: Iterable[Sale | Refused | LeftOut | Person]) -> None:
        """Count these items of the file, before anybody knows which of them are new."""
        for item in items:
            self.items += 1
            if isinstance(item, Sale):
                self._see_sale(item)
            elif isinstance(item, Refused):
                self.rows += item.rows
                self.refuse(item)
            elif isinstance(item, LeftOut):
                self.rows += item.rows
                self.left_out[item.reason] = self.left_out.get(item.reason, 0) + 1
            else:
                self.rows += 1
                self.people += 1

    def _see_sale(self, sale: Sale) -> None:
        self.rows += sale.rows
        self.merged_rows += sale.rows - 1
        self.sales += 1
        if sale.refunded_minor:
            self.refunds += 1
            self.refunded[sale.currency] = self.refunded.get(sale.currency, 0) + sale.refunded_minor
        for name in sale.ignored:
            self.ignored[name] = self.ignored.get(name, 0) + 1

    def refuse(self, refused: Refused) -> None:
        """Count a refusal, by each of its reasons."""
        self.refused += refused.rows
        for code in {code for _, code, _ in refused.faults}:
            self.reasons[code] = self.reasons.get(code, 0) + 1

    def take(self, sales: Iterable[Sale]) -> None:
        """Count sales that are new to the ledger."""
        for sale in sales:
            self.taken += 1
            self.amounts[sale.currency] = self.amounts.get(sale.currency, 0) + sale.amount_minor
            on = sale.on.isoformat()
            if not self.first_on or on < self.first_on:
                self.first_on = on
            self.last_on = max(self.last_on, on)
