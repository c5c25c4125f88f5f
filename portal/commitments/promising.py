"""Promising: writing a commitment down in one transaction with its event."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from portal import clock, due
from portal.commitments.models import Commitment
from portal.customers.models import Customer, IsArchived
from portal.extensions import db
from portal.timeline.models import record

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
    """Write a promise down. `contact` is the name of the person, for the record.

    What a user promises must come up on its day: of a customer in the archive it would not. Raises `DayOutOfReach` or
    `IsArchived`.
    """
    if by is not None and customer.is_archived:
        raise IsArchived
    commitment = Commitment(
        customer_id=customer.id, side=said.side, text=said.text, due_on=due.checked(said.due_on),
        original_due_on=said.due_on, contact_id=said.contact_id, assignee_id=said.assignee_id, origin=said.origin,
        form_id=said.form_id, created_by_id=by.id if by else None, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(commitment)
    record(
        "commitment.made", by=by, customer_id=customer.id, subject=commitment, text=said.text, side=said.side,
        due_on=said.due_on.isoformat(), contact=contact,
    )  # fmt: skip
    return commitment
