"""The relay: who held a customer from when to when, and the hand-offs from one runner to the next."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.extensions import BigId, Model, UtcDateTime
from portal.relay.legs import giver_of, is_asked
from portal.rules import N_, BrokenRule
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.customers.models import Customer
    from portal.users.models import User

HELD = text("until_on IS NULL")
HANDED_OFF = text("ended = 'handed_off'")
LET_GO = text("ended = 'let_go'")
DROPPED = text("dropped_on IS NOT NULL")
OFFERED = text("state = 'offered'")
TO_LEG = text("state = 'offered' AND to_user_id IS NULL")
LYING = text("dropped_on IS NOT NULL AND picked_up_on IS NULL")
STATES = ("offered", "accepted", "declined", "withdrawn", "dropped", "merged")
"""What becomes of an offer; `merged` is over because its customer and another, who had an offer or a runner of its own,
became one."""
ENDED = ("passed", "handed_off", "let_go")
"""How a holding ends: given to somebody else by hand, by a hand-off that was accepted, or to nobody."""
LONGEST_WAIT_DAYS = 30
"""The longest that a firm may let a hand-off wait."""
BOARD_ID = 1


class NotOffered(BrokenRule):
    """It has its answer, or is nobody's to answer any more."""

    message = N_("This hand-off is over: somebody has answered it, taken it back or given the customer away.")


class NotDropped(BrokenRule):
    """There is nothing to pick up."""

    message = N_("This hand-off was picked up already.")


class ReasonMissing(BrokenRule):
    """Whoever offered it will want to know why."""

    message = N_("Say why, in a few words.")


class Holding(Model):
    """A stretch of the relay: this user held this customer for this leg. A customer is held once at a time, or by
    nobody, which is what lies between two stretches.
    """

    __tablename__ = "holdings"
    __table_args__ = (
        Index("uq_holdings_held", "customer_id", unique=True, sqlite_where=HELD, postgresql_where=HELD),
        Index("ix_holdings_customer_id_id", "customer_id", "id"),
        Index("ix_holdings_user_id_id", "user_id", "id"),
        Index("ix_holdings_from_on_id", "from_on", "id"),
        Index(
            "ix_holdings_handed_off", "user_id", "until_on", "id",
            sqlite_where=HANDED_OFF, postgresql_where=HANDED_OFF,
        ),
        Index("ix_holdings_let_go", "until_on", "id", sqlite_where=LET_GO, postgresql_where=LET_GO),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    leg: Mapped[str] = mapped_column(String(12))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    ended: Mapped[str] = mapped_column(String(12), default="")
    """One of `ENDED`; empty while it lasts."""
    came_from: Mapped[str | None] = mapped_column(String(12))
    """The leg that the customer was in before; the same one when only the runner changed, none at the very start."""
    waited_since: Mapped[date | None]
    """Since when the customer had been in that leg."""
    hand_off_id: Mapped[int | None] = mapped_column(ForeignKey("hand_offs.id"))
    """The hand-off that it began with; none when somebody was assigned by hand."""


class HandOff(Model):
    """A customer offered to the next runner: to a user, or to a leg, of which anybody else may accept."""

    __tablename__ = "hand_offs"
    __table_args__ = (
        Index("uq_hand_offs_offered", "customer_id", unique=True, sqlite_where=OFFERED, postgresql_where=OFFERED),
        Index("ix_hand_offs_customer_id_id", "customer_id", "id"),
        Index("ix_hand_offs_offered_due", "due_on", "id", sqlite_where=OFFERED, postgresql_where=OFFERED),
        Index(
            "ix_hand_offs_offered_user", "to_user_id", "due_on", "id", sqlite_where=OFFERED, postgresql_where=OFFERED
        ),
        Index("ix_hand_offs_offered_leg", "to_leg", "due_on", "id", sqlite_where=TO_LEG, postgresql_where=TO_LEG),
        Index("ix_hand_offs_lying", "dropped_on", "id", sqlite_where=LYING, postgresql_where=LYING),
        Index("ix_hand_offs_dropped", "dropped_on", "id", sqlite_where=DROPPED, postgresql_where=DROPPED),
        Index("ix_hand_offs_offered_by_id_id", "offered_by_id", "id"),
        Index("ix_hand_offs_offered_on_id", "offered_on", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    from_leg: Mapped[str | None] = mapped_column(String(12))
    from_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who held the customer when it was offered."""
    to_leg: Mapped[str] = mapped_column(String(12))
    to_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who is asked; none when anybody of the leg is."""
    note: Mapped[str] = mapped_column(String(600), default="")
    """What the next runner should know."""
    state: Mapped[str] = mapped_column(String(12), default="offered")
    offered_on: Mapped[date]
    due_on: Mapped[date]
    """The last day on which it can be answered: then it is dropped."""
    offered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who offered it; nobody when the first purchase did."""
    answered_on: Mapped[date | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it was declined or withdrawn."""
    dropped_on: Mapped[date | None]
    picked_up_on: Mapped[date | None]
    """When somebody took care of what was dropped: offered it anew, gave it to somebody, or left it where it is."""
    cause: Mapped[str | None] = mapped_column(String(40), unique=True)
    """What made the portal offer it by itself, so that it does so once."""
    version: Mapped[int] = mapped_column(default=1)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    customer: Mapped["Customer"] = relationship(lazy="raise")
    from_user: Mapped["User | None"] = relationship(lazy="raise", foreign_keys=from_user_id)
    to_user: Mapped["User | None"] = relationship(lazy="raise", foreign_keys=to_user_id)

    @property
    def is_offered(self) -> bool:
        """Does it wait for its answer?"""
        return self.state == "offered"

    @property
    def is_lying(self) -> bool:
        """Was it dropped, and has nobody picked it up?"""
        return self.dropped_on is not None and self.picked_up_on is None

    @property
    def giver_id(self) -> int | None:
        """From whom it comes: who held the customer, else who offered it."""
        return giver_of(self)

    def is_for(self, user: "User") -> bool:
        """May this user answer it? Whom it was offered to; anybody else of the leg than who gives it, and owners."""
        return is_asked(user, self)

    def is_from(self, user: "User") -> bool:
        """May this user take it back? Who offered it, who held the customer then, and owners."""
        return user.id in (self.offered_by_id, self.from_user_id) or user.is_owner

    def accept(self, by: "User", along: dict[str, list[str]]) -> None:
        """The next runner takes over, with what travels along, as the record says it. The caller passes the customer
        on. Raises `NotOffered`.
        """
        self._answer("accepted", by)
        self._note("accepted", by, **along)

    def decline(self, by: "User", reason: str) -> None:
        """The customer stays where it is, and whoever offered it knows why. Raises `NotOffered`, `ReasonMissing`."""
        if self.is_offered and not reason:
            raise ReasonMissing
        self._answer("declined", by, reason)
        self._note("declined", by, reason=reason)

    def withdraw(self, by: "User | None", reason: str = "") -> None:
        """It is offered no longer; without a user, the portal takes it back. Raises `NotOffered`."""
        self._answer("withdrawn", by, reason)
        self._note("withdrawn", by, reason=reason)

    def drop(self) -> None:
        """Nobody has answered in time. Raises `NotOffered`."""
        if not self.is_offered:
            raise NotOffered
        self.state, self.dropped_on = "dropped", clock.today()
        self._note("dropped", None)

    def leave(self, by: "User") -> None:
        """It was dropped, and the customer stays with whoever holds it. Raises `NotDropped`."""
        if not self.is_lying:
            raise NotDropped
        self.picked_up_on = clock.today()
        self._note("left", by)

    def _answer(self, state: str, by: "User | None", reason: str = "") -> None:
        if not self.is_offered:
            raise NotOffered
        self.state, self.reason = state, reason
        self.answered_on, self.answered_by_id = clock.today(), by.id if by else None

    def _note(self, verb: str, by: "User | None", **data: Any) -> None:
        """Leave the event; the user whom it was offered to is loaded."""
        self.version += 1
        told = self.said() | {name: value for name, value in data.items() if value}
        record(f"hand_off.{verb}", by=by, customer_id=self.customer_id, subject=self, **told)

    def said(self) -> dict[str, Any]:
        """Whom it was offered to, for the record."""
        return {"leg": self.to_leg, "to": self.to_user.name if self.to_user_id and self.to_user else ""}


class Board(Model):
    """What the board says of all customers, counted by the clock and not by whoever looks at it. There is one."""

    __tablename__ = "relay_boards"

    id: Mapped[int] = mapped_column(primary_key=True, default=BOARD_ID)
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_event_id: Mapped[int] = mapped_column(BigInteger, default=0)
    """Of the newest event when it was counted: when it is still the newest, there is nothing to count."""
    phases: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    goal: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
