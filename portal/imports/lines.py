"""One row of a sales file, cell by cell: what each mapped cell means, worked out once per distinct text."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from portal.imports import values
from portal.imports.survey import MOST_REMEMBERED, order_text
from portal.imports.values import Cell, Fault, Habits, text_of

READ = (
    "date", "amount", "refund", "currency", "customer", "email", "phone", "name", "last_name", "order", "status",
    "cancelled",
)  # fmt: skip

CANCELLED = frozenset(
    [
        *("cancelled", "canceled", "cancel", "cancelado", "cancelada", "failed", "fallido", "fallida"),
        *("voided", "void", "anulado", "anulada", "rechazado", "rechazada", "trash", "draft", "borrador"),
        *("checkout draft", "auto draft", "expired", "expirado", "vencido", "abandoned", "abandonado"),
    ]
)
UNPAID = frozenset(
    [
        *("pending", "on hold", "pending payment", "unpaid", "pendiente", "pendiente de pago", "en espera"),
        *("no pagado", "no pagada", "pago pendiente", "payment pending", "awaiting payment", "por pagar", "por cobrar"),
    ]
)
REFUNDED = frozenset(
    ["refunded", "fully refunded", "returned", "reembolsado", "reembolsada", "devuelto", "devuelta", "devolucion"],
)
_SAY_CANCELLED = frozenset(["cancelled", "canceled", "cancelado", "cancelada"])
_SAY_OTHERWISE = frozenset(["no", "not", "partially", "partly", "parcial", "parcialmente"])
_NOT_CANCELLED = frozenset(["", "no", "false", "0", "n"])


class Line(NamedTuple):
    """What a row tells: each a value, None for an empty cell, or the Fault that the cell raised."""

    number: int
    row: Sequence[Cell]
    on: date | None
    amount: int | None
    refund: int | None
    currency: str | None
    customer: str | None
    email: str | None
    phone: str | None
    name: str | None
    order: str | None
    state: str | None


class Meanings(dict[Cell, Any]):
    """What each distinct cell of a column means: files repeat their days, amounts and customers.

    A meaning is a value, None for an empty cell, or the Fault that it raises. Forgets all when it has grown too large.
    """

    def __init__(self, meaning: Callable[[Cell], object]) -> None:
        super().__init__()
        self._meaning = meaning

    def __missing__(self, cell: Cell) -> object:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        try:
            found = None if isinstance(cell, str) and not cell.strip() else self._meaning(cell)
        except Fault as fault:
            found = fault
        self[cell] = found
        return found


class LineReader:
    """Reads the rows of one file; `places` is field to column number, `source` what `columns.guess` took it for."""

    def __init__(self, places: dict[str, int], habits: Habits, source: str = "file") -> None:
        self.currency = habits.currency
        self._at = [places.get(field, -1) for field in READ]
        self._decimal = habits.decimal
        self._guests = source == "woocommerce"
        self._amounts: dict[str, Meanings] = {}
        self._days = Meanings(lambda cell: values.day(cell, habits))
        self._currencies = Meanings(lambda cell: values.currency(cell, habits.currency))
        self._customers = Meanings(self._customer)
        self._names = Meanings(lambda cell: values.short_text(cell, "name"))
        self._addresses = Meanings(values.address_for_name)
        self._orders = Meanings(lambda cell: values.short_text(order_text(cell), "order") or None)
        self._emails = Meanings(values.email)
        self._phones = Meanings(lambda cell: values.phone(cell, habits.region))
        self._states = Meanings(lambda cell: state_of(text_of(cell)))
        self._cancellations = Meanings(lambda cell: text_of(cell).lower() not in _NOT_CANCELLED)
        self._plain_amounts = self._amounts_in(habits.currency)

    @property
    def is_plain(self) -> bool:
        """Whether the file tells no more than who, when and how much, so that `plain` reads it all."""
        mapped = {field for field, at in zip(READ, self._at, strict=True) if at >= 0}
        return mapped == {"date", "amount", "customer"}

    def plain(self, row: Sequence[Cell]) -> tuple[str, date, int] | None:
        """Who, when and how much, of a sound row in a plain file, at a third of the cost of `line`; else None."""
        customer = self._customers[row[self._at[4]]]
        on = self._days[row[self._at[0]]]
        amount = self._plain_amounts[row[self._at[1]]]
        if customer.__class__ is str and on.__class__ is date and amount.__class__ is int and amount >= 0:
            return customer, on, amount
        return None

    def line(self, number: int, row: Sequence[Cell]) -> Line:
        """What each mapped cell of a row means."""
        on, amount, refund, currency, customer, email, phone, name, last_name, order, status, cancelled = self._at
        code = self._currencies[row[currency]] if currency >= 0 else None
        amounts = self._amounts_in(code if isinstance(code, str) else self.currency)
        state = self._states[row[status]] if status >= 0 else None
        if cancelled >= 0 and self._cancellations[row[cancelled]]:
            state = "cancelled"
        who = self._customers[row[customer]] if customer >= 0 else None
        reached = self._emails[row[email]] if email >= 0 else None
        whole_name = self._names[row[name]] if name >= 0 else None
        if reached is None and name >= 0 and (address := self._addresses[row[name]]):
            reached, whole_name = address, None
            who = None if name == customer else who  # where the name is also the number, neither is one
        if last_name >= 0 and isinstance(last := self._names[row[last_name]], str):
            whole_name = f"{whole_name} {last}" if isinstance(whole_name, str) else last
        return Line(
            number,
            row,
            self._days[row[on]] if on >= 0 else None,
            amounts[row[amount]] if amount >= 0 else None,
            amounts[row[refund]] if refund >= 0 else None,
            code,
            who,
            reached,
            self._phones[row[phone]] if phone >= 0 else None,
            whole_name,
            self._orders[row[order]] if order >= 0 else None,
            state,
        )

    def _amounts_in(self, currency: str) -> Meanings:
        if currency not in self._amounts:
            self._amounts[currency] = Meanings(lambda cell: values.amount(cell, currency, self._decimal))
        return self._amounts[currency]

    def _customer(self, cell: Cell) -> str | None:
        text = values.short_text(cell, "customer")
        return None if self._guests and text == "0" else text  # WooCommerce gives its guests the number 0


def state_of(text: str) -> str | None:
    """What a shop's status word means: `cancelled`, `unpaid`, `refunded` (in full), or None for a sale that stands.

    Shops say it in sentences too, as in `Cancelado por el cliente`.
    """
    word = values.fold(text.removeprefix("wc-"))
    said = set(word.split())
    if word in CANCELLED or (said & _SAY_CANCELLED and not said & _SAY_OTHERWISE):
        return "cancelled"
    if word in UNPAID:
        return "unpaid"
    return "refunded" if word in REFUNDED else None
