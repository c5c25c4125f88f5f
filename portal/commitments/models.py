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
UNHEARD, HEARD = text("unheard"), text("NOT unheard")
SPOKEN = text("client_said_on IS NOT NULL")


LONGEST_SHOWN = 300
"""Characters of a client's words that stand beside the promise; the statement keeps all of them."""


def sayable(side: str, state: str) -> tuple[str, ...]:
    """What a client can say about a promise of that side in that state."""
    if side == "ours":
        return ("kept", "not_kept") if state == "kept" else ()
    return ("done",) if state == "open" else ()


class NotOpen(BrokenRule):
    """It has been settled meanwhile."""

    message = N_("This promise is settled already. Reopen it first.")


class StillOpen(BrokenRule):
    """There is nothing to reopen."""

    message = N_("This promise is open.")


class NotToBeSaid(BrokenRule):
    """A client can only speak of what we say is kept, and of what they have still to do."""

    message = N_("This can't be said about the promise any more: it has changed meanwhile.")


class NothingSaid(BrokenRule):
    """There is no word of the client's to answer."""

    message = N_("The client has not said that this is done, or it has been looked at already.")


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
        Index("ix_commitments_unheard_due", "due_on", "id", sqlite_where=UNHEARD, postgresql_where=UNHEARD),
        Index(
            "ix_commitments_unheard_assignee", "assignee_id", "due_on", "id",
            sqlite_where=UNHEARD, postgresql_where=UNHEARD,
        ),
        Index("ix_commitments_spoken", "client_said_on", "id", sqlite_where=SPOKEN, postgresql_where=SPOKEN),
        Index(
            "ix_commitments_spoken_assignee", "assignee_id", "client_said_on", "id",
            sqlite_where=SPOKEN, postgresql_where=SPOKEN,
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
    """Who made it: a `user`, an unhappy answer (`recovery`), or a `playbook`."""
    state: Mapped[str] = mapped_column(String(12), default="open")
    settled_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it was last moved, broken or withdrawn."""
    client_says: Mapped[str] = mapped_column(String(8), default="")
    """The client's last word, apart from ours: `kept`, `not_kept`, or `done` of a promise of theirs."""
    client_said_on: Mapped[date | None]
    client_words: Mapped[str] = mapped_column(String(300), default="")
    our_answer: Mapped[str] = mapped_column(String(300), default="")
    """What we answered to "done", for the client to read."""
    unheard: Mapped[bool] = mapped_column(default=False)
    """The client has disputed it, or says that it is done, and nobody has looked: it stands on Today at once."""
    version: Mapped[int] = mapped_column(default=1)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    customer: Mapped["Customer"] = relationship(lazy="raise")
    contact: Mapped["Contact | None"] = relationship(lazy="raise")
    assignee: Mapped["User | None"] = relationship(lazy="raise", foreign_keys=assignee_id)

    @property
    def kind(self) -> str:
        """Its side, or `recovery`, or what a client says: what its line is worded by."""
        if self.unheard:
            return "disputed" if self.side == "ours" else "done"
        if self.state == self.client_says == "kept":
            return "confirmed"
        return "recovery" if self.origin == "recovery" else self.side

    @property
    def is_open(self) -> bool:
        """Does it still wait to be kept?"""
        return self.state == "open"

    @property
    def sayable(self) -> tuple[str, ...]:
        """What the client can say about it now."""
        return sayable(self.side, self.state)

    @property
    def is_answered(self) -> bool:
        """Does the client say that it is done, and have we said "not yet"?"""
        return self.is_open and self.client_says == "done" and not self.unheard

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
        self.reason, self.unheard = reason, False
        self._note("renegotiated", by, was_due_on=before.isoformat(), reason=reason)

    def reopen(self, by: "User") -> None:
        """It waits to be kept again. Raises `StillOpen`."""
        if self.is_open:
            raise StillOpen
        was, self.state = self.state, "open"
        self.settled_on, self.reason = None, ""
        self._note("reopened", by, was=was)

    def confirm(self, contact: str, words: str = "") -> None:
        """The client says that it was kept. Raises `NotToBeSaid`."""
        self._hear("kept", words)
        self._note("confirmed", None, contact=contact, **({"words": words} if words else {}))

    def dispute(self, contact: str, words: str = "") -> None:
        """The client says that it was not kept: it waits to be kept again. Raises `NotToBeSaid`."""
        self._hear("not_kept", words)
        self.state, self.settled_on, self.reason, self.unheard = "open", None, "", True
        self._note("disputed", None, contact=contact, **({"words": words} if words else {}))

    def say_done(self, contact: str, words: str = "") -> None:
        """The client has done what they promised, and we shall look. Raises `NotToBeSaid`."""
        self._hear("done", words)
        self.unheard = True
        self._note("said_done", None, contact=contact, **({"words": words} if words else {}))

    def not_yet(self, by: "User", answer: str = "") -> None:
        """We have looked, and it is not done yet. `answer` is read by the client. Raises `NothingSaid`."""
        if not (self.unheard and self.client_says == "done"):
            raise NothingSaid
        self.unheard, self.our_answer = False, answer
        self._note("not_yet", by, **({"reason": answer} if answer else {}))

    def reword(self, by: "User | None", text: str, contact_id: int | None, assignee_id: int | None) -> None:
        """Say it better, to or from another person, or let another colleague answer for it."""
        changed = (text, contact_id, assignee_id) != (self.text, self.contact_id, self.assignee_id)
        was, self.text = self.text, text
        self.contact_id, self.assignee_id = contact_id, assignee_id
        if changed:
            self._note("changed", by, was=was)

    def _hear(self, word: str, words: str) -> None:
        """The client's last word counts."""
        if word not in self.sayable:
            raise NotToBeSaid
        shown = words if len(words) <= LONGEST_SHOWN else words[: LONGEST_SHOWN - 1] + "…"
        self.client_says, self.client_said_on, self.client_words = word, clock.today(), shown
        self.our_answer = ""

    def _settle(self, state: str, by: "User | None", reason: str) -> None:
        if not self.is_open:
            raise NotOpen
        self.state, self.settled_on, self.reason, self.unheard = state, clock.today(), reason, False
        self._note(state, by, **({"reason": reason} if reason else {}))

    def _note(self, verb: str, by: "User | None", **data: Any) -> None:
        self.version += 1
        record(
            f"commitment.{verb}", by=by, customer_id=self.customer_id, subject=self, text=self.text, side=self.side,
            due_on=self.due_on.isoformat(), **data,
        )  # fmt: skip
