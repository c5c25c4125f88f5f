"""Testimonials: what a customer said of us, where it may be quoted, how they allowed it, and until when."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.extensions import BigId, Model, UtcDateTime
from portal.rules import N_, BrokenRule
from portal.timeline.models import LONGEST_TOLD, changed, record

if TYPE_CHECKING:
    from portal.contacts.models import Contact
    from portal.customers.models import Customer
    from portal.users.models import User

PLACES = ("website", "printed", "social", "talks")
"""Where it may be quoted: the website, on paper, social networks, private sales talks. Each is a column."""
LONGEST = 4000
LIVING = text("withdrawn_on IS NULL")


class IsWithdrawn(BrokenRule):
    """Who took it back would have to allow it anew."""

    message = N_("This testimonial was withdrawn. What they allow now is a new one.")


class NoReason(BrokenRule):
    """The record says how it was taken back."""

    message = N_("Say who took it back, and how, in a few words.")


class NowhereToQuote(BrokenRule):
    """A permission is a permission for something."""

    message = N_("Choose at least one place where it may be quoted.")


class Testimonial(Model):
    """Words of a customer. Once withdrawn it may be quoted nowhere, and is kept in the record only."""

    __tablename__ = "testimonials"
    __table_args__ = (
        Index("ix_testimonials_customer_id", "customer_id"),
        Index("ix_testimonials_living", "id", sqlite_where=LIVING, postgresql_where=LIVING),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    """Who said it."""
    response_id: Mapped[int | None] = mapped_column(ForeignKey("survey_responses.id"), unique=True)
    """The answer whose comment it is."""
    text: Mapped[str] = mapped_column(Text)
    signed: Mapped[str] = mapped_column(String(200), default="")
    """What stands under it; empty when it is quoted without a name."""
    website: Mapped[bool] = mapped_column(default=False)
    printed: Mapped[bool] = mapped_column(default=False)
    social: Mapped[bool] = mapped_column(default=False)
    talks: Mapped[bool] = mapped_column(default=False)
    consented_on: Mapped[date]
    evidence: Mapped[str] = mapped_column(String(300))
    """How they allowed it, in words."""
    withdrawn_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Who took it back, and how."""
    version: Mapped[int] = mapped_column(default=1)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    customer: Mapped["Customer"] = relationship(lazy="raise")
    contact: Mapped["Contact | None"] = relationship(lazy="raise")

    @property
    def is_withdrawn(self) -> bool:
        """Was it taken back?"""
        return self.withdrawn_on is not None

    @property
    def places(self) -> tuple[str, ...]:
        """Where it may be quoted: nowhere once it was taken back."""
        return () if self.is_withdrawn else tuple(place for place in PLACES if getattr(self, place))

    def change(self, by: "User | None", **fields: Any) -> dict[str, list[Any]]:
        """Write these fields; what changed, as old and new. Raises `IsWithdrawn` or `NowhereToQuote`."""
        if self.is_withdrawn:
            raise IsWithdrawn
        if not any(fields.get(place, getattr(self, place)) for place in PLACES):
            raise NowhereToQuote
        changes = changed(self, fields)
        if changes:
            self.note("changed", by, changes=changes)
        return changes

    def withdraw(self, by: "User | None", reason: str) -> None:
        """They took it back: from now on it is quoted nowhere. Twice is once. Raises `NoReason`."""
        if self.is_withdrawn:
            return
        if not reason:
            raise NoReason
        self.withdrawn_on, self.reason = clock.today(), reason
        self.note("withdrawn", by, reason=reason)

    def note(self, verb: str, by: "User | None", **data: Any) -> None:
        """Leave an event of it."""
        if verb != "given":
            self.version += 1
        told = self.text if len(self.text) <= LONGEST_TOLD else self.text[:LONGEST_TOLD] + "…"
        record(
            f"testimonial.{verb}", by=by, customer_id=self.customer_id, subject=self, text=told, name=self.signed,
            **data,
        )  # fmt: skip
