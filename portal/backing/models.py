"""Support requests: what one leg of the relay asks of another for a customer, and what came of it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.extensions import BigId, Model, UtcDateTime
from portal.relay.legs import OF_ROLE
from portal.rules import N_, BrokenRule
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.customers.models import Customer
    from portal.users.models import User

STATES = ("open", "taken", "done", "declined", "withdrawn")
WAITING = text("settled_on IS NULL")
SETTLED = text("settled_on IS NOT NULL")


class NotWaiting(BrokenRule):
    """It has been answered, declined or withdrawn meanwhile."""

    message = N_("This request is settled already. Reopen it first.")


class StillWaiting(BrokenRule):
    """There is nothing to reopen."""

    message = N_("This request is waiting.")


class TakenMeanwhile(BrokenRule):
    """Two colleagues reached for it at once. `name` is who has it."""

    message = N_("%(name)s has taken it meanwhile.")

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class NotTaken(BrokenRule):
    """Nobody has it who could give it back."""

    message = N_("Nobody has taken this request.")


class ReasonMissing(BrokenRule):
    """Who asked will want to know why."""

    message = N_("Say why, in a few words.")


class SupportRequest(Model):
    """What somebody asks of another leg for a customer: of anybody there, or of one colleague. Past its due day and not
    settled, it is late.
    """

    __tablename__ = "support_requests"
    __table_args__ = (
        Index("ix_support_requests_waiting_due", "due_on", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index(
            "ix_support_requests_waiting_assignee", "assignee_id", "due_on", "id",
            sqlite_where=WAITING, postgresql_where=WAITING,
        ),
        Index(
            "ix_support_requests_waiting_leg", "to_leg", "due_on", "id", sqlite_where=WAITING, postgresql_where=WAITING
        ),
        Index(
            "ix_support_requests_waiting_by", "created_by_id", "due_on", "id",
            sqlite_where=WAITING, postgresql_where=WAITING,
        ),
        Index("ix_support_requests_settled", "settled_on", "id", sqlite_where=SETTLED, postgresql_where=SETTLED),
        Index(
            "ix_support_requests_settled_leg", "to_leg", "settled_on", "id",
            sqlite_where=SETTLED, postgresql_where=SETTLED,
        ),
        Index(
            "ix_support_requests_settled_by", "created_by_id", "settled_on", "id",
            sqlite_where=SETTLED, postgresql_where=SETTLED,
        ),
        Index("ix_support_requests_customer_id_id", "customer_id", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    from_leg: Mapped[str] = mapped_column(String(12))
    to_leg: Mapped[str] = mapped_column(String(12))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who is asked in particular, or has taken it; nobody while anybody of the leg may."""
    text: Mapped[str] = mapped_column(String(300))
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(12), default="open")
    settled_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(String(300), default="")
    """What was done, or why it was declined or withdrawn."""
    version: Mapped[int] = mapped_column(default=1)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    customer: Mapped["Customer"] = relationship(lazy="raise")
    assignee: Mapped["User | None"] = relationship(lazy="raise", foreign_keys=assignee_id)
    created_by: Mapped["User"] = relationship(lazy="raise", foreign_keys=created_by_id)

    @property
    def is_waiting(self) -> bool:
        """Is it still to be answered?"""
        return self.settled_on is None

    def is_for(self, user: "User") -> bool:
        """May that user take and answer it? Anybody of the leg, who was asked in particular, and owners."""
        return asked(user, self.to_leg, self.assignee_id)

    def take(self, by: "User", taken_by: str = "") -> None:
        """See to it. `taken_by` is the name of whoever has it already. Raises `NotWaiting` or `TakenMeanwhile`."""
        self._must_wait()
        if self.state == "taken" and self.assignee_id != by.id:
            raise TakenMeanwhile(name=taken_by)
        self.state, self.assignee_id = "taken", by.id
        self._note("taken", by)

    def give_back(self, by: "User") -> None:
        """Let somebody else of the leg see to it. Raises `NotWaiting` or `NotTaken`."""
        self._must_wait()
        if self.state != "taken":
            raise NotTaken
        self.state, self.assignee_id = "open", None
        self._note("given_back", by)

    def change(self, by: "User", text: str, due_on: date, to_leg: str, of: "User | None") -> None:
        """Ask it otherwise: in other words, for another day, of somebody else. Whom it is asked of anew has not taken
        it. Raises `NotWaiting`.
        """
        self._must_wait()
        was, whose = (self.text, self.due_on), (self.to_leg, self.assignee_id)
        self.text, self.due_on = text, due_on
        if (to_leg, of.id if of else None) != whose:
            self.state, self.to_leg, self.assignee_id = "open", to_leg, of.id if of else None
        if (self.text, self.due_on, self.to_leg, self.assignee_id) != (*was, *whose):
            told = {"was": was[0] if was[0] != text else "", "to": of.name if of else ""}
            self._note("changed", by, **{name: value for name, value in told.items() if value})

    def answer_with(self, by: "User", words: str = "") -> None:
        """It is done, and who asked reads these words. Raises `NotWaiting`."""
        self._must_wait()
        self.assignee_id = by.id
        self._settle("done", "answered", by, words)

    def decline(self, by: "User", reason: str) -> None:
        """It won't be done, and who asked knows why. Raises `NotWaiting` or `ReasonMissing`."""
        self._must_wait()
        if not reason:
            raise ReasonMissing
        self._settle("declined", "declined", by, reason)

    def withdraw(self, by: "User", reason: str = "") -> None:
        """It is no longer needed. Raises `NotWaiting`."""
        self._must_wait()
        self._settle("withdrawn", "withdrawn", by, reason)

    def reopen(self, by: "User") -> None:
        """It waits again, with whoever had it. Raises `StillWaiting`."""
        if self.is_waiting:
            raise StillWaiting
        was, self.state = self.state, "taken" if self.state == "done" else "open"
        self.settled_on, self.answer = None, ""
        self._note("reopened", by, was=was)

    def _must_wait(self) -> None:
        if not self.is_waiting:
            raise NotWaiting

    def _settle(self, state: str, verb: str, by: "User", words: str) -> None:
        self.state, self.settled_on, self.answer = state, clock.today(), words
        self._note(verb, by, **({"words": words} if words else {}))

    def _note(self, verb: str, by: "User", **data: Any) -> None:
        self.version += 1
        record(
            f"support.{verb}", by=by, customer_id=self.customer_id, subject=self, text=self.text, leg=self.to_leg,
            due_on=self.due_on.isoformat(), **data,
        )  # fmt: skip


def asked(user: "User", leg: str, assignee_id: int | None) -> bool:
    """Is something that is asked of this leg, or of one colleague, that user's to answer?"""
    return user.is_owner or assignee_id == user.id or OF_ROLE.get(user.role) == leg
