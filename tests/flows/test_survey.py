"""The public page in a real browser: a client with a phone, a keyboard or no script; and a scanner that tries all."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import func, select

from portal.extensions import db
from portal.invitations.models import OptOut
from tests.cast import Cast
from tests.flows.conftest import PHONE
from tests.flows.test_accessible import faults
from tests.responses.asking import ask, responses
from tests.safety.house import database_digest

pytestmark = pytest.mark.browser
NARROW = {"width": 320, "height": 640}
SEND_AS_FOUND = "at => HTMLFormElement.prototype.submit.call(document.forms[at])"
MOST_STEPS = 60


def scan(page: Page, starts: list[str], address: str) -> set[str]:
    """Do what a mail scanner does at its worst: run the scripts, follow every link, submit every form as it is found,
    with its button and without. Returns the paths that were opened.
    """
    waiting, seen = [*starts], set[str]()
    while waiting and len(seen) < MOST_STEPS:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        page.goto(here)
        waiting += [
            link.removeprefix(address)
            for link in page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
            if link.startswith(f"{address}/")
        ]
        for at in range(page.locator("form").count()):
            with page.expect_navigation():
                page.evaluate(SEND_AS_FOUND, at)
            page.goto(here)
            page.locator("form").nth(at).locator("button").last.click()
            page.goto(here)
    return seen


def test_a_scanner_leaves_nothing_behind(app: Flask, cast: Cast, open_page: Callable[..., Page], address: str) -> None:
    question = ask(cast)
    before = database_digest()
    page = open_page(question.path)
    starts = [question.path, f"{question.path}?score=9", f"{question.path}/not-me", f"{question.path}/thanks"]
    for start in starts:
        for _ in range(5):
            page.request.head(start)
            page.request.get(start)
    seen = scan(page, starts, address)
    assert {*starts} <= seen
    assert len(seen) < MOST_STEPS
    assert database_digest() == before
    assert not responses()
    assert not db.session.scalar(select(func.count()).select_from(OptOut))
    db.session.rollback()
    client = open_page(f"{question.path}?score=9", viewport=PHONE)
    assert not client.get_by_role("radio", name="9", exact=True).is_checked()
    client.get_by_role("radio", name="4", exact=True).check()
    client.get_by_role("button", name="Send").click()
    client.get_by_text("you hear from us by").wait_for()
    assert [(r.score, r.state) for r in responses()] == [(4, "standing")]
    answered = database_digest()
    scan(page, [f"{question.path}/not-me"], address)  # the link of the receipt
    assert database_digest() == answered


def test_a_client_answers_by_keyboard_and_says_more(cast: Cast, open_page: Callable[..., Page]) -> None:
    question = ask(cast)
    page = open_page(question.path, viewport=NARROW)
    assert not faults(page)
    page.get_by_role("radio", name="0", exact=True).focus()
    page.keyboard.press("ArrowLeft")  # round to the last one
    assert page.get_by_role("radio", name="10", exact=True).is_checked()
    assert page.get_by_text("What did you like most?").is_visible()
    assert page.get_by_text("What went wrong?").is_hidden()
    page.keyboard.press("Tab")
    page.keyboard.type("The chairs")
    assert page.get_by_label("Comment", exact=True).input_value() == "The chairs"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Thank you, Ana.").wait_for()
    assert not faults(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_label("Their name").fill("Beto Ruiz")
    page.get_by_label("Yes, with my name").check()
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Noted. Thank you!").wait_for()
    [response] = responses()
    assert (response.score, response.comment, response.may_call, response.quote) == (10, "The chairs", True, "name")
    small = "all => all.filter(one => one.getBoundingClientRect().height < 44).map(one => one.textContent)"
    assert page.eval_on_selector_all("a, button:not(.enter), .tick, textarea", small) == []


def test_all_of_it_works_without_script_and_in_the_dark(cast: Cast, open_page: Callable[..., Page]) -> None:
    question = ask(cast)
    page = open_page(question.path, viewport=NARROW, script=False, dark=True)
    page.get_by_label("Comment", exact=True).fill("Llegó")
    page.get_by_role("button", name="Español").click()
    assert page.get_by_label("Comentario").input_value() == "Llegó"
    page.wait_for_load_state()  # its look too
    before = page.get_by_label("Comentario").bounding_box()
    page.get_by_role("radio", name="10", exact=True).check()
    assert page.get_by_label("Comentario").bounding_box() == before, "nothing jumps"
    page.get_by_role("radio", name="3", exact=True).check()
    page.get_by_label("Comentario").fill("Llegó tarde")
    page.get_by_role("button", name="Enviar").click()
    page.get_by_text("lo vamos a arreglar").wait_for()
    page.get_by_role("link", name="Cambiar mi respuesta").click()
    assert page.get_by_role("radio", name="3", exact=True).is_checked()
    assert responses()[0].locale == "es"


@pytest.mark.once
def test_axe_finds_nothing_in_any_state(cast: Cast, open_page: Callable[..., Page]) -> None:
    question = ask(cast)
    page = open_page(f"{question.path}?score=0", viewport=NARROW, dark=True)
    wrong = {"marked": faults(page)}
    page.evaluate(SEND_AS_FOUND, 0)
    page.get_by_role("alert").wait_for()
    wrong["refused"] = faults(page)
    page.get_by_label("Comment", exact=True).fill("Two legs\nare loose")
    page.get_by_role("button", name="Español").click()
    page.get_by_role("radio", name="3", exact=True).check()
    assert page.get_by_label("Comentario", exact=True).input_value() == "Two legs\nare loose"
    page.get_by_role("button", name="English").click()
    wrong["switched"] = faults(page)
    page.get_by_role("radio", name="3", exact=True).press("Enter")  # sends the answer, and switches no language
    page.get_by_text("you hear from us by").wait_for()
    wrong["thanks"] = faults(page)
    for name, path in (("edit", question.path), ("not me", f"{question.path}/not-me"), ("privacy", "/privacy")):
        page.goto(path)
        wrong[name] = faults(page)
    question.survey.close(cast.owner)
    db.session.commit()
    page.goto(question.path)
    wrong["over"] = faults(page)
    assert not {name: lines for name, lines in wrong.items() if lines}
