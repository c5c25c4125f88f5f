"""An owner asks who comes back: the books of an old ledger are closed, and a day is refused."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from portal import clock, jobs
from portal.extensions import db
from portal.purchases.models import Purchase
from tests.cast import Cast
from tests.flows.conftest import PHONE
from tests.flows.test_accessible import faults
from tests.touches import a_customer

pytestmark = pytest.mark.browser
NEWEST = date(2024, 3, 15)


def an_old_ledger(cast: Cast) -> None:
    """Thirty customers; each third came back after 40 days, the last of them on the newest day."""
    for n in range(30):
        customer = a_customer(cast, f"Customer {n}")
        first = NEWEST - timedelta(days=40 + 5 * n)
        customer.first_purchase_on = first
        for on in [first, first + timedelta(days=40)][: 1 + (n % 3 == 0)]:
            db.session.add(
                Purchase(
                    customer_id=customer.id, purchased_on=on, amount_minor=90_000, currency="MXN",
                    created_at=clock.now() - timedelta(days=1),
                )
            )  # fmt: skip
    db.session.commit()


def work() -> None:
    """What the worker would do meanwhile."""
    db.session.rollback()
    assert jobs.run_waiting() > 0


def test_old_books_are_closed_and_read(cast: Cast, open_page: Callable[..., Page]) -> None:
    an_old_ledger(cast)
    page = open_page("/", cast.owner)
    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="Do they come back?")).to_be_visible()
    page.get_by_role("button", name="Close the books on 15 Mar 2024").click()
    expect(page.get_by_role("heading", name="Closing the books of")).to_be_visible()
    assert faults(page) == []
    work()
    expect(page.get_by_text("As of 15 March 2024 · 30 customers, 10 of them clients")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("10 of 30 bought again")).to_be_visible()
    page.get_by_role("link", name="All measures").click()
    expect(page.locator("canvas")).to_have_count(1)
    page.get_by_text("The days as a table").click()
    expect(page.get_by_role("cell", name="66.7 %").first).to_be_visible()
    page.get_by_role("link", name="Active in each month").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip the table").first).to_be_focused()
    assert faults(page) == []
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('section').id") == "second", "past all cohorts"
    page.get_by_role("link", name="Active in each month").click()
    expect(page.get_by_role("heading", name="in the …th month after")).to_be_visible()
    assert faults(page) == []


def test_a_day_is_refused_and_another_chosen_without_script(cast: Cast, open_page: Callable[..., Page]) -> None:
    an_old_ledger(cast)
    page = open_page("/retention", cast.owner, script=False, viewport=PHONE)
    page.get_by_text("As of today", exact=True).click()
    page.get_by_label("As of a day gone by").fill("1997-09-30")
    page.get_by_role("button", name="Close the books", exact=True).click()
    expect(page.get_by_text("Nobody had bought by that day")).to_be_visible()
    field = page.get_by_label("As of a day gone by")
    expect(field).to_have_value("1997-09-30")
    field.fill("2024-01-31")
    page.get_by_role("button", name="Close the books", exact=True).click()
    work()
    page.get_by_role("link", name="Refresh").click()
    expect(page.get_by_text("As of 31 January 2024")).to_be_visible()
