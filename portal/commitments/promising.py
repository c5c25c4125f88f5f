"""Promising: writing a commitment down in one transaction with its event."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from portal import bulk, clock, due
from portal.commitments.models import Commitment
from portal.customers.models import Customer, IsArchived
from portal.extensions import db
from portal.timeline.models import Event, event_of

if TYPE_CHECKING:
    from portal.users.models import User


@dataclass(frozen=True)
class Promise:
    """What is promised, by whom, until when."""

    text: str
    due_on: date
    side: str = "ours"
    contact_id: int | None = None
    assignee_id: int | None = None
    form_id: str | None = None
    origin: str = "user"


def promise(customer: Customer, said: Promise, by: "User | None", contact: str = "") -> Commitment:
    """Write a promise down with its event. `contact` is the name of the person, for the record.

    What a user promises must come up on its day: of a customer in the archive it would not. Raises `DayOutOfReach` or
    `IsArchived`.
    """
    if by is not None and customer.is_archived:
        raise IsArchived
    due.checked(said.due_on)
    db.session.flush()
    id, event = write(customer.id, said, by, contact)
    bulk.put(Event, **event)
    return db.session.get_one(Commitment, id)


def write(customer_id: int, said: Promise, by: "User | None", contact: str = "") -> tuple[int, dict[str, Any]]:
    """Write a promise down: its id, and its event for whoever writes several of them in one statement.

    One statement past the unit of work, since every unhappy answer writes one.
    """
    by_id = by.id if by else None
    id = bulk.put(
        Commitment, customer_id=customer_id, side=said.side, text=said.text, due_on=said.due_on,
        original_due_on=said.due_on, contact_id=said.contact_id, assignee_id=said.assignee_id, origin=said.origin,
        form_id=said.form_id, created_by_id=by_id, created_at=clock.now(),
    )  # fmt: skip
    return id, event_of(
        "commitment.made", by=by, customer_id=customer_id, subject_id=id, text=said.text, side=said.side,
        due_on=said.due_on.isoformat(), contact=contact,
    )  # fmt: skip
