"""Whoever only reads can't write, whatever the connection has served before; and is spared what only writers need."""

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.customers.models import Customer, Tag
from portal.extensions import db, reading_only
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import ON_POSTGRESQL
from tests.touches import a_customer


def test_who_only_reads_cannot_write(app: Flask, cast: Cast) -> None:
    customer = a_customer(cast)
    name = customer.name
    db.session.commit()
    reading_only.set(True)
    db.session.get_one(Customer, customer.id).name = "Somebody else"
    with pytest.raises(DBAPIError):
        db.session.flush()
    db.session.remove()
    with pytest.raises(DBAPIError):
        db.session.execute(text("DELETE FROM events"))
    db.session.remove()
    reading_only.set(False)
    assert db.session.scalars(select(Customer.name)).all() == [name]


def test_a_connection_that_has_only_read_is_given_to_a_writer_whole(app: Flask, cast: Cast) -> None:
    db.engine.dispose()
    for _ in range(2):
        reading_only.set(True)
        db.session.execute(select(Customer.id)).all()
        db.session.remove()
        reading_only.set(False)
        db.session.add(Tag(name="here", folded="here"))
        db.session.flush()
        db.session.rollback()  # all that a writer does is one transaction
    assert db.session.scalars(select(Tag.name)).all() == []


if ON_POSTGRESQL:  # SQLite keeps what it has prepared, whatever happens

    def test_pages_are_planned_once(support: Browser) -> None:
        prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM customers%'")
        db.session.rollback()
        db.engine.dispose()  # what is prepared belongs to a connection: let there be one
        for _ in range(8):
            support.get("/customers")
        assert db.session.scalar(prepared)
        db.session.rollback()


@pytest.mark.postgresql
def test_who_wants_no_transaction_has_none_after_a_page_was_read(app: Flask) -> None:
    db.session.rollback()
    reading_only.set(True)
    db.session.execute(text("SELECT 1"))
    db.session.remove()
    reading_only.set(False)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM firms"))
