"""After the first purchase the customer is offered to service by itself, once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.followers import FOLLOWERS
from portal.purchases import ledger
from portal.purchases.models import Purchase
from portal.relay import handing
from portal.relay.models import HandOff
from portal.timeline.following import follow
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import add, event


def look() -> None:
    """What the worker does every minute."""
    for each in FOLLOWERS:
        if each.name == "relay.first_purchase":
            follow(each.name, each.kinds, each.handle)


def buy(customer: Customer, cast: Cast, days_ago: int = 0) -> None:
    ledger.record(
        customer_id=customer.id, on=clock.today() - timedelta(days=days_ago), amount_minor=100, currency="MXN",
        by=cast.sales,
    )  # fmt: skip
    db.session.commit()


def hand_offs() -> list[HandOff]:
    db.session.expire_all()
    return list(db.session.scalars(select(HandOff).order_by(HandOff.id)))


def test_is_offered_to_service_once(cast: Cast) -> None:
    sold, nobodys = add(cast, "Sold", assignee=cast.sales), add(cast, "Nobody's")
    look()
    for customer in (sold, sold, nobodys):
        buy(customer, cast)
    look()
    look()
    assert [(each.customer_id, each.from_leg, each.to_leg, each.offered_by_id) for each in hand_offs()] == [
        (sold.id, "sales", "service", None), (nobodys.id, None, "service", None),
    ]  # fmt: skip
    handing.accept(hand_offs()[0], sold, cast.support)
    db.session.commit()
    sold.assign(cast.sales, by=cast.owner)
    buy(sold, cast)
    look()
    assert len(hand_offs()) == 2
    db.session.query(HandOff).filter(HandOff.customer_id == nobodys.id).one()
    events = db.session.scalars(select(HandOff.cause)).all()
    assert set(events) == {f"first_purchase:{sold.id}", f"first_purchase:{nobodys.id}"}


@pytest.mark.parametrize("why", ["with service", "long ago", "archived", "offered by hand", "bought before"])
def test_is_not_offered(why: str, cast: Cast) -> None:
    customer = add(cast, assignee=cast.support if why == "with service" else cast.sales)
    if why == "offered by hand":
        handing.offer(customer, handing.Offer("marketing"), cast.sales, 2)
    if why == "bought before":
        buy(customer, cast, days_ago=20)
        follow("relay.first_purchase", (), lambda _: None)
    buy(customer, cast, days_ago=40 if why == "long ago" else 0)
    if why == "archived":
        customer.archive(cast.owner)
        db.session.commit()
    look()
    assert [each.cause for each in hand_offs()] == ([None] if why == "offered by hand" else [])


def test_is_offered_although_the_newest_purchase_is_told_first(cast: Cast) -> None:
    customer = add(cast, assignee=cast.sales)
    for days_ago in (0, 9, 4):  # as a shop exports them
        buy(customer, cast, days_ago)
    look()
    assert [each.customer_id for each in hand_offs()] == [customer.id]


def test_is_taken_back_with_a_voided_purchase_and_offered_anew(owner: Browser, cast: Cast) -> None:
    voided, bought_twice = add(cast, "Voided", assignee=cast.sales), add(cast, "Twice", assignee=cast.sales)
    for customer in (voided, bought_twice, bought_twice):
        buy(customer, cast)
    look()
    purchases = list(db.session.scalars(select(Purchase).order_by(Purchase.id)))[:2]
    for purchase in purchases:
        ledger.void(purchase, by=cast.sales)
    db.session.commit()
    look()
    assert [(each.customer_id, each.state, each.cause is None) for each in hand_offs()] == [
        (voided.id, "withdrawn", True), (bought_twice.id, "offered", False),
    ]  # fmt: skip
    told = event("hand_off.withdrawn")
    assert (told.user_id, told.data["reason"]) == (None, "the purchase was voided")
    page = owner.get(f"/customers/{voided.id}/relay").get_data(as_text=True)
    assert "Over: the purchase was voided" in page
    for purchase in purchases:
        ledger.restore(purchase, by=cast.sales)
    db.session.commit()
    look()
    assert [(each.customer_id, each.state) for each in hand_offs()] == [
        (voided.id, "withdrawn"), (bought_twice.id, "offered"), (voided.id, "offered"),
    ]  # fmt: skip


def test_says_who_offered_it(cast: Cast) -> None:
    buy(add(cast, assignee=cast.sales), cast)
    look()
    told = event("hand_off.offered")
    assert (told.user_id, told.subject_id, told.data["leg"]) == (None, hand_offs()[0].id, "service")
