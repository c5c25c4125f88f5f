"""An objection in the quick log: offered, chosen, typed, written down on the spot; and nothing when there is none."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.objections.models import Objection
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.objections.library import an_objection, answers_to, heard_from, verbs
from tests.recorder import QueryRecorder
from tests.touches import a_customer, a_plan


def said(**more: Any) -> dict[str, Any]:
    form = {"form_id": str(uuid4()), "channel": "call", "outcome": "reached", "purpose": "offer", "next_step": "none"}
    return {**form, "note": "", "place": "row", "objection": "", **more}


def recorded() -> list[tuple[int | None, int | None]]:
    db.session.rollback()
    found = select(FollowUp.objection_id, FollowUp.answer_id).where(FollowUp.done_on.is_not(None)).order_by(FollowUp.id)
    return [(row.objection_id, row.answer_id) for row in db.session.execute(found)]


def test_offered_while_typing_with_how_each_answer_has_done(support: Browser, cast: Cast) -> None:
    dear, other = an_objection(cast, "El precio es muy alto", "Divídelo entre los años"), an_objection(cast, "No cabe")
    heard_from(a_customer(cast), clock.today(), dear, answers_to(dear)[0])
    ids = dear.id, answers_to(dear)[0].id, other.id
    db.session.commit()
    found = support.get("/settings/objections/offered?at=c3&objection=PRÉCIO%20al", fragment=True).text
    assert f'<input type="radio" name="heard" value="{ids[0]}" checked>' in found
    assert f'value="{ids[0]}-{ids[1]}"' in found
    assert "0 of 1 followed" in found
    assert "New: “PRÉCIO al”" in found
    assert "No cabe" not in found
    nothing_typed = support.get("/settings/objections/offered?at=3", fragment=True).text
    assert f'value="{ids[2]}"' in nothing_typed
    assert "checked" not in nothing_typed
    assert "written down with" in support.get("/settings/objections/offered?objection=100%25_", fragment=True).text
    assert 'id="offered-0"' in support.get('/settings/objections/offered?at="><b>', fragment=True).text
    assert support.get("/settings/objections/offered?at=c3").location == "/settings/objections"


def test_the_quick_log_asks_nothing_about_it_until_it_is_opened(
    support: Browser, cast: Cast, queries: QueryRecorder
) -> None:
    an_objection(cast)
    customer = a_customer(cast)
    db.session.commit()
    path = f"/customers/{customer.id}/follow-ups"
    with queries as seen:
        page = support.get(f"{path}/new?place=row", fragment=True).text
    assert len(seen) <= 4
    assert 'name="objection"' in page
    assert "too expensive" not in page
    with queries as without:
        support.post(path, data={key: value for key, value in said().items() if key != "objection"}, fragment=True)
    many = len(without)
    with queries as empty:
        support.post(path, data=said(), fragment=True)
    assert len(empty) == many
    assert not any("objections" in statement for statement in empty.statements)
    assert recorded() == [(None, None)] * 2


def test_chosen_with_the_answer_that_was_given(support: Browser, cast: Cast) -> None:
    objection, customer = an_objection(cast, "Too dear", "Years"), a_customer(cast)
    answer = answers_to(objection)[0]
    db.session.commit()
    path, ids = f"/customers/{customer.id}/follow-ups", (objection.id, answer.id)
    logged = support.post(path, data=said(heard=f"{ids[0]}-{ids[1]}", objection="dea"), fragment=True).text
    assert "Objection: Too dear." in logged
    support.post(path, data=said(heard=str(ids[0])))
    assert recorded() == [ids, (ids[0], None)]
    event = db.session.scalars(select(Event).where(Event.kind == "follow_up.logged").order_by(Event.id)).first()
    assert event is not None
    assert event.data["objection"] == "Too dear"
    assert "objection: Too dear" in support.get(f"/customers/{customer.id}").text
    shown = support.get("/follow-ups/1").text
    assert f'href="/settings/objections/{ids[0]}"' in shown
    assert "Years" in shown


def test_without_script_the_words_decide(support: Browser, cast: Cast) -> None:
    dear, slow, customer = an_objection(cast, "Too dear"), an_objection(cast, "Too slow"), a_customer(cast)
    retired = an_objection(cast, "No room")
    retired.retire(cast.sales)
    ids = dear.id, slow.id, retired.id
    db.session.commit()
    path = f"/customers/{customer.id}/follow-ups"
    for typed in ("too DÉAR", "slow", "no room"):
        assert support.post(path, data=said(objection=typed, place="page")).status_code == 303
    assert recorded() == [(id, None) for id in ids]
    for fragment in (True, False):
        asked = support.post(path, data=said(objection="too", note="a note"), fragment=fragment)
        assert asked.status_code == 422
        assert "Which objection is it?" in asked.text
        assert "a note" in asked.text
        assert f'name="heard" value="{ids[1]}"' in asked.text
    support.post(path, data=said(objection="too", heard="new"))
    support.post(path, data=said(objection="Wants it in blue"))
    assert recorded()[3:] == [(4, None), (5, None)]
    assert [each.text for each in db.session.scalars(select(Objection).order_by(Objection.id))][3:] == [
        "too",
        "Wants it in blue",
    ]
    assert verbs()[-2:] == ["written", "written"]


@pytest.mark.parametrize(
    "wrong",
    [
        *({"heard": choice} for choice in ("99", "1-99", "1-2", "٣", "1; DROP", "9" * 19)),
        {"objection": "x" * 201},
        {"objection": "bell \x07"},
    ],
)
def test_what_is_wrong_is_said_and_nothing_logged(wrong: dict[str, str], support: Browser, cast: Cast) -> None:
    an_objection(cast, "Too dear", "Years"), an_objection(cast, "No room", "A small one")
    customer = a_customer(cast)
    db.session.commit()
    answer = support.post(f"/customers/{customer.id}/follow-ups", data=said(note="kept", **wrong), fragment=True)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "kept" in answer.text
    assert recorded() == []
    assert len(verbs()) == 4


def test_sent_twice_it_is_written_down_and_logged_once(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    form = said(objection="Wants it in blue")
    for _ in range(2):
        answer = support.post(f"/customers/{customer.id}/follow-ups", data=form, fragment=True)
        assert "Objection: Wants it in blue." in answer.text
    assert recorded() == [(1, None)]
    assert verbs() == ["written"]


def test_what_was_chosen_stays_chosen_when_something_else_is_wrong(support: Browser, cast: Cast) -> None:
    dear, customer = an_objection(cast, "Too dear", "Years", "Parts"), a_customer(cast)
    chosen = f"{dear.id}-{answers_to(dear)[1].id}"
    db.session.commit()
    path, tick = f"/customers/{customer.id}/follow-ups", f'name="heard" value="{chosen}" checked'
    for typed in ("", "dear"):  # chosen of the first of the library, or of what was typed
        form = said(heard=chosen, objection=typed)
        for fragment in (True, False):
            asked = support.post(path, data={**form, "next_step": "date"}, fragment=fragment)
            assert asked.status_code == 422
            assert tick in asked.text
            assert asked.text.partition('class="offered"')[2].partition("<textarea")[0].count(" checked") == 1
            assert '<details class="objecting" open>' in asked.text
    refused = support.post(path, data=said(heard="99"), fragment=True).text
    assert ' aria-invalid="true">' in refused.partition('name="objection"')[2].partition("\n")[0]
    assert refused.count("aria-invalid") == 1


def test_no_objection_is_a_choice_while_nothing_is_typed(support: Browser, cast: Cast) -> None:
    an_objection(cast, "Too dear")
    customer = a_customer(cast)
    db.session.commit()
    offered = support.get("/settings/objections/offered?at=1", fragment=True).text
    assert '<input type="radio" name="heard" value=""><span>No objection' in offered
    assert "No objection" not in support.get("/settings/objections/offered?at=1&objection=dear", fragment=True).text
    support.post(f"/customers/{customer.id}/follow-ups", data=said(heard=""), fragment=True)
    assert recorded() == [(None, None)]


def test_undone_it_counts_no_more_and_comes_back_as_typed(support: Browser, cast: Cast) -> None:
    plan = a_plan(a_customer(cast), clock.today())
    an_objection(cast, "Too dear")
    db.session.commit()
    path = f"/customers/{plan.customer_id}/follow-ups"
    support.post(path, data=said(objection="Too dear", follow_up=plan.id, place="row"), fragment=True)
    undone = support.post(f"/follow-ups/{plan.id}/undo", data={"place": "row"}, fragment=True)
    assert 'name="objection" value="Too dear"' in undone.text
    assert recorded() == []
    assert 'name="heard" value="1" checked' in undone.text
    db.session.refresh(plan)
    assert plan.objection_id is None
