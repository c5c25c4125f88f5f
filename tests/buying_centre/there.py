"""A customer with two people, and touches between them and us, for tests of the buying centre."""

from datetime import timedelta

from sqlalchemy import select

from portal import clock
from portal.buying_centre.models import Relation
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.users.models import User
from tests.cast import Cast
from tests.touches import a_contact, a_customer

DAY = timedelta(days=1)


def there(cast: Cast) -> tuple[Customer, Contact, Contact]:
    """The hotel, Ana and Jorge, committed."""
    customer = a_customer(cast)
    people = a_contact(customer), a_contact(customer, "Jorge Salas")
    db.session.commit()
    return customer, *people


def touched(contact: Contact, by: User, days_ago: int = 0, outcome: str = "reached") -> FollowUp:
    """A touch of that person, so many days ago at noon."""
    day = clock.today() - days_ago * DAY
    follow_up = FollowUp(
        customer_id=contact.customer_id, contact_id=contact.id, channel="call", purpose="care", outcome=outcome,
        done_on=day, done_at=clock.start_of(day) + timedelta(hours=12) if days_ago else clock.now(),
        done_by_id=by.id, assignee_id=by.id, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(follow_up)
    db.session.flush()
    return follow_up


def relation(contact_id: int, user_id: int) -> Relation:
    """What is kept of the two, as the database has it now."""
    db.session.rollback()
    db.session.expire_all()
    query = select(Relation).where(Relation.contact_id == contact_id, Relation.user_id == user_id)
    return db.session.scalars(query).one()
