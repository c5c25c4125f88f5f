"""`demo load` tells a believable history, once, in either language, small or large."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.backing.models import SupportRequest
from portal.buying_centre.models import Position
from portal.celebrations.models import Celebration
from portal.commitments.models import Commitment
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.demo.centring import PARTS
from portal.demo.words import WORDS
from portal.extensions import db
from portal.follow_ups.clocks import set_clocks_of
from portal.follow_ups.models import FollowUp
from portal.ledger.models import LedgerLink, Statement
from portal.purchases import figures
from portal.purchases.models import Purchase
from portal.relay.models import Holding
from portal.responses.models import Response
from portal.retention.models import Books, ListEntry
from portal.review.models import Improvement
from portal.settings.models import Firm
from portal.surveys.models import SurveyTally
from portal.timeline.models import Event
from portal.users.models import User


@pytest.fixture
def load(app: Flask) -> Any:
    """Runs the command; returns what it reports."""

    def run(*words: str, fails: bool = False) -> Any:
        db.session.rollback()
        done = app.test_cli_runner().invoke(args=["demo", "load", *words, "--json"])
        assert (done.exit_code != 0) is fails, done.output
        return done.output if fails else json.loads(done.output or "null")

    return run


def count(model: type, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def clocks_and_figures() -> list[tuple[Any, ...]]:
    db.session.expire_all()
    names = ("status", "purchase_days", "revenue_minor", "median_interval_days", "last_touch_on", "next_touch_on")
    return [
        tuple(getattr(each, name) for name in names)
        for each in db.session.scalars(select(Customer).order_by(Customer.id))
    ]


@pytest.mark.long
def test_lives_through_two_years(app: Flask, load: Any) -> None:
    report = load("--customers", "12", "--seed", "5")
    assert report["customers"] == count(Customer) == 12
    assert report["purchases"] == count(Purchase) > 10
    assert report["follow_ups"] == count(FollowUp) > 20
    assert report["commitments"] == count(Commitment) > 0
    assert report["responses"] == count(Response) > 5
    assert count(LedgerLink) > 0
    assert count(Position) > 0
    assert count(Contact, Contact.roles != "") > 0
    placed = db.session.scalars(select(Contact).where(Contact.roles != "")).all()
    assert all(PARTS[each.title] == (tuple(each.roles.split()), each.level) for each in placed), "as their work has it"
    assert (
        count(Statement)
        == count(Event, Event.kind.in_(("commitment.confirmed", "commitment.disputed", "commitment.said_done")))
        > 0
    )
    assert count(Books, Books.state == "done") == 1
    assert count(Celebration, Celebration.kind == "streak") > 0
    assert count(ListEntry) > 0
    undone = select(Improvement.reason).where(Improvement.reason != "")
    not_given = select(SupportRequest.answer).where(SupportRequest.state == "declined")
    assert set(WORDS["es"].undone) >= set(db.session.scalars(undone.union_all(not_given)).all()) > set()
    counted = db.session.scalar(select(func.sum(SurveyTally.count)).where(SurveyTally.score >= 0))
    assert counted == count(Response, Response.tallied.is_(True), Response.source == "client")

    firm = db.session.scalars(select(Firm)).one()
    assert (firm.name, firm.locale, firm.currency) == ("Muebles Montaña", "es", "MXN")
    first, last = db.session.execute(select(func.min(Event.at), func.max(Event.at))).one()
    assert first < clock.now() - timedelta(days=600)
    assert last <= clock.now()
    assert count(Event, Event.kind == "follow_up.logged") == count(FollowUp, FollowUp.done_on.is_not(None))
    told = clocks_and_figures()
    assert figures.rebuild() == (12, 0)
    set_clocks_of([customer.id for customer in db.session.scalars(select(Customer))])
    assert clocks_and_figures() == told


@pytest.mark.long
def test_its_people_sign_in_and_see_their_day(load: Any, browser_of: Any) -> None:
    load("--customers", "4", "--seed", "5", "--locale", "en")
    users = db.session.scalars(select(User).order_by(User.id)).all()
    assert [user.email for user in users] == [
        f"{role}@demo.example" for role in ("owner", "sales", "marketing", "support")
    ]
    for user in users:
        assert user.has_password("retention-demo")
    browser = browser_of(users[0])
    for path in ("/", "/customers", "/customers/1", "/commitments"):
        assert browser.get(path).status_code == 200


def test_the_same_seed_tells_the_same_and_another_another(load: Any, app: Flask) -> None:
    def names() -> list[str]:
        found = list(db.session.scalars(select(Customer.name).order_by(Customer.id)))
        for model in (Event, Purchase, FollowUp, Commitment, Holding):
            db.session.query(model).delete()
        for customer in db.session.scalars(select(Customer)):
            db.session.delete(customer)
        db.session.commit()
        return found

    told = []
    for seed in ("1", "1", "2"):
        load("--customers", "30", "--seed", seed, "--bulk")
        db.session.execute(Customer.metadata.tables["customer_tags"].delete())
        db.session.execute(Customer.metadata.tables["contacts"].delete())
        told.append(names())
    assert told[0] == told[1] != told[2]


def test_in_bulk_the_figures_are_what_the_ledger_says(load: Any) -> None:
    report = load("--customers", "60", "--bulk", "--locale", "en")
    assert report["customers"] == 60
    assert count(Event, Event.kind == "purchase.recorded") == count(Purchase) == report["purchases"]
    told = clocks_and_figures()
    assert figures.rebuild() == (60, 0)
    assert clocks_and_figures() == told
    db.session.add(Customer(name="One more", sort_name="one more", created_at=clock.now()))
    db.session.commit()  # ids go on where the rows left off


def test_is_never_poured_over_other_data(firm: Firm, load: Any) -> None:
    assert "has a firm already" in load("--customers", "2", fails=True)
    assert count(Customer) == 0


def test_is_loaded_once(load: Any) -> None:
    load("--customers", "2", "--bulk")
    assert load("--if-empty") is None
    assert "has a firm already" in load("--customers", "2", fails=True)
    assert count(Customer) == 2
