"""Commitments: what is promised between us and a customer, and what became of it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock, due
from portal.extensions import BigId, Model, UtcDateTime
from portal.rules import N_, BrokenRule
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.contacts.models import Contact
    from portal.customers.models import Customer
    from portal.users.models import User

SIDES = ("ours", "theirs")
STATES = ("open", "kept", "broken", "withdrawn")
OPEN = text("state = 'open'")
RECOVERING = text("state = 'open' AND origin = 'recovery'")


class NotOpen(BrokenRule):
    """It has been settled meanwhile."""

    message = N_("This promise is settled already. Reopen it first.")


class StillOpen(BrokenRule):
    """There is nothing to reopen."""

    message = N_("This promise is open.")


class ReasonMissing(BrokenRule):
    """The other side will want to know why."""

    message = N_("Say why, in a few words.")


class MovedMeanwhile(BrokenRule):
    """Two people moved it at once. `day` is when it is due now, in words."""

    message = N_("Somebody changed it meanwhile: it is now due on %(day)s. Look again before you move it.")

    def __init__(self, day: str) -> None:
        super().__init__(day=day)


class Commitment(Model):
    """Something promised, by us (`ours`) or by the customer (`theirs`). Past its due day and still open, it is late."""

    __tablename__ = "commitments"
    __table_args__ = (
        Index("ix_commitments_open_due", "side", "due_on", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index(
            "ix_commitments_open_assignee", "assignee_id", "side", "due_on", "id",
            sqlite_where=OPEN, postgresql_where=OPEN,
        ),
        Index("ix_commitments_recovering_due", "due_on", "id", sqlite_where=RECOVERING, postgresql_where=RECOVERING),
        Index(
            "ix_commitments_recovering_assignee", "assignee_id", "due_on", "id",
            sqlite_where=RECOVERING, postgresql_where=RECOVERING,
        ),
        Index("ix_commitments_customer_id_state_due_on", "customer_id", "state", "due_on"),
        Index("ix_commitments_assignee_id_state_settled_on_id", "assignee_id", "state", "settled_on", "id"),
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
    """Who made it: a `user`, or an unhappy answer (`recovery`)."""
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

    @property
    def kind(self) -> str:
        """Its side, or `recovery`: what its line is worded by."""
        return "recovery" if self.origin == "recovery" else self.side

    @property
    def is_open(self) -> bool:
        """Does it still wait to be kept?"""
        return self.state == "open"

    def keep(self, by: "User") -> None:
        """It was done as promised. Raises `NotOpen`."""
        self._settle("kept", by, "")

    def break_(self, by: "User", reason: str = "") -> None:
        """It was not done, and won't be. Raises `NotOpen`."""
        self._settle("broken", by, reason)

    def withdraw(self, by: "User | None", reason: str) -> None:
        """It no longer needs to be done, and the other side knows why. Raises `NotOpen` or `ReasonMissing`."""
        if not reason:
            raise ReasonMissing
        self._settle("withdrawn", by, reason)

    def renegotiate(self, by: "User", to: date, reason: str) -> None:
        """Both agreed on another day; the first one is kept. Raises `NotOpen`, `ReasonMissing`, `DayOutOfReach`."""
        if not self.is_open:
            raise NotOpen
        if not reason:
            raise ReasonMissing
        before, self.due_on = self.due_on, due.checked(to)
        self.times_moved += 1
        self.reason = reason
        self._note("renegotiated", by, was_due_on=before.isoformat(), reason=reason)

    def reopen(self, by: "User") -> None:
        """It waits to be kept again. Raises `StillOpen`."""
        if self.is_open:
            raise StillOpen
        was, self.state = self.state, "open"
        self.settled_on, self.reason = None, ""
        self._note("reopened", by, was=was)

    def reword(self, by: "User | None", text: str, contact_id: int | None, assignee_id: int | None) -> None:
        """Say it better, to or from another person, or let another colleague answer for it."""
        changed = (text, contact_id, assignee_id) != (self.text, self.contact_id, self.assignee_id)
        was, self.text = self.text, text
        self.contact_id, self.assignee_id = contact_id, assignee_id
        if changed:
            self._note("changed", by, was=was)

    def _settle(self, state: str, by: "User | None", reason: str) -> None:
        if not self.is_open:
            raise NotOpen
        self.state, self.settled_on, self.reason = state, clock.today(), reason
        self._note(state, by, **({"reason": reason} if reason else {}))

    def _note(self, verb: str, by: "User | None", **data: Any) -> None:
        self.version += 1
        record(
            f"commitment.{verb}", by=by, customer_id=self.customer_id, subject=self, text=self.text, side=self.side,
            due_on=self.due_on.isoformat(), **data,
        )  # fmt: skip
