"""Commitments: what is promised between us and a customer, and what became of it."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import BigId, Model, UtcDateTime

if TYPE_CHECKING:
    from portal.contacts.models import Contact
    from portal.customers.models import Customer
    from portal.users.models import User

SIDES = ("ours", "theirs")
STATES = ("open", "kept", "broken", "withdrawn")
OPEN = text("state = 'open'")


class Commitment(Model):
    """Something promised, by us (`ours`) or by the customer (`theirs`). Past its due day and still open, it is late."""

    __tablename__ = "commitments"
    __table_args__ = (
        Index("ix_commitments_open_due", "side", "due_on", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index(
            "ix_commitments_open_assignee", "assignee_id", "side", "due_on", "id",
            sqlite_where=OPEN, postgresql_where=OPEN,
        ),
        Index("ix_commitments_customer_id_state_due_on", "customer_id", "state", "due_on"),
        Index("ix_commitments_state_settled_on_id", "state", "settled_on", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    side: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(String(300))
    due_on: Mapped[date]
    original_due_on: Mapped[date]
    """As first promised: renegotiation never changes it."""
    times_moved: Mapped[int] = mapped_column(default=0)
    origin: Mapped[str] = mapped_column(String(12), default="user")
    state: Mapped[str] = mapped_column(String(12), default="open")
    settled_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it was last moved, broken or withdrawn."""
    version: Mapped[int] = mapped_column(default=1)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    customer: Mapped["Customer"] = relationship(lazy="raise")
    contact: Mapped["Contact | None"] = relationship(lazy="raise")
    assignee: Mapped["User | None"] = relationship(lazy="raise", foreign_keys=assignee_id)
