"""Customers, as people keep them: with script, without, and on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Cast
from tests.customers.known import HOSTILE, add
from tests.flows.conftest import PHONE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_customer_is_created_with_a_contact_and_corrected(
    script: bool, open_page: Callable[..., Page], cast: Cast
) -> None:
    page = open_page("/customers/new", cast.support, script=script, viewport=PHONE)
    page.get_by_label("Name", exact=True).first.fill("Hotel Sierra Azul")
    page.get_by_label("Phone", exact=True).first.fill("81 8340 1122")
    page.get_by_label("Tags").fill("hospitality, VIP")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Hotel Sierra Azul")).to_be_visible()
    expect(page.get_by_text("+52 81 8340 1122")).to_be_visible()
    people = page.get_by_role("region", name="People")
    people.get_by_role("link", name="New contact").click()
    page.get_by_label("Name", exact=True).fill("Ana Robles")
    page.get_by_label("Phone", exact=True).fill("12")
    page.locator("#contact-form").get_by_role("button", name="Save").click()
    expect(page.get_by_text("That is not a phone number")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Ana Robles")
    page.get_by_label("Phone", exact=True).fill("55 1234 5678")
    page.locator("#contact-form").get_by_role("button", name="Save").click()
    expect(people.get_by_text("+52 55 1234 5678")).to_be_visible()


def test_on_pages_of_their_own_forms_end_where_what_they_changed_stands(
    open_page: Callable[..., Page], cast: Cast
) -> None:
    customer = add(cast, contacts=[{"name": "Ana Núñez"}])
    room = f"/customers/{customer.id}"
    page = open_page(f"{room}/contacts/new", cast.support, viewport=PHONE)
    page.get_by_label("Name", exact=True).fill("Jorge Salas")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(f"{room}$"))
    expect(page.get_by_role("region", name="People").get_by_text("Jorge Salas")).to_be_visible()
    page.goto(f"{room}/contacts/1")
    page.get_by_role("button", name="Archive").click()
    expect(page).to_have_url(re.compile(f"{room}$"))
    for name in ("assign", "tags"):
        page.goto(f"{room}/{name}")
        page.get_by_role("button", name="Save").click()
        expect(page).to_have_url(re.compile(f"{room}$"))
    page.goto(f"{room}/centre/position")
    page.get_by_role("radio", name="preferred supplier").check(force=True)
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(f"{room}/centre$"))
    expect(page.locator("[aria-current=step]")).to_contain_text("preferred supplier")


def test_found_while_typing_and_by_keyboard(open_page: Callable[..., Page], cast: Cast) -> None:
    customer = add(cast, contacts=[{"name": "Ana Núñez"}])
    add(cast, "Clínica Obregón")
    page = open_page("/", cast.support)
    page.keyboard.press("/")
    page.keyboard.type("nunez")
    expect(page.locator("#found").get_by_role("link", name="Hotel Sierra Azul")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/customers/{customer.id}$"))


def test_the_list_narrows_in_place_and_goes_back(open_page: Callable[..., Page], cast: Cast) -> None:
    add(cast, "Hotel Sierra Azul", assignee=cast.support)
    add(cast, "Clínica Obregón")
    page = open_page("/customers", cast.support)
    page.locator("#customers-filter").get_by_label("Assignee").select_option("me")
    expect(page.get_by_text("assigned to me")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/customers\?assignee=me$"))
    expect(page.get_by_role("link", name="Clínica Obregón", exact=True)).to_have_count(0)
    expect(page.get_by_role("link", name="CSV")).to_have_attribute("href", re.compile("assignee=me"))
    page.go_back()
    expect(page.get_by_role("link", name="Clínica Obregón", exact=True)).to_be_visible()


def test_without_script_the_list_narrows_too(open_page: Callable[..., Page], cast: Cast) -> None:
    add(cast, "Hotel Sierra Azul")
    add(cast, "Clínica Obregón")
    page = open_page("/customers", cast.support, script=False)
    page.locator("#customers-filter").get_by_label("Name, phone or e-mail").fill("obregon")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("row", name="Clínica Obregón")).to_be_visible()
    expect(page.get_by_role("link", name="Hotel Sierra Azul", exact=True)).to_have_count(0)


def test_what_looks_like_html_asks_for_nothing(open_page: Callable[..., Page], cast: Cast) -> None:
    customer = add(cast, HOSTILE, notes=HOSTILE, contacts=[{"name": HOSTILE}])
    page = open_page(f"/customers/{customer.id}", cast.support)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    expect(page.get_by_role("heading", name="<script>alert(1)</script>")).to_be_visible()
    page.locator("#q").fill("script")
    expect(page.locator("#found").get_by_role("link")).to_be_visible()
    assert all("/customers/search" in url or "/static/" in url for url in asked), asked


def test_two_editors_see_both_texts(open_page: Callable[..., Page], cast: Cast) -> None:
    customer = add(cast, city="Monterrey")
    first, second = (open_page(f"/customers/{customer.id}/edit", user) for user in (cast.sales, cast.support))
    for page, city in ((first, "Saltillo"), (second, "Torreón")):
        page.get_by_label("City").fill(city)
        page.get_by_role("button", name="Save").click()
    expect(second.get_by_role("row", name="City")).to_contain_text("Torreón")
    expect(second.get_by_role("row", name="City")).to_contain_text("Saltillo")
    second.get_by_role("button", name="Save mine over it").click()
    expect(second.get_by_text("Torreón").first).to_be_visible()
