"""One customer of the demo stands there twice, as when two colleagues have typed the same one on the same day."""

from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.contacts.queries import living_contacts
from portal.customers import keeping
from portal.customers.models import Customer
from portal.extensions import db
from portal.merging import finding

if TYPE_CHECKING:
    from portal.users.models import User


FEWEST = 50
"""Customers from which a firm loses sight of whom it knows already."""


def double(by: "User") -> None:
    """Write the first client with a phone down once more, in other letters, and its first person by the first name
    only: once the two are one, that person stands there twice. Commits.
    """
    query = select(Customer).where(
        Customer.status == "client", Customer.phone.is_not(None), Customer.email.is_not(None)
    )
    client = db.session.scalar(query.order_by(Customer.id).limit(1))
    if client is not None:
        twin = keeping.Details(client.name.upper(), phone=client.phone, external_id=f"WEB-{client.id:05}")
        people = [keeping.Person(each.name.split()[0], email=each.email) for each in living_contacts(client.id)]
        made = keeping.add_customer(twin, by=by, assignee=by, contacts=people[:1])
        finding.look([made.id])
    db.session.commit()
