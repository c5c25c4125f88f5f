"""An owner writes a playbook step by step, and a colleague with a small phone skips a step of one that runs."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portal.extensions import db
from tests.cast import Cast
from tests.flows.conftest import LAPTOP
from tests.flows.test_accessible import NARROW, faults
from tests.playbooks.written import CALL, a_playbook, a_sale, look
from tests.touches import a_customer

pytestmark = pytest.mark.browser
WITHIN = "one => one.getBoundingClientRect().right <= one.closest('form').getBoundingClientRect().right"


def test_write_a_playbook_and_skip_a_step(cast: Cast, open_page: Callable[..., Page]) -> None:
    a_playbook(CALL)
    a_sale(cast, a_customer(cast).id)
    db.session.commit()
    look()
    page = open_page("/settings/playbooks/new", cast.owner, viewport=LAPTOP)
    page.get_by_label("Name", exact=True).fill("When they come back")
    more = page.get_by_role("button", name="One more step")
    for text in ("Thank them", "Ask how it went"):
        page.get_by_label("What is to be done").last.fill(text)
        more.click()
        expect(page.locator(":focus")).to_have_attribute("type", "number")
        assert not faults(page)
    expect(page.locator("#preview")).to_contain_text("Ask how it went")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Playbook saved.")
    expect(more).to_be_hidden()  # the step that waits to be opened says so itself
    page.locator("summary", has_text="One more step").click()
    expect(more).to_be_visible()

    page = open_page("/customers/1/playbooks", cast.support, viewport=NARROW)
    page.get_by_label("Skip: Ask how it went").click()
    page.get_by_role("button", name="Skip", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Say why, in a few words.")
    reason = page.get_by_label("Reason").and_(page.locator(":visible"))
    assert reason.evaluate(WITHIN)
    assert not faults(page)
    reason.fill("They called us")
    reason.press("Enter")
    expect(page.get_by_text("skipped: They called us")).to_be_visible()
