"""Saying which part a person takes, and that they have left."""

from datetime import timedelta

import pytest

from portal import clock
from portal.contacts.models import Contact
from portal.contacts.queries import living_contacts
from portal.extensions import db
from tests.browser import Browser
from tests.buying_centre.there import DAY, there, touched
from tests.cast import Cast
from tests.customers.known import event, kinds

SAID = {"version": 1, "roles": ["decider", "initiator"], "level": "board", "stance": "sceptic"}


def again(contact_id: int) -> Contact:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Contact, contact_id)


def test_says_it_in_place_and_without_script(support: Browser, cast: Cast) -> None:
    customer, ana, _ = there(cast)
    id, path = ana.id, f"/customers/{customer.id}/centre/contacts/{ana.id}"
    for fragment in (False, True):
        assert "Whoever has left stays" in support.get(path, fragment=fragment).get_data(as_text=True)
    page = support.post(path, data=SAID, fragment=True).get_data(as_text=True)
    assert "initiator, decider · board" in page
    assert ">sceptic<" in page
    ana = again(id)
    assert (ana.roles, ana.level, ana.stance, ana.version) == ("initiator decider", "board", "sceptic", 2)
    assert ana.stance_at is not None
    assert event("contact.placed").data["changes"] == {
        "roles": ["", "initiator decider"], "level": ["", "board"], "stance": ["", "sceptic"],
    }  # fmt: skip
    page = support.get(f"/customers/{customer.id}").get_data(as_text=True)
    assert "initiator, decider" in page  # in the panel and in the story
    assert support.post(path, data={"version": 2}).location == f"/customers/{customer.id}/centre"
    assert (again(id).roles, again(id).stance, again(id).stance_at) == ("", "", None)


def test_who_left_is_asked_nothing_any_more_and_may_come_back(support: Browser, cast: Cast) -> None:
    customer, ana, _ = there(cast)
    id, path, day = ana.id, f"/customers/{customer.id}/centre/contacts/{ana.id}", clock.today() - 9 * DAY
    support.post(path, data={"version": 1, "roles": "user", "left_on": day.isoformat()})
    ana = again(id)
    assert (ana.left_on, ana.is_archived) == (day, True)
    assert [each.id for each in living_contacts(customer.id)] == [2]
    assert event("contact.left").happened_on == day
    page = support.get(f"/customers/{customer.id}").get_data(as_text=True)
    assert ">left on" in page
    assert '<option value="1"' not in page  # the quick log does not offer them
    assert '<option value="1"' not in support.get("/customers/1/follow-ups/new").get_data(as_text=True)
    assert support.get("/customers/1/follow-ups/new?contact=1").status_code == 404
    assert support.get("/customers/1/follow-ups/new?contact=2").status_code == 200
    support.post(path, data={"version": again(id).version, "roles": "user"})
    ana = again(id)
    assert (ana.left_on, ana.is_archived, ana.roles) == (None, False, "user")
    assert kinds(customer.id) == ["contact.placed", "contact.left", "contact.restored"]


def test_a_sceptic_is_answered_by_whoever_reaches_them_afterwards(support: Browser, cast: Cast) -> None:
    customer, ana, _ = there(cast)
    touched(ana, cast.sales, 2)
    ana.place(cast.sales, roles=[], level="", stance="detractor")
    db.session.commit()
    path = f"/customers/{customer.id}/centre"
    assert "nobody has answered" in support.get(path).get_data(as_text=True)
    touched(ana, cast.sales, outcome="left_message")
    db.session.commit()
    assert "nobody has answered" in support.get(path).get_data(as_text=True)
    touched(ana, cast.sales)
    db.session.commit()
    assert "a detractor" not in support.get(path).get_data(as_text=True)
    ana.stance_at = clock.now() - timedelta(days=100)
    for follow_up in ana_touches():
        follow_up.done_at = clock.now() - timedelta(days=90)
    db.session.commit()
    assert "was last answered" in support.get(path).get_data(as_text=True)  # long enough ago to ask again


def ana_touches():
    from portal.follow_ups.models import FollowUp

    return db.session.query(FollowUp).all()


def test_the_second_of_two_editors_sees_both(support: Browser, owner: Browser, cast: Cast) -> None:
    customer, ana, _ = there(cast)
    id, path = ana.id, f"/customers/{customer.id}/centre/contacts/{ana.id}"
    owner.post(path, data=SAID)
    for fragment in (False, True):
        answer = support.post(path, data={"version": 1, "roles": "buyer", "stance": "neutral"}, fragment=fragment)
        assert answer.status_code == 409
        page = answer.get_data(as_text=True)
        assert '<td class="wrap">buyer</td><td class="wrap">initiator, decider</td>' in page
        assert "Save mine over it" in page
    assert again(id).stance == "sceptic"
    assert support.post(path, data={**SAID, "version": 1}).status_code == 303  # both said the same
    assert support.post(path, data={"version": 2, "roles": "buyer"}).status_code == 303
    assert again(id).roles == "buyer"


@pytest.mark.parametrize(
    "said",
    [
        {"roles": "boss"},
        {"level": "god"},
        {"stance": "x"},
        {"left_on": "soon"},
        {"left_on": "9999-12-31"},
        {"left_on": "0026-11-20"},
    ],
)
def test_bad_input_is_told_and_kept(said: dict[str, str], support: Browser, cast: Cast) -> None:
    customer, ana, _ = there(cast)
    id = ana.id
    for fragment in (False, True):
        path = f"/customers/{customer.id}/centre/contacts/{id}"
        answer = support.post(path, data={"version": 1, **said}, fragment=fragment)
        assert answer.status_code == 422
        assert "field-error" in answer.get_data(as_text=True)
    assert kinds(customer.id) == []
    assert again(id).version == 1


def test_nobody_is_placed_at_another_customer_or_in_the_archive(
    support: Browser, stranger: Browser, cast: Cast
) -> None:
    customer, _, _ = there(cast)
    other, _, _ = there(cast)
    for path in (f"/customers/{other.id}/centre/contacts/1", "/customers/1/centre/contacts/99"):
        assert support.get(path).status_code == support.post(path, data=SAID).status_code == 404
    assert stranger.post("/customers/1/centre/contacts/1", data=SAID).location.startswith("/sign-in")
    customer.archive(cast.sales)
    db.session.commit()
    assert "archived" in support.post("/customers/1/centre/contacts/1", data=SAID).get_data(as_text=True)
    assert again(1).roles == ""
