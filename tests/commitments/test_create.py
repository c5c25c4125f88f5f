"""Writing a promise down."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from portal import clock
from portal.commitments.models import Commitment
from portal.extensions import db
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.touches import a_contact, a_customer

DAY = timedelta(days=1)


def promised(**more: Any) -> dict[str, Any]:
    return {"form_id": str(uuid4()), "side": "ours", "text": "Send the invoice copy", "due_step": "3_days", **more}


def promises() -> list[Commitment]:
    return list(db.session.scalars(select(Commitment).order_by(Commitment.id)))


def test_a_form_that_was_sent_for_another_customer_is_not_said_to_be_written_down(support: Browser, cast: Cast) -> None:
    one, other, form = a_customer(cast), a_customer(cast, "Bistro Rojo"), promised()
    db.session.commit()
    assert support.post(f"/customers/{one.id}/commitments", data=form).status_code == 303
    assert support.post(f"/customers/{other.id}/commitments", data=form).status_code == 409
    assert [promise.customer_id for promise in promises()] == [one.id]


def test_nothing_is_promised_to_a_customer_in_the_archive(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    customer.archive(by=cast.owner)
    db.session.commit()
    assert "/commitments/new" not in support.get(f"/customers/{customer.id}").get_data(as_text=True)
    answer = support.post(f"/customers/{customer.id}/commitments", data=promised())
    assert answer.status_code == 422
    assert "archived" in answer.get_data(as_text=True)
    assert promises() == []


def test_is_written_down_once(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    ana = a_contact(customer)
    db.session.commit()
    path = f"/customers/{customer.id}/commitments"
    page = support.get(f"{path}/new").get_data(as_text=True)
    assert "New commitment" in page
    assert 'value="3_days" checked' in page
    form = promised(contact_id=ana.id, assignee_id=cast.sales.id, side="theirs")
    for _ in range(2):
        answer = support.post(path, data=form)
        assert (answer.status_code, answer.location) == (303, f"/customers/{customer.id}")
    (promise,) = promises()
    due_on = clock.today() + 3 * DAY
    assert (promise.side, promise.text, promise.due_on, promise.original_due_on) == (
        "theirs", "Send the invoice copy", due_on, due_on,
    )  # fmt: skip
    assert (promise.contact_id, promise.assignee_id, promise.state) == (ana.id, cast.sales.id, "open")
    event = db.session.scalars(select(Event).where(Event.kind == "commitment.made")).one()
    assert (event.subject_id, event.data["text"], event.data["contact"]) == (promise.id, promise.text, "Ana Robles")


def test_on_any_day(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    day = (clock.today() + 40 * DAY).isoformat()
    support.post(f"/customers/{customer.id}/commitments", data=promised(due_step="date", due_on=day))
    assert promises()[0].due_on.isoformat() == day


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "x" * 301},
        {"text": "a\x00b"},
        {"side": "nobody's"},
        {"due_step": "none"},
        {"due_step": "date", "due_on": ""},
        {"due_step": "date", "due_on": "2020-01-01"},
        {"due_step": "date", "due_on": "9999-12-31"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_kept(wrong: dict[str, str], support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    answer = support.post(
        f"/customers/{customer.id}/commitments", data=promised(**{"text": "My careful words", **wrong})
    )
    assert answer.status_code == 422
    if "text" not in wrong:
        assert "My careful words" in answer.get_data(as_text=True)
    assert promises() == []


def test_of_nobody_or_with_anothers_contact_is_not_found(support: Browser, cast: Cast) -> None:
    one, other = a_customer(cast), a_customer(cast, "Notaría 32")
    contact = a_contact(other)
    db.session.commit()
    assert support.post("/customers/99/commitments", data=promised()).status_code == 404
    assert support.get("/customers/99/commitments/new").status_code == 404
    assert support.post(f"/customers/{one.id}/commitments", data=promised(contact_id=contact.id)).status_code == 404
    support.post(f"/customers/{one.id}/commitments", data=promised(state="kept", assignee_id="999", times_moved="7"))
    (promise,) = promises()
    assert (promise.state, promise.assignee_id, promise.times_moved) == ("open", cast.support.id, 0)
