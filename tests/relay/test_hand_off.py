"""Handing a customer on: offered with a note and the promises, accepted, declined, taken back, dropped, picked up."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.commitments.models import Commitment
from portal.commitments.promising import Promise, promise
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.follow_ups.touching import Plan, plan
from portal.relay import handing
from portal.relay.models import HandOff, Holding
from portal.settings.models import Firm
from portal.users.models import User
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import HOSTILE, add, again, event, kinds
from tests.recorder import QueryRecorder

FORM_ID = "0b9f1a52-6a4c-4c4e-9d9e-0d2a8a2b1c00"


@pytest.fixture
def customer(cast: Cast) -> Customer:
    """The sales user's, with a promise of ours and one of theirs; three colleagues plan something with them."""
    customer = add(cast, assignee=cast.sales)
    for who, objective in ((cast.sales, "Measure the hall"), (cast.marketing, "Photograph it"), (None, "")):
        plan(customer, Plan(clock.today(), objective=objective, assignee_id=who.id if who else None), cast.sales)
    for side in ("ours", "theirs"):
        said = Promise(f"Send {side}", clock.today(), side=side, assignee_id=cast.sales.id)
        promise(customer, said, cast.sales)
    db.session.commit()
    return customer


def offered(customer: Customer, by: User, to: User | None = None, leg: str = "service") -> HandOff:
    hand_off = handing.offer(customer, handing.Offer(leg, to), by, 2)
    db.session.commit()
    return hand_off


def the_only() -> HandOff:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(HandOff)).one()


def test_is_offered_with_a_note_and_what_was_promised(support: Browser, customer: Customer, cast: Cast) -> None:
    page = support.get(f"/customers/{customer.id}/hand-offs/new").get_data(as_text=True)
    assert "Send ours" in page
    assert "With 2 planned follow-ups:" in page
    assert "Measure the hall" in page
    assert "Send theirs" not in page
    assert "Photograph it" not in page
    form = {"form_id": FORM_ID, "to": f"user:{cast.support.id}", "note": f"Likes oak {HOSTILE}"}
    for _ in range(2):
        answer = support.post(f"/customers/{customer.id}/hand-offs", data=form)
        assert answer.location == f"/customers/{customer.id}/relay"
    found = the_only()
    assert (found.from_leg, found.from_user_id, found.to_leg) == ("sales", cast.sales.id, "service")
    assert (found.to_user_id, found.due_on) == (cast.support.id, clock.today() + timedelta(days=2))
    told = event("hand_off.offered").data
    assert (told["promises"], told["plans"]) == (["Send ours"], ["Measure the hall", "care"])
    for address in (f"/customers/{customer.id}/relay", "/relay/hand-offs", f"/customers/{customer.id}"):
        shown = support.get(address).get_data(as_text=True)
        assert "<script>alert" not in shown
        assert "Likes oak" in shown
    assert "Send ours" in support.get("/relay/hand-offs").get_data(as_text=True)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"to": "leg:kitchen"}, "Choose one of those"), ({"to": "user:999"}, "Choose one of those"),
        ({}, "Choose one of those"), ({"to": "leg:service", "note": "x" * 601}, "longer than 600"),
    ],
)  # fmt: skip
def test_what_is_no_offer_is_not_made(form: dict[str, str], said: str, support: Browser, customer: Customer) -> None:
    answer = support.post(f"/customers/{customer.id}/hand-offs", data=form)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert db.session.scalars(select(HandOff)).all() == []


def test_one_at_a_time_and_not_to_who_holds_it(support: Browser, customer: Customer, cast: Cast) -> None:
    address = f"/customers/{customer.id}/hand-offs"
    answer = support.post(address, data={"to": f"user:{cast.sales.id}"})
    assert "Saúl Sales holds this customer already" in answer.get_data(as_text=True)
    offered(customer, cast.sales)
    assert "waits for its answer already" in support.post(address, data={"to": "leg:sales"}).get_data(as_text=True)
    again(customer).archive(cast.owner)
    db.session.commit()
    assert "archived" in support.post(address, data={"to": "leg:sales"}).get_data(as_text=True)


def test_whoever_accepts_holds_it_and_what_was_promised(support: Browser, customer: Customer, cast: Cast) -> None:
    hand_off = offered(customer, cast.sales)
    page = support.post(f"/hand-offs/{hand_off.id}/accept?place=list", fragment=True)
    assert "Accepted by Lucía Support" in page.get_data(as_text=True)
    found = again(customer)
    assert (found.assignee_id, found.leg) == (cast.support.id, "service")
    assignees = dict(db.session.execute(select(Commitment.side, Commitment.assignee_id)).all())
    assert assignees == {"ours": cast.support.id, "theirs": cast.sales.id}
    planned = dict(db.session.execute(select(FollowUp.objective, FollowUp.assignee_id)).all())
    assert planned == {
        "Measure the hall": cast.support.id, "Photograph it": cast.marketing.id, "": cast.support.id
    }  # fmt: skip
    assert "Planned: Measure the hall; care" in support.get(f"/customers/{customer.id}").get_data(as_text=True)
    held = db.session.scalars(select(Holding).order_by(Holding.id)).all()
    assert [(each.user_id, each.ended, each.hand_off_id) for each in held] == [
        (cast.sales.id, "handed_off", None), (cast.support.id, "", hand_off.id),
    ]  # fmt: skip
    assert event("hand_off.accepted").data["promises"] == ["Send ours"]
    assert support.post(f"/hand-offs/{hand_off.id}/accept").status_code == 303  # a second click
    assert kinds(customer.id).count("hand_off.accepted") == 1


def test_what_was_taken_over_by_mistake_is_handed_back(customer: Customer, cast: Cast, support: Browser) -> None:
    hand_off = offered(customer, cast.sales)
    page = support.post(f"/hand-offs/{hand_off.id}/accept?place=list", fragment=True).get_data(as_text=True)
    back = page.split('href="/customers/')[2].split('"')[0]
    assert back == f"{customer.id}/hand-offs/new?to=user:{cast.sales.id}"
    form = support.get(f"/customers/{back}").get_data(as_text=True)
    assert f'<option selected value="user:{cast.sales.id}">' in form
    assert "Measure the hall" in form
    assert support.get(f"/customers/{customer.id}/hand-offs/new?to=user:odd").status_code == 200
    customer = again(customer)
    handing.accept(offered(customer, cast.support, leg="sales"), customer, cast.sales)
    db.session.commit()
    assert again(customer).assignee_id == cast.sales.id
    assert set(db.session.scalars(select(FollowUp.assignee_id))) == {cast.sales.id, cast.marketing.id}
    assert set(db.session.scalars(select(Commitment.assignee_id))) == {cast.sales.id}


def test_who_comes_second_is_told(owner: Browser, support: Browser, customer: Customer, cast: Cast) -> None:
    hand_off = offered(customer, cast.sales)
    support.post(f"/hand-offs/{hand_off.id}/accept")
    for fragment in (False, True):
        answer = owner.post(f"/hand-offs/{hand_off.id}/accept", fragment=fragment)
        assert answer.status_code == 422
        assert "This hand-off is over" in answer.get_data(as_text=True)
    assert again(customer).assignee_id == cast.support.id


def test_is_declined_with_a_reason(support: Browser, customer: Customer, cast: Cast) -> None:
    hand_off = offered(customer, cast.sales, cast.support)
    asked = support.get(f"/hand-offs/{hand_off.id}/decline?place=list", fragment=True).get_data(as_text=True)
    assert 'name="reason"' in asked
    assert support.get(f"/hand-offs/{hand_off.id}/decline").location == f"/customers/{customer.id}/relay"
    for fragment in (False, True):
        answer = support.post(f"/hand-offs/{hand_off.id}/decline", data={"place": "list"}, fragment=fragment)
        assert answer.status_code == 422
        assert "Say why" in answer.get_data(as_text=True)
    form = {"reason": "On holiday", "place": "list"}
    answer = support.post(f"/hand-offs/{hand_off.id}/decline", data=form, fragment=True)
    assert "Reason: “On holiday”" in answer.get_data(as_text=True)  # not to be taken for the note
    assert (the_only().state, again(customer).assignee_id) == ("declined", cast.sales.id)


def test_is_not_declined_from_a_place_that_is_none(support: Browser, customer: Customer, cast: Cast) -> None:
    hand_off = offered(customer, cast.sales, cast.support)
    for fragment in (False, True):
        form = {"place": "nowhere", "reason": "Out of our reach"}
        answer = support.post(f"/hand-offs/{hand_off.id}/decline", data=form, fragment=fragment)
        assert answer.status_code == 422
        assert "Choose one of those that are offered." in answer.get_data(as_text=True)
    assert the_only().state == "offered"


def test_is_taken_back(browser_of: object, customer: Customer, cast: Cast, support: Browser) -> None:
    hand_off = offered(customer, cast.sales)
    assert support.post(f"/hand-offs/{hand_off.id}/withdraw").status_code == 403
    seller = browser_of(cast.sales)  # type: ignore[operator]
    assert "Taken back by Saúl Sales" in seller.post(
        f"/hand-offs/{hand_off.id}/withdraw?place=list", fragment=True
    ).get_data(as_text=True)
    assert the_only().state == "withdrawn"


def test_only_who_is_asked_may_answer(browser_of: object, customer: Customer, cast: Cast, stranger: Browser) -> None:
    hand_off = offered(customer, cast.sales)
    marketing = browser_of(cast.marketing)  # type: ignore[operator]
    for verb in ("accept", "decline", "withdraw", "leave"):
        assert marketing.post(f"/hand-offs/{hand_off.id}/{verb}", data={"reason": "x"}).status_code == 403
        assert marketing.post(f"/hand-offs/999/{verb}").status_code == 404
        assert "/sign-in" in stranger.post(f"/hand-offs/{hand_off.id}/{verb}").location
    assert marketing.get("/hand-offs/999/decline").status_code == 404
    assert marketing.get("/customers/999/hand-offs/new").status_code == 404
    assert marketing.post("/customers/999/hand-offs", data={"to": "leg:sales"}).status_code == 404
    assert the_only().state == "offered"


@pytest.mark.parametrize("holds", [True, False])
def test_whoever_gives_it_is_not_asked(
    holds: bool, browser_of: Callable[[User], Browser], support: Browser, cast: Cast
) -> None:
    hand_off = offered(add(cast, assignee=cast.support if holds else None), cast.support)
    colleague = User(name="Ana Support", email="ana@firm.example", role="support", created_at=clock.now())
    db.session.add(colleague)
    db.session.commit()
    asked = f"/hand-offs/{hand_off.id}/accept"
    for address, who in (("/relay/hand-offs", colleague), (f"/customers/{hand_off.customer_id}/relay", cast.owner)):
        theirs = browser_of(who).get(address).get_data(as_text=True)
        assert asked in theirs
        mine = support.get(address).get_data(as_text=True)
        assert asked not in mine
        assert f"/hand-offs/{hand_off.id}/decline" not in mine
    assert "Nothing waits for you" in support.get("/relay/hand-offs").get_data(as_text=True)
    assert "accept" not in support.get(f"/hand-offs/{hand_off.id}", fragment=True).get_data(as_text=True)
    for verb in ("accept", "decline"):
        assert support.post(f"/hand-offs/{hand_off.id}/{verb}", data={"reason": "x"}).status_code == 403
    assert the_only().state == "offered"
    assert browser_of(colleague).post(f"/hand-offs/{hand_off.id}/accept").status_code == 303
    assert the_only().state == "accepted"


def test_an_owner_who_gives_it_is_not_asked_but_may_be_by_name(owner: Browser, cast: Cast) -> None:
    held = offered(add(cast, "Held", assignee=cast.owner), cast.owner)
    assert owner.post(f"/hand-offs/{held.id}/accept").status_code == 403
    by_name = offered(add(cast, "Of nobody"), cast.owner, cast.owner)
    assert owner.post(f"/hand-offs/{by_name.id}/accept").status_code == 303


def test_is_dropped_when_nobody_answers(owner: Browser, customer: Customer, cast: Cast) -> None:
    hand_off = offered(customer, cast.sales)
    with clock.as_of(clock.now() + timedelta(days=2)):
        assert handing.drop_due() == 0  # its last day
    with clock.as_of(clock.now() + timedelta(days=3)):
        assert (handing.drop_due(), handing.drop_due()) == (1, 0)
    assert (the_only().state, the_only().is_lying) == ("dropped", True)
    assert "Hotel Sierra Azul" in owner.get("/relay/hand-offs?show=dropped").get_data(as_text=True)
    assert owner.post(f"/hand-offs/{hand_off.id}/accept").status_code == 422  # it is to be offered anew
    answer = owner.post(f"/hand-offs/{hand_off.id}/leave?place=list", fragment=True).get_data(as_text=True)
    assert "Dropped, and picked up on" in answer
    assert not the_only().is_lying
    assert owner.post(f"/hand-offs/{hand_off.id}/leave").status_code == 422
    assert kinds(customer.id)[-2:] == ["hand_off.dropped", "hand_off.left"]


def test_what_is_offered_anew_is_picked_up(customer: Customer, cast: Cast) -> None:
    dropped = offered(customer, cast.sales)
    dropped.drop()
    db.session.commit()
    offered(again(customer), cast.owner, cast.support)
    assert (dropped.is_lying, dropped.picked_up_on) == (False, clock.today())


def test_pages_of_hand_offs(owner: Browser, cast: Cast, queries: QueryRecorder, firm: Firm) -> None:
    for n in range(60):
        offered(add(cast, f"Hotel {n:02}", assignee=cast.sales), cast.owner, cast.owner)
    for view in ("mine", "offered", "waiting", "dropped", "odd"):
        with queries as seen:
            page = owner.get(f"/relay/hand-offs?show={view}").get_data(as_text=True)
        assert len(seen) <= 5
        assert page.count('<li class="line') == (0 if view == "dropped" else 50)
        if view != "dropped":
            assert "<b>60</b>" in page
            onward = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
            assert owner.get(onward).get_data(as_text=True).count('<li class="line') == 10
