"""Customers and their tags."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, Computed, ForeignKey, Index, String, Table, Text, text, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.customers.search import fold, searchable
from portal.extensions import BigId, Model, UtcDateTime, db
from portal.relay import holding
from portal.retention.models import ListEntry
from portal.rules import N_, BrokenRule
from portal.timeline.models import changed, record

if TYPE_CHECKING:
    from portal.contacts.models import Contact
    from portal.relay.models import HandOff
    from portal.users.models import User

STATUSES = ("prospect", "buyer", "client")
PHASES = ("acquisition", "activation", "loyalty", "retention")
PHASE = (
    "CASE WHEN status = 'client' THEN 'retention' WHEN status = 'buyer' THEN 'loyalty'"
    " WHEN leg IN ('sales', 'service') THEN 'activation' ELSE 'acquisition' END"
)
PHASE_SINCE = (  # as the migration says it, but for the day on which a customer of no leg came
    "CASE WHEN status = 'client' THEN coalesce(second_purchase_on, first_purchase_on)"
    " WHEN status = 'buyer' THEN first_purchase_on ELSE leg_since END"
)
LIVE = text("archived_at IS NULL")
ARCHIVED = text("archived_at IS NOT NULL")
MERGED = text("merged_into_id IS NOT NULL")

customer_tags = Table(
    "customer_tags",
    Model.metadata,
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class IsArchived(BrokenRule):
    """What is put away is not changed; it is brought back first."""

    message = N_("This customer is archived. Restore it first.")


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
        Index("ix_customers_live_first_purchase", "first_purchase_on", "id", sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_customers_live_phase", "phase", "phase_since", "id", sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_customers_archived_name", "sort_name", "id", sqlite_where=ARCHIVED, postgresql_where=ARCHIVED),
        Index("ix_customers_merged", "merged_into_id", sqlite_where=MERGED, postgresql_where=MERGED),
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
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    """Of a signpost: the customer that this one has become a part of. It is archived, and stands on no list."""

    status: Mapped[str] = mapped_column(String(8), default="prospect")
    purchase_days: Mapped[int] = mapped_column(default=0)
    first_purchase_on: Mapped[date | None]
    second_purchase_on: Mapped[date | None]
    """The second purchase day: since then, a client."""
    last_purchase_on: Mapped[date | None]
    revenue_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str | None] = mapped_column(String(3))
    """Of the revenue: the one in which the customer bought most often; purchases in others are not added to it."""
    median_interval_days: Mapped[float | None]
    leg: Mapped[str | None] = mapped_column(String(12))
    """The part of the relay that holds it, or held it last; none where nobody ever has."""
    leg_since: Mapped[date | None]
    """Since when it has been in that leg; where there is none, since it came."""
    phase: Mapped[str] = mapped_column(String(12), Computed(PHASE))
    """Where it stands in the commercial cycle: one of `PHASES`. Worked out by the database, never written."""
    phase_since: Mapped[date] = mapped_column(Computed(PHASE_SINCE))
    last_touch_on: Mapped[date | None]
    next_touch_on: Mapped[date | None]
    """The earliest planned follow-up's day; without one, the last touch and the firm's rhythm."""
    position: Mapped[str] = mapped_column(String(20), default="")
    """Where our firm stands, and its share of what they buy: the latest word of `positions`; empty without one."""
    share_percent: Mapped[int | None]

    assignee: Mapped["User | None"] = relationship(lazy="raise")
    contacts: Mapped[list["Contact"]] = relationship(lazy="raise", back_populates="customer", order_by="Contact.id")
    tags: Mapped[list[Tag]] = relationship(secondary=customer_tags, lazy="raise", order_by=Tag.folded)

    @property
    def is_archived(self) -> bool:
        """Is it put away?"""
        return self.archived_at is not None

    def index_words(self, contacts: Iterable["Contact"], aliases: Iterable[str] = ()) -> None:
        """Bring `sort_name` and `search_text` up to date with the name, these contacts and its other names."""
        self.sort_name = fold(self.name)[:160]
        words = [self.name, self.external_id, self.email, self.phone, *aliases]
        for contact in contacts:
            words += [contact.name, contact.email, contact.phone]
        self.search_text = searchable(words)

    def change(self, by: "User", **fields: Any) -> dict[str, list[Any]]:
        """Write these fields (`name`, `email`, `phone`, `city`, `external_id`, `notes`); tell what changed."""
        changes = changed(self, fields)
        if changes:
            self._touch()
            record("customer.changed", by=by, customer_id=self.id, subject=self, name=self.name, changes=changes)
        return changes

    def assign(self, to: "User | None", by: "User") -> None:
        """Make a user answerable for it (or nobody), and for its entries on lists; its leg is then the user's."""
        if self.assignee_id != (to.id if to else None):
            self.pass_on(to)
            name = to.name if to else None
            record("customer.assigned", by=by, customer_id=self.id, subject=self, name=self.name, to=name)

    def pass_on(self, to: "User | None", hand_off: "HandOff | None" = None) -> None:
        """Let a user hold it, by that hand-off or by hand, or nobody. The caller records why."""
        self._touch()
        holding.pass_on(self, to, hand_off)
        self.assignee_id = to.id if to else None
        entries = update(ListEntry).where(ListEntry.customer_id == self.id)
        db.session.execute(entries.values(assignee_id=self.assignee_id))

    def tag(self, tags: list[Tag], by: "User") -> None:
        """Let these be its tags, and no others. Its tags must be loaded."""
        added = [tag.name for tag in tags if tag not in self.tags]
        removed = [tag.name for tag in self.tags if tag not in tags]
        if added or removed:
            self._touch()
            self.tags = tags
            told: dict[str, Any] = {"name": self.name, "added": added, "removed": removed}
            record("customer.tagged", by=by, customer_id=self.id, subject=self, **told)

    def archive(self, by: "User") -> None:
        """Put it away: out of lists and of Today, kept in the record."""
        if self.archived_at is None:
            self._touch()
            self.archived_at = clock.now()
            record("customer.archived", by=by, customer_id=self.id, subject=self, name=self.name)

    def restore(self, by: "User") -> None:
        """Bring it back from the archive."""
        if self.archived_at is not None:
            self.archived_at = None
            self._touch()
            record("customer.restored", by=by, customer_id=self.id, subject=self, name=self.name)

    def take_in(self, other: "Customer", fields: dict[str, Any]) -> dict[str, list[Any]]:
        """Be both from now on, with these fields; what changed. What points at the other is moved by the caller."""
        self._touch()
        self.created_at = min(self.created_at, other.created_at)
        if self.leg is None:
            self.leg, self.leg_since = other.leg, other.leg_since
        return changed(self, fields)

    def point_to(self, kept: "Customer") -> None:
        """Be nothing but a signpost to the one that is kept."""
        self.archived_at, self.merged_into_id = self.archived_at or clock.now(), kept.id
        self.external_id = self.email = self.phone = self.assignee_id = None
        self.search_text = ""
        self.version += 1

    def _touch(self) -> None:
        """What somebody else is editing now is an old version from here on."""
        if self.archived_at is not None:
            raise IsArchived
        self.version += 1
