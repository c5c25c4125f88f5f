"""Hand-offs on Today: those that wait for me, by name or as one of my leg; for owners, those that were dropped."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.dialects import sqlite

from portal import clock
from portal.extensions import db
from portal.relay import handing
from portal.relay import queries as relay
from portal.users.models import User
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import add, again


def test_stands_there_for_whoever_is_asked(browser_of: Callable[[User], Browser], cast: Cast) -> None:
    for name, said in (
        ("By name", handing.Offer("service", cast.support, note="Likes oak")), ("To the leg", handing.Offer("service")),
        ("To sales", handing.Offer("sales")),
    ):  # fmt: skip
        handing.offer(add(cast, name, assignee=cast.marketing), said, cast.marketing, 1)
    db.session.commit()
    page = browser_of(cast.support).get("/?reason=hand_offs").get_data(as_text=True)
    assert page.count('<li class="line') == 2
    for words in ("By name", "To the leg", "Hand-off to service: to be answered by tomorrow", "Likes oak"):
        assert words in page
    everybody = browser_of(cast.sales).get("/?reason=hand_offs&whose=everybody").get_data(as_text=True)
    assert everybody.count('<li class="line') == 3


def test_what_waits_for_a_leg_waits_once_for_its_team(support: Browser, cast: Cast) -> None:
    other = User(name="Ana Support", email="ana@firm.example", role="support", created_at=clock.now())
    db.session.add(other)
    handing.offer(add(cast, assignee=cast.sales), handing.Offer("service"), cast.sales, 1)
    db.session.commit()
    page = support.get("/?whose=team").get_data(as_text=True)
    assert page.count('<li class="line') == 1
    assert "1 waits" in page


def test_what_somebody_gives_to_their_own_leg_waits_for_the_others(
    browser_of: Callable[[User], Browser], cast: Cast
) -> None:
    other = User(name="Ana Support", email="ana@firm.example", role="support", created_at=clock.now())
    db.session.add(other)
    handing.offer(add(cast, assignee=cast.support), handing.Offer("service"), cast.support, 1)
    db.session.commit()
    assert "Hand-off to service" in browser_of(other).get("/").get_data(as_text=True)
    assert "Hand-off to service" not in browser_of(cast.support).get("/").get_data(as_text=True)
    assert relay.counts(cast.support)["mine"] == 0
    assert relay.counts(other)["mine"] == 1


@pytest.mark.once
def test_what_waits_for_a_leg_is_found_by_its_index(cast: Cast) -> None:
    statement = relay._waiting("mine", from_key=False).compile(dialect=sqlite.dialect())
    values = {**statement.params, "me": cast.support.id, "leg": "service"}
    plan = db.session.connection().exec_driver_sql(
        f"EXPLAIN QUERY PLAN {statement}", tuple(values[name] for name in statement.positiontup)
    )
    told = "\n".join(row[-1] for row in plan)
    assert "ix_hand_offs_offered_leg (to_leg=?)" in told
    assert "ix_hand_offs_offered_user (to_user_id=?)" in told
    assert "SCAN hand_offs" not in told


def test_is_answered_there(support: Browser, browser_of: Callable[[User], Browser], cast: Cast) -> None:
    customer = add(cast, assignee=cast.sales)
    hand_off = handing.offer(customer, handing.Offer("service"), cast.sales, 1)
    db.session.commit()
    address = f"/hand-offs/{hand_off.id}?place=today"
    opened = support.get(address, fragment=True).get_data(as_text=True)
    assert f"/hand-offs/{hand_off.id}/accept?place=today" in opened
    assert opened.count("btn-primary") == 1  # of the two answers one stands out
    assert support.get(address).location == f"/customers/{customer.id}/relay"
    seller = browser_of(cast.sales).get(address, fragment=True).get_data(as_text=True)
    assert "accept" not in seller
    assert support.get("/hand-offs/999", fragment=True).status_code == 404
    answer = support.post(f"/hand-offs/{hand_off.id}/accept?place=today", fragment=True).get_data(as_text=True)
    assert "Accepted by Lucía Support" in answer
    assert 'id="today-head"' in answer  # the counts come along
    assert again(customer).assignee_id == cast.support.id


def test_what_was_dropped_rises_for_owners(owner: Browser, support: Browser, cast: Cast) -> None:
    with clock.as_of(clock.now() - timedelta(days=3)):
        hand_off = handing.offer(add(cast, assignee=cast.sales), handing.Offer("service"), cast.sales, 1)
    db.session.commit()
    handing.drop_due()
    assert "Hand-off dropped today" in owner.get("/").get_data(as_text=True)
    assert "Hand-off dropped today" not in support.get("/").get_data(as_text=True)
    opened = owner.get(f"/hand-offs/{hand_off.id}", fragment=True).get_data(as_text=True)
    assert "Offer again" in opened
    left = owner.post(f"/hand-offs/{hand_off.id}/leave?place=today", fragment=True).get_data(as_text=True)
    assert "Dropped, and picked up on" in left
    assert "Hand-off dropped today" not in owner.get("/").get_data(as_text=True)
