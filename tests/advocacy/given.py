"""Referrals, and purchases of whom they brought, for the tests of advocacy."""

from datetime import date, timedelta

from sqlalchemy import select

from portal import clock, followers
from portal.advocacy.models import Referral
from portal.advocacy.referring import Referred, refer
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.purchases import ledger
from portal.purchases.models import Purchase
from portal.timeline import following
from portal.timeline.models import Event
from tests.cast import Cast
from tests.touches import a_contact, a_customer

DAY = timedelta(days=1)


def a_referral(cast: Cast, reach: str = "") -> tuple[Referral, Customer, Contact]:
    """Ana of the hotel recommends Jorge: a colleague has just written it down."""
    customer = a_customer(cast)
    ana = a_contact(customer)
    said = Referred("Jorge O'Neill", reach, contact_id=ana.id, contact=ana.name)
    referral = refer(customer, said, cast.support)
    db.session.commit()
    return referral, customer, ana


def a_purchase(customer_id: int, on: date | None = None, amount_minor: int = 430000) -> Purchase:
    """They buy."""
    on = on or clock.today()
    purchase = ledger.record(customer_id=customer_id, on=on, amount_minor=amount_minor, currency="MXN", by=None)
    db.session.commit()
    return purchase


def look() -> None:
    """What the clock does every minute."""
    for each in followers.FOLLOWERS:
        following.follow(each.name, each.kinds, each.handle, each.at_once)
    db.session.rollback()


def kinds_of(customer: Customer) -> list[str]:
    """What has happened with this customer, by kind, in order."""
    return list(db.session.scalars(select(Event.kind).where(Event.customer_id == customer.id).order_by(Event.id)))


def thanks(customer: Customer) -> list[FollowUp]:
    """The planned follow-ups of this customer that thank."""
    mine = select(FollowUp).where(FollowUp.customer_id == customer.id, FollowUp.purpose == "care")
    return list(db.session.scalars(mine.order_by(FollowUp.id)))
