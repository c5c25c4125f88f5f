"""The page of all customers at whom something stands out: it fills itself, says what, and costs the same for many."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select

from portal import clock
from portal.buying_centre import standing_out
from portal.buying_centre.models import StandOut
from portal.extensions import db
from portal.follow_ups import touching
from portal.follow_ups.models import Touch
from portal.followers import FOLLOWERS
from portal.timeline import following
from tests.browser import Browser
from tests.buying_centre.there import there, touched
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.touches import a_contact, a_customer


def follow() -> None:
    """Let the follower see what has happened."""
    db.session.commit()
    for each in FOLLOWERS:
        if each.name == "stand_outs":
            following.follow(each.name, each.kinds, each.handle, each.at_once)


def noted() -> set[tuple[int, str]]:
    db.session.rollback()
    db.session.expire_all()
    return {(row.customer_id, row.kind) for row in db.session.scalars(select(StandOut))}


def page_of(browser: Browser, kind: str) -> str:
    return browser.get(f"/relay/centres?show={kind}").get_data(as_text=True)


def test_fills_itself_and_says_what(owner: Browser, cast: Cast) -> None:
    customer, ana, jorge = there(cast)
    cast.support.level = "operations"
    ana.place(cast.sales, roles=["user"], level="operations", stance="sceptic")
    for days in (40, 30):
        touched(ana, cast.support, days)
    jorge.place(cast.sales, roles=["decider"], level="board", stance="")
    touching.log(customer, Touch(channel="call", contact_id=ana.id), cast.support)
    follow()
    assert noted() == {(1, "thread"), (1, "unmet")}
    assert "Jorge Salas decides, and nobody of us has reached them yet." in page_of(owner, "unmet")
    page = page_of(owner, "nonsense")  # as the first one
    assert "Everything runs through Ana Robles" in page
    assert "Only Lucía Support speaks with them" in page
    assert 'href="/customers/1/centre"' in page
    assert "Nothing stands out" in page_of(owner, "below")
    touching.log(customer, Touch(channel="call", contact_id=jorge.id), cast.support)
    db.session.commit()
    assert "Settled meanwhile" in page_of(owner, "unmet")  # what is shown is as it is now
    follow()
    assert noted() == {(1, "thread"), (1, "below")}
    assert "Jorge Salas (board) only meets our operations" in page_of(owner, "below")
    cast.support.change_level("board", cast.owner)
    follow()
    assert noted() == {(1, "thread")}
    customer.archive(cast.owner)
    follow()
    assert noted() == set()


def test_a_person_is_no_centre(owner: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    for _ in range(3):
        touching.log(customer, Touch(channel="call"), cast.support)
    follow()
    assert noted() == set(), "one of us is all that a customer without contacts needs"
    added = owner.post(f"/customers/{customer.id}/contacts", data={"name": "Ana Robles", "form_id": str(uuid4())})
    assert added.status_code == 303
    follow()
    assert noted() == {(1, "thread")}
    assert "Only Lucía Support speaks with them" in page_of(owner, "thread")


def test_what_grows_old_by_itself(cast: Cast) -> None:
    customer, ana, jorge = there(cast)
    ana.place(cast.sales, roles=[], level="", stance="sceptic")
    for days in (100, 90, 80):
        touched(ana, cast.support, days)
    touched(jorge, cast.sales, 170)
    touched(ana, cast.support)
    standing_out.look([customer.id])
    db.session.commit()
    assert noted() == set()
    with time_machine.travel(clock.now() + timedelta(days=11), tick=False):
        assert standing_out.look_again() == 1
        assert noted() == {(1, "thread")}
    with time_machine.travel(clock.now() + timedelta(days=62), tick=False):
        standing_out.look_again()
        assert noted() == {(1, "thread"), (1, "unanswered")}


def test_costs_as_many_queries_however_many_stand_there(owner: Browser, cast: Cast, queries: QueryRecorder) -> None:
    for number in range(30):
        contact = a_contact(a_customer(cast, f"Customer {number}"))
        for days in (3, 2, 1):
            touched(contact, cast.sales, days)
    db.session.commit()
    standing_out.look(range(1, 31))
    db.session.commit()
    with queries as seen:
        page = page_of(owner, "thread")
    assert len(seen) <= 6
    assert page.count("Everything runs through") == 25
    assert "30</b>" in page
    with queries as seen:
        standing_out.look(range(1, 31))
    assert len(seen) <= 6


@pytest.mark.once
def test_strangers_sign_in(stranger: Browser) -> None:
    assert stranger.get("/relay/centres").location.startswith("/sign-in")
