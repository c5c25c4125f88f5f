"""Every page as axe sees it: in both languages, light and dark, on a laptop and on a phone, never too wide."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from portal.config import ROOT
from portal.extensions import db
from tests.cast import Cast
from tests.flows.conftest import LAPTOP, PHONE
from tests.safety.house import BY_LINK, PUBLIC, address, rules
from tests.sample import make_sample

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = pytest.mark.browser


def faults(page: Page) -> list[str]:
    """What axe finds on the page, a line each."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]} ({len(v['nodes'])}×)" for v in found["violations"]]


def pages(app: Flask) -> list[str]:
    """The address of every page of HTML that an owner can open, with the sample's first ids."""
    return [address(app, rule) for rule in rules(app, "GET")]


@pytest.mark.parametrize(
    ("language", "dark", "viewport"),
    [("es", False, LAPTOP), ("en", True, PHONE)],
    ids=["laptop-light-es", "phone-dark-en"],
)
def test_axe_finds_nothing(
    language: str, dark: bool, viewport: dict[str, int], app: Flask, cast: Cast, open_page: Callable[..., Page]
) -> None:
    make_sample(cast)
    cast.owner.locale = language
    db.session.commit()
    page = open_page("/", cast.owner, viewport=viewport, dark=dark, language=language)
    found: dict[str, list[str]] = {}
    for path in pages(app):
        answer = page.request.get(path, headers={"Accept": "text/html"}, max_redirects=0)
        if answer.status != 200 or not answer.headers["content-type"].startswith("text/html"):
            continue
        page.goto(path)
        wrong = faults(page)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wrong.append("wider than its screen")
        if wrong:
            found[path] = wrong
    assert not found, "\n".join(f"{path}: {line}" for path, lines in found.items() for line in lines)


def test_nothing_is_wider_than_a_narrow_phone(app: Flask, cast: Cast, open_page: Callable[..., Page]) -> None:
    make_sample(cast)
    page = open_page("/", cast.owner, viewport={"width": 320, "height": 600})
    too_wide = []
    for path in pages(app):
        answer = page.request.get(path, max_redirects=0)
        if answer.status == 200 and answer.headers["content-type"].startswith("text/html"):
            page.goto(path)
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                too_wide.append(path)
    assert not too_wide


def test_the_doors_are_accessible_too(app: Flask, cast: Cast, open_page: Callable[..., Page]) -> None:
    page = open_page("/sign-in", viewport=PHONE)
    assert not faults(page)
    for rule in rules(app, "GET"):
        if rule.endpoint in (PUBLIC | BY_LINK) - {"settings.accent_css", "health.show", "settings.first_run"}:
            page.goto(address(app, rule))
            assert not faults(page), rule.rule
