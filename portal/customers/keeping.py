"""Customers and their contacts as they come in and change: what touches a customer, its tags and its contacts at once.

Views, imports and the demo all use these; none of them asks who is looking.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from portal import clock
from portal.buying_centre import rhythm
from portal.contacts import queries as contact_queries
from portal.contacts.models import Contact
from portal.customers import queries
from portal.customers.models import Customer, IsArchived
from portal.customers.tagging import tags_named
from portal.extensions import db
from portal.relay import holding
from portal.rules import N_, BrokenRule
from portal.timeline.models import record
from portal.users.models import User

INDEXED = {"name", "email", "phone", "external_id"}


class NumberTaken(BrokenRule):
    """An external number names one customer."""

    message = N_("That number is %(name)s's already.")


@dataclass(frozen=True)
class Details:
    """What a customer is known by, e-mail and phone normalised."""

    name: str
    email: str | None = None
    phone: str | None = None
    city: str = ""
    external_id: str | None = None
    notes: str = ""


@dataclass(frozen=True)
class Person:
    """What a contact is known by, e-mail and phone normalised."""

    name: str
    title: str = ""
    email: str | None = None
    phone: str | None = None


def add_customer(
    details: Details,
    *,
    by: User | None,
    assignee: User | None = None,
    tags: Iterable[str] = (),
    contacts: Iterable[Person] = (),
    form_id: str | None = None,
    on: date | None = None,
) -> Customer:
    """A new customer with its tags and its first contacts; `on` is the day it is told of, if not today's.

    Raises NumberTaken.
    """
    _check_number(details.external_id, None)
    assignee_id = assignee.id if assignee else None
    customer = Customer(
        **asdict(details),
        **holding.first_leg(assignee),
        assignee_id=assignee_id,
        form_id=form_id,
        created_at=clock.now(),
    )
    customer.tags = tags_named(tags)
    people = [Contact(customer=customer, created_at=clock.now(), **asdict(person)) for person in contacts]
    customer.index_words(people)
    db.session.add_all([customer, *people])
    db.session.flush()
    holding.begin(customer, assignee)
    told = {
        "name": customer.name,
        "tags": [tag.name for tag in customer.tags],
        "to": assignee.name if assignee else None,
    }
    record("customer.created", by=by, customer_id=customer.id, subject=customer, on=on, **told)
    for person in people:
        _record_added(person, by, on)
    return customer


def change_customer(customer: Customer, *, by: User, **fields: Any) -> dict[str, list[Any]]:
    """Write these fields of a customer and keep it findable. Raises NumberTaken, IsArchived."""
    if customer.is_archived:
        raise IsArchived
    if fields.get("external_id") != customer.external_id:
        _check_number(fields.get("external_id"), customer.id)
    changes = customer.change(by, **fields)
    if INDEXED & changes.keys():
        reindex(customer)
    return changes


def tag_customer(customer: Customer, names: Iterable[str], *, by: User) -> None:
    """Let these names, and no others, be its tags. Its tags must be loaded."""
    customer.tag(tags_named(names), by)


def add_contact(
    customer: Customer, person: Person, *, by: User | None, form_id: str | None = None, on: date | None = None
) -> Contact:
    """A further person at a customer."""
    contact = Contact(customer_id=customer.id, form_id=form_id, created_at=clock.now(), **asdict(person))
    db.session.add(contact)
    db.session.flush()
    reindex(customer)
    _record_added(contact, by, on)
    return contact


def change_contact(contact: Contact, customer: Customer, *, by: User, **fields: Any) -> dict[str, list[Any]]:
    """Write these fields of a contact and keep its customer findable by them."""
    changes = contact.change(by, **fields)
    if INDEXED & changes.keys():
        reindex(customer)
    return changes


def archive_contact(contact: Contact, customer: Customer, *, by: User) -> None:
    """Put a person away; the customer is no longer found by that name, and nobody means to see them."""
    contact.archive(by)
    reindex(customer)
    rhythm.keep(contact.id)


def contact_left(contact: Contact, customer: Customer, on: date, *, by: User) -> None:
    """The same for a person who has left, on that day. Raises `NotGoneYet`."""
    contact.leave(on, by)
    reindex(customer)
    rhythm.keep(contact.id)


def restore_contact(contact: Contact, customer: Customer, *, by: User) -> None:
    """Bring a person back."""
    contact.restore(by)
    reindex(customer)
    rhythm.keep(contact.id)


def reindex(customer: Customer) -> None:
    """Bring what a customer is found by up to date with its own words and its living contacts'."""
    db.session.flush()
    customer.index_words(contact_queries.living_contacts(customer.id), queries.aliases_of([customer.id])[customer.id])


def _check_number(number: str | None, own_id: int | None) -> None:
    holder = queries.customer_by_external_id(number) if number else None
    if holder is not None and holder.id != own_id:
        raise NumberTaken(name=holder.name)


def _record_added(contact: Contact, by: User | None, on: date | None) -> None:
    told = {"name": contact.name, "title": contact.title}
    record("contact.added", by=by, customer_id=contact.customer_id, subject=contact, on=on, **told)
