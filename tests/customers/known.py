"""Customers for tests, made with the verbs that the views use."""

from typing import Any

from sqlalchemy import select

from portal.customers.keeping import Details, Person, add_customer
from portal.customers.models import Customer
from portal.extensions import db
from portal.timeline.models import Event
from tests.cast import Cast

HOSTILE = "<script>alert(1)</script><b hx-get=/ hx-trigger=load>x</b>\"'><iframe srcdoc=x>{{7*7}}"
"""What must come out as letters wherever it went in."""


def add(cast: Cast, name: str = "Hotel Sierra Azul", **more: Any) -> Customer:
    """A customer of the sales user, committed."""
    linked = {key: more.pop(key) for key in ("tags", "assignee", "form_id") if key in more}
    people = [Person(**person) for person in more.pop("contacts", [])]
    customer = add_customer(Details(name=name, **more), by=cast.sales, contacts=people, **linked)
    db.session.commit()
    return customer


def kinds(customer_id: int) -> list[str]:
    """The kinds of a customer's events, in the order in which they came."""
    db.session.rollback()
    return list(db.session.scalars(select(Event.kind).where(Event.customer_id == customer_id).order_by(Event.id)))


def event(kind: str) -> Event:
    """The only event of that kind."""
    db.session.rollback()
    return db.session.scalars(select(Event).where(Event.kind == kind)).one()


def again(customer: Customer) -> Customer:
    """The same customer as the database has it now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Customer, customer.id)
