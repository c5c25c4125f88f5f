"""A testimonial is written down with how it was allowed, put right, and taken back."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.testimonials import models
from tests.advocacy.given import DAY, kinds_of
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.testimonials.quoted import a_testimonial
from tests.touches import a_contact, a_customer

FORM = {"text": "All of it was on time.", "website": "y", "evidence": "on paper"}


def test_by_hand(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    customer = a_customer(cast)
    ana = a_contact(customer)
    db.session.commit()
    found = support.get("/advocacy/testimonials/new?q=hotel").get_data(as_text=True)
    assert f'href="/customers/{customer.id}/testimonials/new"' in found
    path = f"/customers/{customer.id}/testimonials"
    with queries as seen:
        assert "Ana Robles" in support.get(f"{path}/new").get_data(as_text=True)
    assert len(seen) <= 6
    day = clock.today() - 5 * DAY
    form = FORM | {"form_id": str(uuid4()), "contact_id": str(ana.id), "consented_on": day.isoformat(), "signed": "Ana"}
    for _ in range(2):
        assert support.post(path, data=form).location == "/advocacy/testimonials/1"
    made = db.session.scalars(select(models.Testimonial)).one()
    assert (made.places, made.consented_on, made.evidence) == (("website",), day, "on paper")
    assert kinds_of(customer) == ["testimonial.given"]
    with queries as seen:
        assert "All of it was on time." in support.get("/advocacy/testimonials/1").get_data(as_text=True)
    assert len(seen) <= 6
    story = support.get(f"/customers/{customer.id}").get_data(as_text=True)
    assert "<b>May be quoted</b>" in story


def test_what_is_missing_is_told(support: Browser, cast: Cast) -> None:
    customer, other = a_customer(cast), a_customer(cast, "Notaría 32")
    stranger = a_contact(other)
    db.session.commit()
    path, tomorrow = f"/customers/{customer.id}/testimonials", (clock.today() + DAY).isoformat()
    wrong = [{"text": " "}, {"evidence": ""}, {"website": ""}, {"consented_on": tomorrow}, {"text": "x" * 4001}]
    for each in wrong:
        form = {name: value for name, value in (FORM | each).items() if value}
        assert support.post(path, data=form).status_code == 422, each
    assert support.post(path, data=FORM | {"contact_id": str(stranger.id)}).status_code == 404
    assert support.post("/customers/99/testimonials", data=FORM).status_code == 404
    customer.archive(cast.support)
    db.session.commit()
    assert support.post(path, data=FORM).status_code == 422
    assert not db.session.scalars(select(models.Testimonial)).all()


def test_two_editors(support: Browser, cast: Cast) -> None:
    made, customer, _ = a_testimonial(cast)
    path = f"/advocacy/testimonials/{made.id}"
    assert 'name="version" type="hidden" value="1"' in support.get(f"{path}/edit").get_data(as_text=True)
    form = FORM | {"version": "1"}
    assert support.post(path, data=form).status_code == 303
    db.session.refresh(made)
    assert (made.text, made.places, made.version) == ("All of it was on time.", ("website",), 2)
    assert support.post(path, data=form).status_code == 303, "the same, sent twice"
    answer = support.post(path, data=form | {"text": "Otherwise."})
    assert answer.status_code == 409
    assert "All of it was on time." in answer.get_data(as_text=True)
    assert "Otherwise." in answer.get_data(as_text=True)
    nowhere = {"text": "Otherwise.", "evidence": "x", "version": "2"}
    assert support.post(path, data=nowhere).status_code == 422
    assert support.post(path, data=form | {"version": "2", "evidence": ""}).status_code == 422
    assert kinds_of(customer) == ["testimonial.given", "testimonial.changed"]


def test_taken_back_at_once_and_kept_in_the_record(support: Browser, cast: Cast) -> None:
    made, customer, _ = a_testimonial(cast)
    path = f"/advocacy/testimonials/{made.id}"
    assert support.post(f"{path}/withdraw", data={"reason": " "}).status_code == 422
    for _ in range(2):
        assert support.post(f"{path}/withdraw", data={"reason": "Ana called"}).location == path
    db.session.refresh(made)
    assert (made.places, made.withdrawn_on, made.reason) == ((), clock.today(), "Ana called")
    page = support.get(path).get_data(as_text=True)
    assert "It may be quoted nowhere any more" in page
    assert "data-copy" not in page
    assert "The terrace" not in support.get("/advocacy/testimonials").get_data(as_text=True)
    assert support.get(f"{path}/edit").location == path
    assert support.post(path, data=FORM | {"version": "2"}).status_code == 422
    assert kinds_of(customer) == ["testimonial.given", "testimonial.withdrawn"]


@pytest.mark.parametrize("path", ["", "/withdraw"])
def test_every_verb_knows_what_is_not_there(path: str, support: Browser, stranger: Browser, cast: Cast) -> None:
    assert support.post(f"/advocacy/testimonials/99{path}", data=FORM).status_code == 404
    assert stranger.post(f"/advocacy/testimonials/99{path}").location.startswith("/sign-in")
