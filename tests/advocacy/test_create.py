"""A colleague writes down whom a customer recommends."""

from uuid import uuid4

from sqlalchemy import select

from portal import clock
from portal.advocacy.models import Referral
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from tests.advocacy.given import DAY, kinds_of
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.touches import a_contact, a_customer


def test_from_whom_and_when(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    customer = a_customer(cast)
    ana, friend = a_contact(customer), a_customer(cast, "Oficinas Roble")
    db.session.commit()
    page = support.get("/advocacy/new?q=hotel").get_data(as_text=True)
    assert f'href="/customers/{customer.id}/advocacy/new"' in page
    path = f"/customers/{customer.id}/advocacy"
    with queries as seen:
        assert "Ana Robles" in support.get(f"{path}/new").get_data(as_text=True)
    assert len(seen) <= 6
    day = clock.today() - 3 * DAY
    form = {"form_id": str(uuid4()), "name": "Jorge", "reach": "jorge@roble.example", "note": "opens an office"}
    form |= {"contact_id": str(ana.id), "on": day.isoformat(), "next": f"/customers/{customer.id}/advocacy"}
    for _ in range(2):
        assert support.post(path, data=form).location == f"/customers/{customer.id}/advocacy"
    made = db.session.scalars(select(Referral)).one()
    assert (made.state, made.contact_id, made.referred_on, made.note) == ("given", ana.id, day, "opens an office")
    assert made.created_by_id == cast.support.id
    assert not db.session.scalars(select(FollowUp)).all(), "they have just been spoken to"
    assert kinds_of(customer) == ["referral.given"]
    assert f"written down by {cast.support.name}" in support.get(f"/advocacy/{made.id}").get_data(as_text=True)
    form |= {"form_id": str(uuid4()), "contact_id": str(a_contact(friend, "Eva").id)}
    db.session.commit()
    assert support.post(path, data=form).status_code == 404, "a person of another customer"


def test_what_can_not_be_is_told(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    path, today = f"/customers/{customer.id}/advocacy", clock.today()
    wrong = [{"name": " "}, {"name": "x" * 121}, {"name": "Jorge", "on": "soon"}]
    wrong += [{"name": "Jorge", "on": (today + days * DAY).isoformat()} for days in (1, -4000)]
    for form in wrong:
        answer = support.post(path, data=form)
        assert answer.status_code == 422, form
    assert "Choose a day that has been" in answer.get_data(as_text=True)
    customer.archive(cast.support)
    db.session.commit()
    assert support.post(path, data={"name": "Jorge"}).status_code == 422
    assert not db.session.scalars(select(Referral)).all()
    assert support.get("/customers/99/advocacy/new").status_code == 404
    assert support.post("/customers/99/advocacy", data={"name": "Jorge"}).status_code == 404


def test_a_stranger_signs_in_first(stranger: Browser, cast: Cast) -> None:
    for path in ("/advocacy", "/advocacy/new", "/customers/1/advocacy"):
        assert stranger.get(path).location.startswith("/sign-in")
    assert stranger.post("/customers/1/advocacy").location.startswith("/sign-in")
