"""Coming in, as people do: by keyboard, on a phone, and without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Cast
from tests.conftest import PASSWORD
from tests.flows.conftest import PHONE

pytestmark = pytest.mark.browser


def test_by_keyboard(cast: Cast, open_page: Callable[..., Page]) -> None:
    page = open_page("/customers")
    expect(page.get_by_label("Email")).to_be_focused()
    page.keyboard.type("support@firm.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Customers", exact=True)).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_wrong_password_keeps_the_email(script: bool, cast: Cast, open_page: Callable[..., Page]) -> None:
    page = open_page("/sign-in", viewport=PHONE, script=script)
    page.get_by_label("Email").fill("support@firm.example")
    page.get_by_label("Password").fill("not the right one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("do not go together")).to_be_visible()
    expect(page.get_by_label("Email")).to_have_value("support@firm.example")
