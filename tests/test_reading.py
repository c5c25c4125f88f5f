"""What only reads is ended so that the next reader has it easier, and is undone when it has changed something."""

from flask import Flask
from sqlalchemy import select, text

from portal.customers.models import Customer
from portal.extensions import db, end_reading, reading_only
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import ON_POSTGRESQL
from tests.touches import a_customer


def test_what_a_reading_request_has_changed_is_not_written(app: Flask, cast: Cast) -> None:
    customer = a_customer(cast)
    name = customer.name
    db.session.commit()
    reading_only.set(True)
    db.session.get_one(Customer, customer.id).name = "Somebody else"
    end_reading()
    db.session.remove()
    reading_only.set(False)
    assert db.session.scalars(select(Customer.name)).all() == [name]


if ON_POSTGRESQL:  # SQLite keeps what it has prepared, whatever happens

    def test_pages_are_planned_once(support: Browser) -> None:
        prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM customers%'")
        db.session.rollback()
        db.engine.dispose()  # what is prepared belongs to a connection: let there be one
        for _ in range(8):
            support.get("/customers")
        assert db.session.scalar(prepared)
        db.session.rollback()
