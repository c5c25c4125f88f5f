"""An owner keeps some of a list untouched, and looks at what that has found."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from portal import clock
from portal.extensions import db
from portal.trials.models import Trial
from tests.cast import Cast
from tests.flows.conftest import PHONE
from tests.flows.test_accessible import faults
from tests.trials.listed import DAY, a_list

pytestmark = pytest.mark.browser


def test_begin_look_and_check(cast: Cast, open_page: Callable[..., Page]) -> None:
    a_list(cast, 60)
    page = open_page("/retention/trials/new?list=overdue", cast.owner, viewport=PHONE, dark=True)
    expect(page.get_by_role("button", name="Leave 12 customers untouched")).to_be_visible()
    page.get_by_label("Left untouched, in 100").fill("50")
    page.get_by_label("Left untouched, in 100").blur()
    button = page.get_by_role("button", name="Leave 30 customers untouched")
    expect(button).to_be_visible()
    assert not faults(page)
    button.click()
    expect(page.get_by_text("30 are left untouched and 30 are worked")).to_be_visible()
    assert not faults(page)
    counts = {"worked_bought": 20, "untouched_bought": 5, "untouched_called": 1}
    ended = {"state": "done", "ended_at": clock.now(), "ends_on": clock.today() - DAY}
    db.session.execute(update(Trial).values(**ended, **counts))
    db.session.commit()
    page.goto("/retention/trials/1")
    expect(page.get_by_text("The calls brought 50 more in 100")).to_be_visible()
    page.get_by_role("link", name="Check the seal").click()
    expect(page.get_by_text("This is not what was sealed")).to_be_visible()  # its last day was moved
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not faults(page)
    page.goto("/retention/trials")
    expect(page.get_by_text("50 more in 100").first).to_be_visible()
    assert not faults(page)
