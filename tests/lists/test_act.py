"""Many at once: chosen, confirmed with their number, done step by step, killed and gone on with, stopped."""

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.invitations.models import OptOut
from portal.jobs import run_waiting
from portal.lists import acting
from portal.lists.acting import Act
from portal.lists.models import ListBatch
from portal.retention.models import ListEntry
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import kinds
from tests.dying import survives
from tests.lists.entries import an_entry, close_books

ACT = "/retention/due/act"


def some(count: int, **entry: Any) -> list[int]:
    """Ids of so many customers on the list."""
    close_books()
    found = [Customer(name=f"C{n}", sort_name=f"c{n:05}", created_at=clock.now()) for n in range(count)]
    db.session.add_all(found)
    db.session.flush()
    for customer in found:
        an_entry(customer, **entry)
    db.session.commit()
    return [customer.id for customer in found]


def form(act: str = "assign", **more: Any) -> dict[str, Any]:
    return {"form_id": str(uuid4()), "act": act, "all": "1", **more}


def batch() -> ListBatch:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(ListBatch)).one()


def rows(model: Any) -> list[Any]:
    return list(db.session.scalars(select(model).order_by(model.id)))


def test_the_chosen_are_assigned(support: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "AT_ONCE", 2)
    ids = some(7)
    same, gone, archived = (db.session.get_one(Customer, id) for id in ids[3:6])
    same.assign(cast.sales, by=cast.owner)
    db.session.commit()
    chosen = "&".join(f"customer={id}" for id in ids[:6])
    page = support.get(f"{ACT}?act=assign&{chosen}").get_data(as_text=True)
    assert "<b>6</b> customers" in page
    assert "Chosen from" in page
    sent = form(to_id=cast.sales.id, customer=ids[:6])
    del sent["all"]
    for _twice in range(2):
        assert support.post(ACT, data=sent).location == "/retention/acts/1"
    archived.archive(by=cast.owner)
    db.session.delete(db.session.scalars(select(ListEntry).where(ListEntry.customer_id == gone.id)).one())
    db.session.commit()
    run_waiting()
    done = batch()
    assert (done.state, done.total, done.done, done.skipped) == ("done", 6, 3, 3)
    assert done.left_out == {"archived": 1, "gone": 1, "same": 1}
    assert [each.assignee_id for each in rows(Customer)] == [cast.sales.id] * 4 + [None] * 3
    assert {each.assignee_id for each in rows(ListEntry) if each.customer_id in ids[:3]} == {cast.sales.id}
    assert kinds(ids[0]) == ["customer.assigned"]
    for fragment in (False, True):
        page = support.get("/retention/acts/1", fragment=fragment).get_data(as_text=True)
        assert "Assigned to Saúl Sales" in page
        assert "1: in the archive by now" in page
        assert "data-polls" not in page


def test_a_follow_up_is_planned_with_everybody_shown(support: Browser, cast: Cast) -> None:
    ids = some(3)
    apart = _apart()
    an_entry(apart, untouched=True)
    db.session.commit()
    day = clock.today() + timedelta(days=2)
    assert "<b>3</b> customers" in support.get(f"{ACT}?act=follow_up&all=1").get_data(as_text=True)
    sent = form("follow_up", to_id=cast.sales.id, due_on=day.isoformat(), purpose="care", note="the new chairs")
    assert support.post(ACT, data=sent).status_code == 303
    page = support.get("/retention/acts/1", fragment=True).get_data(as_text=True)
    assert "data-polls" in page
    assert "0 of 3 customers" in page
    run_waiting()
    planned = rows(FollowUp)
    assert [each.customer_id for each in planned] == ids
    assert {(each.assignee_id, each.due_on, each.note) for each in planned} == {(cast.sales.id, day, "the new chairs")}
    assert {each.next_touch_on for each in rows(Customer) if each.id in ids} == {day}
    assert kinds(ids[2]) == ["follow_up.planned"]
    assert kinds(apart.id) == []
    assert "list.followed_up" in {each.kind for each in rows(Event)}
    assert "the new chairs" in support.get(f"/customers/{ids[0]}").get_data(as_text=True)


def _apart() -> Customer:
    customer = Customer(name="Apart", sort_name="apart", created_at=clock.now())
    db.session.add(customer)
    db.session.flush()
    return customer


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"to_id": "999"}, "Choose one of those"),
        ({"act": "follow_up", "to_id": ""}, "Choose a user."),
        ({"act": "follow_up", "due_on": ""}, "Choose a day."),
        ({"act": "follow_up", "due_on": "2001-01-01"}, "Choose a day from today on"),
        ({"act": "follow_up", "due_on": "soon"}, "Write the day as"),
        ({"act": "sing"}, "Choose one of those"),
        ({"all": "", "customer": "999"}, "Choose customers first."),
        ({"all": "", "customer": "x"}, "Choose customers first."),
    ],
)
def test_what_does_not_fit_is_said(more: dict[str, str], said: str, support: Browser, cast: Cast) -> None:
    some(2)
    usual = {"to_id": cast.sales.id, "due_on": clock.today().isoformat()}
    answer = support.post(ACT, data=form() | usual | more)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert not rows(ListBatch)


def test_nobody_chosen_leads_back_to_the_list(support: Browser, cast: Cast) -> None:
    some(2)
    answer = support.get(f"{ACT}?act=assign&whose=nobody")
    assert answer.location == "/retention/due?whose=nobody"
    assert "Choose customers first." in support.get(answer.location).get_data(as_text=True)
    assert support.get("/retention/none/act?all=1").status_code == 404
    assert support.post("/retention/none/act").status_code == 404


def test_an_offer_warns_of_the_contact_budget_and_spares_who_wants_none(support: Browser, cast: Cast) -> None:
    ids, today = some(3), clock.today()
    for _ in range(2):
        db.session.add(
            FollowUp(customer_id=ids[0], channel="call", purpose="offer", done_on=today, outcome="reached",
                     created_at=clock.now())
        )  # fmt: skip
    db.session.add(OptOut(customer_id=ids[1], scope="all", opted_out_at=clock.now()))
    db.session.commit()
    sent = form("follow_up", to_id=cast.sales.id, due_on=today.isoformat(), purpose="offer")
    warned = support.post(ACT, data=sent)
    assert warned.status_code == 422
    assert "1 customer will have heard as much" in warned.get_data(as_text=True)
    assert support.post(ACT, data=sent | {"anyway": "1"}).status_code == 303
    run_waiting()
    assert (batch().done, batch().left_out) == (2, {"opted_out": 1})


def test_stopped(support: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "AT_ONCE", 2)
    some(6)
    support.post(ACT, data=form(to_id=cast.sales.id))
    db.session.rollback()
    assert acting.step(1)
    db.session.commit()
    assert support.post("/retention/acts/1/cancel").status_code == 303
    run_waiting()
    assert (batch().state, batch().done) == ("cancelled", 2)
    assert "Stopped" in support.get("/retention/acts/1").get_data(as_text=True)
    assert support.post("/retention/acts/9/cancel").status_code == support.get("/retention/acts/9").status_code == 404


def begin(ids: list[int], cast: Cast) -> None:
    acting.start("due", ids, "Due", Act("follow_up", cast.sales.id, clock.today(), "care"), cast.owner)
    db.session.commit()


def survives_step(step: int) -> bool:
    return survives(lambda: acting.run(1), step, (acting, "set_clocks_of"))


def test_a_killed_act_ends_as_an_unkilled_one(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "AT_ONCE", 5)
    ids = some(20)
    begin(ids, cast)
    for step in (1, 2, 3):
        assert not survives_step(step)
    assert batch().done == 5
    assert survives_step(1000)
    assert (batch().state, batch().done, batch().skipped) == ("done", 20, 0)
    assert [each.customer_id for each in rows(FollowUp)] == ids


def test_two_workers_take_turns(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "AT_ONCE", 3)
    ids = some(15)
    begin(ids, cast)
    together = threading.Barrier(2)

    def run() -> None:
        with app.app_context():
            together.wait()
            acting.run(1)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert batch().done == 15
    assert sorted(each.customer_id for each in rows(FollowUp)) == ids
