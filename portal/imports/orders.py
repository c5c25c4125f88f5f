"""Rows of a sales file become sales: lines of one order are put together, cancelled and unpaid ones left out, refunds
taken off.

Nothing here knows a database. The same file, mapping and habits always give the same items in the same order, which is
what lets a killed import go on where it stopped; and every sale has a key that is the same whenever its file is read.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any, NamedTuple

from portal import money
from portal.imports.lines import Line, LineReader
from portal.imports.survey import Row, Survey, order_key
from portal.imports.values import Cell, Fault, Habits, text_of
from portal.texts import without_unfit

LONGEST_DESCRIPTION = 200


class Sale(NamedTuple):
    """One purchase as a file tells it: its `key` is the same whenever it is read; `rows` is how many it took."""

    row: int
    rows: int
    key: str
    customer: str
    email: str
    phone: str
    name: str
    on: date
    amount_minor: int
    currency: str
    order: str
    description: str
    refunded_minor: int
    lines: Sequence[Row]
    ignored: tuple[str, ...]
    """`email`, `phone`: what could not be read and was not needed, because something else says who bought."""


class Refused(NamedTuple):
    """A row, or the rows of an order, that cannot be taken, with every reason."""

    row: int
    rows: int
    faults: tuple[tuple[str, str, dict[str, str | int]], ...]
    """Of each fault its field, code and params."""
    lines: Sequence[Row]


class LeftOut(NamedTuple):
    """An order that is no purchase; `reason` is `cancelled`, `unpaid` or `refunded` (in full)."""

    row: int
    rows: int
    reason: str


Item = Sale | Refused | LeftOut


def refusal(lines: Sequence[Row], faults: Iterable[Fault]) -> Refused:
    """The refusal of a row, or of several that belong together, for these faults."""
    told = tuple((fault.field, fault.code, fault.params) for fault in faults)
    return Refused(lines[0][0], len(lines), told, lines)


class Reader:
    """Turns the rows of one file into items. One reader reads one file once, from its first row."""

    def __init__(
        self, places: dict[str, int], habits: Habits, width: int, survey: Survey | None = None, source: str = "file"
    ) -> None:
        """`width` is how many columns the file has; `survey` what it showed, corrected by what a person answered."""
        survey = survey or Survey()
        self._lines = LineReader(places, habits, source)
        self._currency = habits.currency
        self._order_at = places.get("order", -1)
        self._description_at = places.get("description", -1)
        self._amount_at, self._refund_at = places.get("amount", -1), places.get("refund", -1)
        self._width = width
        self._add_lines = survey.add_lines
        self._last_line = survey.last_line
        self._seen: set[int] = set()
        self._times: dict[int, int] = {}

    def items(self, rows: Iterable[Row]) -> Iterator[Item]:
        """Every sale, refusal and omission, in the order in which the file completes them."""
        if self._lines.is_plain:
            for number, row in rows:
                yield self._plain_sale(number, row) or self._item([self._lines.line(number, row)])
        elif self._order_at < 0:
            for number, row in rows:
                yield self._item([self._lines.line(number, row)])
        else:
            for lines in self._orders_of(rows):
                yield self._item([self._lines.line(number, row) for number, row in lines])

    def _plain_sale(self, number: int, row: Sequence[Cell]) -> Sale | None:
        """The sale of a sound row that tells only who, when and how much: most rows of most files."""
        told = self._lines.plain(row) if len(row) <= self._width else None
        if told is None:
            return None
        who, on, amount = told
        key = self._key("", who, on, amount, self._currency)
        described = self._description([row]) if self._description_at >= 0 else ""
        return Sale(number, 1, key, who, "", "", "", on, amount, self._currency, "", described, 0, ((number, row),), ())

    def _orders_of(self, rows: Iterable[Row]) -> Iterator[list[Row]]:
        """The rows of each order together: at once when they stand together, at the last of them otherwise."""
        waiting: dict[int, list[Row]] = {}
        current: list[Row] = []
        current_key = 0
        for row in rows:
            key = order_key(row[1][self._order_at])
            if key and key == current_key:
                current.append(row)
                continue
            if current:
                yield current
            current, current_key = [], 0
            if key not in self._last_line:
                current, current_key = [row], key
                continue
            waiting.setdefault(key, []).append(row)
            if row[0] >= self._last_line[key]:
                yield waiting.pop(key)
        if current:
            yield current
        yield from waiting.values()

    def _item(self, lines: list[Line]) -> Item:
        """What the lines of one order, usually one, amount to."""
        first = lines[0]
        line, faults = self._merged(lines) if len(lines) > 1 else (first, [])
        if line.state and line.state != "refunded":
            return LeftOut(first.number, len(lines), line.state)
        ignored = _ignored(line)
        cells: tuple[object, ...] = line
        faults += [cell for cell in cells if isinstance(cell, Fault) and cell.field not in ignored]
        faults += _gaps(line)
        if len(first.row) > self._width and any(text_of(cell) for cell in first.row[self._width :]):
            faults.append(Fault("row", "too_many_cells", have=len(first.row), expected=self._width))
        if faults:
            return refusal([each[:2] for each in lines], faults)
        return self._sale(line, lines, ignored)

    def _sale(self, line: Line, lines: list[Line], ignored: tuple[str, ...]) -> Item:
        """The sale that a sound line tells, or that it was refunded in full."""
        refunded = abs(line.refund or 0)
        net = (line.amount or 0) - refunded
        currency = line.currency or self._currency
        if line.state == "refunded" or (refunded and not net):
            return LeftOut(line.number, len(lines), "refunded")
        rows = [each[:2] for each in lines]
        if net < 0:
            code, name, place, minor = "amount_negative", "amount", self._amount_at, net
            if refunded:
                code, name, place, minor = "refund_exceeds", "refund", self._refund_at, refunded
            return refusal(rows, [Fault("amount", code, text=_quoted(lines, name, place, minor, currency))])
        email = "" if "email" in ignored else line.email or ""
        phone = "" if "phone" in ignored else line.phone or ""
        customer, order, name, on = line.customer or "", line.order or "", line.name or "", line.on or date.min
        key = self._key(order, customer or email or phone, on, net, currency)
        described = self._description([row for _, row in rows]) if self._description_at >= 0 else ""
        return Sale(
            line.number, len(lines), key, customer, email, phone, name, on, net, currency, order, described, refunded,
            rows, ignored,
        )  # fmt: skip

    def _key(self, order: str, who: str, on: date, amount: int, currency: str) -> str:
        """32 hexadecimal digits of the order number; or of who, when, how much, and the how-manieth such row it is."""
        if order:
            return blake2b(f"order\x1f{order.casefold()}".encode(), digest_size=16).hexdigest()
        digest = blake2b(f"{who}\x1f{on}\x1f{amount}\x1f{currency}".encode(), digest_size=16).digest()
        short = int.from_bytes(digest[:8], "big")
        if short not in self._seen:
            self._seen.add(short)
            return digest.hex()
        times = self._times[short] = self._times.get(short, 0) + 1
        return blake2b(b"%b %d" % (digest, times), digest_size=16).hexdigest()

    def _merged(self, lines: list[Line]) -> tuple[Line, list[Fault]]:
        """The lines of one order as one: what each tells first, the amounts, and where they disagree."""
        faults = []
        sales = [line for line in lines if not (isinstance(line.amount, int) and line.amount < 0)] or lines
        told: dict[str, Any] = {
            name: next((value for line in sales if (value := getattr(line, name)) is not None), None)
            for name in Line._fields[2:]
        }
        if any(_disagree(sales, name) for name in ("customer", "email", "on", "currency")):
            faults.append(Fault("order", "order_lines_disagree", order=str(told["order"])[:40], last=lines[-1].number))
        amounts = [line.amount for line in lines if isinstance(line.amount, int)]
        totals = [amount for amount in amounts if amount >= 0]
        if not self._add_lines and len(set(totals)) > 1:
            faults.append(Fault("amount", "order_totals_differ", last=lines[-1].number))
        if totals:
            told["amount"] = sum(totals) if self._add_lines else totals[0]
        refunds = [abs(line.refund) for line in lines if isinstance(line.refund, int)]
        told["refund"] = sum(refunds) if self._add_lines else max(refunds, default=0)
        told["refund"] += sum(-amount for amount in amounts if amount < 0) if totals else 0
        for name in ("amount", "refund"):
            told[name] = next((value for line in lines if isinstance(value := getattr(line, name), Fault)), told[name])
        return Line(lines[0].number, lines[0].row, **told), faults

    def _description(self, rows: Sequence[Sequence[Cell]]) -> str:
        """What was bought, each thing once, shortened to what the ledger holds."""
        texts = dict.fromkeys(" ".join(text_of(row[self._description_at]).split()) for row in rows)
        told = ", ".join(text for text in texts if text)[: 4 * LONGEST_DESCRIPTION]
        whole = unicodedata.normalize("NFC", without_unfit(told))
        return whole if len(whole) <= LONGEST_DESCRIPTION else whole[: LONGEST_DESCRIPTION - 1] + "…"


def _quoted(lines: list[Line], name: str, place: int, minor: int, currency: str) -> str:
    """An amount as the file writes it, so that it is found there; where no row writes it as text, plainly."""
    for line in lines:
        cell = line.row[place] if abs(getattr(line, name) or 0) == abs(minor) else None
        if isinstance(cell, str):
            return cell.strip()[:40]
    return money.plain(minor, currency)


def _disagree(lines: list[Line], name: str) -> bool:
    """Whether lines of one order tell different customers, days or currencies."""
    told = {value for line in lines if (value := getattr(line, name)) is not None and not isinstance(value, Fault)}
    return len(told) > 1


def _ignored(line: Line) -> tuple[str, ...]:
    """Faulty e-mails and phones that the row can do without, because something else says who bought."""
    faulty = tuple(name for name in ("email", "phone") if isinstance(getattr(line, name), Fault))
    if faulty and any(isinstance(cell, str) for cell in (line.customer, line.email, line.phone)):
        return faulty
    return ()


def _gaps(line: Line) -> list[Fault]:
    """What a row must say and does not."""
    faults = []
    if line.on is None:
        faults.append(Fault("date", "date_missing"))
    if line.amount is None:
        faults.append(Fault("amount", "amount_missing"))
    if line.customer is None and line.email is None and line.phone is None:
        faults.append(Fault("customer", "customer_missing"))
    return faults
