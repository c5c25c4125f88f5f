"""What the weekly review keeps: the numbers of each week and step, and the improvements promised to ourselves."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.extensions import BigId, Model, UtcDateTime
from portal.rules import N_, BrokenRule
from portal.timeline.models import changed, record

if TYPE_CHECKING:
    from portal.users.models import User

STEPS = ("marketing", "sales", "service", "repurchase")
"""The legs in the order in which the baton passes, and the step that all of them run for."""
STATES = ("open", "kept", "dropped")
OPEN = text("state = 'open'")


class NotOpen(BrokenRule):
    """It has been looked at already."""

    message = N_("This improvement is settled already. Reopen it first.")


class StillOpen(BrokenRule):
    """There is nothing to reopen."""

    message = N_("This improvement is open.")


class ReasonMissing(BrokenRule):
    """Next week somebody will ask why."""

    message = N_("Say why, in a few words.")


class RelayWeek(Model):
    """One step of the relay in one week, counted by the clock (`counting`) and not by whoever looks at it."""

    __tablename__ = "relay_weeks"

    week_on: Mapped[date] = mapped_column(primary_key=True)
    """Its Monday."""
    step: Mapped[str] = mapped_column(String(12), primary_key=True)
    entries: Mapped[int] = mapped_column(default=0)
    onward: Mapped[int] = mapped_column(default=0)
    back: Mapped[int] = mapped_column(default=0)
    gone: Mapped[int] = mapped_column(default=0)
    dropped: Mapped[int] = mapped_column(default=0)
    wait_days: Mapped[float | None]
    """The median of those who went onward; none where nobody did."""
    last_event_id: Mapped[int] = mapped_column(BigId, default=0)
    """Of the newest event when it was counted: while that is the newest, there is nothing to count."""
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Improvement(Model):
    """What we promise ourselves to do better in a step, written down in one week and looked at in the next."""

    __tablename__ = "improvements"
    __table_args__ = (
        Index("ix_improvements_week_on_id", "week_on", "id"),
        Index("ix_improvements_open", "week_on", "id", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    week_on: Mapped[date]
    """The Monday of the week in which it was written down."""
    step: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(String(300))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who is answerable for it."""
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(12), default="open")
    settled_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it was dropped."""
    version: Mapped[int] = mapped_column(default=1)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    user: Mapped["User | None"] = relationship(lazy="raise", foreign_keys=user_id)

    @property
    def is_open(self) -> bool:
        """Is it still to be done?"""
        return self.state == "open"

    def keep(self, by: "User") -> None:
        """It was done. Raises `NotOpen`."""
        self._settle("kept", by, "")

    def drop(self, by: "User", reason: str) -> None:
        """It won't be done, and this is why. Raises `NotOpen` or `ReasonMissing`."""
        if not reason:
            raise ReasonMissing
        self._settle("dropped", by, reason)

    def reopen(self, by: "User") -> None:
        """It is to be done again. Raises `StillOpen`."""
        if self.is_open:
            raise StillOpen
        was, self.state = self.state, "open"
        self.settled_on, self.reason = None, ""
        self._note("reopened", by, was=was)

    def change(self, by: "User", **fields: Any) -> None:
        """Write these fields: `step`, `text`, `user_id`, `due_on`."""
        changes = changed(self, fields)
        if changes:
            self._note("changed", by, changes=changes)

    def _settle(self, state: str, by: "User", reason: str) -> None:
        if not self.is_open:
            raise NotOpen
        self.state, self.settled_on, self.reason = state, clock.today(), reason
        self._note(state, by, **({"reason": reason} if reason else {}))

    def _note(self, verb: str, by: "User", **data: Any) -> None:
        self.version += 1
        told = {"text": self.text, "step": self.step, "due_on": self.due_on.isoformat(), **data}
        record(f"improvement.{verb}", by=by, subject=self, **told)
