"""Who may be the same: found by name, e-mail, phone or number, offered until somebody has told them apart."""

from typing import Any

import pytest
from sqlalchemy import select

from portal import clock
from portal.contacts.models import Contact
from portal.customers import keeping
from portal.customers.models import Customer
from portal.extensions import db
from portal.followers import FOLLOWERS
from portal.merging import finding
from portal.merging.models import Duplicate
from portal.timeline import following
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder


def known(name: str, **about: Any) -> Customer:
    """A customer with these details."""
    return keeping.add_customer(keeping.Details(name, **about), by=None)


def follow() -> None:
    """Let the follower see what has happened."""
    db.session.commit()
    for each in FOLLOWERS:
        if each.name == "duplicates":
            following.follow(each.name, each.kinds, each.handle, each.at_once)


def pairs() -> dict[tuple[int, int], str]:
    """The pairs that are offered, and why."""
    db.session.rollback()
    db.session.expire_all()
    rows = db.session.scalars(select(Duplicate).where(Duplicate.dismissed_at.is_(None)))
    return {(row.customer_id, row.other_id): row.why for row in rows}


@pytest.fixture
def twins(cast: Cast) -> tuple[Customer, Customer]:
    """The same hotel, typed twice."""
    both = known("Hotel Núñez", phone="+528183401122"), known("hotel  nunez", email="h@nunez.example")
    follow()
    return both


def test_the_same_name_e_mail_or_phone(cast: Cast) -> None:
    known("Hotel Núñez", phone="+525512345678", email="a@nunez.example")
    known("HOTEL NUNEZ", phone="+525500000000")
    third = known("Notaría 32", email="n@notaria.example")
    db.session.add(Contact(customer_id=third.id, name="Ana", email="a@nunez.example", created_at=clock.now()))
    known("Somebody", phone="+525512345678")
    known("Nobody's double")
    follow()
    assert pairs() == {(1, 2): "name", (1, 3): "email", (1, 4): "phone"}


@pytest.mark.parametrize(
    ("one", "other"), [("C-0012", "c12"), ("0012", "12"), ("A 7/8", "a-7-8"), ("CLI.00045", "cli45")]
)
@pytest.mark.once
def test_numbers_that_differ_in_how_they_are_written(one: str, other: str) -> None:
    assert finding.bare(one) == finding.bare(other)
    assert (
        finding.variants(one) & {other} or finding.variants(other) & {one} or finding.bare(one) == finding.bare(other)
    )
    assert finding.bare("C-12") != finding.bare("C-120")


def test_numbers_nearly_the_same(cast: Cast) -> None:
    known("One", external_id="C-0012")
    known("Two", external_id="c12")
    known("Three", external_id="C-120")
    follow()
    assert pairs() == {(1, 2): "external_id"}


def test_a_crowd_says_nothing(cast: Cast) -> None:
    for _ in range(finding.CROWD + 1):
        known("Juan Pérez")
    follow()
    assert pairs() == {}


def test_costs_the_same_however_many_there_are(cast: Cast, queries: QueryRecorder) -> None:
    for number in range(30):
        known(f"Customer {number}", phone=f"+5255123456{number:02}", external_id=f"K{number}")
    db.session.commit()
    with queries as seen:
        finding.look(range(1, 31))
    assert len(seen) <= 6


def test_what_is_corrected_is_offered_no_more(cast: Cast, twins: tuple[Customer, Customer]) -> None:
    assert pairs() == {(1, 2): "name"}
    keeping.change_customer(twins[1], by=cast.owner, name="Posada Núñez")
    follow()
    assert pairs() == {}


def test_the_page_shows_both(support: Browser, twins: tuple[Customer, Customer], queries: QueryRecorder) -> None:
    with queries as seen:
        page = support.get("/customers/duplicates").get_data(as_text=True)
    assert len(seen) <= 3
    assert "Hotel Núñez" in page
    assert "/customers/1/merge?with=2" in page
    assert "the same name" in page


def test_an_empty_page_says_what_will_stand_there(support: Browser) -> None:
    assert "No duplicates" in support.get("/customers/duplicates").get_data(as_text=True)


def test_who_was_told_apart_is_not_offered_again(support: Browser, twins: tuple[Customer, Customer]) -> None:
    pair = db.session.scalars(select(Duplicate.id)).one()
    for _ in range(2):
        assert support.post(f"/customers/duplicates/{pair}/dismiss").location == "/customers/duplicates"
    assert pairs() == {}
    finding.look([1, 2])
    db.session.commit()
    assert pairs() == {}
    told = db.session.scalars(select(Event).where(Event.kind == "customer.told_apart")).all()
    assert [(event.customer_id, event.data["other"]) for event in told] == [(1, "hotel  nunez")]
    assert "Not the same as" in support.get("/customers/1").get_data(as_text=True)


def test_strangers_and_unknown_pairs(stranger: Browser, support: Browser, twins: tuple[Customer, Customer]) -> None:
    assert stranger.get("/customers/duplicates").location.startswith("/sign-in")
    assert stranger.post("/customers/duplicates/1/dismiss").location == "/sign-in"
    assert support.post("/customers/duplicates/999/dismiss").status_code == 404
    assert pairs() == {(1, 2): "name"}
