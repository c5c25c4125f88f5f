"""Events: who did what to which customer, when. Append-only; the timeline and the audit trail are both read from it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import bulk, clock
from portal.extensions import BigId, Model, UtcDateTime, db

if TYPE_CHECKING:
    from portal.customers.models import Customer
    from portal.users.models import User

LONGEST_TOLD = 1000
"""Characters of a changed text that an event keeps."""


class Identified(Protocol):
    """Anything with an id: what an event may be about."""

    @property
    def id(self) -> Any:
        """Its number."""


class EventCursor(Model):
    """How far a follower has come in the record: see `portal.timeline.following`."""

    __tablename__ = "event_cursors"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    last_event_id: Mapped[int] = mapped_column(BigId, default=0)
    """It has seen all events up to this one."""
    moved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Event(Model):
    """One line of the record. `data` holds what is needed to show the line later without looking anything up."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_customer_id_happened_on_id", "customer_id", "happened_on", "id"),
        Index("ix_events_user_id_id", "user_id", "id"),
        Index("ix_events_kind_id", "kind", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was written down."""
    happened_on: Mapped[date]
    """The firm's day on which it happened: for an imported purchase, the day of the purchase."""
    kind: Mapped[str] = mapped_column(String(40))
    """A noun and a past verb: `commitment.kept`."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who did it; empty for the portal itself."""
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    subject_id: Mapped[int | None] = mapped_column(BigId)
    """The id of the noun in `kind`."""
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    user: Mapped["User | None"] = relationship(lazy="raise")
    customer: Mapped["Customer | None"] = relationship(lazy="raise")


def record(
    kind: str,
    /,
    *,
    by: "User | None",
    customer_id: int | None = None,
    subject: Identified | None = None,
    on: date | None = None,
    **data: Any,
) -> None:
    """Write an event in the current transaction.

    A subject without an id yet is flushed first, so that the event can name it. `on` is the firm's
    day on which it happened (today when not given). `data` must be plain JSON.
    """
    if subject is not None and subject.id is None:
        db.session.flush()
    subject_id = subject.id if subject else None
    bulk.put(Event, **event_of(kind, by=by, customer_id=customer_id, subject_id=subject_id, on=on, **data))


def event_of(
    kind: str,
    /,
    *,
    by: "User | None",
    customer_id: int | None,
    subject_id: int | None,
    on: date | None = None,
    **data: Any,
) -> dict[str, Any]:
    """The columns of an event, for whoever writes several in one statement (`bulk.put_each`)."""
    return {
        "at": clock.now(), "happened_on": on or clock.today(), "kind": kind, "user_id": by.id if by else None,
        "customer_id": customer_id, "subject_id": subject_id, "data": data,
    }  # fmt: skip


def changed(subject: object, fields: dict[str, Any]) -> dict[str, list[Any]]:
    """Write these fields of a record, and tell what they held and what they hold: `{"city": ["", "Monterrey"]}`.

    Fields that stay the same are left out; long texts are shortened in what is told, not in what is written.
    """
    changes = {}
    for name, value in fields.items():
        old = getattr(subject, name)
        if old != value:
            setattr(subject, name, value)
            changes[name] = [_told(old), _told(value)]
    return changes


def _told(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and len(value) > LONGEST_TOLD:
        return value[:LONGEST_TOLD] + "…"
    return value
