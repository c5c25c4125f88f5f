"""Opting out: a person who does not want to be asked is left alone, everywhere we know the same address, until they say
otherwise.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import update

from portal import clock
from portal.contacts.models import Contact
from portal.contacts.queries import living_contacts
from portal.customers.models import Customer
from portal.extensions import db
from portal.invitations import queries
from portal.invitations.models import LOOK_AGAIN, Invitation, OptOut
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.responses.asked import Asked
    from portal.users.models import User

WISHES = ("surveys", "all", "ask")
"""No more surveys; no surveys, reminders and offers; or to be asked again."""


class Who(NamedTuple):
    """A person at a customer, or the customer itself, and where they read mail."""

    customer_id: int
    contact_id: int | None
    name: str
    address: str
    """In lower case; empty when we know none."""


def who(customer: Customer, contact: Contact | None) -> Who:
    """A contact of the customer, or the customer itself."""
    address = (contact.email if contact else None) or customer.email or ""
    return Who(customer.id, contact.id if contact else None, (contact or customer).name, address.lower())


def who_is(asked: "Asked") -> Who:
    """Whoever holds an invitation."""
    return Who(asked.customer_id, asked.contact_id, asked.name, (asked.email or "").lower())


def standing(person: Who) -> str:
    """What the person has wished so far: one of `WISHES`."""
    return _wish({each.scope for each in _said(person)})


def _wish(scopes: set[str]) -> str:
    return "all" if "all" in scopes else "surveys" if scopes else "ask"


def standing_of(customer: Customer) -> list[tuple[Who, str]]:
    """Each person of a customer with what they have wished: its contacts, then itself. Two queries."""
    contacts: list[Contact | None] = [*living_contacts(customer.id), None]
    people = [who(customer, contact) for contact in contacts]
    said = queries.opt_outs_among([customer.id], [each.address for each in people if each.address])

    def wish(person: Who) -> str:
        mine = person.customer_id, person.contact_id
        return _wish({
            each.scope
            for each in said
            if (each.customer_id, each.contact_id) == mine or (each.address and each.address == person.address)
        })  # fmt: skip

    return [(person, wish(person)) for person in people]


def without_offers(customer: Customer, contact: Contact | None) -> list[str]:
    """The names of those who want no offers: the contact, or, where nobody wrote down to whom, all people of the
    customer, who then hear it. Two queries.
    """
    wanted = contact.id if contact else None
    return [
        person.name
        for person, wish in standing_of(customer)
        if wish == "all" and (contact is None or person.contact_id == wanted)
    ]


def say(person: Who, wish: str, by: "User | None" = None, survey_name: str = "") -> None:
    """Do as the person wishes from now on. Said twice, it is said once.

    They said it themselves on the page of a survey, or to a colleague (`by`). Their invitation, or their customer,
    must be locked.
    """
    if wish == "ask":
        _come_back(person, by, survey_name)
    elif wish != standing(person):
        _opt_out(person, wish, by, survey_name)


def _opt_out(person: Who, scope: str, by: "User | None", survey_name: str) -> None:
    """Leave the person alone; what waits for them waits on."""
    for each in _said(person):
        each.withdraw()
    db.session.add(
        OptOut(
            customer_id=person.customer_id, contact_id=person.contact_id, address=person.address, scope=scope,
            opted_out_at=clock.now(),
        )
    )  # fmt: skip
    later = clock.today() + LOOK_AGAIN
    _change_waiting(person, "", {"held": "opted_out", "held_until": later, "send_on": later})
    _note("opted_out", person, by, survey_name, scope=scope)


def _come_back(person: Who, by: "User | None", survey_name: str) -> None:
    """Ask the person again; what waited for that is due."""
    said = _said(person)
    for each in said:
        each.withdraw()
    if said:
        _change_waiting(person, "opted_out", {"held": "", "held_until": None, "send_on": clock.today()})
        _note("opted_in", person, by, survey_name)


def _said(person: Who) -> Any:
    return queries.opt_outs_of(person.customer_id, person.contact_id, person.address)


def _change_waiting(person: Who, held: str, values: dict[str, Any]) -> None:
    """Change the mails that wait to be sent to the person, whichever survey asks."""
    waiting = update(Invitation).where(
        Invitation.customer_id == person.customer_id, Invitation.contact_id.is_not_distinct_from(person.contact_id),
        Invitation.sent_at.is_(None), Invitation.ended_at.is_(None), Invitation.channel == "email",
        Invitation.held == held,
    )  # fmt: skip
    db.session.execute(waiting.values(values).execution_options(synchronize_session=False))


def _note(verb: str, person: Who, by: "User | None", survey_name: str, **more: Any) -> None:
    record(
        f"survey.{verb}", by=by, customer_id=person.customer_id, name=survey_name,
        contact=person.name if person.contact_id else "", **more,
    )  # fmt: skip
