"""Follow-ups: touches of a customer, planned (a due date) and done (an outcome), in one table."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, Text, and_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock, due
from portal.extensions import BigId, Model, UtcDateTime
from portal.objections.models import Heard
from portal.rules import N_, BrokenRule
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.contacts.models import Contact
    from portal.customers.models import Customer
    from portal.objections.models import Answer, Objection
    from portal.users.models import User

CHANNELS = ("call", "whatsapp", "email", "visit")
PURPOSES = ("care", "reassurance", "issue", "meeting", "referral", "offer")
CARE = ("care", "reassurance", "issue", "meeting")
SELLING = ("offer",)
OUTCOMES = ("reached", "no_answer", "left_message")
PLANNED = text("done_on IS NULL AND undone_at IS NULL AND origin <> 'purchase'")
REASSURING = text("done_on IS NULL AND undone_at IS NULL AND origin = 'purchase'")
"""What is planned, in two halves that Today reads apart: an import may plan thousands of reassurances at once."""

HEARD, ANSWERED = text("objection_id IS NOT NULL"), text("answer_id IS NOT NULL")

UNDO_STANDS = timedelta(seconds=60)
"""The page offers Undo for ten seconds; whoever reads slowly, or has no script, is given a little longer."""


class NotPlanned(BrokenRule):
    """Only what is still to be done can be moved or dropped."""

    message = N_("This follow-up is done already, or was taken back.")


class TooLateToUndo(BrokenRule):
    """What has stood for a while is part of the record."""

    message = N_("It is too late to undo this. Log another follow-up that sets it right.")


class NotYours(BrokenRule):
    """Somebody else's act."""

    message = N_("Only who logged it, or an owner, can undo it.")


@dataclass(frozen=True)
class Touch:
    """What somebody logs: how the customer was touched, what came of it, and when to touch them next."""

    channel: str = "call"
    outcome: str = "reached"
    purpose: str = "care"
    note: str = ""
    contact_id: int | None = None
    next_on: date | None = None
    heard: Heard | None = None
    form_id: str | None = None


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
        Index(
            "ix_follow_ups_objection", "objection_id", "done_on", "id", sqlite_where=HEARD, postgresql_where=HEARD
        ),
        Index("ix_follow_ups_answer_id", "answer_id", sqlite_where=ANSWERED, postgresql_where=ANSWERED),
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
    objection_id: Mapped[int | None] = mapped_column(ForeignKey("objections.id"))
    """What the customer objected, if anybody wrote it down."""
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("objection_answers.id"))
    """The answer of the library that was given; empty when it was the user's own."""
    origin: Mapped[str] = mapped_column(String(12), default="user")
    """What planned it: a `user`, a follow-up's `next` step, a `purchase` (reassurance), or a `playbook`."""
    origin_id: Mapped[int | None] = mapped_column(BigId)
    """The follow-up, the purchase or the step of a playbook's run that planned it."""
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
    objection: Mapped["Objection | None"] = relationship(lazy="raise")
    answer: Mapped["Answer | None"] = relationship(lazy="raise")

    @property
    def is_planned(self) -> bool:
        """Is it still to be done?"""
        return self.done_on is None and self.undone_at is None

    @property
    def is_done(self) -> bool:
        """Is it done, and does it count?"""
        return self.done_on is not None and self.undone_at is None

    def finish(self, touch: Touch, by: "User") -> None:
        """Do it, in this way, today."""
        self.channel, self.outcome, self.purpose = touch.channel, touch.outcome, touch.purpose
        self.note, self.form_id = touch.note, touch.form_id
        self.contact_id = touch.contact_id or self.contact_id
        if touch.heard is not None:
            self.objection_id, self.answer_id = touch.heard.objection_id, touch.heard.answer_id
        self.done_on, self.done_at, self.done_by_id = clock.today(), clock.now(), by.id

    def plan(self) -> dict[str, Any]:
        """What was planned, to be kept while it is done, should that be taken back."""
        return {name: getattr(self, name) for name in ("channel", "purpose", "note", "contact_id")}

    def restore(self, plan: dict[str, Any]) -> None:
        """Make it what was planned again."""
        for name, value in plan.items():
            setattr(self, name, value)
        self.done_on = self.done_at = self.done_by_id = self.outcome = self.form_id = None
        self.objection_id = self.answer_id = None

    def take_back(self) -> None:
        """Let it count nowhere. Its form may be sent again."""
        self.undone_at, self.form_id = clock.now(), None

    def check_undo(self, by: "User") -> None:
        """May this user undo it now? Raises `NotYours` or `TooLateToUndo`."""
        if by.id != self.done_by_id and not by.is_owner:
            raise NotYours
        if self.done_at is None or clock.now() - self.done_at > UNDO_STANDS:
            raise TooLateToUndo

    def can_be_undone(self, by: "User") -> bool:
        """The same as an answer."""
        try:
            self.check_undo(by)
        except (NotYours, TooLateToUndo):
            return False
        return self.is_done

    def move(self, to: date, by: "User") -> None:
        """Put it off, or forward. Raises `NotPlanned` or `DayOutOfReach`."""
        if not self.is_planned:
            raise NotPlanned
        before, self.due_on = self.due_on, due.checked(to)
        self.version += 1
        record(
            "follow_up.moved", by=by, customer_id=self.customer_id, subject=self, purpose=self.purpose,
            objective=self.objective, due_on=to.isoformat(), was_due_on=before.isoformat() if before else None,
        )  # fmt: skip

    def drop(self, by: "User") -> None:
        """Give it up: nobody will do it. Raises `NotPlanned`."""
        if not self.is_planned:
            raise NotPlanned
        self.take_back()
        record(
            "follow_up.dropped", by=by, customer_id=self.customer_id, subject=self, purpose=self.purpose,
            objective=self.objective, due_on=self.due_on.isoformat() if self.due_on else None,
        )  # fmt: skip


OPEN = and_(FollowUp.done_on.is_(None), FollowUp.undone_at.is_(None))
"""Planned, and still to be done."""
