"""The buying centre as people fill it: with script in place, and without."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portal.extensions import db
from tests.buying_centre.there import there, touched
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.mark.long
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_person_is_placed_and_a_late_relation_is_answered(
    script: bool, open_page: Callable[..., Page], cast: Cast
) -> None:
    customer, ana, _ = there(cast)
    touched(ana, cast.support, 40)
    db.session.commit()
    page = open_page(f"/customers/{customer.id}/centre", cast.support, script=script)
    page.get_by_role("link", name="Edit: Ana Robles").click()
    if script:
        expect(page.get_by_role("checkbox", name="initiator")).to_be_focused()
    page.get_by_role("checkbox", name="decider").check(force=True)
    page.get_by_role("radio", name="sceptic").check(force=True)
    page.get_by_label("Left on").fill("2099-01-01")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nobody has left on a day to come.")).to_be_visible()
    page.get_by_label("Left on").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Ana Robles sceptic")).to_contain_text("decider")
    expect(page.get_by_text("Ana Robles has been a sceptic since")).to_be_visible()
    page.get_by_role("link", name="rhythm: Lucía Support, Ana Robles").click()
    if script:
        expect(page.get_by_label("Every so many days")).to_be_focused()
    page.get_by_label("Every so many days").fill("30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Ana Robles sceptic")).to_contain_text("10 days late")
    page.get_by_role("link", name="Say where we stand").click()
    if script:
        expect(page.get_by_role("form", name="Our position")).to_be_focused()
    page.get_by_role("radio", name="preferred supplier").check(force=True)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("preferred supplier")
    page.goto("/")
    expect(page.get_by_text("Not in touch, 10 days late")).to_be_visible()
    page.get_by_role("link", name="Log follow-up: Hotel Sierra Azul").click()
    expect(page.get_by_role("combobox", name="Contact")).to_have_value("1")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.goto("/")
    expect(page.get_by_text("Not in touch, 10 days late")).to_have_count(0)
