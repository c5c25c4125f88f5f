"""Taking a batch of a firm's customer list in: customers matched or made, their contact, tags and assignee.

A customer who is known already is completed where something was empty, and never overwritten; so the same file twice
changes nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from portal import bulk, clock
from portal.contacts.models import Contact
from portal.customers.models import Customer, Tag
from portal.customers.queries import aliases_of
from portal.customers.search import fold
from portal.customers.tagging import tags_named
from portal.extensions import db
from portal.imports import queries
from portal.imports.matching import Matcher
from portal.imports.models import Import
from portal.imports.orders import Refused, refusal
from portal.imports.people import Person
from portal.imports.taking import write_refusals
from portal.imports.tally import Tally
from portal.imports.values import Fault
from portal.relay import holding
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User

FILLED = {"customer": "external_id", "email": "email", "phone": "phone", "city": "city", "notes": "notes"}


def take(batch: Sequence[Person | Refused], tally: Tally, import_: Import, by: "User | None") -> None:
    """Take a batch in, and count what came of it."""
    assert by is not None  # somebody uploaded the list
    bulk.hold("imports")
    tally.see(batch)
    persons, refused = sort_out([item for item in batch if isinstance(item, Person)], tally)
    _Batch(persons, by).take(tally)
    write_refusals([*(item for item in batch if isinstance(item, Refused)), *refused], import_.id)


def sort_out(persons: Sequence[Person], tally: Tally) -> tuple[list[Person], list[Refused]]:
    """Refuse those whose assignee is no user, and those who are customers in the archive."""
    users = users_by_word()
    matcher = Matcher()
    matcher.look_up(persons)
    archived = queries.archived_customers({id for person in persons if (id := matcher.find(person)) is not None})
    sound, refusals = [], []
    for person in persons:
        faults = []
        if person.assignee and fold(person.assignee) not in users:
            faults.append(Fault("assignee", "assignee_unknown", text=person.assignee[:80]))
        if (name := archived.get(matcher.find(person) or 0)) is not None:
            faults.append(Fault("name", "customer_archived", text=name[:80]))
        if faults:
            refusals.append(refusal([(person.row, person.cells)], faults))
            tally.refuse(refusals[-1])
            tally.people -= 1
        else:
            sound.append(person)
    return sound, refusals


def users_by_word() -> dict[str, "User"]:
    """Users by what a list calls them: their e-mail address, or their name where only one user bears it; folded."""
    users = queries.users_to_assign()
    names = Counter(fold(user.name) for user in users)
    by_name = {fold(user.name): user for user in users if names[fold(user.name)] == 1}
    return by_name | {fold(user.email): user for user in users}


class _Batch:
    """The customers, contacts and tags that a batch of persons is about."""

    def __init__(self, persons: Sequence[Person], by: "User") -> None:
        self.by = by
        self.persons = persons
        self.matcher = Matcher()
        self.matcher.look_up(persons)
        self.users = users_by_word()
        known = {id for person in persons if (id := self.matcher.find(person)) is not None}
        self.customers = queries.customers_to_complete(known)
        self.contacts = queries.contacts_of(known)
        words = {fold(word): word for person in persons for word in person.tags}
        self.tags: dict[str, Tag] = {tag.folded: tag for tag in tags_named(words.values())} if words else {}
        self.to_index: set[int] = set()

    def take(self, tally: Tally) -> None:
        """Every person, in the file's order."""
        for person in self.persons:
            id = self.matcher.find(person)
            if id is None:
                self._make(person)
                tally.new_customers += 1
            elif self._complete(self.customers[id], person):
                tally.updated += 1
            else:
                tally.unchanged += 1
        aliases = aliases_of(self.to_index)
        for id in self.to_index:
            self.customers[id].index_words(self.contacts.get(id, []), aliases[id])

    def _make(self, person: Person) -> None:
        """A new customer, a prospect until they buy."""
        assignee = self.users[fold(person.assignee)] if person.assignee else None
        customer = Customer(
            name=person.name,
            sort_name=fold(person.name)[:160],
            assignee_id=assignee.id if assignee else None,
            created_at=clock.now(),
            **holding.first_leg(assignee),
            tags=[self.tags[fold(word)] for word in person.tags],
            **{ours: getattr(person, theirs) or None for theirs, ours in FILLED.items() if getattr(person, theirs)},
        )
        db.session.add(customer)
        db.session.flush()
        holding.begin(customer, assignee)
        told = {"name": customer.name, "tags": list(person.tags), "to": assignee.name if assignee else None}
        record("customer.created", by=self.by, customer_id=customer.id, subject=customer, on=None, **told)
        self.customers[customer.id] = customer
        self.to_index.add(customer.id)
        self.matcher.add(customer.id, person)
        self._add_contact(customer, person)

    def _complete(self, customer: Customer, person: Person) -> bool:
        """Fill in what is empty; whether anything was."""
        told = {ours: getattr(person, theirs) for theirs, ours in FILLED.items()}
        filled = customer.change(
            self.by, **{name: text for name, text in told.items() if text and not getattr(customer, name)}
        )
        if filled:
            self.to_index.add(customer.id)
            self.matcher.add(customer.id, person)
        fresh = [tag for word in person.tags if (tag := self.tags[fold(word)]) not in customer.tags]
        if fresh:
            customer.tag(sorted([*customer.tags, *fresh], key=lambda tag: tag.folded), self.by)
        assigned = bool(person.assignee) and customer.assignee_id is None
        if assigned:
            customer.assign(self.users[fold(person.assignee)], self.by)
        return self._add_contact(customer, person) or bool(filled or fresh or assigned)

    def _add_contact(self, customer: Customer, person: Person) -> bool:
        """The row's contact, unless the customer has them; whether anything was added."""
        if not person.contact_name:
            return False
        contacts = self.contacts.setdefault(customer.id, [])
        known = _same_person(contacts, person)
        reach = {"email": person.contact_email, "phone": person.contact_phone}
        if known is not None:
            changes = known.change(
                self.by, **{name: text for name, text in reach.items() if text and not getattr(known, name)}
            )
            if changes:
                self.to_index.add(customer.id)
            return bool(changes)
        contact = Contact(customer_id=customer.id, name=person.contact_name, created_at=clock.now())
        contact.email, contact.phone = reach["email"] or None, reach["phone"] or None
        db.session.add(contact)
        record("contact.added", by=self.by, customer_id=customer.id, subject=contact, name=contact.name)
        contacts.append(contact)
        self.to_index.add(customer.id)
        return True


def _same_person(contacts: Iterable[Contact], person: Person) -> Contact | None:
    """The contact with this address, else with this number, else of this name."""
    contacts = list(contacts)
    for told, name in ((person.contact_email, "email"), (person.contact_phone, "phone")):
        for contact in contacts:
            if told and getattr(contact, name) == told:
                return contact
    folded = fold(person.contact_name)
    return next((contact for contact in contacts if fold(contact.name) == folded), None)
