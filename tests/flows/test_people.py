"""Inviting, joining, changing a role and ending a session, as people do it: with script and without."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.extensions import db
from portal.mail.models import OutboxMessage
from tests.cast import Cast
from tests.flows.conftest import PHONE
from tests.mail.letters import words_of

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_colleague_is_invited_and_joins(script: bool, open_page: Callable[..., Page], cast: Cast) -> None:
    page = open_page("/settings/users", cast.owner, script=script)
    page.get_by_role("link", name="Invite a user").click()
    page.get_by_label("Name").fill("Iván Treviño")
    page.get_by_label("Email").fill("ivan@firm.example")
    page.get_by_label("Role").select_option("sales")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("status")).to_contain_text("ivan@firm.example")
    expect(page.get_by_role("row", name="Iván Treviño")).to_contain_text("invited")
    message = db.session.scalars(select(OutboxMessage)).one()
    link = re.search(r"/invitation/\S+", words_of(message).text)
    db.session.rollback()
    assert link is not None
    theirs = open_page(link.group(), script=script, viewport=PHONE)
    theirs.get_by_label("New password").fill("una contraseña larga")
    theirs.get_by_role("button", name="Save and sign in").click()
    expect(theirs).to_have_url(re.compile("/$"))
    expect(theirs.get_by_role("status")).to_contain_text("You are signed in")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_role_is_changed_and_a_user_disabled(script: bool, open_page: Callable[..., Page], cast: Cast) -> None:
    page = open_page("/settings/users", cast.owner, script=script)
    page.get_by_role("combobox", name="Role of Lucía Support").select_option("owner")
    page.get_by_role("combobox", name="Level of Lucía Support").select_option("board")
    page.get_by_role("button", name="Save: Lucía Support").click()
    page.wait_for_load_state("networkidle")  # the row is another one then
    expect(page.get_by_role("combobox", name="Role of Lucía Support")).to_have_value("owner")
    expect(page.get_by_role("combobox", name="Level of Lucía Support")).to_have_value("board")
    page.get_by_role("link", name="Disable Saúl Sales").click()
    page.get_by_role("button", name="Disable", exact=True).click()
    expect(page.get_by_role("button", name="Enable Saúl Sales")).to_be_visible()
    page.get_by_role("link", name="Disable Lucía Support").click()
    page.get_by_role("button", name="Disable", exact=True).click()
    expect(page.get_by_role("button", name="Enable Lucía Support")).to_be_visible()
    page.get_by_role("link", name="Disable Olga Owner").click()
    page.get_by_role("button", name="Disable", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="last owner")).to_be_visible()
    expect(page).to_have_url(re.compile("/settings/users"))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_session_is_ended_from_another(script: bool, open_page: Callable[..., Page], cast: Cast) -> None:
    lost = open_page("/", cast.support, viewport=PHONE)
    page = open_page("/account", cast.support, script=script)
    expect(page.get_by_role("button", name="End", exact=True)).to_have_count(1)
    page.get_by_role("button", name="End", exact=True).click()
    expect(page.get_by_role("button", name="End", exact=True)).to_have_count(0)
    lost.goto("/customers")
    expect(lost).to_have_url(re.compile("/sign-in"))
