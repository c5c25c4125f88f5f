"""An objection in the quick log, in a browser: found while typing, chosen with its answer, and logged."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.extensions import db
from tests.cast import Cast
from tests.flows.conftest import PHONE
from tests.flows.test_accessible import faults, too_wide
from tests.objections.library import an_objection
from tests.touches import a_customer, a_plan

pytestmark = [pytest.mark.browser, pytest.mark.once]


def test_is_found_while_typing_and_logged_with_the_answer(cast: Cast, open_page: Callable[..., Page]) -> None:
    an_objection(cast, "It is too expensive", "Divide it by the years it lasts.")
    an_objection(cast, "It takes too long")
    a_plan(a_customer(cast), clock.today())
    db.session.commit()
    page = open_page("/", cast.support, viewport=PHONE)
    page.get_by_role("button", name="Log follow-up: Hotel").click()
    page.locator("summary", has_text="Objection").click()
    field = page.get_by_role("textbox", name="Objection")
    field.focus()
    expect(page.get_by_role("radio", name="It takes too long")).to_be_visible()
    field.press_sequentially("expens")
    answer = page.get_by_role("radio", name="Divide it by the years it lasts.")
    expect(page.get_by_role("radio", name="It takes too long")).to_have_count(0)
    expect(field).to_be_focused()
    answer.check()
    assert not faults(page) + too_wide(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Objection: It is too expensive.")).to_be_visible()
    page.goto("/settings/objections/1")
    expect(page.get_by_role("link", name="1 time", exact=True)).to_have_count(2)
