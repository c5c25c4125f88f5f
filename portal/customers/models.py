"""Customers and their tags."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.customers.search import fold, searchable
from portal.extensions import BigId, Model, UtcDateTime
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.contacts.models import Contact
    from portal.users.models import User

STATUSES = ("prospect", "buyer", "client")
LIVE = text("archived_at IS NULL")

customer_tags = Table(
    "customer_tags",
    Model.metadata,
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Tag(Model):
    """A word that customers are grouped by. Two spellings that differ by case or accents are one tag."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    folded: Mapped[str] = mapped_column(String(40), unique=True)


class Customer(Model):
    """The firm or person that buys. The figures are derived from the ledger, never typed, and always rebuildable."""

    __tablename__ = "customers"
    __table_args__ = (
        Index("ix_customers_live_name", "sort_name", "id", sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_customers_live_status", "status", "sort_name", "id", sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_customers_live_assignee", "assignee_id", "sort_name", "id", sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_customers_live_last_purchase", "last_purchase_on", "id", sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_customers_email", "email"),
        Index("ix_customers_phone", "phone"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    sort_name: Mapped[str] = mapped_column(String(160).with_variant(String(160, collation="C"), "postgresql"))
    """The name without accents and case, by which lists are ordered alike on both databases."""
    external_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    """The customer's number in the firm's other systems."""
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    """E.164."""
    city: Mapped[str] = mapped_column(String(80), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    search_text: Mapped[str] = mapped_column(Text, default="")
    """All that a search can find it by, folded: names, e-mails and phones, its contacts' too."""
    version: Mapped[int] = mapped_column(default=1)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    status: Mapped[str] = mapped_column(String(8), default="prospect")
    purchase_days: Mapped[int] = mapped_column(default=0)
    first_purchase_on: Mapped[date | None]
    last_purchase_on: Mapped[date | None]
    revenue_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str | None] = mapped_column(String(3))
    """Of the revenue: the one in which the customer bought most often; purchases in others are not added to it."""
    median_interval_days: Mapped[float | None]
    last_touch_on: Mapped[date | None]
    next_touch_on: Mapped[date | None]
    """The earliest planned follow-up's day; without one, the last touch and the firm's rhythm."""

    assignee: Mapped["User | None"] = relationship(lazy="raise")
    contacts: Mapped[list["Contact"]] = relationship(lazy="raise", back_populates="customer", order_by="Contact.id")
    tags: Mapped[list[Tag]] = relationship(secondary=customer_tags, lazy="raise", order_by=Tag.folded)

    @property
    def is_archived(self) -> bool:
        """Is it put away?"""
        return self.archived_at is not None

    def index_words(self, contacts: list["Contact"]) -> None:
        """Bring `sort_name` and `search_text` up to date with the name and with these contacts."""
        self.sort_name = fold(self.name)[:160]
        words = [self.name, self.external_id, self.email, self.phone]
        for contact in contacts:
            words += [contact.name, contact.email, contact.phone]
        self.search_text = searchable(words)

    def assign(self, to: "User | None", by: "User") -> None:
        """Make a user answerable for it (or nobody)."""
        if self.assignee_id != (to.id if to else None):
            self.assignee_id = to.id if to else None
            record("customer.assigned", by=by, customer_id=self.id, subject=self, to=to.name if to else None)

    def archive(self, by: "User") -> None:
        """Put it away: out of lists and of Today, kept in the record."""
        if self.archived_at is None:
            self.archived_at = clock.now()
            record("customer.archived", by=by, customer_id=self.id, subject=self)

    def restore(self, by: "User") -> None:
        """Bring it back from the archive."""
        if self.archived_at is not None:
            self.archived_at = None
            record("customer.restored", by=by, customer_id=self.id, subject=self)
