"""The board: all customers by phase, what holds them, and one goal; counted by the clock."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.dialects import sqlite

from portal import clock
from portal.commitments.promising import Promise, promise
from portal.customers.models import Customer
from portal.extensions import db
from portal.relay import counting, goal, handing
from portal.relay import queries as queries_of_relay
from portal.relay.models import Board
from portal.settings.models import Firm
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import HOSTILE, add
from tests.recorder import QueryRecorder


def ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


def stand(customer: Customer, status: str, first: int, second: int | None = None, **more: Any) -> Customer:
    """Give a customer the figures of a buyer or a client, some days ago."""
    customer.status, customer.purchase_days = status, 2 if second is not None else 1
    customer.first_purchase_on, customer.last_touch_on = ago(first), clock.today()
    customer.second_purchase_on = ago(second) if second is not None else None
    customer.revenue_minor, customer.currency = 100_00, "MXN"
    for name, value in more.items():
        setattr(customer, name, value)
    db.session.commit()
    return customer


@pytest.fixture
def firm_of_many(cast: Cast) -> dict[str, Customer]:
    """One customer held up by each reason, and one by nothing."""
    found = {
        "nobody": add(cast, "Nobody holds"),
        "moving": add(cast, "Moving", assignee=cast.sales),
        "late": stand(add(cast, "Late", assignee=cast.support), "buyer", 40),
        "unhanded": stand(add(cast, "Unhanded", assignee=cast.sales), "buyer", 20),
        "offered": stand(add(cast, "Offered", assignee=cast.sales), "buyer", 10),
        "dropped": stand(add(cast, "Lying", assignee=cast.sales), "client", 90, 30),
        "untouched": stand(add(cast, "Quiet", assignee=cast.support), "client", 500, 400, last_touch_on=ago(70)),
    }
    found["moving"].last_touch_on = clock.today()
    with clock.as_of(clock.now() - timedelta(days=3)):
        promise(found["late"], Promise("Send it", clock.today()), cast.sales)
        handing.offer(found["offered"], handing.Offer("service"), cast.sales, 9)
        handing.offer(found["dropped"], handing.Offer("service"), cast.sales, 1).drop()
    db.session.commit()
    return found


def test_says_what_holds_each(support: Browser, firm_of_many: dict[str, Customer], queries: QueryRecorder) -> None:
    counting.count()
    with queries as seen:
        page = support.get("/relay").get_data(as_text=True)
    assert len(seen) <= 3
    for name, words in {
        "Nobody holds": "Nobody holds them", "Moving": "Last touch: <time", "Late": "Our promise is 3 days late",
        "Unhanded": "No hand-off to service yet", "Offered": "Hand-off waiting 3 days",
        "Lying": "Hand-off dropped 3 days ago", "Quiet": "No touch for 70 days",
    }.items():  # fmt: skip
        card = page.split(f">{name}</a>\n")[1].split("</li>")[0]
        assert words in card, name


@pytest.mark.once
def test_looks_up_what_holds_a_customer_by_that_customer(app: Flask) -> None:
    """Also where SQLite knows nothing of its tables yet, and each index looks as good as any other."""
    statement = queries_of_relay._cards_of_all().compile(dialect=sqlite.dialect())
    values = {**statement.params, "today": clock.today().isoformat()}
    plan = db.session.connection().exec_driver_sql(
        f"EXPLAIN QUERY PLAN {statement}", tuple(values[name] for name in statement.positiontup)
    )
    told = "\n".join(row[-1] for row in plan)
    assert told.count("(customer_id=?") == 3 * 4
    assert "ix_commitments_open_due" not in told


def test_counts_each_phase(firm_of_many: dict[str, Customer]) -> None:
    board = counting.count()
    assert board is not None
    found = {phase: (each["customers"], each["value_minor"]) for phase, each in board.phases.items()}
    assert found == {
        "acquisition": (1, 0), "activation": (1, 0), "loyalty": (3, 300_00), "retention": (2, 200_00),
    }  # fmt: skip
    assert board.phases["loyalty"]["held"] == {
        "dropped": 0, "offered": 1, "nobody": 0, "late": 1, "unhanded": 1, "untouched": 0,
    }  # fmt: skip
    assert board.phases["retention"]["held"]["dropped"] == board.phases["retention"]["held"]["untouched"] == 1
    assert board.phases["acquisition"]["held"]["nobody"] == 1
    assert [board.phases[phase]["median_days"] for phase in ("loyalty", "retention")] == [20, 400]


def test_every_number_leads_to_whom_it_counts(
    support: Browser, firm_of_many: dict[str, Customer], queries: QueryRecorder
) -> None:
    board = counting.count()
    assert board is not None
    for phase, each in board.phases.items():
        for held, number in each["held"].items():
            with queries as seen:
                page = support.get(f"/relay?phase={phase}&held={held}").get_data(as_text=True)
            assert len(seen) <= 3
            assert page.count('<li class="card-of-phase') == number
            assert (f"held={held}&#34;" in page or f'held={held}" aria-current="true"' in page) == bool(number)
    assert ">Unhanded</a>" in support.get("/relay?phase=loyalty&held=unhanded").get_data(as_text=True)
    assert "Nobody any more." in support.get("/relay?phase=loyalty&held=nobody").get_data(as_text=True)
    assert support.get("/relay?phase=loyalty&held=odd").get_data(as_text=True).count('<li class="card-of-phase') == 3


def test_is_counted_anew_when_something_has_happened(cast: Cast, support: Browser) -> None:
    assert "Counted at" not in support.get("/relay").get_data(as_text=True)
    assert counting.keep()
    assert not counting.keep()
    add(cast)
    assert counting.keep()
    with clock.as_of(clock.now() + timedelta(days=1)):
        assert counting.keep()


def test_without_a_firm_there_is_nothing_to_count(app: Flask) -> None:
    assert counting.count() is None
    answer = app.test_cli_runner().invoke(args=["relay", "refresh"])
    assert "There is no firm yet" in answer.output


def test_the_command_counts(app: Flask, firm_of_many: dict[str, Customer]) -> None:
    found = json.loads(app.test_cli_runner().invoke(args=["relay", "refresh", "--json"]).output)
    assert found | {"seconds": 0} == {
        "acquisition": 1, "activation": 1, "loyalty": 3, "retention": 2, "goal": found["goal"], "seconds": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("period", "today", "first", "last"),
    [
        ("month", date(2028, 2, 3), date(2028, 2, 1), date(2028, 2, 29)),
        ("quarter", date(2026, 11, 22), date(2026, 10, 1), date(2026, 12, 31)),
        ("quarter", date(2026, 3, 31), date(2026, 1, 1), date(2026, 3, 31)),
        ("year", date(2026, 11, 22), date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_the_period_of_a_goal(period: str, today: date, first: date, last: date) -> None:
    assert goal.stretch(period, today) == (first, last)


def test_one_goal_on_top_for_every_role(owner: Browser, support: Browser, firm: Firm, cast: Cast) -> None:
    assert "Say it in the settings" in owner.get("/relay").get_data(as_text=True)
    assert "Say it in the settings" not in support.get("/relay").get_data(as_text=True)
    firm.goal, firm.goal_clients, firm.goal_period = f"More clients {HOSTILE}", 4, "year"
    stand(add(cast, assignee=cast.sales), "client", 1, 0)
    counting.count()
    for browser in (owner, support):
        page = browser.get("/relay").get_data(as_text=True)
        assert "More clients &lt;script&gt;" in page
        assert '<progress value="1" max="4"' in page
    firm.goal_period = "month"
    db.session.commit()
    assert '<progress value="0" max="4"' in owner.get("/relay").get_data(as_text=True)  # not counted yet


def test_one_phase_is_paged(support: Browser, stranger: Browser, cast: Cast, queries: QueryRecorder) -> None:
    for n in range(60):
        customer = add(cast, f"Hotel {n:02}", assignee=cast.sales)
        customer.leg_since = ago(n)
    db.session.commit()
    counting.count()
    with queries as seen:
        page = support.get("/relay?phase=activation").get_data(as_text=True)
    assert len(seen) <= 3
    assert page.count('<li class="card-of-phase') == 50
    assert page.index("Hotel 59") < page.index("Hotel 58")
    onward = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert support.get(onward).get_data(as_text=True).count('<li class="card-of-phase') == 10
    assert "Nobody here now" in support.get("/relay?phase=retention").get_data(as_text=True)
    assert '<div class="phases">' in support.get("/relay?phase=odd").get_data(as_text=True)
    assert "/sign-in" in stranger.get("/relay").location
    assert db.session.get_one(Board, 1).phases["activation"]["customers"] == 60
