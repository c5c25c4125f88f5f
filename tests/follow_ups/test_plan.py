"""Planning a touch, moving it, dropping it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.follow_ups.test_log import follow_ups
from tests.touches import a_contact, a_customer, a_plan

DAY = timedelta(days=1)


def planned(**more: Any) -> dict[str, Any]:
    form = {
        "form_id": str(uuid4()),
        "objective": "Agree on the terrace",
        "method": "bring samples",
        "purpose": "meeting",
    }
    return {**form, "channel": "visit", "due_on": (clock.today() + 5 * DAY).isoformat(), **more}


def test_a_meeting_is_a_follow_up_with_an_objective(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    ana = a_contact(customer)
    db.session.commit()
    path = f"/customers/{customer.id}/follow-ups/plan"
    assert "Objective" in support.get(path).get_data(as_text=True)
    form = planned(contact_id=ana.id, assignee_id=cast.sales.id)
    assert support.post(path, data=form).status_code == 303
    assert support.post(path, data=form).status_code == 303  # sent twice
    (plan,) = follow_ups()
    assert (plan.objective, plan.method, plan.purpose, plan.channel) == (
        "Agree on the terrace", "bring samples", "meeting", "visit",
    )  # fmt: skip
    assert (plan.contact_id, plan.assignee_id, plan.due_on) == (ana.id, cast.sales.id, clock.today() + 5 * DAY)
    db.session.refresh(customer)
    assert customer.next_touch_on == plan.due_on
    text = support.get(f"/follow-ups/{plan.id}").get_data(as_text=True)
    assert "Agree on the terrace" in text
    assert (
        db.session.scalars(select(Event).where(Event.kind == "follow_up.planned")).one().data["contact"] == "Ana Robles"
    )


def test_the_form_of_another_customer_plans_nothing_here(support: Browser, cast: Cast) -> None:
    customer, other = a_customer(cast), a_customer(cast, "Notaría 32")
    db.session.commit()
    form = planned()
    assert support.post(f"/customers/{customer.id}/follow-ups/plan", data=form).status_code == 303
    assert support.post(f"/customers/{other.id}/follow-ups/plan", data=form).status_code == 409
    assert [plan.customer_id for plan in follow_ups()] == [customer.id]


def test_nothing_is_planned_with_a_customer_in_the_archive(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    customer.archive(by=cast.owner)
    db.session.commit()
    answer = support.post(f"/customers/{customer.id}/follow-ups/plan", data=planned())
    assert answer.status_code == 422
    assert "archived" in answer.get_data(as_text=True)
    assert follow_ups() == []


def test_wrong_days_and_foreign_people_are_refused(support: Browser, cast: Cast) -> None:
    customer, other = a_customer(cast), a_customer(cast, "Notaría 32")
    stranger = a_contact(other)
    db.session.commit()
    path = f"/customers/{customer.id}/follow-ups/plan"
    for day in ("", "x", "1999-01-01", "9999-01-01"):
        answer = support.post(path, data=planned(due_on=day))
        assert answer.status_code == 422
        assert "Agree on the terrace" in answer.get_data(as_text=True)
    assert support.post(path, data=planned(contact_id=stranger.id)).status_code == 404
    support.post(path, data=planned(assignee_id="999"))
    (plan,) = follow_ups()
    assert plan.assignee_id == cast.support.id


def test_is_moved_in_place(support: Browser, cast: Cast) -> None:
    plan = a_plan(a_customer(cast), clock.today())
    db.session.commit()
    assert "Move to" in support.get(f"/follow-ups/{plan.id}/move", fragment=True).get_data(as_text=True)
    assert support.get(f"/follow-ups/{plan.id}/move").location == f"/follow-ups/{plan.id}"
    to = clock.today() + 2 * DAY
    form = {"due_on": to.isoformat(), "version": 1, "place": "today"}
    answer = support.post(f"/follow-ups/{plan.id}/move", data=form, fragment=True)
    assert "Follow-up in 2 days" in answer.get_data(as_text=True)
    db.session.refresh(plan)
    assert (plan.due_on, plan.version) == (to, 2)
    assert plan.customer_id
    event = db.session.scalars(select(Event).where(Event.kind == "follow_up.moved")).one()
    assert (event.data["was_due_on"], event.data["due_on"]) == (clock.today().isoformat(), to.isoformat())


def test_who_saw_an_older_day_is_told(support: Browser, owner: Browser, cast: Cast) -> None:
    plan = a_plan(a_customer(cast), clock.today())
    db.session.commit()
    days = [(clock.today() + n * DAY).isoformat() for n in (2, 3)]
    assert support.post(f"/follow-ups/{plan.id}/move", data={"due_on": days[0], "version": 1}).status_code == 303
    late = owner.post(f"/follow-ups/{plan.id}/move", data={"due_on": days[1], "version": 1})
    assert late.status_code == 409
    assert days[0] in late.get_data(as_text=True)
    assert days[1] in late.get_data(as_text=True)
    assert owner.post(f"/follow-ups/{plan.id}/move", data={"due_on": "1999-01-01", "version": 2}).status_code == 422


def test_is_dropped_and_the_clock_goes_back(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    plan = a_plan(customer, clock.today())
    db.session.commit()
    answer = support.post(f"/follow-ups/{plan.id}/drop", data={"place": "today"}, fragment=True)
    assert "Dropped." in answer.get_data(as_text=True)
    assert 'hx-target="#today-head"' in answer.get_data(as_text=True)
    db.session.refresh(customer)
    assert customer.next_touch_on is None
    assert support.post(f"/follow-ups/{plan.id}/drop").status_code == 422
    assert support.post(f"/follow-ups/{plan.id}/move", data={"due_on": clock.today().isoformat()}).status_code in (
        422,
        409,
        303,
    )
    assert support.post("/follow-ups/99/drop").status_code == 404
