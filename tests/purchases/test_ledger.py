"""What is done to the ledger by hand, its events, and the reassurance that it plans."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.purchases import ledger
from portal.purchases.models import Purchase
from portal.timeline.models import Event
from tests.cast import Cast
from tests.touches import a_customer


def a_purchase(cast: Cast, days_ago: int = 0) -> Purchase:
    return ledger.record(
        customer_id=a_customer(cast).id, on=clock.today() - timedelta(days=days_ago), amount_minor=41300_00,
        currency="MXN", number="10482", description="24 chairs, 6 tables", by=cast.sales,
    )  # fmt: skip


def events() -> list[Event]:
    query = select(Event).where(Event.kind.startswith("purchase.")).order_by(Event.id)
    return list(db.session.scalars(query))


def test_recording_writes_an_event_on_the_day_of_the_purchase(cast: Cast) -> None:
    purchase = a_purchase(cast, days_ago=400)
    (event,) = events()
    assert (event.kind, event.happened_on, event.subject_id) == (
        "purchase.recorded", purchase.purchased_on, purchase.id,
    )  # fmt: skip
    assert event.data == {
        "amount_minor": 4130000, "currency": "MXN", "number": "10482", "description": "24 chairs, 6 tables",
    }  # fmt: skip
    assert db.session.scalars(select(FollowUp)).all() == []


def test_a_recent_purchase_plans_one_reassurance_and_voiding_takes_it_back(cast: Cast) -> None:
    purchase = a_purchase(cast, days_ago=1)
    (touch,) = db.session.scalars(select(FollowUp))
    assert (touch.purpose, touch.due_on) == ("reassurance", clock.today() + timedelta(days=2))
    ledger.void(purchase, by=cast.sales, reason="entered twice")
    assert touch.undone_at is not None
    ledger.restore(purchase, by=cast.sales)
    assert len(db.session.scalars(select(FollowUp).where(FollowUp.undone_at.is_(None))).all()) == 1
    assert [event.kind for event in events()] == ["purchase.recorded", "purchase.voided", "purchase.restored"]
    assert events()[1].data["reason"] == "entered twice"


def test_correcting_keeps_what_stood_before(cast: Cast) -> None:
    purchase = a_purchase(cast, days_ago=1)
    facts: dict[str, Any] = {
        "currency": "MXN",
        "number": "10482",
        "description": "24 chairs, 6 tables",
        "by": cast.sales,
    }
    assert not ledger.correct(purchase, on=purchase.purchased_on, amount_minor=4130000, **facts)
    assert ledger.correct(purchase, on=purchase.purchased_on, amount_minor=4000000, **facts)
    assert purchase.version == 2
    data = events()[-1].data
    assert (data["amount_minor"], data["before"]["amount_minor"]) == (4000000, 4130000)


def test_the_future_and_voided_purchases_are_refused(cast: Cast) -> None:
    with pytest.raises(ledger.InTheFuture):
        a_purchase(cast, days_ago=-1)
    purchase = a_purchase(cast)
    ledger.void(purchase, by=cast.sales)
    with pytest.raises(ledger.Voided):
        ledger.correct(
            purchase, on=purchase.purchased_on, amount_minor=1, currency="MXN", number="", description="", by=cast.sales
        )


def test_voiding_twice_is_voiding_once(cast: Cast) -> None:
    purchase = a_purchase(cast)
    ledger.void(purchase, by=cast.sales)
    ledger.void(purchase, by=cast.sales)
    ledger.restore(purchase, by=cast.sales)
    ledger.restore(purchase, by=cast.sales)
    assert [event.kind for event in events()] == ["purchase.recorded", "purchase.voided", "purchase.restored"]
