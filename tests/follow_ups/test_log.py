"""Logging a touch: one transaction, one record, the clocks right, everything in place and without script."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.invitations import opting
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.touches import a_contact, a_customer, a_plan, a_promise
from tests.validity import CSRF_TOKEN

DAY = timedelta(days=1)


def said(**more: Any) -> dict[str, Any]:
    form = {
        "form_id": str(uuid4()),
        "channel": "whatsapp",
        "outcome": "reached",
        "purpose": "issue",
        "next_step": "none",
    }
    return {**form, "note": "Prefers replacement over refund", **more}


def follow_ups() -> list[FollowUp]:
    return list(db.session.scalars(select(FollowUp).order_by(FollowUp.id)))


def test_logs_with_two_interactions(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    page = support.get(f"/customers/{customer.id}/follow-ups/new").get_data(as_text=True)
    for label in ("Channel", "Outcome", "Purpose", "Note", "Next step", "Save"):
        assert label in page
    answer = support.post(
        f"/customers/{customer.id}/follow-ups", data=said(next_step="tomorrow", place="row"), fragment=True
    )
    assert answer.status_code == 200
    assert b"Logged" in answer.data
    assert b"Undo" in answer.data
    done, next_step = follow_ups()
    today = clock.today()
    assert (done.channel, done.purpose, done.outcome, done.done_on, done.done_by_id) == (
        "whatsapp", "issue", "reached", today, cast.support.id,
    )  # fmt: skip
    assert (next_step.due_on, next_step.origin, next_step.origin_id, next_step.assignee_id) == (
        today + DAY, "next", done.id, cast.support.id,
    )  # fmt: skip
    db.session.refresh(customer)
    assert (customer.last_touch_on, customer.next_touch_on) == (today, today + DAY)
    event = db.session.scalars(select(Event).where(Event.kind == "follow_up.logged")).one()
    assert event.data["note"] == "Prefers replacement over refund"
    assert (event.data["channel"], event.data["next_on"]) == ("whatsapp", (today + DAY).isoformat())


def test_nobody_answered_does_not_reset_the_clock(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    support.post(f"/customers/{customer.id}/follow-ups", data=said(outcome="no_answer"))
    db.session.refresh(customer)
    assert customer.last_touch_on is None
    support.post(f"/customers/{customer.id}/follow-ups", data=said(outcome="left_message"))
    db.session.refresh(customer)
    assert customer.last_touch_on == clock.today()
    assert customer.next_touch_on == clock.today() + 90 * DAY


def test_does_what_was_planned(support: Browser, cast: Cast) -> None:
    plan = a_plan(a_customer(cast), clock.today() - DAY)
    db.session.commit()
    opened = support.get(f"/follow-ups/{plan.id}/log?place=today", fragment=True).get_data(as_text=True)
    assert f'id="quick-log-f{plan.id}"' in opened
    answer = support.post(
        f"/customers/{plan.customer_id}/follow-ups", data=said(follow_up=plan.id, place="today"), fragment=True
    )
    assert f'<li class="line is-done" id="follow-up-{plan.id}"' in answer.get_data(as_text=True)
    (done,) = follow_ups()
    assert done.id == plan.id
    assert done.done_on == clock.today()
    assert done.objective == "ask about the terrace tables"


def test_a_touch_is_not_lost_when_somebody_else_did_the_plan_first(
    support: Browser, owner: Browser, cast: Cast
) -> None:
    plan = a_plan(a_customer(cast), clock.today())
    db.session.commit()
    for browser in (support, owner):
        browser.post(f"/customers/{plan.customer_id}/follow-ups", data=said(follow_up=plan.id))
    assert [(each.done_by_id, each.done_on) for each in follow_ups()] == [
        (cast.support.id, clock.today()), (cast.owner.id, clock.today()),
    ]  # fmt: skip


def test_sent_twice_is_logged_once(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    form = said(next_step="1_week", place="row")
    sent = (support.post(f"/customers/{customer.id}/follow-ups", data=form, fragment=True) for _ in range(2))
    first, second = (CSRF_TOKEN.sub("", answer.get_data(as_text=True)) for answer in sent)  # which holds the second
    assert first == second
    assert len(follow_ups()) == 2
    assert len(db.session.scalars(select(Event).where(Event.kind == "follow_up.logged")).all()) == 1


def test_under_a_promise_the_promise_stays(support: Browser, cast: Cast) -> None:
    promise = a_promise(a_customer(cast), clock.today() - DAY)
    db.session.commit()
    path = f"/customers/{promise.customer_id}/follow-ups"
    opened = support.get(f"{path}/new?commitment={promise.id}&place=today", fragment=True).get_data(as_text=True)
    assert 'value="issue" checked' in opened
    answer = support.post(path, data=said(commitment=promise.id, place="today"), fragment=True).get_data(as_text=True)
    assert f'id="commitment-{promise.id}"' in answer
    assert "Promise 1 day late" in answer
    assert "Logged" in answer


def test_without_script_it_goes_back_to_where_it_came_from(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    path = f"/customers/{customer.id}/follow-ups"
    page = support.get(f"{path}/new", headers={"Referer": "http://localhost/?whose=team"}).get_data(as_text=True)
    assert 'name="next" value="/?whose=team"' in page
    answer = support.post(path, data=said(next="/?whose=team"))
    assert (answer.status_code, answer.location) == (303, "/?whose=team")
    home = support.get("/?whose=team").get_data(as_text=True)
    assert "Follow-up logged with Hotel Sierra Azul." in home
    assert "Undo" in home
    assert support.post(path, data=said(next="//evil.example")).location == "/"


def test_without_script_what_was_refused_first_goes_back_to_the_customer(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    path, form = f"/customers/{customer.id}/follow-ups", said(place="customer")
    refused = support.post(
        path, data={**form, "next_step": "date"}, headers={"Referer": "http://localhost/customers/1"}
    )
    assert refused.status_code == 422
    for page in (path, "/nothing/here", "/%ff"):
        answer = support.post(path, data=form, headers={"Referer": f"http://localhost{page}"})
        assert (answer.status_code, answer.location) == (303, f"/customers/{customer.id}"), page
    assert support.get(answer.location).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel": "pigeon"},
        {"outcome": "won"},
        {"purpose": "<b>"},
        {"next_step": "never"},
        {"next_step": "date"},
        {"next_step": "date", "next_on": "2026-02-30"},
        {"next_step": "date", "next_on": "1999-01-01"},
        {"next_step": "date", "next_on": "9999-12-31"},
        {"note": "x" * 4001},
        {"note": "bell \x07"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_kept(wrong: dict[str, str], support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    for fragment in (True, False):
        form = said(**{"note": "a careful note", "place": "row" if fragment else "page", **wrong})
        answer = support.post(f"/customers/{customer.id}/follow-ups", data=form, fragment=fragment)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert 'role="alert"' in text
        assert form["note"][:4] in text
        assert form["form_id"] in text
        marked = {name for name in ("note", "next_on") if re.search(f'name="{name}"[^>]* aria-invalid', text)}
        assert marked == {"next_on" if wrong.get("next_step") == "date" else "note"}
    assert follow_ups() == []


def test_what_is_not_there_or_another_customers_is_not_found(support: Browser, cast: Cast) -> None:
    one, other = a_customer(cast), a_customer(cast, "Notaría 32")
    plan, promise, contact = a_plan(other, clock.today()), a_promise(other, clock.today()), a_contact(other)
    db.session.commit()
    path = f"/customers/{one.id}/follow-ups"
    for wrong in ({"follow_up": plan.id}, {"commitment": promise.id}, {"contact_id": contact.id}, {"follow_up": "99"}):
        assert support.post(path, data=said(**wrong)).status_code == 404
    assert support.post("/customers/99/follow-ups", data=said()).status_code == 404
    assert support.get(f"{path}/new?follow_up={plan.id}").status_code == 404
    assert support.get(f"{path}/new?commitment={promise.id}").status_code == 404
    assert [each.done_on for each in follow_ups()] == [None]


def test_extra_fields_are_ignored(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    support.post(f"/customers/{customer.id}/follow-ups", data=said(assignee_id=cast.owner.id, done_on="2020-01-01"))
    (done,) = follow_ups()
    assert (done.assignee_id, done.done_on) == (cast.support.id, clock.today())


def test_remembers_the_channel_and_the_person(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    ana = a_contact(customer)
    db.session.commit()
    support.post(f"/customers/{customer.id}/follow-ups", data=said(channel="visit", contact_id=ana.id))
    text = support.get(f"/customers/{customer.id}/follow-ups/new").get_data(as_text=True)
    assert 'value="visit" checked' in text
    event = db.session.scalars(select(Event).where(Event.kind == "follow_up.logged")).one()
    assert event.data["contact"] == "Ana Robles"


def test_a_stranger_logs_nothing(stranger: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    assert stranger.post(f"/customers/{customer.id}/follow-ups", data=said()).location.startswith("/sign-in")
    assert follow_ups() == []


def test_costs_few_queries(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    plan = a_plan(a_customer(cast), clock.today())
    db.session.commit()
    path = f"/customers/{plan.customer_id}/follow-ups"
    with queries as seen:
        support.post(path, data=said(follow_up=plan.id, next_step="1_month", place="today"), fragment=True)
    assert len(seen) <= 10  # four of them write, one counts what is left of Today
    with queries as seen:
        support.get(f"{path}/new?place=today", fragment=True)
    assert len(seen) <= 4


def test_any_month_has_a_next_step() -> None:
    from portal.due import a_month_after

    assert a_month_after(date(2028, 1, 31)) == date(2028, 2, 29)
    assert a_month_after(date(2026, 12, 5)) == date(2027, 1, 5)


def test_whose_is_asked_first_on_a_phone(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    a_customer(cast, "Notaría 32")
    db.session.commit()
    found = support.get("/follow-ups/new?q=hotel").get_data(as_text=True)
    assert f"/customers/{customer.id}/follow-ups/new" in found
    assert "Notaría" not in found
    support.post(f"/customers/{customer.id}/follow-ups", data=said())
    assert "Hotel Sierra Azul" in support.get("/follow-ups/new").get_data(as_text=True)


def test_on_the_customers_page_the_log_is_open_and_the_story_answers_with_it(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    a_promise(customer, clock.today(), "Call about the chairs")
    db.session.commit()
    page = support.get(f"/customers/{customer.id}").get_data(as_text=True)
    assert f'id="quick-log-{customer.id}"' in page
    assert "Call about the chairs" in page
    assert "New commitment" in page
    form = said(place="customer", next_step="tomorrow")
    answer = support.post(f"/customers/{customer.id}/follow-ups", data=form, fragment=True).get_data(as_text=True)
    assert f'id="touches-{customer.id}"' in answer
    assert "WhatsApp, reached" in answer
    assert form["form_id"] not in answer
    assert f'hx-target="#figures-{customer.id}"' in answer
    assert "next touch: <time" in answer
    assert "<dd>1 : 0</dd>" in answer
    undone = support.post(f"/follow-ups/{follow_ups()[0].id}/undo", data={"place": "customer"}, fragment=True)
    assert "<dd>0 : 0</dd>" in undone.get_data(as_text=True)
    assert "Follow-up taken back" in undone.get_data(as_text=True)
    assert "Prefers replacement over refund</textarea>" in undone.get_data(as_text=True)


def test_says_who_wants_no_offers_and_goes_on_if_told_to(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    ana, other = a_contact(customer), a_contact(customer)
    ana.name, ana.email, other.name, other.email = "Ana Robles", "ana@azul.example", "Beto Salas", "beto@azul.example"
    opting.say(opting.who(customer, ana), "all", by=cast.support)
    db.session.commit()
    path, ids = f"/customers/{customer.id}/follow-ups", {"ana": ana.id, "other": other.id}
    for heard in ({}, {"contact_id": ids["ana"]}):  # where nobody wrote down to whom, all of them heard it
        for fragment in (True, False):
            answer = support.post(path, data=said(purpose="offer", place="row", **heard), fragment=fragment)
            assert answer.status_code == 422
            assert "Does not want to hear offers: Ana Robles." in answer.text
            assert 'name="anyway"' in answer.text
            assert "Prefers replacement over refund" in answer.text
    assert not follow_ups()
    assert support.post(path, data=said(purpose="offer", contact_id=ids["other"])).status_code == 303
    assert support.post(path, data=said(purpose="care", contact_id=ids["ana"])).status_code == 303
    assert support.post(path, data=said(purpose="offer", contact_id=ids["ana"], anyway="y")).status_code == 303
    assert len(follow_ups()) == 3
