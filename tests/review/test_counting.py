"""The weeks of the relay are counted from who held whom, from the purchases and from what fell."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.customers import keeping
from portal.customers.keeping import Details
from portal.customers.models import Customer
from portal.extensions import db
from portal.merging import merging
from portal.purchases import ledger
from portal.relay.models import HandOff
from portal.review import counting, jobs
from portal.review.models import STEPS, RelayWeek
from portal.review.running import WEEK, Run, monday
from portal.users.models import User
from tests.cast import Cast

DAY = timedelta(days=1)


@pytest.fixture
def last(firm: object) -> date:
    """The Monday of the week before this one."""
    return monday(clock.today()) - WEEK


def arrive(on: date, to: User | None, name: str = "Hotel Sierra Azul") -> Customer:
    with clock.as_of(clock.start_of(on) + timedelta(hours=12)):
        customer = keeping.add_customer(Details(name=name), by=None, assignee=to)
        db.session.flush()
    return customer


def assign(customer: Customer, to: User | None, on: date, by: User) -> None:
    with clock.as_of(clock.start_of(on) + timedelta(hours=12)):
        customer.assign(to, by=by)
        db.session.flush()


def buy(customer: Customer, on: date) -> None:
    ledger.record(customer_id=customer.id, on=on, amount_minor=100, currency="MXN", by=None)
    db.session.flush()


def counted(on: date) -> dict[str, Run]:
    """The rows of a week."""
    db.session.expire_all()
    rows = db.session.scalars(select(RelayWeek).where(RelayWeek.week_on == on))
    return {row.step: Run(row.entries, row.onward, row.back, row.gone, row.dropped, row.wait_days) for row in rows}


def test_each_leg_with_what_went_onward_back_and_fell(cast: Cast, last: date) -> None:
    early = last - 2 * WEEK
    one, two, three = (arrive(early, cast.marketing, name) for name in ("One", "Two", "Three"))
    assign(one, cast.sales, last, cast.owner)
    assign(two, cast.sales, last + 2 * DAY, cast.owner)
    assign(two, cast.marketing, last + 3 * DAY, cast.owner)  # and back
    assign(three, None, last + DAY, cast.owner)
    four = arrive(last, cast.sales, "Four")
    assign(four, cast.support, last + 5 * DAY, cast.owner)
    with clock.as_of(clock.start_of(last + DAY)):
        five = arrive(last, cast.sales, "Five")
        five.archive(by=cast.owner)
    db.session.add(
        HandOff(
            customer_id=one.id, from_leg="sales", to_leg="service", state="dropped", offered_on=last, due_on=last,
            dropped_on=last + 6 * DAY, created_at=clock.now(),
        )
    )  # fmt: skip
    assign(one, cast.support, last + WEEK, cast.owner)  # next week
    db.session.commit()
    counting.recount()
    week = counted(last)
    assert week["marketing"] == Run(entries=1, onward=2, back=0, gone=1, dropped=0, wait_days=15)
    assert week["sales"] == Run(entries=4, onward=1, back=1, gone=1, dropped=1, wait_days=5)
    assert week["service"] == Run(entries=1)
    assert counted(early)["marketing"] == Run(entries=3)
    assert counted(last + WEEK)["sales"].onward == 1


def test_service_and_the_step_to_repurchase(cast: Cast, last: date) -> None:
    clients = [arrive(last - 4 * WEEK, cast.support, f"Client {n}") for n in range(3)]
    for customer in clients:
        buy(customer, last - 3 * WEEK)
    buy(clients[0], last + DAY)
    buy(clients[0], last + 2 * DAY)  # the third is no second
    assign(clients[1], cast.sales, last + DAY, cast.owner)
    buy(clients[1], last + 3 * DAY)  # while sales held it
    assign(clients[0], cast.sales, last + 5 * DAY, cast.owner)  # a client already: not back
    silent = arrive(last - 200 * DAY, cast.support, "Silent")
    buy(silent, last + DAY - 180 * DAY)
    newcomer = arrive(last, cast.support, "Newcomer")
    buy(newcomer, last)
    db.session.commit()
    counting.recount()
    week = counted(last)
    assert week["service"] == Run(entries=1, onward=1, back=1, wait_days=29)
    assert week["repurchase"] == Run(entries=1, onward=2, gone=1, wait_days=23)
    assert counted(last - 3 * WEEK)["repurchase"].entries == 3
    buy(silent, last + 4 * DAY)  # came back after all, but had been given up
    db.session.commit()
    jobs.count_recent()
    assert counted(last)["repurchase"] == Run(entries=1, onward=3, gone=1, wait_days=24)


def test_the_running_week_only_when_something_has_happened(cast: Cast) -> None:
    now = monday(clock.today())
    jobs.count_recent()
    assert counted(now)["marketing"] == Run()
    assert set(counted(now)) == set(STEPS)
    assert counting.keep_up() is False
    arrive(clock.today(), cast.marketing)
    db.session.commit()
    assert counting.keep_up() is True
    db.session.commit()
    assert counted(now)["marketing"].entries == 1
    jobs.keep_up()
    assert counted(now)["marketing"].entries == 1
    assert counted(now - WEEK) == {}


def test_by_command_two_years_back_at_most(app: Flask, cast: Cast) -> None:
    arrive(clock.today() - timedelta(days=2000), cast.marketing)
    db.session.commit()
    for _ in range(2):  # twice is once
        told: Any = json.loads(app.test_cli_runner().invoke(args=["relay", "weeks", "--json"]).output)
        assert told["weeks"] == 104
    assert len(db.session.scalars(select(RelayWeek)).all()) == 104 * len(STEPS)


def test_who_went_into_another_is_not_gone(cast: Cast) -> None:
    kept, other = (arrive(clock.today(), cast.sales, name) for name in ("Hotel Sierra Azul", "Sierra Azul SA"))
    db.session.commit()
    counting.keep_up()
    db.session.commit()
    merging.merge(kept, other, {}, cast.owner)
    db.session.commit()
    assert counting.keep_up() is True, "a merge changes the numbers of the week"
    db.session.commit()
    assert counted(monday(clock.today()))["sales"] == Run(entries=2)
