"""Trials: who of a list is worked and who is left untouched, drawn once; and what became of both."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.extensions import BigId, Model, UtcDateTime
from portal.rules import N_, BrokenRule
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User

STATES = ("running", "done", "stopped")
RUNNING = text("state = 'running'")
SHARES = (10, 50)
"""Of a list, in per cent, that may be left untouched: from, to."""
DAYS = (14, 365)
"""How long a trial may last: from, to."""


class NotRunning(BrokenRule):
    """What has ended stays as it ended."""

    message = N_("This trial has ended already.")


class Trial(Model):
    """One list, split at random on one day. The split is never shown while it runs, and never changed.

    `seed` decides who is left untouched; `sealed` is its hash together with the members, shown from the first day, so
    that everybody can check at the end that nothing was changed.
    """

    __tablename__ = "trials"
    __table_args__ = (
        Index("uq_trials_running", "list", unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING),
        Index("ix_trials_state_ends_on", "state", "ends_on"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    list: Mapped[str] = mapped_column(String(16))
    share: Mapped[int]
    """Left untouched, in per cent: 10 to 50."""
    days: Mapped[int]
    started_on: Mapped[date]
    ends_on: Mapped[date]
    """The last day that counts."""
    seed: Mapped[str] = mapped_column(String(32))
    sealed: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(8), default="running")
    worked: Mapped[int]
    untouched: Mapped[int]
    worked_bought: Mapped[int | None]
    untouched_bought: Mapped[int | None]
    """Counted once, when it has ended."""
    untouched_called: Mapped[int | None]
    """Of the untouched, who was touched all the same."""
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_running(self) -> bool:
        """Are some still left untouched?"""
        return self.state == "running"

    @property
    def is_done(self) -> bool:
        """Has it come to its end, so that it has a result?"""
        return self.state == "done"

    def stop(self, by: "User") -> None:
        """End it before its time, without a result, for good. Raises `NotRunning`."""
        self._end("stopped")
        record("trial.stopped", by=by, subject=self, list=self.list, ends_on=self.ends_on.isoformat())

    def finish(self, worked_bought: int, untouched_bought: int, untouched_called: int) -> None:
        """It has come to its end, with this result. Raises `NotRunning`."""
        self._end("done")
        self.worked_bought, self.untouched_bought = worked_bought, untouched_bought
        self.untouched_called = untouched_called
        record(
            "trial.ended", by=None, subject=self, list=self.list, worked=self.worked, worked_bought=worked_bought,
            untouched=self.untouched, untouched_bought=untouched_bought,
        )  # fmt: skip

    def _end(self, state: str) -> None:
        if not self.is_running:
            raise NotRunning
        self.state, self.ended_at = state, clock.now()


class TrialMember(Model):
    """A customer who was on the list when the trial began."""

    __tablename__ = "trial_members"
    __table_args__ = (Index("ix_trial_members_customer_id", "customer_id"),)

    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id", ondelete="CASCADE"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    untouched: Mapped[bool]
