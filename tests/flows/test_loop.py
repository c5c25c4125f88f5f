"""The loop: an unhappy client on a phone, the colleague's first row, the promise kept, and an answer taken by phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portal.extensions import db
from tests.cast import Cast
from tests.flows.conftest import PHONE
from tests.flows.test_accessible import faults
from tests.flows.test_morning import a_morning
from tests.responses.asking import a_survey, ask

pytestmark = pytest.mark.browser


def test_an_unhappy_answer_is_the_first_row_until_it_is_kept(cast: Cast, open_page: Callable[..., Page]) -> None:
    a_morning(cast)
    a_survey("csat", "Is it right now?", occasion="after_recovery")
    question = ask(cast)
    db.session.rollback()  # the database is the browsers' now
    client = open_page(question.path, viewport=PHONE)
    client.get_by_role("radio", name="3", exact=True).check()
    client.get_by_label("Comment").fill("Two legs wobble")
    client.get_by_role("button", name="Send").click()
    expect(client.get_by_text("Thank you")).to_be_visible()
    page = open_page("/", cast.sales)
    first = page.get_by_role("listitem").filter(has=page.get_by_role("heading", level=2)).first
    expect(first).to_contain_text("Unhappy, to be made right in 2 days")
    expect(first).to_contain_text("Two legs wobble")
    assert not faults(page)
    first.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("Kept", exact=True)).to_be_visible()
    page.goto("/surveys/responses")
    expect(page.get_by_role("link", name="Made right")).to_be_visible()


def test_an_answer_is_taken_in_the_place_of_the_quick_log(cast: Cast, open_page: Callable[..., Page]) -> None:
    a_morning(cast)
    a_survey("csat", "After the purchase")
    a_survey("nps", "Would they recommend us?")
    db.session.commit()
    page = open_page("/", cast.support, viewport=PHONE)
    reasons = page.get_by_role("list", name="Filter").get_by_role("link")
    page.set_viewport_size({"width": 320, "height": 600})
    assert reasons.first.bounding_box()["y"] == reasons.last.bounding_box()["y"]  # type: ignore[index]  # in one row
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.get_by_role("button", name="Log follow-up: Hotel").click()
    page.get_by_role("link", name="Write a survey answer down").click()
    page.get_by_role("link", name="Would they recommend us?").click()
    page.get_by_role("radio", name="10", exact=True).check()
    page.get_by_label("Comment").fill("Lovely")
    assert not faults(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Written down: Happy, 10 of 10.")).to_be_visible()
    page.get_by_role("link", name="Log follow-up").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Logged: Call, reached.")).to_be_visible()
    expect(page.locator("#follow-up-1.is-done")).to_have_count(1)
