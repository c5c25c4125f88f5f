"""Playbooks with their steps; and their runs, each for one customer and one cause."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.extensions import BigId, Model, UtcDateTime
from portal.relay.legs import LEGS
from portal.rules import N_, BrokenRule
from portal.timeline.models import changed, record

if TYPE_CHECKING:
    from portal.users.models import User

TRIGGERS = ("purchase", "first_purchase", "repeat_purchase", "anniversary", "unhappy", "hand_off")
CALENDARS = ("days", "working")
KINDS = ("commitment", "follow_up", "survey")
GIVEN_TO = ("assignee", *LEGS, "user")
"""Whom a step is given to: whoever answers for the customer then, somebody of a leg, or one colleague."""
CAUSES = ("purchase", "anniversary", "answer", "hand_off")
"""What a run was started by, by the table of `cause_id`: of an anniversary it is the customer and the year."""
STOPPED_BY = ("somebody", "voided", "archived", "not_unhappy")
"""Why a run ended before its last step."""
SKIPPED_BY = ("somebody", "reassured", "asked", "no_address", "opted_out", "not_asking", "taken_out")
"""Why a step was not made: by a colleague; a reassurance stands already; the client is asked about this purchase
already, can't be written to, or does not want to be asked; the survey is not being asked; the step was taken out."""
STANDING, WAITING, RUNNING = text("retired_at IS NULL"), text("state = 'waiting'"), text("state = 'running'")
LONGEST_REASON = 300


class IsRetired(BrokenRule):
    """What is retired stays so: what it has started speaks of it."""

    message = N_("This playbook is retired.")


class HasEnded(BrokenRule):
    """There is nothing left of it to stop."""

    message = N_("This playbook has run to its end here already, or was stopped.")


class NotWaiting(BrokenRule):
    """Only what is still to come can be skipped."""

    message = N_("This step has been made or skipped already.")


class NoReason(BrokenRule):
    """Colleagues will want to know."""

    message = N_("Say why, in a few words.")


class Playbook(Model):
    """A list of steps, and what starts it. Those that have started something are retired rather than deleted."""

    __tablename__ = "playbooks"
    __table_args__ = (
        Index("uq_playbooks_standing_folded", "folded", unique=True, sqlite_where=STANDING, postgresql_where=STANDING),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    folded: Mapped[str] = mapped_column(String(120))
    """The name without accents and case."""
    trigger: Mapped[str] = mapped_column(String(16))
    calendar: Mapped[str] = mapped_column(String(8), default="days")
    """`days` counts every day; `working` only Monday to Friday, without the firm's holidays."""
    is_on: Mapped[bool] = mapped_column(default=True)
    looked_on: Mapped[date]
    """The firm's day up to which anniversaries have been looked at; at first, and when it is switched on, yesterday."""
    started: Mapped[int] = mapped_column(default=0)
    """How often it has been started."""
    version: Mapped[int] = mapped_column(default=1)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def change(self, by: "User", steps_changed: bool, **fields: Any) -> None:
        """Write these fields (`name`, `folded`, `trigger`, `calendar`). Raises `IsRetired`."""
        self._check()
        changes = changed(self, fields)
        if changes or steps_changed:
            self._note("changed", by)

    def switch_on(self, by: "User") -> None:
        """Let it be started, by what happens from now on. Raises `IsRetired`."""
        self._check()
        if not self.is_on:
            self.is_on, self.looked_on = True, clock.today() - timedelta(days=1)
            self._note("switched_on", by)

    def switch_off(self, by: "User") -> None:
        """Let nothing start it; what it has started goes on. Raises `IsRetired`."""
        self._check()
        if self.is_on:
            self.is_on = False
            self._note("switched_off", by)

    def retire(self, by: "User") -> None:
        """Put it away for good; what it has started goes on. Raises `IsRetired`."""
        self._check()
        self.is_on, self.retired_at = False, clock.now()
        self._note("retired", by)

    def _check(self) -> None:
        if self.retired_at is not None:
            raise IsRetired

    def _note(self, verb: str, by: "User") -> None:
        self.version += 1
        record(f"playbook.{verb}", by=by, subject=self, name=self.name)


class PlaybookStep(Model):
    """One thing to be done so many days after the cause. What stands here on its day is done, also in runs before."""

    __tablename__ = "playbook_steps"
    __table_args__ = (Index("ix_playbook_steps_playbook_id_position", "playbook_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    playbook_id: Mapped[int] = mapped_column(ForeignKey("playbooks.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    after_days: Mapped[int]
    text: Mapped[str] = mapped_column(String(200), default="")
    """What we promise, or what a follow-up is to reach."""
    purpose: Mapped[str] = mapped_column(String(12), default="care")
    channel: Mapped[str] = mapped_column(String(12), default="call")
    survey_id: Mapped[int | None] = mapped_column(ForeignKey("surveys.id"))
    given_to: Mapped[str] = mapped_column(String(10), default="assignee")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """The colleague, when it is given to one."""
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was taken out; what it has made still speaks of it."""


class PlaybookRun(Model):
    """A playbook under way with a customer, started once per cause."""

    __tablename__ = "playbook_runs"
    __table_args__ = (
        UniqueConstraint("cause_id", "cause", "playbook_id", name="uq_playbook_runs_cause_id_cause_playbook_id"),
        Index("ix_playbook_runs_customer_id_id", "customer_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    playbook_id: Mapped[int] = mapped_column(ForeignKey("playbooks.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    cause: Mapped[str] = mapped_column(String(12))
    cause_id: Mapped[int] = mapped_column(BigId)
    began_on: Mapped[date]
    """The day of the cause, from which its steps are counted."""
    state: Mapped[str] = mapped_column(String(8), default="running")
    """`running`, `done` or `stopped`."""
    why: Mapped[str] = mapped_column(String(12), default="")
    """One of `STOPPED_BY`, or empty."""
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")
    """In the words of whoever stopped it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    playbook: Mapped[Playbook] = relationship(lazy="raise")

    @property
    def is_running(self) -> bool:
        """Is there something still to come?"""
        return self.state == "running"

    def stop(self, by: "User", reason: str) -> None:
        """Make no more of its steps. Its playbook must be loaded. Raises `HasEnded` or `NoReason`."""
        if not self.is_running:
            raise HasEnded
        if not reason:
            raise NoReason
        self.state, self.why, self.reason, self.ended_at = "stopped", "somebody", reason, clock.now()
        _note_run(self, "stopped", by, reason=reason)

    def end(self) -> None:
        """Nothing is to come any more."""
        self.state, self.ended_at = "done", clock.now()


class RunStep(Model):
    """A step of a run: it waits for its day, has been made, or was skipped."""

    __tablename__ = "run_steps"
    __table_args__ = (
        Index("ix_run_steps_waiting", "due_on", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_run_steps_run_id", "run_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("playbook_runs.id"))
    step_id: Mapped[int] = mapped_column(ForeignKey("playbook_steps.id"))
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    """`waiting`, `made` or `skipped`; `stopped` with its run."""
    made: Mapped[str] = mapped_column(String(12), default="")
    """The kind of what it has made: the step may have become another since."""
    made_id: Mapped[int | None] = mapped_column(BigId)
    """The commitment, follow-up or invitation that it has made."""
    why: Mapped[str] = mapped_column(String(12), default="")
    """One of `SKIPPED_BY`, or empty."""
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")
    """In the words of whoever skipped it."""

    run: Mapped[PlaybookRun] = relationship(lazy="raise")

    def skip(self, by: "User", reason: str, what: str) -> None:
        """Leave it out; `what` is what it would have done, for the history. Its run and playbook must be loaded. Raises
        `NotWaiting` or `NoReason`.
        """
        if self.state != "waiting":
            raise NotWaiting
        if not reason:
            raise NoReason
        self.state, self.why, self.reason = "skipped", "somebody", reason
        _note_run(self.run, "skipped", by, reason=reason, step=what)


def _note_run(run: PlaybookRun, verb: str, by: "User", **data: Any) -> None:
    record(f"playbook.{verb}", by=by, customer_id=run.customer_id, subject=run.playbook, name=run.playbook.name, **data)
