"""The books of a day: through the tables, CDNOW's sample gives the published answers; what comes later is not known."""

import json
import threading
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal import clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.purchases import ledger as ledger_of
from portal.retention import jobs, judging, queries, running
from portal.retention.models import Books, ListEntry, Standing
from portal.settings.models import Firm
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.dying import survives
from tests.retention import books, ledger


def run(app: Flask, *words: str) -> Any:
    done = app.test_cli_runner().invoke(args=["retention", "refresh", *words])
    assert done.exit_code == 0, done.output
    db.session.rollback()
    return done


def test_the_sample_gives_the_published_answers(app: Flask, firm: Firm) -> None:
    log = books.needed("cdnow_sample")
    ledger.pour(log)
    told = json.loads(run(app, "--as-of", "1997-09-30", "--json").output)
    assert list(told) == ["as_of", "method", "why", "params", "customers", "seconds"]
    assert (told["as_of"], told["method"], told["why"], told["customers"]) == ("1997-09-30", "bgnbd", "fits", 2357)
    params = {name: round(value, 3) for name, value in told["params"].items()}
    assert params == {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426, "log_likelihood": pytest.approx(-9582.429)}
    shown = queries.the_books()
    assert shown is not None
    assert shown.as_of == date(1997, 9, 30)
    counts = {name: each["customers"] for name, each in shown.lists.items()}
    assert counts == dict.fromkeys(shown.lists, 0) | dict(
        db.session.execute(select(ListEntry.list, func.count()).group_by(ListEntry.list)).all()
    )
    assert min(counts[name] for name in ("due", "overdue", "second-purchase", "slipping", "silent", "nobodys")) > 10
    assert db.session.scalar(select(func.count()).select_from(Standing)) == 2357
    assert db.session.scalar(select(func.max(Standing.last_on))) == date(1997, 9, 30)
    firm_now = db.session.get_one(Firm, 1)
    assert firm_now.books_on == date(1997, 9, 30)
    run(app, "--as-of", "today")
    assert db.session.get_one(Firm, 1, populate_existing=True).books_on is None
    said = select(Event.user_id, Event.data["changes"]["books_on"].as_json()).where(Event.kind == "firm.books_closed")
    told = db.session.execute(said.order_by(Event.id)).all()
    assert told == [(None, [None, "1997-09-30"]), (None, ["1997-09-30", None])]


@pytest.fixture
def shop(app: Flask, cast: Cast) -> None:
    """A firm whose books speak by cadence or recency; today is a day on which it still sells."""
    log = books.needed("shop")
    ledger.pour(log, cast.sales.id)


def _newest() -> Books:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Books).order_by(Books.id.desc())).all()[0]


@pytest.mark.usefixtures("shop")
def test_killed_books_are_taken_up_again_and_two_workers_compute_them_once(app: Flask) -> None:
    first = running.ask(date(1997, 9, 30))
    assert running.run(first)
    entries = db.session.scalar(select(func.count()).select_from(ListEntry))
    again = running.ask(date(1998, 3, 31))
    for step in (3, 13):  # while it reads, and just before the end
        assert not survives(lambda: running.run(again), step)
        assert _newest().state == "running"
        assert queries.the_books().id == first  # type: ignore[union-attr]
        assert db.session.scalar(select(func.count()).select_from(ListEntry)) == entries
        assert not running.run(again)  # somebody has it
        db.session.execute(update(Books).where(Books.id == again).values(lease_until=clock.now()))
        db.session.commit()
    together, won = threading.Barrier(2), []

    def work() -> None:
        with app.app_context():
            together.wait()
            won.append(running.run(again))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False, True]
    assert (_newest().state, _newest().as_of) == ("done", date(1998, 3, 31))


@pytest.mark.usefixtures("shop")
def test_who_is_asked_to_leave_lets_the_books_go(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = running.ask(date(1997, 9, 30))
    assert not running.run(asked, leaving=lambda: True)
    assert (_newest().state, _newest().lease_until) == ("waiting", None)
    monkeypatch.setattr(judging, "judge", lambda *_: 1 / 0)
    jobs.resume()
    assert (_newest().state, _newest().error) == ("failed", "ZeroDivisionError")
    jobs.resume()
    assert queries.the_books() is None


@pytest.mark.usefixtures("shop")
def test_a_new_day_closes_its_books_and_what_happens_enters_them(cast: Cast, support: Browser) -> None:
    jobs.begin_day()
    jobs.begin_day()
    begun = _newest()
    assert (begun.id, begun.as_of, begun.state) == (1, clock.today(), "done")
    everything = _everything()
    jobs.keep_up()
    assert _everything() == everything
    customer = db.session.scalars(select(Customer.id).order_by(Customer.id)).all()[0]
    held = db.session.get_one(Customer, customer)
    held.assign(None, by=cast.owner)
    db.session.commit()
    jobs.keep_up()
    changed = {row for row in _everything() ^ everything if row[0] == "entry"}
    assert {(row[2], row[3]) for row in changed} == {("nobodys", customer)}
    assert _newest().lists["nobodys"]["customers"] == everything_of("nobodys") == 1
    purchase = ledger_of.record(customer_id=customer, on=clock.today(), amount_minor=100, currency="USD", by=cast.owner)
    db.session.commit()
    jobs.keep_up()
    assert db.session.get_one(Standing, customer).last_on == purchase.purchased_on


def everything_of(name: str) -> int:
    return db.session.scalar(select(func.count()).where(ListEntry.list == name)) or 0


def _everything() -> set[tuple[Any, ...]]:
    db.session.rollback()
    entries = {("entry", *row) for row in db.session.execute(select(*ListEntry.__table__.c))}
    return entries | {("standing", *row) for row in db.session.execute(select(*Standing.__table__.c))}
