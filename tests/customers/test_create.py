"""Writing a new customer down."""

import re

import pytest
from sqlalchemy import func, select

from portal.contacts.models import Contact
from portal.customers.models import Customer, Tag
from portal.extensions import db
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import HOSTILE, add, event, kinds

FORM_ID = "6f1c0a52-0d3e-4f67-9d55-1d6b5b1c2a77"


def how_many() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Customer)) or 0


def test_everything_is_kept_and_told(support: Browser, cast: Cast) -> None:
    form = {
        "form_id": FORM_ID, "name": "  Hotel  Sierra Azul ", "email": "Compras@SierraAzul.example",
        "phone": "81 8340 1122", "city": "Monterrey", "external_id": "A-17", "assignee_id": cast.support.id,
        "tag_names": "Hotelería, VIP, hoteleria", "notes": "Line one\r\nline two",
        "contact_name": "Ana Robles", "contact_title": "housekeeping", "contact_phone": "044 55 1234 5678",
    }  # fmt: skip
    answer = support.post("/customers", data=form)
    customer = db.session.scalars(select(Customer)).one()
    assert (answer.status_code, answer.location) == (303, f"/customers/{customer.id}")
    assert (customer.name, customer.email, customer.phone) == (
        "Hotel Sierra Azul", "compras@sierraazul.example", "+528183401122",
    )  # fmt: skip
    assert (customer.city, customer.external_id, customer.notes) == ("Monterrey", "A-17", "Line one\nline two")
    assert (customer.assignee_id, customer.status) == (cast.support.id, "prospect")
    assert sorted(db.session.scalars(select(Tag.name))) == ["Hotelería", "VIP"]
    assert db.session.scalars(select(Contact.phone)).one() == "+525512345678"
    assert kinds(customer.id) == ["customer.created", "contact.added"]
    assert event("customer.created").user_id == cast.support.id
    assert "ana robles" in customer.search_text


def test_the_form_has_its_labels_and_speaks_both_languages(support: Browser, cast: Cast) -> None:
    page = support.get("/customers/new").get_data(as_text=True)
    for label in ("Name", "E-mail", "Phone", "City", "Number in other systems", "Assignee", "Tags", "Notes"):
        assert re.search(rf"<label[^>]*>{label}</label>", page), label
    cast.support.locale = "es"
    db.session.commit()
    assert "Nuevo cliente" in support.get("/customers/new").get_data(as_text=True)


def test_sent_twice_it_is_one_customer(support: Browser) -> None:
    answers = [support.post("/customers", data={"form_id": FORM_ID, "name": "Hotel"}) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert how_many() == 1


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("name", "", "required"),
        ("name", "x" * 161, "160"),
        ("name", "a\x00b", "characters that can&#39;t be kept"),
        ("email", "nobody", "not an e-mail"),
        ("email", "javascript:alert(1)", "not an e-mail"),
        ("phone", "12", "not a phone number"),
        ("tag_names", "x" * 41, "at most 40"),
        ("tag_names", ",".join(map(str, range(21))), "at most 20"),
        ("assignee_id", "999999", "Not a valid choice"),
        ("assignee_id", "٣", "Not a valid choice"),
        ("contact_title", "boss", "A contact needs a name"),
        ("notes", "x" * 10_001, "10000"),
    ],
)
def test_bad_input_is_told_and_kept(field: str, text: str, said: str, support: Browser) -> None:
    form = {"name": "Hotel", "city": "Monterrey", field: text}
    for fragment in (False, True):
        answer = support.post("/customers", data=form, fragment=fragment)
        assert answer.status_code == 422
        page = answer.get_data(as_text=True)
        assert said in page or "Invalid Choice" in page
        assert 'value="Monterrey"' in page
    assert how_many() == 0


def test_somebody_who_seems_known_is_shown_first(support: Browser, cast: Cast) -> None:
    known = add(cast, "Hotel Sierra", contacts=[{"name": "Ana", "phone": "+525512345678"}])
    for reach in ({"phone": "5512345678"}, {"phone": "+52 1 55 1234 5678"}):
        answer = support.post("/customers", data={"name": "Sierra Hotel", **reach})
        assert answer.status_code == 422
        assert f'href="/customers/{known.id}"' in answer.get_data(as_text=True)
    assert how_many() == 1
    assert support.post("/customers", data={"name": "Sierra Hotel", **reach, "anyway": "y"}).status_code == 303
    assert how_many() == 2


def test_a_number_in_other_systems_names_one_customer(support: Browser, cast: Cast) -> None:
    add(cast, "Hotel Sierra", external_id="A-1")
    answer = support.post("/customers", data={"name": "Other", "external_id": "A-1"})
    assert answer.status_code == 422
    assert "Hotel Sierra&#39;s already" in answer.get_data(as_text=True)
    assert how_many() == 1


def test_what_looks_like_html_stays_letters_everywhere(support: Browser, cast: Cast) -> None:
    form = {
        name: HOSTILE[:80] if name == "contact_title" else HOSTILE
        for name in ("name", "city", "notes", "contact_name", "contact_title")
    }
    form |= {"city": HOSTILE[:80], "external_id": HOSTILE[:80], "tag_names": "<script>alert(1)</script>"}
    location = support.post("/customers", data=form).location
    pages = [location, "/customers", "/customers/search?q=script", f"{location}/edit", f"{location}/assign",
             f"{location}/tags", f"{location}/contacts/1", "/customers?q=script"]  # fmt: skip
    for page in pages:
        html = support.get(page).get_data(as_text=True)
        assert "&lt;script&gt;" in html, page
        for live in ("<script>alert", "<b hx-get", "<iframe", ">49<"):
            assert live not in html, (page, live)


def test_fields_that_are_not_the_forms_are_ignored(support: Browser) -> None:
    support.post("/customers", data={"name": "Hotel", "status": "client", "revenue_minor": "5", "id": "77"})
    customer = db.session.scalars(select(Customer)).one()
    assert (customer.status, customer.revenue_minor, customer.id == 77) == ("prospect", 0, False)


def test_a_lone_surrogate_is_refused(support: Browser) -> None:
    parts = {"csrf_token": support.csrf_token().encode(), "name": b"a\xed\xa0\x80b"}
    body = b"".join(b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (name.encode(), value)
                    for name, value in parts.items()) + b"--x--\r\n"  # fmt: skip
    answer = support.open("/customers", method="POST", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 422
    assert how_many() == 0
