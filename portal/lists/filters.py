"""What a retention list is narrowed by: one condition per line, and it can say itself in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import BigInteger, ColumnElement, bindparam, select

from portal.customers.models import STATUSES, Customer, customer_tags
from portal.money import CURRENCIES, exponent
from portal.retention.models import ListEntry
from portal.texts import number_in
from portal.users.models import User

ME, TEAM, NOBODY = "me", "team", "nobody"
MOST = 10**12


@dataclass(frozen=True)
class ListFilter:
    """What was asked for. Whatever was not understood is left out: an odd address shows the whole list."""

    whose: str = ""
    """Empty for everybody's, `me`, `team` (everybody of my role), `nobody`, or a user's id."""
    status: str = ""
    tag: int = 0
    at_least: int = 0
    """The value at stake, in whole units of `currency`."""
    currency: str = ""

    @classmethod
    def from_address(cls, args: Mapping[str, Any], usual_currency: str) -> "ListFilter":
        """Read it from the query string, or from a saved list. An amount without a currency is in the usual one."""
        whose, currency = str(args.get("whose", "")), str(args.get("currency", ""))
        at_least = min(_number(args.get("at_least")), MOST)
        currency = currency if currency in CURRENCIES else ""
        return cls(
            whose=whose if whose in (ME, TEAM, NOBODY) or _number(whose) else "",
            status=args.get("status", "") if args.get("status") in STATUSES else "",
            tag=_number(args.get("tag")),
            at_least=at_least,
            currency=currency or (usual_currency if at_least else ""),
        )

    @property
    def shape(self) -> "ListFilter":
        """Which conditions there are, whatever their values: a statement is made once for each shape."""
        one = self.whose not in ("", TEAM, NOBODY)
        return ListFilter("1" if one else self.whose, self.status and "-", self.tag and 1, self.at_least and 1,
                          self.currency and "-")  # fmt: skip

    def conditions(self) -> list[ColumnElement[bool]]:
        """What an entry (`ListEntry`, joined to its `Customer`) must be, to be in the list; it takes `values`."""
        found: list[ColumnElement[bool]] = []
        if self.whose == NOBODY:
            found.append(ListEntry.assignee_id.is_(None))
        elif self.whose == TEAM:
            team = select(User.id).where(User.role == bindparam("role"), User.disabled_at.is_(None))
            found.append(ListEntry.assignee_id.in_(team))
        elif self.whose:
            found.append(ListEntry.assignee_id == bindparam("assignee_id", type_=BigInteger))
        if self.status:
            found.append(Customer.status == bindparam("status"))
        if self.tag:
            tag_id = bindparam("tag_id", type_=BigInteger)
            found.append(Customer.id.in_(select(customer_tags.c.customer_id).where(customer_tags.c.tag_id == tag_id)))
        if self.currency:
            found.append(ListEntry.currency == bindparam("in_currency"))
        if self.at_least:
            found.append(ListEntry.at_stake_minor >= bindparam("at_least", type_=BigInteger))
        return found

    def values(self, user: User) -> dict[str, Any]:
        """What the conditions take, when this user looks."""
        values: dict[str, Any] = {}
        if self.whose == TEAM:
            values["role"] = user.role
        elif self.whose not in ("", NOBODY):
            values["assignee_id"] = user.id if self.whose == ME else int(self.whose)
        if self.status:
            values["status"] = self.status
        if self.tag:
            values["tag_id"] = self.tag
        if self.currency:
            values["in_currency"] = self.currency
        if self.at_least:
            values["at_least"] = self.at_least_minor
        return values

    @property
    def at_least_minor(self) -> int:
        """The amount in minor units."""
        return int(self.at_least * 10 ** exponent(self.currency)) if self.at_least else 0

    @property
    def is_empty(self) -> bool:
        """Does it let everybody through?"""
        return not self.said

    @cached_property
    def said(self) -> dict[str, Any]:
        """It as the address holds it, as short as can be."""
        said = {
            "whose": self.whose,
            "status": self.status,
            "tag": self.tag,
            "at_least": self.at_least,
            "currency": self.currency,
        }
        return {name: value for name, value in said.items() if value}

    @cached_property
    def query(self) -> str:
        """The query string that says it."""
        return urlencode(self.said)

    def name_of(self, choices: Sequence[tuple[int, str]], id: int) -> str:
        """The name of the user or the tag with that id, or a mark when there is none."""
        return dict(choices).get(id, "?")


def _number(text: Any) -> int:
    return number_in(str(text or "").strip())
