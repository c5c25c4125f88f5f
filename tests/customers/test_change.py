"""Correcting what is known of a customer, also when two do so at once."""

from typing import Any

from portal.customers.models import Customer
from portal.extensions import db
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import add, again, event, kinds


def form_of(customer: Customer, **changes: Any) -> dict[str, Any]:
    form = {name: getattr(customer, name) or "" for name in ("name", "email", "phone", "city", "external_id", "notes")}
    form |= {"version": customer.version, "assignee_id": customer.assignee_id or "", "tag_names": ""}
    return form | changes


def test_changes_what_differs_and_tells_old_and_new(support: Browser, cast: Cast) -> None:
    customer = add(cast, city="Monterrey", phone="+528183401122", tags=["hotel"])
    form = form_of(customer, city="Saltillo", email="ana@sierra.example", tag_names="hotel, VIP",
                   assignee_id=cast.support.id)  # fmt: skip
    answer = support.post(f"/customers/{customer.id}", data=form)
    assert (answer.status_code, answer.location) == (303, f"/customers/{customer.id}")
    customer = again(customer)
    assert (customer.city, customer.email, customer.assignee_id) == ("Saltillo", "ana@sierra.example", cast.support.id)
    assert "ana@sierra.example" in customer.search_text
    assert event("customer.changed").data["changes"] == {
        "email": [None, "ana@sierra.example"],
        "city": ["Monterrey", "Saltillo"],
    }
    assert event("customer.tagged").data["added"] == ["VIP"]
    assert event("customer.assigned").data["to"] == cast.support.name
    page = support.get(f"/customers/{customer.id}").get_data(as_text=True)
    assert "<del>Monterrey</del> → <ins>Saltillo</ins>" in page
    assert "<p>Saved.</p>" in page


def test_saving_what_stands_writes_nothing(support: Browser, cast: Cast) -> None:
    customer = add(cast)
    assert support.post(f"/customers/{customer.id}", data=form_of(customer)).status_code == 303
    assert again(customer).version == 1
    assert kinds(customer.id) == ["customer.created"]


def test_the_edit_page_shows_what_is_known(support: Browser, cast: Cast) -> None:
    customer = add(cast, phone="+528183401122", tags=["VIP", "hotel"])
    page = support.get(f"/customers/{customer.id}/edit").get_data(as_text=True)
    assert 'value="+52 81 8340 1122"' in page
    assert 'value="hotel, VIP"' in page
    assert support.get("/customers/99/edit").status_code == 404


def test_the_second_of_two_editors_sees_both_texts(support: Browser, owner: Browser, cast: Cast) -> None:
    customer = add(cast, city="Monterrey")
    seen = form_of(customer)
    assert owner.post(f"/customers/{customer.id}", data=seen | {"city": "Saltillo"}).status_code == 303
    for fragment in (False, True):
        answer = support.post(f"/customers/{customer.id}", data=seen | {"city": "Torreón"}, fragment=fragment)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 409
        assert '<td class="wrap">Torreón</td><td class="wrap">Saltillo</td>' in page
        assert "Save mine over it" in page
        assert "Keep what stands now" in page
        assert 'name="version" type="hidden" value="2"' in page
    assert again(customer).city == "Saltillo"
    assert support.post(f"/customers/{customer.id}", data=seen | {"city": "Torreón", "version": 2}).status_code == 303
    assert again(customer).city == "Torreón"


def test_two_who_wrote_the_same_are_of_one_mind(support: Browser, owner: Browser, cast: Cast) -> None:
    customer = add(cast, city="Monterrey")
    form = form_of(customer, city="Saltillo")
    for browser in (owner, support):
        assert browser.post(f"/customers/{customer.id}", data=form).status_code == 303


def test_an_edit_that_meets_the_archive_is_told(support: Browser, owner: Browser, cast: Cast) -> None:
    customer = add(cast)
    form = form_of(customer, city="Saltillo")
    owner.post(f"/customers/{customer.id}/archive")
    assert support.post(f"/customers/{customer.id}", data=form).status_code == 409
    answer = support.post(f"/customers/{customer.id}", data=form | {"version": again(customer).version})
    assert answer.status_code == 409
    assert "Restore it first" in answer.get_data(as_text=True)
    assert again(customer).city == ""


def test_bad_input_and_missing_customers(support: Browser, stranger: Browser, cast: Cast) -> None:
    customer = add(cast)
    other = add(cast, "Other", external_id="A-1")
    assert support.post(f"/customers/{customer.id}", data=form_of(customer, name="")).status_code == 422
    assert support.post(f"/customers/{customer.id}", data=form_of(customer, external_id="A-1")).status_code == 422
    assert support.post(f"/customers/{other.id}", data=form_of(other, external_id="A-1", city="X")).status_code == 303
    assert support.post("/customers/99", data={"name": "x"}).status_code == 404
    assert stranger.post(f"/customers/{customer.id}", data={"name": "x"}).location.startswith("/sign-in")
    assert again(customer).name == "Hotel Sierra Azul"


def test_a_name_is_found_by_its_new_spelling(support: Browser, cast: Cast) -> None:
    customer = add(cast, "Muebles Montaña")
    support.post(f"/customers/{customer.id}", data=form_of(customer, name="Peñoles"))
    assert "Peñoles" in support.get("/customers/search?q=penol", fragment=True).get_data(as_text=True)
    assert "Peñoles" not in support.get("/customers/search?q=montana", fragment=True).get_data(as_text=True)


def test_a_disabled_assignee_stays_until_another_is_chosen(support: Browser, cast: Cast) -> None:
    customer = add(cast, assignee=cast.sales)
    cast.sales.disabled_at = cast.sales.created_at
    db.session.commit()
    assert support.post(f"/customers/{customer.id}", data=form_of(customer, city="X")).status_code == 303
    assert again(customer).assignee_id == cast.sales.id
