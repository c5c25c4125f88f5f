"""Saying a promise better; of two editors the second sees both texts."""

from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.touches import a_contact, a_customer, a_promise


def test_is_reworded_and_given_to_somebody(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    promise, ana = a_promise(customer, clock.today()), a_contact(customer)
    db.session.commit()
    assert "Send the invoice copy" in support.get(f"/commitments/{promise.id}/edit").get_data(as_text=True)
    form = {
        "text": "Send two copies",
        "version": 1,
        "contact_id": ana.id,
        "assignee_id": cast.sales.id,
        "state": "kept",
    }
    assert support.post(f"/commitments/{promise.id}", data=form).status_code == 303
    db.session.refresh(promise)
    assert (promise.text, promise.contact_id, promise.assignee_id, promise.state) == (
        "Send two copies", ana.id, cast.sales.id, "open",
    )  # fmt: skip
    event = db.session.scalars(select(Event).where(Event.kind == "commitment.changed")).one()
    assert event.data["was"] == "Send the invoice copy"


def test_the_second_editor_sees_both_texts(support: Browser, owner: Browser, cast: Cast) -> None:
    promise = a_promise(a_customer(cast), clock.today())
    db.session.commit()
    assert support.post(f"/commitments/{promise.id}", data={"text": "first words", "version": 1}).status_code == 303
    late = owner.post(f"/commitments/{promise.id}", data={"text": "second words", "version": 1})
    text = late.get_data(as_text=True)
    assert late.status_code == 409
    assert "first words" in text
    assert "second words" in text
    db.session.refresh(promise)
    assert promise.text == "first words"
    assert owner.post(f"/commitments/{promise.id}", data={"text": "second words", "version": 2}).status_code == 303


def test_wrong_words_and_foreign_people(support: Browser, cast: Cast) -> None:
    promise, other = a_promise(a_customer(cast), clock.today()), a_customer(cast, "Notaría 32")
    contact = a_contact(other)
    db.session.commit()
    assert support.post(f"/commitments/{promise.id}", data={"text": "", "version": 1}).status_code == 422
    assert support.post(f"/commitments/{promise.id}", data={"text": "x", "contact_id": contact.id}).status_code == 404
    assert support.post("/commitments/99", data={"text": "x"}).status_code == 404
    assert support.get("/commitments/99/edit").status_code == 404
