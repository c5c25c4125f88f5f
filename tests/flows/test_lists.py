"""A list is worked: logged and assigned in the row, on a phone; many at once; without script as well."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portal.extensions import db
from portal.jobs import run_waiting
from tests.cast import Cast
from tests.flows.conftest import PHONE
from tests.flows.test_accessible import faults
from tests.lists.entries import an_entry, close_books
from tests.touches import a_customer

pytestmark = pytest.mark.browser


def a_list(cast: Cast) -> None:
    close_books()
    an_entry(a_customer(cast), urgency=1.0)
    an_entry(a_customer(cast, "Notaría 32"), urgency=2.0)
    db.session.commit()


def test_a_row_is_worked_on_a_phone(cast: Cast, open_page: Callable[..., Page]) -> None:
    a_list(cast)
    page = open_page("/retention/due", cast.support, viewport=PHONE)
    filters = [box["y"] for each in page.locator("#list-filter > label").all() if (box := each.bounding_box())]
    assert max(filters) - min(filters) < 8, "in one row"
    page.get_by_role("link", name="Log follow-up: Hotel").click()
    expect(page.get_by_label("Note")).to_be_focused()
    assert not faults(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Logged: Call, reached.")).to_be_visible()
    expect(page.locator("#touched-1")).not_to_be_empty()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    page.get_by_role("link", name="Assign: Notaría").click()
    page.get_by_label("Assignee").select_option("Saúl Sales")
    page.locator("#log-2").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Assigned to Saúl Sales")).to_be_visible()
    expect(page.locator("#assignee-2")).to_have_text("Saúl Sales")
    page.get_by_label("Whose").select_option("Mine")
    expect(page.get_by_text("Notaría 32")).to_have_count(0)
    assert page.url.endswith("/retention/due?whose=me")


def test_many_at_once_and_progress(cast: Cast, open_page: Callable[..., Page]) -> None:
    a_list(cast)
    page = open_page("/retention/due", cast.support)
    page.get_by_role("checkbox", name="Choose: Hotel").check()
    page.get_by_role("button", name="Plan follow-ups").click()
    assert not faults(page)
    page.get_by_label("Note").fill("the new chairs")
    page.get_by_role("button", name="Plan 1 follow-up").click()
    expect(page.get_by_text("0 of 1 customers")).to_be_visible()
    assert not faults(page)
    run_waiting()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()


def test_without_script_everything_is_done_by_pages(cast: Cast, open_page: Callable[..., Page]) -> None:
    a_list(cast)
    page = open_page("/retention/due", cast.owner, script=False)
    page.get_by_role("link", name="Log follow-up: Hotel").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Due to buy again")).to_be_visible()
    expect(page.get_by_text("Follow-up logged with Hotel Sierra Azul.")).to_be_visible()
    page.get_by_label("Status").select_option("client")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_text("status client")).to_be_visible()
    page.get_by_text("Save this list").click()
    page.get_by_label("Name of the list").fill("Clients")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Clients")).to_be_visible()
    page.get_by_label("All of them").check()
    page.get_by_role("button", name="Assign…").click()
    page.get_by_role("button", name="Assign 2 customers").click()
    expect(page.get_by_text("Under way")).to_be_visible()
