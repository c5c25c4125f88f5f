"""A customer's page: who they are and how they are, in one look."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from portal import clock
from portal.commitments.models import Commitment
from portal.extensions import db
from portal.follow_ups.clocks import set_clocks
from portal.follow_ups.models import FollowUp
from portal.timeline.models import record
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import add
from tests.lists.entries import a_standing, an_entry, close_books
from tests.recorder import QueryRecorder
from tests.responses.asking import ask
from tests.responses.test_answering import answer
from tests.touches import a_customer, a_plan


def test_says_who_and_how_they_are(support: Browser, cast: Cast) -> None:
    customer = add(cast, city="Monterrey", phone="+528183401122", email="a@b.example", tags=["hotel"],
                   assignee=cast.support, notes="Prefers mornings",
                   contacts=[{"name": "Ana", "title": "kitchen"}])  # fmt: skip
    today, now = clock.today(), clock.now()
    about = {"customer_id": customer.id, "created_at": now, "due_on": today, "original_due_on": today, "side": "ours"}
    db.session.add_all([Commitment(text="x", state=state, **about) for state in ("kept", "kept", "broken", "open")])
    touch = {"customer_id": customer.id, "created_at": now, "channel": "call", "done_on": today, "outcome": "reached"}
    db.session.add_all([FollowUp(purpose=purpose, **touch) for purpose in ("care", "offer", "offer")])
    customer.status, customer.purchase_days, customer.revenue_minor, customer.currency = "client", 6, 21240000, "MXN"
    customer.first_purchase_on, customer.last_purchase_on = today - timedelta(days=400), today - timedelta(days=74)
    customer.median_interval_days, customer.last_touch_on = 92.0, today - timedelta(days=1)
    db.session.commit()
    page = support.get(f"/customers/{customer.id}").get_data(as_text=True)
    for shown in (
        "<h1>Hotel Sierra Azul</h1>", "Monterrey", "+52 81 8340 1122", "assigned to Lucía Support", ">client<",
        ">hotel<", "6 days", "MXN 212,400", "92 days", "2 of 3", "1 : 2", "yesterday", "Prefers mornings", "Ana",
        "kitchen", "tel:+528183401122", "https://wa.me/528183401122", "mailto:a@b.example",
    ):  # fmt: skip
        assert shown in page, shown


def test_what_is_planned_is_logged_there(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    customer = a_customer(cast)
    plan = a_plan(customer, clock.today() - timedelta(days=30), "Ask about <chairs>")
    a_plan(customer, clock.today() + timedelta(days=5), "Later")
    undone = a_plan(customer, clock.today(), "Taken back")
    undone.take_back()
    set_clocks(customer)
    db.session.commit()
    path = f"/customers/{customer.id}"
    with queries as seen:
        page = support.get(path).get_data(as_text=True)
    assert len(seen) <= 6
    assert "Follow-up 30 days late</a> — Ask about &lt;chairs&gt;" in page
    assert page.index("30 days late</a>") < page.index("Follow-up in 5 days</a> — Later")
    assert "Taken back" not in page[page.index('<ul class="planned"') : page.index('name="note"')]
    opened = support.get(f"{path}/follow-ups/new?follow_up={plan.id}&place=customer", fragment=True)
    assert f'name="follow_up" value="{plan.id}"' in opened.get_data(as_text=True)
    form: dict[str, Any] = {
        "form_id": str(uuid4()),
        "channel": "call",
        "outcome": "reached",
        "purpose": "care",
        "next_step": "none",
    }
    form |= {"place": "customer", "follow_up": plan.id}
    with queries as seen:
        answer = support.post(f"{path}/follow-ups", data=form, fragment=True).get_data(as_text=True)
    assert len(seen) <= 9
    assert "30 days late" not in answer
    assert "Follow-up in 5 days</a> — Later" in answer
    db.session.refresh(plan)
    assert plan.is_done


def test_warns_when_they_have_heard_only_offers(support: Browser, cast: Cast) -> None:
    customer = add(cast)
    about = {"customer_id": customer.id, "created_at": clock.now(), "channel": "call", "done_on": clock.today()}
    db.session.add_all([FollowUp(purpose="offer", outcome="reached", **about) for _ in range(2)])
    db.session.commit()
    assert "has heard only offers" in support.get(f"/customers/{customer.id}").get_data(as_text=True)


def test_a_prospect_has_a_page_too(support: Browser, cast: Cast) -> None:
    page = support.get(f"/customers/{add(cast).id}").get_data(as_text=True)
    assert "known from the second purchase day on" in page
    assert "Nobody yet" in page


@pytest.mark.parametrize("path", ["/customers/99", "/customers/0", f"/customers/{2**63}", "/customers/٣"])
def test_nobody_is_not_found(path: str, support: Browser) -> None:
    assert support.get(path).status_code == 404
    assert support.get(path, fragment=True).status_code == 404


def test_strangers_sign_in(stranger: Browser, cast: Cast) -> None:
    assert stranger.get(f"/customers/{add(cast).id}").location.startswith("/sign-in")


@pytest.mark.parametrize("many", [1, 40])
def test_costs_as_many_queries_whatever_happened(
    many: int, support: Browser, cast: Cast, queries: QueryRecorder
) -> None:
    customer = add(cast, tags=["a", "b"], contacts=[{"name": f"Person {n}"} for n in range(many)])
    for number in range(many):
        record("follow_up.logged", by=cast.sales, customer_id=customer.id, note=f"note {number}", channel="call")
    db.session.commit()
    with queries:
        support.get(f"/customers/{customer.id}")
    assert len(queries) <= 6


def test_says_what_they_answered_last(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    question = ask(cast)
    assert "has not answered a survey yet" in support.get("/customers/1").get_data(as_text=True)
    answer(question, 3, "Two legs wobble")
    answer(question, 9, "It contradicts, and is set aside")
    with queries as seen:
        page = support.get("/customers/1").get_data(as_text=True)
    assert len(seen) == 2
    for said in (
        "3 of 10", "How are we doing? 1, ", "Unhappy, 3 of 10", "“Two legs wobble”", "/surveys/responses?customer=1",
    ):  # fmt: skip
        assert said in page, said
    assert "Happy, 9 of 10" not in page


@pytest.mark.parametrize(
    ("standing", "said", "context"),
    [
        ({}, "around", "every 30 days or so, 27 since the last"),
        ({"risk": "overdue", "median_gap_days": 12.0}, "Long overdue", "27 days without one, usually 12"),
        ({"risk": "overdue", "median_gap_days": 18.0}, "around", "every 18 days or so, 27 since the last"),
        ({"risk": "slipping", "p_alive": 0.24}, "Slipping away", "1 in 4 such customers are still there"),
        (
            {"risk": "slipping", "p_alive": None, "median_gap_days": 9.0},
            "Slipping away",
            "27 days without one, longer than ever; usually 9",
        ),
        ({"risk": "waiting", "chance": 0.2, "p_alive": None}, "1 in 5", "bought once, 27 days ago; so many come back"),
    ],
)
def test_says_when_they_will_buy_again(
    standing: dict[str, Any], said: str, context: str, support: Browser, cast: Cast
) -> None:
    close_books()
    customer = add(cast)
    customer.purchase_days, customer.currency = 6, "MXN"
    customer.first_purchase_on = customer.last_purchase_on = a_standing(customer, **standing).last_on
    an_entry(customer, "silent")
    an_entry(customer, "due", untouched=True)
    db.session.commit()
    page = support.get(f"/customers/{customer.id}").get_data(as_text=True)
    figure = page.split("<dt>Next purchase</dt>")[1].split("</div>")[0]
    assert said in figure
    assert context in figure
    assert '<a href="/retention/silent">Silent</a>' in page
    assert "Due to buy again" not in page
    assert "as of" not in page


@pytest.mark.parametrize(
    ("standing", "context"),
    [
        ({}, "every 30 days or so; has just bought"),
        ({"risk": "waiting", "chance": 0.2, "p_alive": None}, "has just bought for the first time; so many come back"),
    ],
)
def test_counts_no_days_from_a_purchase_of_the_day(
    standing: dict[str, Any], context: str, support: Browser, cast: Cast
) -> None:
    close_books()
    customer = add(cast)
    customer.purchase_days, customer.currency = 6, "MXN"
    customer.first_purchase_on = customer.last_purchase_on = clock.today()
    a_standing(customer, last_on=clock.today(), **standing)
    db.session.commit()
    assert context in support.get(f"/customers/{customer.id}").get_data(as_text=True)


def test_says_of_which_day_the_books_speak_and_nothing_when_they_are_outrun(support: Browser, cast: Cast) -> None:
    close_books(clock.today() - timedelta(days=20))
    customer = add(cast)
    customer.purchase_days, customer.currency, customer.median_interval_days = 6, "MXN", 30.0
    customer.first_purchase_on = customer.last_purchase_on = a_standing(customer).last_on
    an_entry(customer, "silent")
    db.session.commit()
    page = support.get(f"/customers/{customer.id}").get_data(as_text=True)
    assert "every 30 days or so, 7 since the last (as of" in page
    assert page.count("as of <time") == 2
    customer.last_purchase_on = clock.today()
    db.session.commit()
    page = support.get(f"/customers/{customer.id}").get_data(as_text=True)
    assert "Next purchase" not in page
    assert "Usual interval" in page
