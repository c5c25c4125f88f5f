"""Asking, as people do it: one client by a link, on a phone without script; a whole list while its bar fills."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portal.extensions import db
from portal.invitations.models import Invitation
from tests.cast import Cast
from tests.customers import known
from tests.flows.conftest import PHONE
from tests.flows.test_accessible import faults
from tests.invitations.asked import a_survey, work

pytestmark = pytest.mark.browser


def test_one_client_is_asked_by_a_link_without_script(cast: Cast, open_page: Callable[..., Page]) -> None:
    a_survey()
    known.add(cast, contacts=[{"name": "Ana Robles", "email": "ana@x.example"}, {"name": "Beto"}])
    page = open_page("/customers/1", cast.support, script=False, viewport=PHONE)
    page.get_by_role("link", name="Ask", exact=True).click()
    page.get_by_label("Beto").check()
    page.get_by_label("Link", exact=True).check()
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("Beto, would you recommend us?")).to_be_visible()
    link = page.get_by_label("Link", exact=True).input_value()
    assert link.startswith("http://localhost/s/")
    assert "Ana" not in (page.get_by_role("link", name="Write on WhatsApp").get_attribute("href") or "")
    page.get_by_role("link", name="Who was asked").click()
    expect(page.get_by_text("not answered", exact=True)).to_be_visible()


def test_a_whole_list_is_asked_while_its_bar_fills(cast: Cast, open_page: Callable[..., Page]) -> None:
    a_survey()
    for name in ("Ana", "Beto", "Carla"):
        known.add(cast, name, email=f"{name.lower()}@x.example")
    page = open_page("/customers", cast.support)
    page.get_by_role("link", name="Ask these").click()
    assert faults(page) == []
    page.get_by_role("button", name="Ask 3 customers").click()
    expect(page.get_by_role("heading", name="Asking the list")).to_be_visible()
    assert faults(page) == []
    work()
    expect(page.get_by_role("heading", name="The whole list is asked")).to_be_visible()
    page.get_by_role("link", name="Who was asked").click()
    page.get_by_text("Remind 3 people").click()
    assert faults(page) == []
    page.get_by_role("button", name="Remind them").click()
    expect(page.get_by_text("3 people are reminded.")).to_be_visible()
    page.get_by_role("link", name="Look: Ana").click()
    page.get_by_text("Take back").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Somebody took it back.")).to_be_visible()
    assert faults(page) == []
    db.session.rollback()
    assert db.session.get_one(Invitation, 1).ended_at is not None
