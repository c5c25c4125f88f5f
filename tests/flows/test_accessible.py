"""Every page as axe sees it: in both languages, light and dark, on a laptop and on a phone, never too wide.

What a page looks like is no matter of the database, so this is tested once.
"""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page

from portal import access
from portal.config import ROOT
from portal.digests import switching
from portal.extensions import db
from tests.cast import Cast
from tests.customers import known
from tests.flows.conftest import LAPTOP, PHONE
from tests.safety.house import BY_LINK, PUBLIC, address, rules
from tests.sample import make_sample
from tests.surveys.answers import a_survey, an_answer

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

FAULTS = """async tags => {
    const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]})
    return found.violations.map(each => `${each.id}: ${each.nodes[0].html.slice(0, 160)} (${each.nodes.length}×)`)
}"""
"""Every rule is tried on every element; what is in order is not described, which would cost more than the trial."""
BESIDE = ("/customers/1/merge?with=2", "/customers/1/contacts/1/merge?with=3")
"""Pages that an address alone does not open."""
NARROW = {"width": 320, "height": 600}

pytestmark = [pytest.mark.browser, pytest.mark.once]


def faults(page: Page) -> list[str]:
    """What axe finds on the page, a line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(FAULTS, TAGS)
    return found


def pages(app: Flask, page: Page) -> Iterator[str]:
    """Open every page of HTML that an owner can open, one after the other, with the sample's first ids."""
    for rule in rules(app, "GET"):
        path = address(app, rule)
        answer = page.request.get(path, headers={"Accept": "text/html"}, max_redirects=0)
        if answer.status == 200 and answer.headers["content-type"].startswith("text/html"):
            page.goto(path)
            yield path
    for path in BESIDE:
        page.goto(path)
        yield path


def too_wide(page: Page) -> list[str]:
    """Whether the page is wider than its screen."""
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth && window.innerWidth")
    return [f"wider than {wide} px"] if wide else []


def too_wide_when_narrow(page: Page) -> list[str]:
    """Whether the page is wider than the narrowest phone."""
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    wrong = too_wide(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return wrong


@pytest.mark.long
@pytest.mark.parametrize(
    ("language", "dark", "viewport"),
    [("es", False, LAPTOP), ("en", True, PHONE)],
    ids=["laptop-light-es", "phone-dark-en"],
)
def test_axe_finds_nothing_and_nothing_is_too_wide(
    language: str, dark: bool, viewport: dict[str, int], app: Flask, cast: Cast, open_page: Callable[..., Page]
) -> None:
    make_sample(cast)
    cast.owner.locale = language
    db.session.commit()
    page = open_page("/", cast.owner, viewport=viewport, dark=dark, language=language)
    page.add_init_script(AXE)
    found = []
    for path in pages(app, page):
        wrong = faults(page) + too_wide(page) + (too_wide_when_narrow(page) if viewport is PHONE else [])
        found += [f"{path}: {line}" for line in wrong]
    assert not found, "\n".join(found)


def test_results_by_assignee_fit_the_narrowest_phone(cast: Cast, open_page: Callable[..., Page]) -> None:
    cast.owner.locale, cast.sales.name = "es", "Bartholomew Constantinopolitano"
    survey, customer = a_survey("csat"), known.add(cast, "Hotel")
    for score in [5] * 29 + [2] * 3:
        an_answer(survey, customer, score)
    db.session.commit()
    page = open_page("/surveys/1", cast.owner, viewport=NARROW, language="es")
    assert "90.6" in page.locator(".by-people").inner_text()
    assert not too_wide(page)


def test_the_doors_are_accessible_too(app: Flask, cast: Cast, open_page: Callable[..., Page]) -> None:
    page = open_page("/sign-in", viewport=PHONE)
    assert not faults(page)
    for rule in rules(app, "GET"):
        if rule.endpoint in (PUBLIC | BY_LINK) - {"settings.accent_css", "health.show", "settings.first_run"}:
            page.goto(address(app, rule))
            assert not faults(page), rule.rule
    page.goto(switching.address(cast.owner.id, "", access.secret_keys()))
    assert not faults(page)
