"""A morning: log what was due, keep a promise, take it back; with script, without, and by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.extensions import db
from tests.cast import Cast
from tests.flows.conftest import PHONE
from tests.flows.test_accessible import faults
from tests.touches import a_contact, a_customer, a_plan, a_promise

pytestmark = pytest.mark.browser


def a_morning(cast: Cast) -> None:
    a_plan(a_customer(cast), clock.today(), "ask about the terrace tables")
    clinic = a_customer(cast, "Clínica Obregón")
    a_contact(clinic)
    a_promise(clinic, clock.today(), "Send the invoice copy")
    db.session.commit()


def test_a_follow_up_is_logged_under_its_row_and_undone(cast: Cast, open_page: Callable[..., Page]) -> None:
    a_morning(cast)
    page = open_page("/", cast.support)
    page.get_by_role("button", name="Log follow-up: Hotel").click()
    note = page.get_by_label("Note")
    expect(note).to_be_focused()
    assert not faults(page)
    note.fill("All well")
    page.get_by_label("Tomorrow").check()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Logged: Call, reached.")).to_be_visible()
    expect(page.locator("#follow-up-1.is-done")).to_have_count(1)
    expect(page.get_by_text("1 waits for you")).to_be_visible()  # it counted 2 before
    expect(page.get_by_role("link", name="All 1")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Hotel Sierra Azul")).to_have_count(0)


def test_what_is_wrong_is_said_in_the_row(cast: Cast, open_page: Callable[..., Page]) -> None:
    a_morning(cast)
    page = open_page("/", cast.support)
    page.get_by_role("button", name="Log follow-up: Hotel").click()
    page.get_by_label("Note").fill("typed with care")
    page.get_by_label("A date").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").filter(has_text="Choose a day")).to_be_visible()
    expect(page.get_by_label("Note")).to_have_value("typed with care")
    expect(page.get_by_label("Day of the next step")).to_be_focused()
    expect(page.locator("#follow-up-1")).to_be_visible()
    page.get_by_label("1 week").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Logged: Call, reached.")).to_be_visible()


def test_a_promise_is_kept_and_taken_back_in_place(cast: Cast, open_page: Callable[..., Page]) -> None:
    a_morning(cast)
    cast.support.locale = "es"
    db.session.commit()
    page = open_page("/", cast.support, viewport=PHONE)
    row = page.locator("#commitment-1")
    tops = "all => new Set(all.map(one => one.getBoundingClientRect().top)).size"
    assert row.locator(".line-acts .btn").count() == 6
    assert row.locator(".line-acts .btn").evaluate_all(tops) == 1, "all that can be done stands in one row"
    cast.support.locale = "en"
    db.session.commit()
    page.reload()
    page.get_by_role("button", name="Keep: Send the invoice copy").click()
    expect(row.get_by_text("Kept", exact=True)).to_be_visible()
    row.get_by_role("button", name="Undo").click()
    expect(row.get_by_text("Promise due today")).to_be_visible()
    row.get_by_role("button", name="Renegotiate").click()
    row.get_by_label("Reason").fill("the printer is down")
    assert not faults(page)
    row.get_by_role("button", name="Renegotiate", exact=True).click()
    expect(row.get_by_text("Promise due in 7 days")).to_be_visible()


def test_without_script_everything_is_done_by_pages(cast: Cast, open_page: Callable[..., Page]) -> None:
    a_morning(cast)
    page = open_page("/", cast.support, script=False)
    page.get_by_role("button", name="Log follow-up: Hotel").click()
    expect(page.get_by_role("heading", name="Log follow-up")).to_be_visible()
    page.get_by_label("Note").fill("All well")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Follow-up logged with Hotel Sierra Azul.")).to_be_visible()
    page.get_by_role("button", name="Keep: Send the invoice copy").click()
    expect(page.get_by_text("Kept: Send the invoice copy")).to_be_visible()
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()


def test_a_promise_is_written_down_on_the_customers_page(cast: Cast, open_page: Callable[..., Page]) -> None:
    a_morning(cast)
    page = open_page("/customers/2", cast.support)
    page.get_by_role("link", name="New commitment").click()
    page.get_by_label("Promise", exact=True).fill("Bring two samples")
    page.get_by_label("Tomorrow").check()
    assert not faults(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("complementary").get_by_text("Bring two samples")).to_be_visible()
    page.get_by_label("Note").fill("They liked it")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#happened-2").get_by_text("They liked it")).to_be_visible()


@pytest.mark.parametrize("whose", ["mine", "team", "everybody"])
def test_on_a_phone_the_greeting_stands_clear_of_whose_work_is_shown(
    whose: str, cast: Cast, open_page: Callable[..., Page]
) -> None:
    cast.support.locale, cast.support.name = "es", "Inés Cordero"
    a_morning(cast)
    page = open_page(f"/?whose={whose}", cast.support, viewport=PHONE, language="es")
    covered = page.evaluate("""() => {
        const words = document.createRange();
        words.selectNodeContents(document.querySelector("h1"));
        const pill = document.querySelector(".today-head summary").getBoundingClientRect();
        return [...words.getClientRects()].some((line) => line.right > pill.left && line.top < pill.bottom);
    }""")
    assert not covered


def test_the_button_that_moves_a_plan_stands_at_its_day(cast: Cast, open_page: Callable[..., Page]) -> None:
    a_morning(cast)
    page = open_page("/follow-ups/1", cast.support, viewport=PHONE)
    day = page.get_by_label("Move to").bounding_box()
    button = page.get_by_role("button", name="Move", exact=True).bounding_box()
    assert day
    assert button
    assert abs(day["y"] + day["height"] - button["y"] - button["height"]) < 2
