"""Rows of a firm's customer list become customers with their contact, assignee and tags. Knows no database."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from portal.customers.tagging import LONGEST, MOST, TagTooLong, TooManyTags, names_in
from portal.imports import values
from portal.imports.orders import Refused, refusal
from portal.imports.survey import Row
from portal.imports.values import Cell, Fault, text_of


class Person(NamedTuple):
    """One customer as a row tells it, with the one contact that the row holds; what it does not tell is empty."""

    row: int
    name: str
    customer: str
    email: str
    phone: str
    city: str
    notes: str
    contact_name: str
    contact_email: str
    contact_phone: str
    assignee: str
    tags: tuple[str, ...]
    cells: Sequence[Cell]


class Reader:
    """Turns the rows of a customer list into persons and refusals, in the file's order."""

    def __init__(self, places: dict[str, int], region: str, width: int) -> None:
        self._places = places
        self._region = region
        self._width = width

    def items(self, rows: Iterable[Row]) -> Iterator[Person | Refused]:
        """Every row as a customer, or as the reasons why it is none."""
        for number, row in rows:
            faults: list[Fault] = []
            person = self._person(number, row, faults)
            if len(row) > self._width and any(text_of(cell) for cell in row[self._width :]):
                faults.append(Fault("row", "too_many_cells", have=len(row), expected=self._width))
            yield refusal([(number, row)], faults) if faults else person

    def _person(self, number: int, row: Sequence[Cell], faults: list[Fault]) -> Person:
        def read(field: str, meaning: Callable[[Cell], str]) -> str:
            place = self._places.get(field, -1)
            try:
                return meaning(row[place]) if place >= 0 else ""
            except Fault as fault:
                faults.append(fault)
                return ""

        def text(field: str, kind: str) -> str:
            return read(field, lambda cell: values.short_text(cell, kind))

        first, last, customer = text("name", "name"), text("last_name", "name"), text("customer", "customer")
        email = read("email", values.email)
        address = read("name", values.address_for_name)
        if address and not email and not any(fault.field == "email" for fault in faults):
            email, first = address, ""
            customer = "" if self._places["name"] == self._places.get("customer") else customer
        phone = read("phone", lambda cell: values.phone(cell, self._region))
        contact_name = _whole_name(text("contact_name", "contact_name"), text("contact_last_name", "contact_name"))
        contact_email = read("contact_email", lambda cell: values.email(cell, "contact_email"))
        contact_phone = read("contact_phone", lambda cell: values.phone(cell, self._region, "contact_phone"))
        name = _whole_name(first, last) or contact_name or email or phone or customer or contact_email or contact_phone
        if not name and not faults:
            faults.append(Fault("name", "name_missing"))
        notes = read("notes", values.long_text)
        tags = self._tags(read("tags", lambda cell: values.long_text(cell, "tags")), faults)
        city, assignee = text("city", "city"), text("assignee", "assignee")
        return Person(
            number, name, customer, email, phone, city, notes, contact_name or contact_email or contact_phone,
            contact_email, contact_phone, assignee, tags, row,
        )  # fmt: skip

    def _tags(self, text: str, faults: list[Fault]) -> tuple[str, ...]:
        """The words of a tag cell."""
        try:
            return tuple(names_in(text.replace("|", ",")))
        except TagTooLong:
            faults.append(Fault("tags", "text_too_long", most=LONGEST))
        except TooManyTags:
            faults.append(Fault("tags", "too_many_tags", most=MOST))
        return ()


def _whole_name(first: str, last: str) -> str:
    return f"{first} {last}".strip()
