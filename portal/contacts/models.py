"""Contacts: the persons at a customer."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from portal import clock
from portal.extensions import BigId, Model, UtcDateTime
from portal.timeline.models import changed, record

if TYPE_CHECKING:
    from portal.customers.models import Customer
    from portal.users.models import User


class Contact(Model):
    """A person at a customer."""

    __tablename__ = "contacts"
    __table_args__ = (
        Index("ix_contacts_customer_id", "customer_id"),
        Index("ix_contacts_email", "email"),
        Index("ix_contacts_phone", "phone"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(80), default="")
    """What the person does there, in the customer's own words."""
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    """E.164."""
    locale: Mapped[str | None] = mapped_column(String(2))
    version: Mapped[int] = mapped_column(default=1)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    customer: Mapped["Customer"] = relationship(lazy="raise", back_populates="contacts")
    opted_out: Mapped[str | None] = query_expression()
    """What the person does not want to be asked, where a query looks for it: the scope of an `OptOut`."""
    sees_until: Mapped[date | None] = query_expression()
    """Until when the person sees the promises between us, where a query looks for it."""

    @property
    def sees_promises(self) -> bool:
        """Does the person have a link to the promises that works, where a query looks for it?"""
        return self.sees_until is not None and clock.today() <= self.sees_until

    @property
    def is_archived(self) -> bool:
        """Has the person left, or been put away?"""
        return self.archived_at is not None

    def change(self, by: "User", **fields: Any) -> dict[str, list[Any]]:
        """Write these fields (`name`, `title`, `email`, `phone`); what changed, as old and new."""
        changes = changed(self, fields)
        if changes:
            self.version += 1
            record(
                "contact.changed", by=by, customer_id=self.customer_id, subject=self, name=self.name, changes=changes
            )
        return changes

    def archive(self, by: "User") -> None:
        """Put the person away, as when somebody has left."""
        if self.archived_at is None:
            self.archived_at = clock.now()
            self.version += 1
            record("contact.archived", by=by, customer_id=self.customer_id, subject=self, name=self.name)

    def restore(self, by: "User") -> None:
        """Bring the person back."""
        if self.archived_at is not None:
            self.archived_at = None
            self.version += 1
            record("contact.restored", by=by, customer_id=self.customer_id, subject=self, name=self.name)
