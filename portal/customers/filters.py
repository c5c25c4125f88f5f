"""What a list of customers is narrowed by: one condition per line, and it can say itself in words."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, exists, or_, select

from portal.customers.models import PHASES, STATUSES, Customer, customer_tags
from portal.customers.queries import found_by
from portal.customers.search import LONGEST_QUERY
from portal.purchases.models import Purchase
from portal.retention.days import MONTHS, ordinal
from portal.retention.models import Standing
from portal.retention.segments import BY_NAME, OF_CELL
from portal.texts import number_in, without_unfit

NOBODY = "nobody"
ME = "me"
FIGURES = ("first", "first_by", "again", "again_by", "month", "rfm")
"""Conditions that no form asks for: a figure of the measures leads to the customers it was counted of."""


@dataclass(frozen=True)
class CustomerFilter:
    """What was asked for. Whatever was not understood is left out: an odd address shows everybody."""

    q: str = ""
    status: str = ""
    phase: str = ""
    assignee: str = ""
    tag: int = 0
    archived: bool = False
    first: str = ""
    """The month of the first purchase, "2025-11"."""
    first_by: str = ""
    """The day by which they first bought, "2025-11-21"."""
    again: int = 0
    """Days from the first purchase day within which they came back."""
    again_by: str = ""
    """The day by which they came back."""
    month: int = 0
    """Which month after the first purchase they bought in, 1 to 12 (`MONTHS`)."""
    rfm: str = ""
    """A segment's name, or one cell: its fifths of recency and frequency in the books, "54"."""

    @classmethod
    def from_address(cls, args: Mapping[str, str]) -> "CustomerFilter":
        """Read it from the query string."""
        assignee, tag = args.get("assignee", ""), args.get("tag", "")
        return cls(
            q=" ".join(without_unfit(args.get("q", "")[:LONGEST_QUERY]).split()),
            status=args.get("status", "") if args.get("status") in STATUSES else "",
            phase=args.get("phase", "") if args.get("phase") in PHASES else "",
            assignee=assignee if assignee in (ME, NOBODY) or number_in(assignee) else "",
            tag=number_in(tag),
            archived=args.get("archived") == "1",
            first=_month(args.get("first", "")),
            first_by=_day(args.get("first_by", "")),
            again=_number(args.get("again", ""), 3660),
            again_by=_day(args.get("again_by", "")),
            month=_number(args.get("month", ""), len(MONTHS)),
            rfm=args.get("rfm", "") if _cells(args.get("rfm", "")) else "",
        )

    def conditions(self, user_id: int) -> list[ColumnElement[bool]]:
        """What a customer must be, to be in the list that this user sees."""
        found: list[ColumnElement[bool]] = [
            Customer.archived_at.is_not(None) if self.archived else Customer.archived_at.is_(None)
        ]
        if self.archived:
            found.append(Customer.merged_into_id.is_(None))
        if self.q:
            found.append(found_by(self.q))
        if self.status:
            found.append(Customer.status == self.status)
        if self.phase:
            status = {"retention": "client", "loyalty": "buyer"}.get(self.phase, "prospect")
            found += [Customer.status == status, Customer.phase == self.phase]  # there is an index by status and name
        if self.assignee == NOBODY:
            found.append(Customer.assignee_id.is_(None))
        elif self.assignee:
            found.append(Customer.assignee_id == (user_id if self.assignee == ME else int(self.assignee)))
        if self.tag:
            tagged = select(customer_tags.c.customer_id).where(customer_tags.c.tag_id == self.tag)
            found.append(Customer.id.in_(tagged))
        return found + self._figures()

    def _figures(self) -> list[ColumnElement[bool]]:
        """What of `FIGURES` is asked for. Rides on ix_customers_live_first_purchase and ix_standings_rfm."""
        first, second = Customer.first_purchase_on, Customer.second_purchase_on
        found: list[ColumnElement[bool]] = []
        if self.first:
            year, month = map(int, self.first.split("-"))
            found.append(first.between(date(year, month, 1), date(year, month, monthrange(year, month)[1])))
        if self.first_by:
            found.append(first <= date.fromisoformat(self.first_by))
        if self.again:
            found += [second.is_not(None), ordinal(second) - ordinal(first) <= self.again]
        if self.again_by:
            found.append(second <= date.fromisoformat(self.again_by))
        if self.month:
            age = ordinal(Purchase.purchased_on) - ordinal(first)
            theirs = (Purchase.customer_id == Customer.id, Purchase.voided_at.is_(None))
            found.append(exists().where(*theirs, age > (0, *MONTHS)[self.month - 1], age <= MONTHS[self.month - 1]))
        if self.rfm:
            cells = ((Standing.recency == r) & (Standing.frequency == f) for r, f in _cells(self.rfm))
            found.append(Customer.id.in_(select(Standing.customer_id).where(or_(*cells))))
        return found

    @property
    def is_empty(self) -> bool:
        """Does it let everybody through?"""
        return self == CustomerFilter()

    @property
    def said(self) -> dict[str, Any]:
        """What it asks for, as the address holds it and a saved list keeps it."""
        said = {
            "q": self.q,
            "status": self.status,
            "phase": self.phase,
            "assignee": self.assignee,
            "tag": self.tag,
            "archived": "1" if self.archived else "",
        } | self.of_figures
        return {name: value for name, value in said.items() if value}

    @property
    def of_figures(self) -> dict[str, Any]:
        """What of `FIGURES` it asks for, which goes on while the rest is narrowed further."""
        return {name: getattr(self, name) for name in FIGURES if getattr(self, name)}

    @property
    def query(self) -> str:
        """The query string that says it, as short as can be."""
        return urlencode(self.said)

    def name_of(self, choices: Sequence[tuple[int, str]], id_: int) -> str:
        """The name of the user or the tag with that id, or a mark when there is none."""
        return dict(choices).get(id_, "?")


def _month(text: str) -> str:
    """A month as it came, or nothing where it is none."""
    return text if len(text) == 7 and _day(f"{text}-01") else ""


def _day(text: str) -> str:
    """A day as it came, or nothing where it is none."""
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 and text.isascii() else ""
    except ValueError:
        return ""


def _number(text: str, most: int) -> int:
    number = number_in(text)
    return number if number <= most else 0


def _cells(text: str) -> Sequence[tuple[int, int]]:
    """The cells (recency, frequency) of a segment's name or of one cell as the address says it; none otherwise."""
    if text in BY_NAME:
        return BY_NAME[text].cells
    return [cell for cell in OF_CELL if text == f"{cell[0]}{cell[1]}"]
