"""What only a whole file can tell, read once before any row is taken: day or month first, decimal comma or point,
whether the lines of orders carry totals or amounts of their own, and which orders' lines stand apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from portal import money
from portal.imports import values
from portal.imports.values import Cell, text_of

Row = tuple[int, Sequence[Cell]]

MOST_REMEMBERED = 50_000
"""Distinct texts of one column that are kept at hand."""


@dataclass
class Survey:
    """What a file shows. `ask_…` says that something could be read both ways and nothing in the file decides it."""

    rows: int = 0
    day_first: bool | None = None
    ask_day_first: bool = False
    decimal: str | None = None
    ask_decimal: bool = False
    currencies: list[str] = field(default_factory=list)
    add_lines: bool = False
    """The lines of one order carry amounts of their own, to be added up; otherwise its total, perhaps repeated."""
    ask_lines: bool = False
    """Some order has the same amount on several lines, and none has different ones."""
    last_line: dict[int, int] = field(default_factory=dict)
    """Of each order whose lines do not stand together: the number of its last row."""


def survey(rows: Iterable[Row], places: dict[str, int]) -> Survey:
    """Read all rows once; `places` is field to column number."""
    found = Survey()
    days, amounts, lines = _Distinct(), _Distinct(), _Lines()
    day_at, amount_at, order_at, refund_at = (places.get(name, -1) for name in ("date", "amount", "order", "refund"))
    for number, row in rows:
        found.rows += 1
        if day_at >= 0:
            days.add(row[day_at])
        if amount_at >= 0:
            amounts.add(row[amount_at])
        if refund_at >= 0:
            amounts.add(row[refund_at])
        if order_at >= 0:
            lines.add(number, order_key(row[order_at]), row[amount_at] if amount_at >= 0 else "")
    found.day_first, unsure = values.day_order(days.texts)
    found.ask_day_first = unsure and found.day_first is None
    found.decimal, unsure = money.decimal_mark(amounts.texts)
    found.ask_decimal = unsure and found.decimal is None
    found.currencies = sorted({named for text in amounts.texts if (named := money.named_currency(text))})
    found.add_lines = lines.differing
    found.ask_lines = lines.repeating and not lines.differing
    found.last_line = lines.last_line
    return found


def order_text(cell: Cell) -> str:
    """An order's number as we keep it; Shopify's # is no part of it."""
    return text_of(cell).lstrip("#").strip()


def order_key(cell: Cell) -> int:
    """A number for an order number, 0 for none; case makes no difference."""
    text = order_text(cell)
    if not text:
        return 0
    return int.from_bytes(blake2b(text.casefold().encode("utf-8", "replace"), digest_size=8).digest(), "big") or 1


class _Distinct:
    """The distinct texts of a column, as many as are worth keeping."""

    def __init__(self) -> None:
        self.texts: set[str] = set()

    def add(self, cell: Cell) -> None:
        if isinstance(cell, str) and cell and len(self.texts) < MOST_REMEMBERED:
            self.texts.add(cell)


class _Lines:
    """How the lines of orders stand in a file: apart or together, with one total or with amounts of their own."""

    def __init__(self) -> None:
        self.last_line: dict[int, int] = {}
        self.differing = self.repeating = False
        self._amounts: dict[int, int] = {}  # of each order, its first amount, as a hash: 0 while it has none
        self._current = 0

    def add(self, number: int, order: int, cell: Cell) -> None:
        apart = order != self._current
        self._current = order
        if not order:
            return
        text = text_of(cell)
        amount = 0 if not text or text.startswith("-") else hash(text)
        known = self._amounts.get(order)
        if known is not None and (apart or order in self.last_line):
            self.last_line[order] = number
        if known and amount:
            self.repeating = True
            self.differing = self.differing or amount != known
        self._amounts[order] = known or amount
