"""Undo takes back a log with all that it did, for a while, for whoever did it."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.timeline.models import Event
from portal.users.models import User
from tests.browser import Browser
from tests.cast import Cast
from tests.follow_ups.test_log import follow_ups, said
from tests.touches import a_customer, a_plan, a_promise

DAY = timedelta(days=1)


def test_takes_back_the_log_its_next_step_and_the_clocks(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    form = said(next_step="1_week", place="row")
    logged = support.post(f"/customers/{customer.id}/follow-ups", data=form, fragment=True).get_data(as_text=True)
    assert f'hx-target="#touched-{customer.id}" hx-swap="innerHTML"><time' in logged  # the list's row says it too
    done, next_step = follow_ups()
    answer = support.post(f"/follow-ups/{done.id}/undo", data={"place": "row"}, fragment=True)
    text = answer.get_data(as_text=True)
    assert 'class="quicklog"' in text  # what was typed stands there again
    assert "Prefers replacement over refund" in text
    assert f'hx-target="#touched-{customer.id}" hx-swap="innerHTML"></hx-partial>' in text
    for each in (done, next_step, customer):
        db.session.refresh(each)
    assert done.undone_at is not None
    assert next_step.undone_at is not None
    assert (customer.last_touch_on, customer.next_touch_on) == (None, None)
    assert db.session.scalars(select(Event).where(Event.kind == "follow_up.undone")).one().data["channel"] == "whatsapp"


def test_restores_the_plan(support: Browser, cast: Cast) -> None:
    plan = a_plan(a_customer(cast), clock.today())
    plan.note = "why it was planned"
    db.session.commit()
    path = f"/customers/{plan.customer_id}/follow-ups"
    support.post(path, data=said(follow_up=plan.id, place="today"), fragment=True)
    answer = support.post(f"/follow-ups/{plan.id}/undo", data={"place": "today"}, fragment=True)
    assert "Follow-up today</a> — ask about the terrace tables" in answer.get_data(as_text=True)
    assert "1 waits for you" in answer.get_data(as_text=True)
    db.session.refresh(plan)
    assert (plan.is_planned, plan.channel, plan.purpose, plan.note) == (True, "call", "care", "why it was planned")
    support.post(path, data=said(follow_up=plan.id))
    assert [each.id for each in follow_ups() if each.is_done] == [plan.id]


def test_goes_back_to_the_promise_that_it_was_logged_for(support: Browser, cast: Cast) -> None:
    promise, foreign = a_promise(a_customer(cast), clock.today()), a_promise(a_customer(cast, "Other"), clock.today())
    db.session.commit()
    path, form = f"/customers/{promise.customer_id}/follow-ups", said(commitment=promise.id, place="today")
    logged = support.post(path, data=form, fragment=True).text
    assert f'name="commitment" value="{promise.id}"' in logged
    undo = f"/follow-ups/{follow_ups()[0].id}/undo"
    assert support.post(undo, data={"place": "today", "commitment": foreign.id}, fragment=True).status_code == 404
    answer = support.post(undo, data={"place": "today", "commitment": promise.id}, fragment=True).text
    assert f'id="quick-log-c{promise.id}"' in answer
    assert f'name="commitment" value="{promise.id}"' in answer
    assert f'hx-target="#commitment-{promise.id}"' in answer


def test_twice_is_once_and_the_form_may_be_sent_again(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    form = said()
    support.post(f"/customers/{customer.id}/follow-ups", data=form)
    (done,) = follow_ups()
    for _ in range(2):
        assert support.post(f"/follow-ups/{done.id}/undo").status_code == 303
    assert len(db.session.scalars(select(Event).where(Event.kind == "follow_up.undone")).all()) == 1
    support.post(f"/customers/{customer.id}/follow-ups", data=form)
    assert [each.is_done for each in follow_ups()] == [False, True]


def test_only_its_author_or_an_owner_and_only_for_a_while(
    support: Browser, owner: Browser, cast: Cast, browser_of: Callable[[User], Browser]
) -> None:
    customer = a_customer(cast)
    db.session.commit()
    sales = browser_of(cast.sales)
    for browser, right in ((sales, 403), (owner, 303)):
        support.post(f"/customers/{customer.id}/follow-ups", data=said())
        done = db.session.scalars(select(FollowUp).order_by(FollowUp.id.desc())).first()
        assert done is not None
        assert browser.post(f"/follow-ups/{done.id}/undo").status_code == right
    support.post(f"/customers/{customer.id}/follow-ups", data=said())
    done = db.session.scalars(select(FollowUp).order_by(FollowUp.id.desc())).first()
    assert done is not None
    with time_machine.travel(clock.now() + timedelta(seconds=90)):
        late = support.post(f"/follow-ups/{done.id}/undo")
        assert late.status_code == 422
        assert "too late" in late.get_data(as_text=True)
        assert support.post(f"/follow-ups/{done.id}/undo", fragment=True).status_code == 422
    db.session.refresh(done)
    assert done.is_done


def test_of_nothing_is_not_found(support: Browser, cast: Cast) -> None:
    assert support.post("/follow-ups/99/undo").status_code == 404
