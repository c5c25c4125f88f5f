"""Taking a batch of a firm's customer list in: customers matched or made, their contact, tags and assignee.

A customer who is known already is completed where something was empty, and never overwritten; so the same file twice
changes nothing.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from portal import bulk, clock
from portal.contacts.models import Contact
from portal.customers.models import Customer, Tag, customer_tags
from portal.customers.search import fold
from portal.extensions import db
from portal.imports import queries
from portal.imports.matching import Matcher
from portal.imports.models import Import
from portal.imports.orders import Refused, refusal
from portal.imports.people import Person
from portal.imports.taking import write_refusals
from portal.imports.tally import Tally
from portal.imports.values import Fault
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User

FILLED = ("email", "phone", "city", "notes")


def take(batch: Sequence[Person | Refused], tally: Tally, import_: Import, by: "User | None") -> None:
    """Take a batch in, and count what came of it."""
    bulk.hold("imports")
    tally.see(batch)
    persons, refused = sort_out([item for item in batch if isinstance(item, Person)], tally)
    _Batch(persons, by).take(tally)
    write_refusals([*(item for item in batch if isinstance(item, Refused)), *refused], import_.id)


def sort_out(persons: Sequence[Person], tally: Tally) -> tuple[list[Person], list[Refused]]:
    """Refuse those whose assignee is no user."""
    users = queries.users_to_assign()
    sound, refusals = [], []
    for person in persons:
        if person.assignee and person.assignee.lower() not in users:
            fault = Fault("assignee", "assignee_unknown", text=person.assignee[:80])
            refusals.append(refusal([(person.row, person.cells)], [fault]))
            tally.refuse(refusals[-1])
        else:
            sound.append(person)
    return sound, refusals


class _Batch:
    """The customers, contacts and tags that a batch of persons is about."""

    def __init__(self, persons: Sequence[Person], by: "User | None") -> None:
        self.by = by
        self.persons = persons
        self.matcher = Matcher()
        self.matcher.look_up(persons)
        self.users = queries.users_to_assign()
        known = {id for person in persons if (id := self.matcher.find(person)) is not None}
        self.customers = queries.customers_to_complete(known)
        self.contacts = queries.contacts_of(known)
        self.tags = self._tags()
        self.tagged = queries.tagged(known)
        self.made: set[int] = set()
        self.changed: set[int] = set()

    def take(self, tally: Tally) -> None:
        """Every person, in the file's order."""
        for person in self.persons:
            id = self.matcher.find(person)
            if id is None:
                self._make(person)
                tally.new_customers += 1
            elif self._complete(id, person):
                tally.updated += 1
            else:
                tally.unchanged += 1
        for id in self.made | self.changed:
            self.customers[id].index_words(self.contacts.get(id, []))

    def _make(self, person: Person) -> None:
        """A new customer, a prospect until they buy."""
        customer = Customer(
            name=person.name,
            sort_name=fold(person.name)[:160],
            external_id=person.customer or None,
            email=person.email or None,
            phone=person.phone or None,
            city=person.city,
            notes=person.notes,
            assignee_id=self.users[person.assignee.lower()].id if person.assignee else None,
            created_at=clock.now(),
        )
        db.session.add(customer)
        record("customer.created", by=self.by, subject=customer, name=customer.name).customer_id = customer.id
        self.customers[customer.id] = customer
        self.made.add(customer.id)
        self.matcher.add(customer.id, person)
        self._add_contact(customer, person)
        self._add_tags(customer, person)

    def _complete(self, id: int, person: Person) -> bool:
        """Fill in what is empty; whether anything was."""
        customer = self.customers[id]
        filled = [name for name in FILLED if getattr(person, name) and not getattr(customer, name)]
        for name in filled:
            setattr(customer, name, getattr(person, name))
        if person.customer and not customer.external_id:
            customer.external_id = person.customer
            filled.append("external_id")
        if filled:
            customer.version += 1
            record("customer.changed", by=self.by, customer_id=id, subject=customer, name=customer.name, fields=filled)
            self.matcher.add(id, person)
        assigned = bool(person.assignee) and customer.assignee_id is None
        if assigned:
            user = self.users[person.assignee.lower()]
            customer.assignee_id = user.id
            record("customer.assigned", by=self.by, customer_id=id, subject=customer, to=user.name)
        added = [self._add_contact(customer, person), self._add_tags(customer, person)]
        if filled or added[0]:
            self.changed.add(id)
        return bool(filled) or assigned or any(added)

    def _add_contact(self, customer: Customer, person: Person) -> bool:
        """The row's contact, unless the customer has them; whether anything was added."""
        if not person.contact_name:
            return False
        contacts = self.contacts.setdefault(customer.id, [])
        known = _same_person(contacts, person)
        if known is None:
            contact = Contact(
                customer_id=customer.id,
                name=person.contact_name,
                email=person.contact_email or None,
                phone=person.contact_phone or None,
                created_at=clock.now(),
            )
            db.session.add(contact)
            contacts.append(contact)
            record("contact.added", by=self.by, customer_id=customer.id, subject=contact, name=contact.name)
            return True
        filled = False
        for name, told in (("email", person.contact_email), ("phone", person.contact_phone)):
            if told and not getattr(known, name):
                setattr(known, name, told)
                filled = True
        if filled:
            known.version += 1
            record("contact.changed", by=self.by, customer_id=customer.id, subject=known, name=known.name)
        return filled

    def _add_tags(self, customer: Customer, person: Person) -> bool:
        """The row's tags, those that are new to the customer; whether there were any."""
        fresh = []
        for word in person.tags:
            tag = self.tags[fold(word)]
            if (customer.id, tag.id) not in self.tagged:
                self.tagged.add((customer.id, tag.id))
                fresh.append(tag)
        if fresh:
            rows = [{"customer_id": customer.id, "tag_id": tag.id} for tag in fresh]
            db.session.execute(customer_tags.insert(), rows)
            names = [tag.name for tag in fresh]
            record("customer.tagged", by=self.by, customer_id=customer.id, subject=customer, tags=names)
        return bool(fresh)

    def _tags(self) -> dict[str, Tag]:
        """All tags that the batch names, made when missing."""
        words = {fold(word): word for person in self.persons for word in person.tags}
        tags = queries.tags_by_fold(words)
        missing = [Tag(name=word, folded=folded) for folded, word in words.items() if folded not in tags]
        db.session.add_all(missing)
        db.session.flush()
        return tags | {tag.folded: tag for tag in missing}


def _same_person(contacts: Iterable[Contact], person: Person) -> Contact | None:
    """The contact with this address, else with this number, else of this name."""
    contacts = list(contacts)
    for told, name in ((person.contact_email, "email"), (person.contact_phone, "phone")):
        for contact in contacts:
            if told and getattr(contact, name) == told:
                return contact
    folded = fold(person.contact_name)
    return next((contact for contact in contacts if fold(contact.name) == folded), None)
