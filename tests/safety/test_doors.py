"""Every route, tried by strangers, by every role, and with ids that can't exist."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.users.models import User
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import ON_POSTGRESQL
from tests.safety.house import BY_LINK, PUBLIC, address, database_digest, raw_address, rules
from tests.sample import make_sample

IMPOSSIBLE_IDS = [str(2**31), str(2**62), str(2**63), str(10**30), "0"]
if not ON_POSTGRESQL:  # these are refused by the address alone, before any database
    IMPOSSIBLE_IDS += ["-1", "1.0", "٣", "%00", "1e3", "null"]


def test_strangers_are_sent_to_sign_in(app: Flask, stranger: Browser, cast: Cast) -> None:
    make_sample(cast)
    before = database_digest()
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            if rule.endpoint in PUBLIC | BY_LINK:
                continue
            answer = stranger.open(address(app, rule), method=method) if method == "GET" else stranger.post(
                address(app, rule)
            )  # fmt: skip
            assert answer.status_code == 303, f"{method} {rule.rule} let a stranger in: {answer.status_code}"
            assert answer.location.startswith("/sign-in"), rule.rule
    assert database_digest() == before


def test_every_view_names_its_right(app: Flask) -> None:
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            if rule.endpoint not in PUBLIC | BY_LINK:
                assert getattr(app.view_functions[rule.endpoint], "right", None) in ("staff", "owner"), rule.endpoint


@pytest.mark.parametrize("role", ["sales", "marketing", "support"])
def test_what_is_the_owners_is_forbidden_to_others(
    role: str, app: Flask, cast: Cast, browser_of: Callable[[User], Browser]
) -> None:
    make_sample(cast)
    browser = browser_of(getattr(cast, role))
    before = database_digest()
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            if getattr(app.view_functions[rule.endpoint], "right", None) == "owner":
                path = address(app, rule)
                answer = browser.get(path) if method == "GET" else browser.post(path)
                assert answer.status_code in (403, 404), f"{method} {rule.rule}: {answer.status_code}"
    assert database_digest() == before


def test_a_stranger_who_asks_by_htmx_gets_a_whole_page(app: Flask, stranger: Browser, cast: Cast) -> None:
    for rule in rules(app, "GET"):
        if rule.endpoint not in PUBLIC | BY_LINK:
            answer = stranger.get(address(app, rule), fragment=True)
            assert answer.headers["HX-Redirect"].startswith("/sign-in"), rule.rule


@pytest.mark.parametrize("role", ["owner", "sales", "marketing", "support"])
def test_reading_changes_nothing(role: str, app: Flask, cast: Cast, browser_of: Callable[[User], Browser]) -> None:
    make_sample(cast)
    browser = browser_of(getattr(cast, role))
    before = database_digest()
    for rule in rules(app, "GET"):
        for method in ("GET", "HEAD"):
            status = browser.open(address(app, rule), method=method).status_code
            assert status < 500 or rule.endpoint == "health.show", f"{method} {rule.rule}: {status}"
    assert database_digest() == before


@pytest.mark.once
def test_no_address_is_traced(app: Flask, owner: Browser) -> None:
    for rule in rules(app, "GET"):
        assert owner.open(address(app, rule), method="TRACE").status_code == 405


@pytest.mark.long
def test_ids_that_cannot_exist_are_not_found(app: Flask, owner: Browser, cast: Cast) -> None:
    make_sample(cast)
    before = database_digest()
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            if "<int:" not in rule.rule:
                continue
            for id in IMPOSSIBLE_IDS:
                path = raw_address(rule, id)
                answer = owner.get(path) if method == "GET" else owner.post(path)
                assert answer.status_code == 404, f"{method} {path}: {answer.status_code}"
    assert database_digest() == before


@pytest.mark.long
def test_a_fragments_address_opened_directly_is_a_page(app: Flask, owner: Browser, cast: Cast) -> None:
    make_sample(cast)
    for rule in rules(app, "GET"):
        answer = owner.get(address(app, rule))
        if answer.mimetype == "text/html" and answer.status_code == 200:
            assert answer.get_data(as_text=True).lstrip().lower().startswith("<!doctype html>"), rule.rule
            assert "HX-Request" in answer.headers.get("Vary", ""), rule.rule
