"""One person who stands twice at a customer, as after two customers became one: both records become one, in one
transaction. All that points at the other moves, and the other stays as a signpost that nobody sees.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, delete, update

from portal.buying_centre import rhythm
from portal.buying_centre.models import Relation
from portal.contacts.models import Contact
from portal.customers import keeping
from portal.customers.models import Customer, IsArchived
from portal.customers.search import fold
from portal.extensions import Model, db
from portal.ledger import queries as ledger
from portal.merging import queries
from portal.merging.merging import keep_aliases
from portal.merging.models import KINDS
from portal.rules import N_, BrokenRule

if TYPE_CHECKING:
    from portal.users.models import User


class NotTwo(BrokenRule):
    """There must be two, and neither put away."""

    message = N_("These two can't be made one: one of them is archived, or they are the same.")


def twins(contacts: Iterable[Contact]) -> dict[int, Contact]:
    """By the id of each living person who may stand before them already: that one. Who has the same e-mail, or the same
    phone and first name, since a firm's people share its exchange. Whom somebody has told apart is no twin.
    """
    found: dict[int, Contact] = {}
    before: dict[tuple[str, ...], list[Contact]] = {}
    for contact in contacts:
        if contact.archived_at is None:
            for key in _known_by(contact):
                known = before.setdefault(key, [])
                for each in known:
                    if not contact.is_apart_from(each):
                        found.setdefault(contact.id, each)
                        break
                known.append(contact)
    return found


def _known_by(contact: Contact) -> Iterator[tuple[str, ...]]:
    if contact.email:
        yield "email", contact.email.lower()
    if contact.phone:
        yield "phone", contact.phone, *fold(contact.name).split()[:1]


def merge(kept: Contact, other: Contact, customer: Customer, by: "User") -> None:
    """Let the other record go into the one that is kept. Both and the customer, which is theirs, are locked.

    What only the other says stands; what both say otherwise is kept in the event. Of two links to the promises, and of
    two rhythms with one colleague, those of the one that is kept stand. Raises `NotTwo` or `IsArchived`.
    """
    if customer.is_archived:
        raise IsArchived
    if kept.id == other.id or kept.is_archived or other.is_archived:
        raise NotTwo
    link, second = ledger.living_link_for_change(kept.id), ledger.living_link_for_change(other.id)
    if link is not None and second is not None:
        second.end(by)
    left = kept.take_in(other, by)
    other.point_to(kept)
    db.session.flush()
    _make_room(kept, other)
    _move(kept, other)
    keep_aliases(customer, [(kind, value) for kind, value in left.items() if kind in KINDS])
    keeping.reindex(customer)
    rhythm.keep(kept.id)


def pointing() -> Iterator[Column[Any]]:
    """The columns of all tables that point at a contact."""
    contacts = Contact.__table__
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table is contacts for key in column.foreign_keys) and table is not contacts:
                yield column


def _make_room(kept: Contact, other: Contact) -> None:
    """A rhythm of both with the same colleague stands as it is with the one that is kept, unless that is over."""
    mine = {relation.user_id: relation for relation in queries.relations_with(kept.id)}
    for theirs in queries.relations_with(other.id):
        if (relation := mine.get(theirs.user_id)) is not None:
            if relation.every_days is None:
                relation.every_days, relation.began_on = theirs.every_days, theirs.began_on
            db.session.execute(delete(Relation).where(Relation.id == theirs.id))


def _move(kept: Contact, other: Contact) -> None:
    for column in pointing():
        rows = update(column.table).where(column == other.id).values({column: kept.id})
        if "customer_id" in column.table.columns:  # its index leads to them
            rows = rows.where(column.table.c.customer_id == kept.customer_id)
        db.session.connection().execute(rows)
