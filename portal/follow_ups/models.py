"""Follow-ups: touches of a customer, planned (a due date) and done (an outcome), in one table."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import BigId, Model, UtcDateTime

if TYPE_CHECKING:
    from portal.contacts.models import Contact
    from portal.customers.models import Customer
    from portal.users.models import User

CHANNELS = ("call", "whatsapp", "email", "visit")
PURPOSES = ("care", "reassurance", "issue", "meeting", "referral", "offer")
CARE = ("care", "reassurance", "issue", "meeting")
SELLING = ("offer",)
OUTCOMES = ("reached", "no_answer", "left_message")
PLANNED = text("done_on IS NULL AND undone_at IS NULL AND origin <> 'purchase'")
REASSURING = text("done_on IS NULL AND undone_at IS NULL AND origin = 'purchase'")
"""What is planned, in two halves that Today reads apart: an import may plan thousands of reassurances at once."""


class FollowUp(Model):
    """One touch of a customer: planned while `done_on` is empty, done afterwards; undone ones count nowhere."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        Index("ix_follow_ups_planned_due", "due_on", "id", sqlite_where=PLANNED, postgresql_where=PLANNED),
        Index(
            "ix_follow_ups_planned_assignee", "assignee_id", "due_on", "id",
            sqlite_where=PLANNED, postgresql_where=PLANNED,
        ),
        Index("ix_follow_ups_reassuring_due", "due_on", "id", sqlite_where=REASSURING, postgresql_where=REASSURING),
        Index(
            "ix_follow_ups_reassuring_assignee", "assignee_id", "due_on", "id",
            sqlite_where=REASSURING, postgresql_where=REASSURING,
        ),
        Index("ix_follow_ups_customer_id_due_on", "customer_id", "due_on"),
        Index("ix_follow_ups_customer_id_done_on", "customer_id", "done_on"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    channel: Mapped[str] = mapped_column(String(12))
    purpose: Mapped[str] = mapped_column(String(12))
    objective: Mapped[str] = mapped_column(String(200), default="")
    method: Mapped[str] = mapped_column(String(200), default="")
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text, default="")
    origin: Mapped[str] = mapped_column(String(12), default="user")
    """What planned it: a `user`, a follow-up's `next` step, or a `purchase` (reassurance)."""
    origin_id: Mapped[int | None] = mapped_column(BigId)
    """The follow-up or the purchase that planned it."""
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who touched the customer: not always who planned it."""
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    customer: Mapped["Customer"] = relationship(lazy="raise")
    contact: Mapped["Contact | None"] = relationship(lazy="raise")
    assignee: Mapped["User | None"] = relationship(lazy="raise", foreign_keys=assignee_id)
