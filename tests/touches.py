"""Customers, contacts, promises and planned touches for the tests of what is due."""

from datetime import date

from portal import clock
from portal.commitments.models import Commitment
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.users.models import User
from tests.cast import Cast


def a_customer(cast: Cast, name: str = "Hotel Sierra Azul", assignee: User | None = None) -> Customer:
    """A client of six purchases, the support user's unless said otherwise."""
    customer = Customer(
        name=name, phone="+528183401122", email="compras@sierraazul.example", status="client", purchase_days=6,
        assignee_id=(assignee or cast.support).id, created_at=clock.now(),
    )  # fmt: skip
    customer.index_words([])
    db.session.add(customer)
    db.session.flush()
    return customer


def a_contact(customer: Customer, name: str = "Ana Robles") -> Contact:
    """Somebody at the customer."""
    contact = Contact(customer_id=customer.id, name=name, title="housekeeping", created_at=clock.now())
    db.session.add(contact)
    db.session.flush()
    return contact


def a_promise(
    customer: Customer,
    due_on: date,
    text: str = "Send the invoice copy",
    side: str = "ours",
    assignee: User | None = None,
) -> Commitment:
    """An open promise, answered for by the customer's assignee unless said otherwise."""
    promise = Commitment(
        customer_id=customer.id, side=side, text=text, due_on=due_on, original_due_on=due_on,
        assignee_id=assignee.id if assignee else customer.assignee_id,
        created_by_id=customer.assignee_id, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(promise)
    db.session.flush()
    return promise


def a_recovery(customer: Customer, due_on: date, text: str = "3 of 10: “Two legs wobble”") -> Commitment:
    """An open promise to make an unhappy answer right, as the portal writes it down for the customer's assignee."""
    promise = a_promise(customer, due_on, text)
    promise.origin, promise.created_by_id = "recovery", None
    return promise


def a_plan(
    customer: Customer, due_on: date, objective: str = "ask about the terrace tables", assignee: User | None = None
) -> FollowUp:
    """A planned follow-up, the customer's assignee's unless said otherwise."""
    plan = FollowUp(
        customer_id=customer.id, channel="call", purpose="care", objective=objective, due_on=due_on,
        assignee_id=assignee.id if assignee else customer.assignee_id,
        created_by_id=customer.assignee_id, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(plan)
    db.session.flush()
    return plan
