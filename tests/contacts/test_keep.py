"""The people at a customer: added, corrected, put away, brought back, and never another customer's."""

import re

import pytest
from sqlalchemy import select

from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import HOSTILE, add, again, event, kinds

FORM_ID = "6f1c0a52-0d3e-4f67-9d55-1d6b5b1c2a77"


@pytest.fixture
def hotel(cast: Cast) -> Customer:
    return add(cast, contacts=[{"name": "Ana Robles", "title": "housekeeping"}])


def ana() -> Contact:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Contact).where(Contact.id == 1)).one()


def test_adds_in_place_and_without_script(support: Browser, hotel: Customer) -> None:
    path = f"/customers/{hotel.id}/contacts"
    for fragment in (False, True):
        assert 'id="contact-form"' in support.get(f"{path}/new", fragment=fragment).get_data(as_text=True)
    form = {"form_id": FORM_ID, "name": "Jorge Salas", "phone": "55 1234 5678", "email": "JS@azul.example"}
    answer = support.post(path, data=form, fragment=True)
    page = answer.get_data(as_text=True)
    assert page.lstrip().startswith("<section")
    assert "Jorge Salas" in page
    assert f'hx-target="#happened-{hotel.id}"' in page  # the story has grown
    assert 'id="contact-form"' not in page
    assert support.post(path, data=form).location == f"/customers/{hotel.id}"
    assert "Saved." in support.get(f"/customers/{hotel.id}").get_data(as_text=True)
    jorge = db.session.scalars(select(Contact).where(Contact.name == "Jorge Salas")).one()  # sent twice, there once
    assert (jorge.phone, jorge.email) == ("+525512345678", "js@azul.example")
    assert "jorge salas" in again(hotel).search_text
    assert kinds(hotel.id) == ["customer.created", "contact.added", "contact.added"]


def test_a_form_that_was_sent_for_another_customer_is_not_said_to_be_saved(
    support: Browser, cast: Cast, hotel: Customer
) -> None:
    other = add(cast, "Bistro Rojo")
    form = {"form_id": FORM_ID, "name": "Jorge Salas"}
    assert support.post(f"/customers/{hotel.id}/contacts", data=form).status_code == 303
    assert support.post(f"/customers/{other.id}/contacts", data=form).status_code == 409
    assert db.session.scalars(select(Contact.customer_id).where(Contact.name == "Jorge Salas")).all() == [hotel.id]


def test_corrects_and_tells_old_and_new(support: Browser, hotel: Customer) -> None:
    path = f"/customers/{hotel.id}/contacts/1"
    page = support.get(path).get_data(as_text=True)
    assert 'value="Ana Robles"' in page
    form = {"version": 1, "name": "Ana Robles", "title": "manager", "email": "ana@azul.example"}
    assert support.post(path, data=form).location == f"/customers/{hotel.id}"
    assert ana().version == 2
    assert event("contact.changed").data["changes"] == {
        "title": ["housekeeping", "manager"],
        "email": [None, "ana@azul.example"],
    }
    assert "ana@azul.example" in again(hotel).search_text


def test_the_second_of_two_editors_sees_both_texts(support: Browser, owner: Browser, hotel: Customer) -> None:
    path = f"/customers/{hotel.id}/contacts/1"
    owner.post(path, data={"version": 1, "name": "Ana R.", "title": "housekeeping"})
    for fragment in (False, True):
        answer = support.post(path, data={"version": 1, "name": "Ana Robles", "title": "boss"}, fragment=fragment)
        assert answer.status_code == 409
        page = answer.get_data(as_text=True)
        assert '<td class="wrap">Ana Robles</td><td class="wrap">Ana R.</td>' in page
        assert "Save mine over it" in page
    assert ana().name == "Ana R."
    assert support.post(path, data={"version": 2, "name": "Ana Robles", "title": "boss"}).status_code == 303
    assert ana().title == "boss"


def test_puts_away_and_brings_back(support: Browser, hotel: Customer) -> None:
    path = f"/customers/{hotel.id}/contacts/1"
    page = support.post(f"{path}/archive", fragment=True).get_data(as_text=True)
    assert f'action="{path}/restore"' in page
    assert ana().is_archived
    assert "ana robles" not in again(hotel).search_text
    assert support.post(f"{path}/restore").location == f"/customers/{hotel.id}"
    assert "ana robles" in again(hotel).search_text
    assert kinds(hotel.id)[2:] == ["contact.archived", "contact.restored"]


def test_another_customers_contact_is_nobody(support: Browser, hotel: Customer, cast: Cast) -> None:
    other = add(cast, "Other")
    for contact in (1, 99):
        path = f"/customers/{other.id}/contacts/{contact}"
        assert support.get(path).status_code == 404
        for verb in ("", "/archive", "/restore"):
            assert support.post(path + verb, data={"version": 1, "name": "Stolen"}).status_code == 404
    assert support.post("/customers/99/contacts", data={"name": "x"}).status_code == 404
    assert (ana().name, ana().version, ana().archived_at) == ("Ana Robles", 1, None)


@pytest.mark.parametrize(
    ("field", "text"),
    [("name", ""), ("name", "x" * 121), ("email", "nobody"), ("phone", "12"), ("title", "a\x00"), ("title", "x" * 81)],
)
def test_bad_input_is_told_and_kept(field: str, text: str, support: Browser, hotel: Customer) -> None:
    for path in (f"/customers/{hotel.id}/contacts", f"/customers/{hotel.id}/contacts/1"):
        for fragment in (False, True):
            form = {"version": 1, "name": "Beatriz Luna", field: text}
            answer = support.post(path, data=form, fragment=fragment)
            assert answer.status_code == 422
            assert "field-error" in answer.get_data(as_text=True)
    assert kinds(hotel.id) == ["customer.created", "contact.added"]


def test_html_stays_letters(support: Browser, hotel: Customer) -> None:
    support.post(f"/customers/{hotel.id}/contacts", data={"name": HOSTILE, "title": HOSTILE[:80]})
    for page in (f"/customers/{hotel.id}", f"/customers/{hotel.id}/contacts/2"):
        html = support.get(page).get_data(as_text=True)
        assert "&lt;script&gt;" in html
        assert not re.search(r"<script>alert|<b hx-get|<iframe", html)


def test_strangers_sign_in(stranger: Browser, hotel: Customer) -> None:
    for path in ("", "/1", "/1/archive", "/1/restore"):
        assert stranger.post(f"/customers/{hotel.id}/contacts{path}").location.startswith("/sign-in")
    assert stranger.get(f"/customers/{hotel.id}/contacts/new").location.startswith("/sign-in")
