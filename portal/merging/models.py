"""Pairs of customers who may be one, and what a customer was known by before it was merged."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.extensions import BigId, Model, UtcDateTime
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User

KINDS = ("name", "email", "phone", "external_id")
OPEN = text("dismissed_at IS NULL")


class CustomerAlias(Model):
    """What a customer was also known by: of one that was merged into it, what did not stay on its page. It is found by
    it, and later imports still know it by it.
    """

    __tablename__ = "customer_aliases"
    __table_args__ = (
        UniqueConstraint("customer_id", "kind", "value"),
        Index("ix_customer_aliases_kind_value", "kind", "value"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    kind: Mapped[str] = mapped_column(String(12))
    """One of `KINDS`."""
    value: Mapped[str] = mapped_column(String(254))


class Duplicate(Model):
    """Two customers who may be one; dismissed when somebody knows better, and then never offered again."""

    __tablename__ = "duplicates"
    __table_args__ = (
        UniqueConstraint("customer_id", "other_id"),
        Index("ix_duplicates_other_id", "other_id"),
        Index("ix_duplicates_open", "id", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    """The one who came first."""
    other_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    why: Mapped[str] = mapped_column(String(40))
    """Those of `KINDS` that they share, with spaces between."""
    found_on: Mapped[date]
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dismissed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    def dismiss(self, by: "User", name: str, other: str) -> None:
        """They are two. `name` and `other` are theirs, for the record."""
        if self.dismissed_at is None:
            self.dismissed_at, self.dismissed_by_id = clock.now(), by.id
            record("customer.told_apart", by=by, customer_id=self.customer_id, name=name, other=other)
