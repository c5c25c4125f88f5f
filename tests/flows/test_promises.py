"""The page of the promises between us in a real browser: a contact with a phone, without script; and a scanner."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from portal.extensions import db
from tests.cast import Cast
from tests.flows.conftest import PHONE
from tests.flows.test_accessible import faults
from tests.flows.test_survey import NARROW, SEND_AS_FOUND, scan
from tests.ledger.opened import kinds, open_ledger, told
from tests.safety.house import database_digest

pytestmark = pytest.mark.browser


def test_a_scanner_says_nothing_and_a_contact_does(
    app: Flask, cast: Cast, open_page: Callable[..., Page], address: str
) -> None:
    ledger = open_ledger(cast)
    before = database_digest()
    page = open_page(ledger.path, viewport=NARROW, dark=True)
    assert not faults(page)
    scan(page, [ledger.path], address)
    assert database_digest() == before
    db.session.rollback()
    page.goto(ledger.path)
    page.evaluate(SEND_AS_FOUND, 0)
    page.get_by_role("alert").wait_for()
    assert not faults(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page = open_page(ledger.path, viewport=PHONE, script=False)
    page.get_by_role("button", name="Español").click()
    why = page.get_by_label("¿Qué falta?")
    expect(why).to_be_hidden()
    page.get_by_role("radio", name="No, no se cumplió").check(force=True)
    why.fill("Falta la segunda hoja")
    page.get_by_role("checkbox", name="Ya está hecho").check()
    page.get_by_role("button", name="Enviar").click()
    expect(page.get_by_role("status")).to_contain_text("Anotado")
    expect(page.get_by_text("Está abierto de nuevo")).to_be_visible()
    expect(page.get_by_text("Lo estamos revisando")).to_be_visible()
    assert [(each.word, each.words) for each in told()] == [("not_kept", "Falta la segunda hoja"), ("done", "")]
    assert kinds() == ["commitment.disputed", "commitment.said_done"]
    db.session.rollback()

    page = open_page("/", cast.support, viewport=PHONE)
    assert not faults(page)
    page.get_by_role("button", name="Not yet: Send the plan of the terrace").click()
    expect(page.get_by_text("They promised it in 2 days")).to_be_visible()
    page.get_by_role("button", name="Keep: Send the invoice copy").click()
    expect(page.get_by_text("Kept", exact=True)).to_be_visible()
    page = open_page(ledger.path, viewport=NARROW)
    assert not faults(page)
    small = "all => all.filter(one => one.getBoundingClientRect().height < 44).map(one => one.textContent)"
    assert page.eval_on_selector_all("a, button:not(.enter), summary, .tick, .pick", small) == []
