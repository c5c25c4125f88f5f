"""Rows of several tables that one act writes."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import bulk, clock
from portal.commitments.models import Commitment
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.one_statement import one_statement
from portal.timeline.models import Event, event_of
from tests.cast import Cast
from tests.conftest import ON_POSTGRESQL
from tests.recorder import QueryRecorder
from tests.touches import a_customer


@pytest.fixture
def customer_id(cast: Cast) -> int:
    customer = a_customer(cast)
    db.session.commit()
    return customer.id


def a_promise(customer_id: int, text: str = "Bring the legs") -> int:
    return bulk.put(
        Commitment, customer_id=customer_id, side="ours", text=text, due_on=clock.today(),
        original_due_on=clock.today(), created_at=clock.now(),
    )  # fmt: skip


def an_event(kind: str, customer_id: int, subject_id: int, **data: Any) -> dict[str, Any]:
    return event_of(kind, by=None, customer_id=customer_id, subject_id=subject_id, **data)


def test_point_at_each_other(customer_id: int, queries: QueryRecorder) -> None:
    db.session.connection()
    with queries as seen, one_statement():
        promised = a_promise(customer_id)
        bulk.put_each(
            Event,
            [
                an_event("commitment.made", customer_id, promised, text="«Legs»", n=[1, None]),
                an_event("commitment.kept", customer_id, promised),
            ],
        )
        bulk.change(Customer, customer_id, city="León")
    db.session.commit()
    commitment = db.session.scalars(select(Commitment)).one()
    events = db.session.scalars(select(Event).order_by(Event.id)).all()
    assert [(event.kind, event.subject_id, event.data) for event in events] == [
        ("commitment.made", commitment.id, {"text": "«Legs»", "n": [1, None]}),
        ("commitment.kept", commitment.id, {}),
    ]
    assert (commitment.text, commitment.state, commitment.version) == ("Bring the legs", "open", 1)
    assert db.session.get_one(Customer, customer_id).city == "León"
    assert len(seen) == (1 if ON_POSTGRESQL else 3)


def test_are_written_as_one_by_one(customer_id: int) -> None:
    a_promise(customer_id)
    with one_statement():
        a_promise(customer_id)
    db.session.commit()
    alone, beside = db.session.execute(select(*Commitment.__table__.columns).order_by(Commitment.id)).all()
    assert alone[1:-1] == beside[1:-1]
    assert alone.created_at <= beside.created_at


def test_that_the_database_refuses_leave_nothing(customer_id: int) -> None:
    with pytest.raises(IntegrityError), one_statement():
        bulk.put(Event, **an_event("commitment.made", customer_id, a_promise(customer_id + 1)))
    db.session.rollback()
    assert not db.session.scalars(select(Event)).all()


def test_are_not_written_when_something_is_raised(customer_id: int) -> None:
    def fail() -> None:
        with one_statement():
            a_promise(customer_id)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    db.session.rollback()
    assert not db.session.scalars(select(Commitment)).all()
    a_promise(customer_id)  # what comes after it is written at once
    assert len(db.session.scalars(select(Commitment)).all()) == 1


def test_give_a_record_its_id(customer_id: int) -> None:
    db.session.connection()
    with one_statement():
        follow_up = bulk.add(FollowUp(customer_id=customer_id, channel="call", purpose="care", created_at=clock.now()))
        bulk.put_each(Event, [an_event("follow_up.logged", customer_id, follow_up.id)])
        promised = a_promise(customer_id)
        bulk.put_each(Event, [an_event("commitment.made", customer_id, promised)])
    db.session.commit()
    read = db.session.execute(select(FollowUp.id, FollowUp.version)).one()
    assert read == (follow_up.id, 1)
    logged = db.session.scalars(select(Event).where(Event.kind == "follow_up.logged")).one()
    assert logged.subject_id == follow_up.id
