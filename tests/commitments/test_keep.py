"""It was done as promised."""

from datetime import timedelta

from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.touches import a_customer, a_promise

DAY = timedelta(days=1)


def kinds() -> list[str]:
    return [e.kind for e in db.session.scalars(select(Event).where(Event.kind.like("commitment.%")).order_by(Event.id))]


def test_answers_in_place_with_undo(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    promise = a_promise(a_customer(cast), clock.today() - 3 * DAY)
    db.session.commit()
    with queries as seen:
        answer = support.post(f"/commitments/{promise.id}/keep?place=today", fragment=True)
    assert len(seen) <= 7  # two of them write
    text = answer.get_data(as_text=True)
    assert f'id="commitment-{promise.id}"' in text
    assert "Kept" in text
    assert "Undo" in text
    assert 'hx-target="#today-head"' in text  # what is counted over the list comes along
    assert "waits for you" not in text
    db.session.refresh(promise)
    assert (promise.state, promise.settled_on, promise.version) == ("kept", clock.today(), 2)
    again = support.post(f"/commitments/{promise.id}/reopen?place=today", fragment=True).get_data(as_text=True)
    assert "Promise 3 days late" in again
    assert "1 waits for you, 1 of them for a promise" in again
    db.session.refresh(promise)
    assert (promise.state, promise.settled_on) == ("open", None)
    assert kinds() == ["commitment.kept", "commitment.reopened"]


def test_on_the_customers_page_the_figures_come_along(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    promise = a_promise(a_customer(cast), clock.today())
    id, customer_id = promise.id, promise.customer_id
    db.session.commit()
    assert f'id="figures-{customer_id}"' in support.get(f"/customers/{customer_id}").text
    with queries as seen:
        answer = support.post(f"/commitments/{id}/keep?place=side", fragment=True).text
    assert len(seen) <= 7  # two of them write
    assert f'hx-target="#figures-{customer_id}"' in answer
    assert "<dd>1 of 1</dd>" in answer
    assert f'hx-target="#happened-{customer_id}"' in answer  # and so does the story
    assert "<b>Promise kept</b>" in answer
    asked = {"HX-Current-URL": f"http://localhost/customers/{customer_id}?kind=purchases"}
    answer = support.post(f"/commitments/{id}/reopen?place=side", fragment=True, headers=asked).text
    assert "<b>Promise kept</b>" not in answer
    answer = support.post(f"/commitments/{id}/keep?place=list", fragment=True).text
    assert "figures" not in answer
    assert "1 of our last 1 promises kept" in answer


def test_without_script_it_goes_back(support: Browser, cast: Cast) -> None:
    promise = a_promise(a_customer(cast), clock.today())
    db.session.commit()
    referrer = {"Referer": "http://localhost/?whose=team"}
    answer = support.post(f"/commitments/{promise.id}/keep", headers=referrer)
    assert (answer.status_code, answer.location) == (303, "/?whose=team")
    home = support.get("/?whose=team").get_data(as_text=True)
    assert "Kept: Send the invoice copy" in home
    assert "Undo" in home


def test_twice_is_once(support: Browser, cast: Cast) -> None:
    promise = a_promise(a_customer(cast), clock.today())
    db.session.commit()
    for _ in range(2):
        assert support.post(f"/commitments/{promise.id}/keep").status_code == 303
    assert kinds() == ["commitment.kept"]


def test_what_is_settled_otherwise_is_refused(support: Browser, cast: Cast) -> None:
    promise = a_promise(a_customer(cast), clock.today())
    promise.withdraw(cast.support, "not needed")
    db.session.commit()
    assert support.post(f"/commitments/{promise.id}/keep").status_code == 422
    assert support.post(f"/commitments/{promise.id}/keep", fragment=True).status_code == 422
    db.session.refresh(promise)
    assert promise.state == "withdrawn"


def test_what_is_not_there_is_not_found(support: Browser, cast: Cast) -> None:
    assert support.post("/commitments/99/keep").status_code == 404
