"""Both agreed on another day."""

from datetime import timedelta

from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.touches import a_customer, a_promise

DAY = timedelta(days=1)


def test_keeps_the_day_first_promised(support: Browser, cast: Cast) -> None:
    first = clock.today() - DAY
    promise = a_promise(a_customer(cast), first)
    db.session.commit()
    asked = support.get(f"/commitments/{promise.id}/renegotiate?place=list", fragment=True).get_data(as_text=True)
    assert "New day" in asked
    assert "Reason" in asked
    for n in (2, 5):
        to = clock.today() + n * DAY
        form = {"due_on": to.isoformat(), "reason": "the printer is down", "version": promise.version, "place": "list"}
        answer = support.post(f"/commitments/{promise.id}/renegotiate", data=form, fragment=True)
        assert answer.status_code == 200
        db.session.refresh(promise)
        assert (promise.due_on, promise.original_due_on) == (to, first)
    assert promise.times_moved == 2
    assert "moved 2 times" in answer.get_data(as_text=True)
    event = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert event.kind == "commitment.renegotiated"
    assert event.data["was_due_on"] == (clock.today() + 2 * DAY).isoformat()
    assert event.data["reason"] == "the printer is down"
    support.post(f"/commitments/{promise.id}/keep")
    page = support.get(f"/commitments/{promise.id}").text  # why it was moved stays known when it is settled
    assert page.count("“the printer is down”") == 2
    assert "<dt>Reason</dt>" not in page


def test_wants_a_day_ahead_and_a_reason(support: Browser, cast: Cast) -> None:
    promise = a_promise(a_customer(cast), clock.today())
    db.session.commit()
    day = (clock.today() + DAY).isoformat()
    for wrong in ({"due_on": day}, {"due_on": "", "reason": "why"}, {"due_on": "2020-01-01", "reason": "why"}, {}):
        for fragment in (True, False):
            answer = support.post(
                f"/commitments/{promise.id}/renegotiate", data={"place": "today", **wrong}, fragment=fragment
            )
            assert answer.status_code == 422
            assert 'role="alert"' in answer.get_data(as_text=True)
    db.session.refresh(promise)
    assert promise.times_moved == 0


def test_of_two_at_once_the_second_is_told(support: Browser, owner: Browser, cast: Cast) -> None:
    promise = a_promise(a_customer(cast), clock.today())
    db.session.commit()
    form = {"due_on": (clock.today() + DAY).isoformat(), "reason": "one", "version": 1}
    assert support.post(f"/commitments/{promise.id}/renegotiate", data=form).status_code == 303
    assert support.post(f"/commitments/{promise.id}/renegotiate", data=form).status_code == 303  # sent twice
    late = owner.post(f"/commitments/{promise.id}/renegotiate", data={**form, "reason": "another"})
    assert late.status_code == 409
    assert "another" in late.get_data(as_text=True)
    db.session.refresh(promise)
    assert (promise.times_moved, promise.reason) == (1, "one")
