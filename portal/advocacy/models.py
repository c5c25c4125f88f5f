"""Referrals: from a person to a person, by name, and what became of each."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.extensions import BigId, Model, UtcDateTime
from portal.rules import N_, BrokenRule
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.contacts.models import Contact
    from portal.customers.models import Customer
    from portal.users.models import User

STATES = ("given", "contacted", "customer", "closed")
"""We know the name; we have spoken to them; they are a customer of ours; it did not work out."""
WAITING = ("given", "contacted")
WON = text("referred_customer_id IS NOT NULL")


class IsSettled(BrokenRule):
    """Something has become of it already."""

    message = N_("This referral is settled already. Reopen it first.")


class IsWaiting(BrokenRule):
    """There is nothing to reopen."""

    message = N_("This referral is not settled yet.")


class NoReason(BrokenRule):
    """Whoever looks at it next year will want to know why."""

    message = N_("Say why, in a few words.")


class Themselves(BrokenRule):
    """Who recommends and who is recommended are two."""

    message = N_("This is who recommends them. Choose the customer that they have become.")


class Referral(Model):
    """Somebody whom a client thinks we could help.

    Whether they have bought is not written here: it is read from the ledger (`queries.LINE`), and so it is true also
    after a purchase was voided. What is written is what has been said about it: `credited_on`, `thank_id`.
    """

    __tablename__ = "referrals"
    __table_args__ = (
        Index("ix_referrals_customer_id", "customer_id"),
        Index("ix_referrals_state_id", "state", "id"),
        Index("ix_referrals_won", "referred_customer_id", sqlite_where=WON, postgresql_where=WON),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    """Who refers."""
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    response_id: Mapped[int | None] = mapped_column(ForeignKey("survey_responses.id"))
    """The answer after which it was given."""
    name: Mapped[str] = mapped_column(String(120))
    reach: Mapped[str] = mapped_column(String(160), default="")
    """How to reach the person, as the client wrote it."""
    note: Mapped[str] = mapped_column(String(300), default="")
    """What we know of the person."""
    nonce: Mapped[str | None] = mapped_column(String(64), unique=True)
    referred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    referred_on: Mapped[date | None]
    """The firm's day of it: only what they buy from that day on is owed to who recommended them."""
    state: Mapped[str] = mapped_column(String(12), default="given")
    contacted_on: Mapped[date | None]
    settled_on: Mapped[date | None]
    """When they became a customer, or when it was closed."""
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it did not work out."""
    referred_customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    """The customer that they have become."""
    credited_on: Mapped[date | None]
    """The day of the first purchase, once the record says that it is credited."""
    thank_id: Mapped[int | None] = mapped_column(ForeignKey("follow_ups.id"))
    """The follow-up that thanks for the purchase: there is one at most."""
    version: Mapped[int] = mapped_column(default=1)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who wrote it down; empty when the client did."""

    customer: Mapped["Customer"] = relationship(lazy="raise", foreign_keys=customer_id)
    contact: Mapped["Contact | None"] = relationship(lazy="raise")

    @property
    def is_waiting(self) -> bool:
        """Is something still to become of it?"""
        return self.state in WAITING

    def approach(self, by: "User") -> None:
        """Somebody of ours has spoken to them. Raises `IsSettled`."""
        self._check_waiting()
        self.state, self.contacted_on = "contacted", clock.today()
        self._note("contacted", by)

    def win(self, customer: "Customer", by: "User", through: str = "") -> None:
        """They are this customer now. `through` is who recommended them, for the customer's story. Raises `IsSettled`
        or `Themselves`.
        """
        self._check_waiting()
        if customer.id == self.customer_id:
            raise Themselves
        self.state, self.settled_on, self.referred_customer_id = "customer", clock.today(), customer.id
        self._note("won", by, customer=customer.name)
        record("referral.came", by=by, customer_id=customer.id, subject=self, name=self.name, through=through)

    def close(self, by: "User", reason: str) -> None:
        """Nothing came of it. Raises `IsSettled` or `NoReason`."""
        self._check_waiting()
        if not reason:
            raise NoReason
        self.state, self.settled_on, self.reason = "closed", clock.today(), reason
        self._note("closed", by, reason=reason)

    def fold(self, by: "User", reason: str) -> None:
        """Who recommends and who was recommended turned out to be one: nobody was brought."""
        self.state, self.settled_on, self.reason, self.referred_customer_id = "closed", clock.today(), reason, None
        self._note("closed", by, reason=reason)

    def reopen(self, by: "User") -> None:
        """It is not settled after all; the customer that they were taken for stays a customer. Raises `IsWaiting`."""
        if self.is_waiting:
            raise IsWaiting
        was, self.state = self.state, "contacted" if self.contacted_on else "given"
        self.settled_on, self.reason, self.referred_customer_id = None, "", None
        self._note("reopened", by, was=was)

    def note_credit(self, on: date | None, **data: Any) -> None:
        """The record says that the first purchase is credited, or that it is so no longer."""
        self.credited_on = on
        self._note("credited" if on else "uncredited", None, **data)

    def _check_waiting(self) -> None:
        if not self.is_waiting:
            raise IsSettled

    def _note(self, verb: str, by: "User | None", **data: Any) -> None:
        self.version += 1
        record(f"referral.{verb}", by=by, customer_id=self.customer_id, subject=self, name=self.name, **data)
