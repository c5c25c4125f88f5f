"""What is known at the end of a day: nothing that came later, and the figures that the ledger's own code gives."""

from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from flask import Flask

from portal import clock
from portal.commitments.promising import Promise, promise
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups import touching
from portal.follow_ups.models import Touch
from portal.merging import merging
from portal.purchases import figures as ledger_figures
from portal.purchases import ledger as purchases
from portal.retention import reading
from portal.retention.known import Known
from tests.cast import Cast
from tests.customers import known as customers
from tests.recorder import QueryRecorder
from tests.retention import books, ledger

DAY = date(2026, 5, 20)


def at(day: date, hour: int = 12) -> AbstractContextManager[None]:
    return clock.as_of(datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo("America/Mexico_City")))


def told(known: Known, id: int, *names: str) -> list[object]:
    place = known.id.tolist().index(id)
    return [getattr(known, name)[place].item() for name in names]


def ago(days: int) -> int:
    return (DAY - timedelta(days=days)).toordinal()


def buy(customer: Customer, cast: Cast, days_ago: int, amount: int = 1000, currency: str = "MXN") -> None:
    on = DAY - timedelta(days=days_ago)
    purchases.record(customer_id=customer.id, on=on, amount_minor=amount, currency=currency, by=cast.sales)


def test_what_comes_later_is_not_known(app: Flask, cast: Cast) -> None:
    with at(DAY - timedelta(days=100)):
        customer, quiet = customers.add(cast, assignee=cast.sales), customers.add(cast, "Later put away")
        touching.log(customer, Touch(), cast.sales)
        for due in (-10, 20):
            promise(customer, Promise(text="Call", due_on=DAY - timedelta(days=90 - due)), cast.sales)
        db.session.commit()
    with at(DAY + timedelta(days=5)):
        for days_ago, amount in ((90, 100), (90, 200), (60, 300), (50, 400), (-2, 9000)):
            buy(customer, cast, days_ago, amount)
        buy(customer, cast, 50, 700, "USD")
        touching.log(customer, Touch(), cast.sales)
        customer.assign(cast.owner, by=cast.owner)
        quiet.archive(by=cast.owner)
        new = customers.add(cast, "Came later")
        db.session.commit()
        then, now = reading.known(DAY), reading.known(DAY + timedelta(days=5))
        some = reading.known(DAY, [customer.id])
    assert then.id.tolist() == [customer.id, quiet.id]
    assert now.id.tolist() == [customer.id, new.id]
    assert told(then, customer.id, "since", "first", "second", "last") == [ago(100), ago(90), ago(60), ago(50)]
    assert told(then, customer.id, "purchase_days", "median_gap", "currency") == [3, 20.0, "MXN"]
    assert told(then, customer.id, "revenue", "year", "assignee") == [1000, 1000, -1]
    assert told(then, customer.id, "last_touch", "late_due", "late_promises") == [ago(100), ago(100), 2]
    assert told(now, customer.id, "purchase_days", "revenue", "assignee") == [4, 10_000, cast.owner.id]
    assert told(now, customer.id, "last_touch") == [ago(-5)]
    assert told(then, quiet.id, "purchase_days", "first", "currency", "assignee") == [0, 0, "", 0]
    assert then.spent.tolist() == [300, 300, 400]
    for name in ("first", "last_touch", "late_promises", "assignee", "revenue"):
        assert told(some, customer.id, name) == told(then, customer.id, name)


def test_who_has_gone_into_another_since_is_known_as_that_one(app: Flask, cast: Cast) -> None:
    with at(DAY - timedelta(days=100)):
        kept, other = customers.add(cast, assignee=cast.sales), customers.add(cast, "Twice", assignee=cast.sales)
        db.session.commit()
    with at(DAY + timedelta(days=5)):
        merging.merge(kept, other, {}, cast.owner)
        db.session.commit()
        then = reading.known(DAY)
    assert then.id.tolist() == [kept.id]


def test_figures_are_those_of_the_ledger(app: Flask, cast: Cast) -> None:
    log = books.needed("shop")
    ledger.pour(log)
    assert ledger_figures.rebuild()[1] == 0
    customer = db.session.get_one(Customer, 1)
    for day, amount, currency in ((1, 5, "USD"), (1, 7, "EUR"), (2, 9, "EUR"), (3, 100, "USD"), (3, 100, "MXN")):
        purchases.record(
            customer_id=customer.id, on=date(2001, 1, day), amount_minor=amount, currency=currency, by=cast.sales
        )
    mixed = customers.add(cast, "In two currencies", assignee=cast.sales)
    for day, currency in ((40, "USD"), (30, "EUR"), (20, "EUR"), (10, "USD")):
        buy(mixed, cast, day, day, currency)
    db.session.commit()
    known = reading.known(clock.today())
    names = ("purchase_days", "revenue_minor", "currency", "median_interval_days")
    db.session.expire_all()
    for place, id in enumerate(known.id.tolist()):
        stands = db.session.get_one(Customer, id)
        ours = (known.purchase_days, known.revenue, known.currency, known.median_gap)
        found = [column[place].item() for column in ours]
        found[3] = None if np.isnan(found[3]) else found[3]
        assert found == [getattr(stands, name) for name in names], id


@pytest.mark.postgresql
def test_a_few_are_looked_up_not_read_out_of_everybody(cast: Cast, queries: QueryRecorder) -> None:
    bought = [customers.add(cast, name) for name in ("Hotel Sierra Azul", "Notaría 32")]
    buy(bought[0], cast, 40)
    with queries as everybody:
        reading.known(DAY)
    assert any("purchases.id >" in each for each in everybody.statements)
    with queries as one:
        assert told(reading.known(DAY, [bought[0].id]), bought[0].id, "purchase_days") == [1]
    assert not any("purchases.id >" in each or "customers.id >" in each for each in one.statements)
