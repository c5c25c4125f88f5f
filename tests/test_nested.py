"""Rows that come along within another row are the rows that their query would have given, on both databases."""

from typing import Any

import pytest
from sqlalchemy import Select, select

from portal import clock
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from portal.nested import Nested
from portal.users.models import User
from tests.cast import Cast
from tests.touches import a_contact, a_customer

WHO = (
    Contact.id, Contact.name, Contact.archived_at, Contact.left_on, User.digest, Customer.median_interval_days,
    Customer.last_touch_on, Customer.phone,
)  # fmt: skip
"""Numbers, words, instants, days, a yes or no, and what is not there."""


def people() -> Select[*tuple[Any, ...]]:
    return select(*WHO).join(Customer, Customer.id == Contact.customer_id).join(User, User.id == Customer.assignee_id)


@pytest.mark.usefixtures("app")
def test_they_are_those_rows_in_that_order(cast: Cast) -> None:
    customer = a_customer(cast)
    customer.median_interval_days, customer.last_touch_on = 30.25, None
    for name in ('"Ana" \\ Róbles', "🪑\t\n", "\u202eolleh", "</script>", ""):
        person = a_contact(customer, name)
        person.archived_at = clock.now() if name else None
        person.left_on = clock.today() if name.startswith("<") else None
    db.session.commit()
    query = people().order_by(Contact.id.desc())
    expected = [tuple(row) for row in db.session.execute(query)]
    nested = Nested("people", query)
    customer_row = db.session.execute(select(Customer.id, nested.column)).one()
    found = nested.rows(customer_row.people)
    assert [tuple(row) for row in found] == expected
    assert [type(value) for row in found for value in row] == [type(value) for row in expected for value in row]
    assert found[1].left_on == clock.today()  # the last but one
    none = Nested("people", people().where(Contact.id < 0))
    assert none.rows(db.session.scalar(select(none.column))) == []
