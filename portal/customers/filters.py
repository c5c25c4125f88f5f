"""What a list of customers is narrowed by: one condition per line, and it can say itself in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, select

from portal.customers.models import PHASES, STATUSES, Customer, customer_tags
from portal.customers.queries import found_by
from portal.customers.search import LONGEST_QUERY
from portal.texts import without_unfit

NOBODY = "nobody"
ME = "me"


@dataclass(frozen=True)
class CustomerFilter:
    """What was asked for. Whatever was not understood is left out: an odd address shows everybody."""

    q: str = ""
    status: str = ""
    phase: str = ""
    assignee: str = ""
    tag: int = 0
    archived: bool = False

    @classmethod
    def from_address(cls, args: Mapping[str, str]) -> "CustomerFilter":
        """Read it from the query string."""
        assignee, tag = args.get("assignee", ""), args.get("tag", "")
        return cls(
            q=" ".join(without_unfit(args.get("q", "")[:LONGEST_QUERY]).split()),
            status=args.get("status", "") if args.get("status") in STATUSES else "",
            phase=args.get("phase", "") if args.get("phase") in PHASES else "",
            assignee=assignee if assignee in (ME, NOBODY) or _is_id(assignee) else "",
            tag=int(tag) if _is_id(tag) else 0,
            archived=args.get("archived") == "1",
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
        }
        return {name: value for name, value in said.items() if value}

    @property
    def query(self) -> str:
        """The query string that says it, as short as can be."""
        return urlencode(self.said)

    def name_of(self, choices: Sequence[tuple[int, str]], id_: int) -> str:
        """The name of the user or the tag with that id, or a mark when there is none."""
        return dict(choices).get(id_, "?")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18 and int(text) > 0
