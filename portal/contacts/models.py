"""Contacts: the persons at a customer."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from portal import clock
from portal.buying_centre.terms import in_order
from portal.extensions import BigId, Model, UtcDateTime
from portal.rules import N_, BrokenRule
from portal.timeline.models import changed, record

if TYPE_CHECKING:
    from portal.customers.models import Customer
    from portal.users.models import User

SAID = ("name", "title", "email", "phone")
"""How a person is known."""
PART = ("level", "stance")
"""What is said of their part in a purchase, beside the roles."""


class NotGoneYet(BrokenRule):
    """Who leaves next month is still there."""

    message = N_("Nobody has left on a day to come.")


class Contact(Model):
    """A person at a customer. Whoever is archived is asked nothing any more; `left_on` says that, and when, they left.

    So nobody has left who is not archived, and `archived_at` alone decides what is asked of whom.
    """

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
    roles: Mapped[str] = mapped_column(String(80), default="")
    """The part taken in a purchase: some of `terms.ROLES`, in their order, with spaces between."""
    level: Mapped[str] = mapped_column(String(12), default="")
    """One of `terms.LEVELS`; empty when nobody knows. The stance alike."""
    stance: Mapped[str] = mapped_column(String(12), default="")
    stance_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the person takes it, as far as we know."""
    left_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    """Of a signpost: the record of the same person that this one became a part of. It is archived, and not shown."""

    told_apart: Mapped[str | None] = mapped_column(Text)
    """The ids of who looks like the same person and is not, with spaces between. One of the two says it, or both."""

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
        """Has the person left, or been put away? Then nothing is asked of them any more."""
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

    def place(self, by: "User", *, roles: Sequence[str], level: str, stance: str) -> dict[str, list[Any]]:
        """Say which part the person takes in the buying centre; what changed, as old and new."""
        changes = changed(self, {"roles": in_order(roles), "level": level, "stance": stance})
        if "stance" in changes:
            self.stance_at = clock.now() if stance else None
        if changes:
            self.version += 1
            record("contact.placed", by=by, customer_id=self.customer_id, subject=self, name=self.name, changes=changes)
        return changes

    def leave(self, on: date, by: "User") -> None:
        """The person left on that day, and so is put away. Raises `NotGoneYet`."""
        if on > clock.today():
            raise NotGoneYet
        if self.left_on != on:
            self.left_on, self.archived_at = on, self.archived_at or clock.now()
            self.version += 1
            told = {"name": self.name, "left_on": on.isoformat()}
            record("contact.left", by=by, customer_id=self.customer_id, subject=self, on=on, **told)

    def archive(self, by: "User") -> None:
        """Put the person away, as when they stand there twice. Whoever has left leaves (`leave`)."""
        if self.archived_at is None:
            self.archived_at = clock.now()
            self.version += 1
            record("contact.archived", by=by, customer_id=self.customer_id, subject=self, name=self.name)

    def is_apart_from(self, other: "Contact") -> bool:
        """Did somebody say that the two are not the same person?"""
        return any(
            each.told_apart and str(one.id) in each.told_apart.split() for each, one in ((self, other), (other, self))
        )

    def tell_apart(self, other: "Contact", by: "User") -> None:
        """The two are not the same person, and are not offered as one again. Said twice, it is said once."""
        if not self.is_apart_from(other):
            self._know_apart(str(other.id))
            other._know_apart(str(self.id))
            told: dict[str, Any] = {"name": self.name, "other": other.name}
            record("contact.told_apart", by=by, customer_id=self.customer_id, subject=self, **told)

    def _know_apart(self, ids: str) -> None:
        self.told_apart = " ".join(dict.fromkeys([*(self.told_apart or "").split(), *ids.split()])) or None

    def take_in(self, other: "Contact", by: "User") -> dict[str, str]:
        """Be both from now on: what only the other says stands here too. What of the other stands no longer. What
        points at the other is moved by the caller.
        """
        said: dict[str, Any] = {name: getattr(other, name) for name in (*SAID, *PART)}
        fields = {name: getattr(self, name) or value for name, value in said.items()}
        if not self.stance:
            self.stance_at = other.stance_at
        self.locale = self.locale or other.locale
        changes = changed(self, {name: fields[name] for name in SAID})
        roles = in_order({*self.roles.split(), *other.roles.split()})
        part = changed(self, {"roles": roles, **{name: fields[name] for name in PART}})
        left: dict[str, str] = {name: value for name, value in said.items() if value and value != fields[name]}
        self._know_apart(other.told_apart or "")
        self.version += 1
        told: dict[str, Any] = {"name": self.name, "changes": changes, "part": part, "left": left}
        record("contact.merged", by=by, customer_id=self.customer_id, subject=self, **told)
        return left

    def point_to(self, kept: "Contact") -> None:
        """Be nothing but a signpost to the one that is kept."""
        self.archived_at, self.merged_into_id = self.archived_at or clock.now(), kept.id
        self.email = self.phone = None
        self.version += 1

    def restore(self, by: "User") -> None:
        """Bring the person back."""
        if self.archived_at is not None:
            self.archived_at = self.left_on = None
            self.version += 1
            record("contact.restored", by=by, customer_id=self.customer_id, subject=self, name=self.name)
