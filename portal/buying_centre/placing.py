"""Saying which part a person takes, and that they have left: all that follows from it at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from portal.contacts.models import Contact
from portal.customers import keeping
from portal.customers.models import Customer, IsArchived

if TYPE_CHECKING:
    from portal.users.models import User


@dataclass(frozen=True)
class Part:
    """The buying roles, the level, the stance (each empty when nobody knows), and the day on which the person left."""

    roles: Sequence[str] = ()
    level: str = ""
    stance: str = ""
    left_on: date | None = None


def place(contact: Contact, customer: Customer, part: Part, by: "User") -> None:
    """Let this be the person's part. Without a day, whoever had left is back. The customer must be locked.

    Raises `NotGoneYet` or `IsArchived`.
    """
    if customer.is_archived:
        raise IsArchived
    contact.place(by, roles=part.roles, level=part.level, stance=part.stance)
    if part.left_on:
        keeping.contact_left(contact, customer, part.left_on, by=by)
    elif contact.left_on:
        keeping.restore_contact(contact, customer, by=by)
