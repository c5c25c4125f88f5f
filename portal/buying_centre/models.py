"""Where our firm stands at a customer, as it was said over time; and how often one of us means to see one of them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.extensions import BigId, Model, UtcDateTime
from portal.rules import N_, BrokenRule
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.contacts.models import Contact
    from portal.users.models import User

RISING = text("due_on IS NOT NULL AND planned_on IS NULL")
"""Relations that come up on their day. Where a touch is planned, the plan itself comes up."""


class NotYet(BrokenRule):
    """What was so has a day that has come."""

    message = N_("Choose a day up to today.")


class IsGone(BrokenRule):
    """Whoever is put away is expected by nobody."""

    message = N_("This person is archived. Restore them first.")


class Position(Model):
    """What somebody said of our place at a customer: how high on the ladder, and how much of what they buy is ours."""

    __tablename__ = "positions"
    __table_args__ = (Index("ix_positions_customer_id_since_on_id", "customer_id", "since_on", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    position: Mapped[str] = mapped_column(String(20))
    """One of `terms.POSITIONS`."""
    share_percent: Mapped[int | None]
    """Of what they buy of our kind, the share that they buy from us; empty when nobody knows."""
    since_on: Mapped[date]
    """The firm's day since which it has been so."""
    note: Mapped[str] = mapped_column(String(300), default="")
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    said_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StandOut(Model):
    """Something stands out at this customer's buying centre. Derived: kept by `standing_out`, always rebuildable."""

    __tablename__ = "stand_outs"
    __table_args__ = (UniqueConstraint("customer_id", "kind"), Index("ix_stand_outs_kind_id", "kind", "id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    kind: Mapped[str] = mapped_column(String(12))
    """One of `terms.STAND_OUTS`."""
    found_on: Mapped[date]


class Relation(Model):
    """One of us and one of them, who mean to be in touch every so many days. Without a number of days it is over."""

    __tablename__ = "relations"
    __table_args__ = (
        UniqueConstraint("contact_id", "user_id"),
        Index("ix_relations_customer_id", "customer_id"),
        Index("ix_relations_due", "due_on", "id", sqlite_where=RISING, postgresql_where=RISING),
        Index("ix_relations_due_user", "user_id", "due_on", "id", sqlite_where=RISING, postgresql_where=RISING),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    every_days: Mapped[int | None]
    began_on: Mapped[date]
    """From when the days are counted, as long as the two have not met."""
    last_touch_on: Mapped[date | None]
    planned_on: Mapped[date | None]
    """The day of their earliest planned touch."""
    due_on: Mapped[date | None]
    """The last touch and the rhythm. Kept with the two before it in `rhythm.keep`; empty when it is over."""
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def set_rhythm(self, every_days: int | None, contact: "Contact", user: "User", by: "User") -> bool:
        """Let them be in touch every so many days (empty: no longer). False when it was so already."""
        if self.every_days == every_days:
            return False
        was, self.every_days = self.every_days, every_days
        if was is None:
            self.began_on = clock.today()
        self.version += 1
        verb = "ended" if every_days is None else "planned"
        told: dict[str, Any] = {"contact": contact.name, "user": user.name, "every_days": every_days, "was": was}
        record(f"relation.{verb}", by=by, customer_id=self.customer_id, subject=self, **told)
        return True
