"""Support on a customer, asked of another leg: taken, answered, declined, withdrawn and opened again."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from portal import clock
from portal.backing import queries as requests
from portal.backing.asking import Asked, NobodyAsked, ask
from portal.backing.models import NotTaken, NotWaiting, StillWaiting, SupportRequest
from portal.customers.models import Customer
from portal.extensions import db
from portal.timeline.models import Event
from portal.users.models import User
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.touches import a_customer

DAY = timedelta(days=1)


def asking(**more: Any) -> dict[str, Any]:
    return {"form_id": str(uuid4()), "leg": "service", "text": "Visit with a sample", "due_step": "3_days", **more}


def a_request(
    customer: Customer, by: User, days: int = 3, text: str = "Visit with a sample", **more: Any
) -> SupportRequest:
    """One that sales asks of service, due in so many days."""
    request = SupportRequest(
        customer_id=customer.id, from_leg="sales", to_leg=more.pop("to_leg", "service"), text=text,
        due_on=clock.today() + days * DAY, created_by_id=by.id, created_at=clock.now(), **more,
    )  # fmt: skip
    db.session.add(request)
    db.session.flush()
    return request


def fresh(request: SupportRequest) -> SupportRequest:
    db.session.rollback()
    db.session.refresh(request)
    return request


def kinds() -> list[str]:
    return list(db.session.scalars(select(Event.kind).where(Event.kind.startswith("support.")).order_by(Event.id)))


def test_is_asked_once_of_a_leg(browser_of: Any, support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    sales = browser_of(cast.sales)
    assert customer.name in sales.get("/relay/requests/new?q=sierra").get_data(as_text=True)
    path = f"/customers/{customer.id}/relay/requests"
    page = sales.get(f"{path}/new").get_data(as_text=True)
    assert 'value="service"' in page
    assert 'value="sales"' not in page  # not of one's own leg
    form = asking()
    for _ in range(2):
        assert sales.post(path, data=form).status_code == 303
    (request,) = db.session.scalars(select(SupportRequest)).all()
    assert (request.from_leg, request.to_leg, request.assignee_id) == ("sales", "service", None)
    assert request.due_on == clock.today() + 3 * DAY
    assert kinds() == ["support.asked"]
    assert "Visit with a sample" in support.get("/relay/requests").get_data(as_text=True)
    assert "Saúl Sales asked service" in support.get("/relay/requests").get_data(as_text=True)
    assert "Visit with a sample" not in sales.get("/relay/requests").get_data(as_text=True)
    assert "you asked service" in sales.get("/relay/requests?whose=mine").get_data(as_text=True)
    assert "Support asked for" in support.get(f"/customers/{customer.id}").get_data(as_text=True)
    assert "Visit with a sample" in support.get(f"/customers/{customer.id}/relay").get_data(as_text=True)


def test_of_a_colleague_it_is_of_their_leg(browser_of: Any, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    sales, path = browser_of(cast.sales), f"/customers/{customer.id}/relay/requests"
    sales.post(path, data=asking(leg="", user_id=cast.marketing.id))
    sales.post(path, data=asking(leg="service", user_id=cast.owner.id))
    first, second = db.session.scalars(select(SupportRequest).order_by(SupportRequest.id)).all()
    assert (first.to_leg, first.assignee_id) == ("marketing", cast.marketing.id)
    assert (second.to_leg, second.assignee_id) == ("service", cast.owner.id)
    assert "to you" in browser_of(cast.marketing).get("/relay/requests").get_data(as_text=True)
    with pytest.raises(NobodyAsked):
        ask(customer, Asked("x", clock.today()), cast.sales)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "x" * 301},
        {"text": "a\x00b"},
        {"leg": "nobody"},
        {"leg": ""},
        {"leg": "service"},  # their own
        {"due_step": "none"},
        {"due_step": "date", "due_on": "2020-01-01"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_kept(wrong: dict[str, str], support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    answer = support.post(
        f"/customers/{customer.id}/relay/requests", data=asking(**{"leg": "sales", "text": "My careful words", **wrong})
    )
    assert answer.status_code == 422
    if "text" not in wrong:
        assert "My careful words" in answer.get_data(as_text=True)
    assert kinds() == []


def test_of_nobody_is_not_found_and_of_the_archive_refused(support: Browser, stranger: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    customer.archive(by=cast.owner)
    cast.sales.disabled_at = clock.now()
    db.session.commit()
    path = f"/customers/{customer.id}/relay/requests"
    assert support.post("/customers/99/relay/requests", data=asking()).status_code == 404
    assert support.get("/customers/99/relay/requests/new").status_code == 404
    assert support.post(path, data=asking(user_id=cast.sales.id)).status_code == 404
    assert support.post(path, data=asking(user_id="9" * 18)).status_code == 404
    assert "archived" in support.post(path, data=asking(leg="sales")).get_data(as_text=True)
    assert stranger.get("/relay/requests").status_code == 303
    for verb in ("take", "give-back", "answer", "decline", "withdraw", "reopen"):
        assert support.post(f"/relay/requests/99/{verb}").status_code == 404


def test_is_taken_and_answered_in_place(support: Browser, cast: Cast) -> None:
    request = a_request(a_customer(cast), cast.sales)
    db.session.commit()
    here = f"/relay/requests/{request.id}"
    answer = support.post(f"{here}/take?place=list", fragment=True).get_data(as_text=True)
    assert f'id="request-{request.id}"' in answer
    assert "taken by you" in answer
    assert support.post(f"{here}/take?place=list", fragment=True).status_code == 200  # a second click
    assert "A word for who asked" in support.get(f"{here}/answer?place=list", fragment=True).get_data(as_text=True)
    assert support.get(f"{here}/answer").location == here
    said = {"word": "Went there <b>today</b>", "version": fresh(request).version, "place": "list"}
    for _ in range(2):
        page = support.post(f"{here}/answer", data=said, fragment=True).get_data(as_text=True)
        assert "“Went there &lt;b&gt;today&lt;/b&gt;”" in page
    assert (fresh(request).state, request.settled_on, request.assignee_id) == ("done", clock.today(), cast.support.id)
    assert kinds() == ["support.taken", "support.answered"]
    assert "Undo" in page
    support.post(f"{here}/reopen?place=list", fragment=True)
    assert (fresh(request).state, request.answer, request.assignee_id) == ("taken", "", cast.support.id)
    support.post(f"{here}/give-back")
    assert (fresh(request).state, request.assignee_id) == ("open", None)


def test_two_who_reach_for_it(support: Browser, owner: Browser, cast: Cast) -> None:
    request = a_request(a_customer(cast), cast.sales)
    db.session.commit()
    here = f"/relay/requests/{request.id}"
    support.post(f"{here}/take")
    for fragment in (True, False):
        answer = owner.post(f"{here}/take?place=list", fragment=fragment)
        assert answer.status_code == 422
        assert "Lucía Support has taken it meanwhile." in answer.get_data(as_text=True)
    owner.post(f"{here}/answer", data={"word": "I was faster"})
    for fragment in (True, False):
        answer = support.post(f"{here}/decline", data={"word": "My reason", "place": "list"}, fragment=fragment)
        assert answer.status_code == 409
        text = answer.get_data(as_text=True)
        assert "settled already" in text
        assert "My reason" in text
    assert "I was faster" in support.get(here).get_data(as_text=True)
    assert fresh(request).state == "done"


def test_is_declined_with_a_reason_and_withdrawn_by_who_asked(browser_of: Any, support: Browser, cast: Cast) -> None:
    request = a_request(a_customer(cast), cast.sales)
    db.session.commit()
    here, sales = f"/relay/requests/{request.id}", browser_of(cast.sales)
    for fragment in (True, False):
        assert support.post(f"{here}/decline", data={"word": " "}, fragment=fragment).status_code == 422
    assert support.post(f"{here}/decline", data={"word": "No car this week"}).status_code == 303
    assert "No car this week" in sales.get("/relay/requests?whose=mine&state=settled").get_data(as_text=True)
    sales.post(f"{here}/reopen")
    assert fresh(request).is_waiting
    assert support.post(f"{here}/withdraw").status_code == 403
    assert sales.post(f"{here}/take").status_code == 403
    assert browser_of(cast.marketing).post(f"{here}/reopen").status_code == 403
    for _ in range(2):
        assert sales.post(f"{here}/withdraw?place=list", fragment=True).status_code == 200
    assert fresh(request).state == "withdrawn"
    assert kinds() == ["support.declined", "support.reopened", "support.withdrawn"]


def test_is_asked_otherwise_by_who_asked(browser_of: Any, support: Browser, stranger: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    request = a_request(customer, cast.sales, -2, assignee_id=cast.support.id, state="taken")
    db.session.commit()
    here, sales = f"/relay/requests/{request.id}", browser_of(cast.sales)
    for browser in (support, stranger):
        assert browser.get(f"{here}/edit").status_code == browser.post(here).status_code == (
            403 if browser is support else 303
        )  # fmt: skip
    assert sales.get("/relay/requests/999/edit").status_code == sales.post("/relay/requests/999").status_code == 404
    assert f'href="{here}/edit"' in sales.get(here).get_data(as_text=True)
    assert "Visit with a sample" in sales.get(f"{here}/edit").get_data(as_text=True)
    late = request.due_on.isoformat()
    form = {"version": 1, "leg": "service", "user_id": cast.support.id, "text": "Bring <b>two</b>", "due_on": late}
    for wrong, said in (
        ({"text": ""}, "This field is required"), ({"due_on": ""}, "This field is required"),
        ({"due_on": "1999-01-01"}, "from today on"), ({"leg": "", "user_id": ""}, "Choose who is asked"),
        ({"leg": "sales", "user_id": ""}, "Choose who is asked"),
    ):  # fmt: skip
        answer = sales.post(here, data=form | wrong)
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)
    assert sales.post(here, data=form | {"user_id": "999"}).status_code == 404
    assert sales.post(here, data=form).status_code == 303  # a day gone by may stay
    assert (fresh(request).text, request.state, request.version) == ("Bring <b>two</b>", "taken", 2)
    told = db.session.scalars(select(Event).where(Event.kind == "support.changed")).one()
    assert told.data["was"] == "Visit with a sample"
    assert "Support request changed" in sales.get(f"/customers/{customer.id}?kind=relay").get_data(as_text=True)
    answer = sales.post(here, data=form | {"text": "Bring three"})
    assert answer.status_code == 409
    assert "Bring &lt;b&gt;two&lt;/b&gt;" in answer.get_data(as_text=True)
    assert sales.post(here, data=form | {"version": 2, "leg": "marketing", "user_id": ""}).status_code == 303
    assert (fresh(request).state, request.to_leg, request.assignee_id) == ("open", "marketing", None)
    sales.post(f"{here}/withdraw")
    assert sales.get(f"{here}/edit").location == here
    assert "settled already" in sales.post(here, data=form | {"version": 4}).get_data(as_text=True)


def test_broken_rules(cast: Cast) -> None:
    request = a_request(a_customer(cast), cast.sales)
    with pytest.raises(StillWaiting):
        request.reopen(cast.sales)
    with pytest.raises(NotTaken):
        request.give_back(cast.support)
    request.withdraw(cast.sales)
    for verb in (request.take, request.give_back, request.answer_with, request.withdraw):
        with pytest.raises(NotWaiting):
            verb(cast.sales)


def test_stands_on_today_until_it_is_answered(support: Browser, owner: Browser, browser_of: Any, cast: Cast) -> None:
    customer = a_customer(cast)
    request = a_request(customer, cast.sales, 5, "A sample for Ana", assignee_id=cast.support.id)
    a_request(customer, cast.sales, 5, "Taken, and not due yet", assignee_id=cast.support.id, state="taken")
    a_request(customer, cast.sales, 0, "Nobody has taken it")
    db.session.commit()
    page = support.get("/").get_data(as_text=True)
    assert "A sample for Ana" in page
    assert "Taken, and not due yet" not in page
    assert "Answer it: Nobody has taken it" in page  # it is asked of the leg
    assert "Nobody has taken it" not in browser_of(cast.marketing).get("/").get_data(as_text=True)
    assert owner.get("/?whose=everybody").get_data(as_text=True).count("Answer it: Nobody has taken it") == 1
    here = f"/relay/requests/{request.id}/answer"
    assert "A word for who asked" in support.get(f"{here}?place=today", fragment=True).get_data(as_text=True)
    answer = support.post(here, data={"word": "Sent", "place": "today"}, fragment=True).get_data(as_text=True)
    assert "“Sent”" in answer
    assert "today-head" in answer or "hx-partial" in answer
    assert "A sample for Ana" not in support.get("/").get_data(as_text=True)


def test_late_ones_come_first_and_pages_by_key(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    customer = a_customer(cast)
    for n in range(60):
        request = a_request(customer, cast.sales, n % 5 - 2, f"request number {n}.")
        if n >= 57:
            request.assignee_id = cast.support.id
    a_request(customer, cast.sales, 0, "of marketing", to_leg="marketing")
    a_request(customer, cast.sales, 0, "of mine", to_leg="marketing", assignee_id=cast.support.id)
    db.session.commit()
    path, seen, first = "/relay/requests", [], ""
    while path:
        with queries as counted:
            text = support.get(path).get_data(as_text=True)
        assert len(counted) <= 3
        first = first or text
        seen += [n for n in range(60) if f"request number {n}." in text]
        path = text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in text else ""
    assert sorted(seen) == list(range(60))
    assert "Support 2 days late" in first
    assert "of marketing" not in first
    assert "of mine" in first
    assert "of marketing" in support.get("/relay/requests?whose=everybody").get_data(as_text=True)
    assert support.get("/relay/requests?whose=%27&state=%00&after=%25").status_code == 200
    assert next(line.text for line in requests.lines_of(customer.id)) == "of mine"


def test_who_has_chosen_the_customer_first_comes_to_what_they_have_asked_for(browser_of: Any, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    sales, path = browser_of(cast.sales), f"/customers/{customer.id}/relay/requests"
    for came_from, back in (
        ("/relay/requests/new?q=sierra", "/relay/requests?whose=mine"),
        (f"/customers/{customer.id}/relay", f"/customers/{customer.id}/relay"),
    ):
        page = sales.get(f"{path}/new", headers={"Referer": f"http://localhost{came_from}"}).get_data(as_text=True)
        assert f'name="next" value="{back}"' in page
