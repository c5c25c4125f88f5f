"""Coming in: the right password opens, everything else looks the same."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from limits.errors import StorageError
from sqlalchemy import select

from portal import clock
from portal.extensions import db, limiter
from portal.timeline.models import Event
from portal.tries import by_itself, network_of
from portal.users import passwords
from portal.users.models import User, UserSession
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import PASSWORD
from tests.recorder import QueryRecorder


def test_opens_with_the_right_password(stranger: Browser, cast: Cast) -> None:
    answer = stranger.post("/sign-in", data={"email": "Support@firm.example", "password": PASSWORD})
    assert answer.status_code == 303
    assert answer.location == "/"
    assert stranger.get("/").status_code == 200
    assert [event.kind for event in db.session.scalars(select(Event))] == ["session.signed_in"]


def test_says_the_same_for_a_wrong_password_and_for_nobody(stranger: Browser, cast: Cast) -> None:
    wrong = stranger.post("/sign-in", data={"email": "support@firm.example", "password": "wrong wrong wrong"})
    nobody = stranger.post("/sign-in", data={"email": "support@firm.example"[::-1], "password": "wrong wrong wrong"})
    assert wrong.status_code == nobody.status_code == 422
    assert b"do not go together" in wrong.data
    assert db.session.scalar(select(UserSession)) is None


def test_goes_on_only_to_our_own_pages(stranger: Browser, cast: Cast) -> None:
    for target in ("//e", "/\\e", "\\\\e", "///e", "javascript:alert(1)", "https://e/"):
        form = {"email": "support@firm.example", "password": PASSWORD, "next": target}
        assert stranger.post("/sign-in", data=form).location == "/"


def test_a_cookie_copied_before_sign_out_is_dead(support: Browser) -> None:
    copied = support.get_cookie("session")
    assert copied is not None
    assert support.post("/sign-out").status_code == 303
    support.set_cookie("session", copied.value)
    assert support.get("/").location == "/sign-in"


def test_a_disabled_user_is_refused_at_the_next_request(support: Browser, cast: Cast) -> None:
    assert support.get("/customers").status_code == 200
    user = db.session.get(User, cast.support.id)
    assert user is not None
    user.disabled_at = user.created_at
    db.session.commit()
    assert support.get("/customers").location == "/sign-in?next=%2Fcustomers"


def test_a_signed_in_page_costs_two_queries_before_its_own(support: Browser, queries: QueryRecorder) -> None:
    with queries as seen:
        assert support.get("/customers").status_code == 200
    assert len(seen) <= 3


def tries(browser: Browser, how_many: int, **kwargs: Any) -> list[int]:
    """The answers to so many wrong passwords, each with another forged address."""
    form = {"email": "support@firm.example", "password": "wrong wrong wrong"}
    return [
        browser.post("/sign-in", data=form, headers={"X-Forwarded-For": f"203.0.113.{n}"}, **kwargs).status_code
        for n in range(how_many)
    ]


def test_a_hundred_wrong_passwords_are_limited_and_the_user_elsewhere_is_not(app: Flask, cast: Cast) -> None:
    attacker, user = app.test_client(), app.test_client()
    assert isinstance(attacker, Browser)
    assert isinstance(user, Browser)
    statuses = tries(attacker, 100)
    assert statuses.count(422) == 10
    assert statuses.count(429) == 90
    right = {"email": "support@firm.example", "password": PASSWORD}
    limited = attacker.post("/sign-in", data=right)
    assert limited.status_code == 429
    assert limited.headers["Retry-After"] == "60"
    assert 'value="support@firm.example"' in limited.get_data(as_text=True)
    assert user.post("/sign-in", data=right, environ_base={"REMOTE_ADDR": "198.51.100.7"}).status_code == 303


def test_a_browser_that_the_user_knows_gets_in_from_the_attackers_own_network(app: Flask, cast: Cast) -> None:
    attacker, user = app.test_client(), app.test_client()
    assert isinstance(attacker, Browser)
    assert isinstance(user, Browser)
    right = {"email": "support@firm.example", "password": PASSWORD}
    user.post("/sign-in", data=right)
    user.post("/sign-out")
    assert tries(attacker, 100)[-1] == 429
    assert user.post("/sign-in", data=right).status_code == 303
    # it is known to this user only: it is no way round the limit for anybody else
    other = {"email": "owner@firm.example", "password": "wrong wrong wrong"}
    user.post("/sign-out")
    assert [user.post("/sign-in", data=other).status_code for _ in range(12)][-1] == 429


def test_the_limit_passes_within_the_minute_and_with_a_success(app: Flask, stranger: Browser, cast: Cast) -> None:
    right = {"email": "support@firm.example", "password": PASSWORD}
    tries(stranger, 9)
    assert stranger.post("/sign-in", data=right).status_code == 303
    stranger.post("/sign-out")
    stranger.delete_cookie("known")
    assert tries(stranger, 100)[9:11] == [422, 429]
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert stranger.post("/sign-in", data=right).status_code == 303


def test_many_addresses_tried_from_one_network_are_limited(stranger: Browser, cast: Cast) -> None:
    wrong = [{"email": f"user{n}@firm.example", "password": "wrong wrong wrong"} for n in range(40)]
    statuses = [stranger.post("/sign-in", data=form).status_code for form in wrong]
    assert statuses.count(422) == 30
    assert statuses[-1] == 429


def test_networks_are_told_apart_as_providers_give_them_out() -> None:
    same = {network_of("2001:db8:1:2::1"), network_of("2001:db8:1:2:ffff::2")}
    assert len(same) == 1
    assert network_of("2001:db8:1:3::1") not in same
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
    assert network_of(None) == network_of("rubbish") == "unknown"


def test_known_and_unknown_cost_the_same(stranger: Browser, cast: Cast, queries: QueryRecorder) -> None:
    costs, pages = set(), set()
    cast.sales.disable(cast.owner, [])
    db.session.commit()
    for email in ("support@firm.example", "nobody@firm.example", "sales@firm.example"):
        with queries as seen:
            answer = stranger.post("/sign-in", data={"email": email, "password": "wrong wrong wrong"})
        costs.add(len(seen))
        page = answer.get_data(as_text=True).replace(email, "")
        pages.add(re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", page))
    assert len(costs) == 1
    assert len(pages) == 1


def test_the_hash_of_nobody_costs_what_a_users_does() -> None:
    assert not passwords.hasher().check_needs_rehash(passwords.NOBODYS_HASH)
    assert not passwords.matches(None, PASSWORD)


def test_what_was_planted_before_is_dead_after(stranger: Browser, cast: Cast) -> None:
    planted = stranger.csrf_token()
    with stranger.session_transaction() as session:
        session["planted"] = "x"
        secret = session["csrf_token"]
    cookie = stranger.get_cookie("session")
    assert cookie is not None
    stranger.post("/sign-in", data={"email": "support@firm.example", "password": PASSWORD})
    with stranger.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != secret
    stranger.get("/")
    assert stranger.post("/sign-out", csrf=False, data={"csrf_token": planted}).status_code == 400
    stranger.set_cookie("session", cookie.value)
    assert stranger.get("/").location == "/sign-in"


def test_signing_in_as_somebody_else_ends_what_was_open(support: Browser, cast: Cast) -> None:
    support.post("/sign-in", data={"email": "sales@firm.example", "password": PASSWORD})
    ended = db.session.scalars(select(UserSession).where(UserSession.ended_at.is_not(None))).all()
    assert [session.user_id for session in ended] == [cast.support.id]


def test_strange_passwords(stranger: Browser, cast: Cast) -> None:
    cast.support.set_password("👩‍👩‍👧‍👦" * 64, how="password_changed")
    cast.sales.set_password("contraseñA larga", how="password_changed")
    db.session.commit()
    for email, password, status in (
        ("support", "👩‍👩‍👧‍👦" * 64, 303),
        ("sales", "contrasen\u0303A larga", 303),
        ("sales", "contraseñA larga\x00", 422),
        ("sales", "x" * 5000, 422),
        ("sales", "x" * 1_000_000, 413),
    ):
        answer = stranger.post("/sign-in", data={"email": f"{email}@firm.example", "password": password})
        assert answer.status_code == status, password[:20]
        if status == 303:
            stranger.post("/sign-out")


def test_what_was_typed_is_kept_but_never_the_password(stranger: Browser, cast: Cast) -> None:
    for form in (
        {"email": "", "password": "wrong wrong wrong"},
        {"email": "x@firm.example", "password": "wrong wrong wrong"},
    ):
        page = stranger.post("/sign-in", data={**form, "next": "/customers?q=ana"})
        assert page.status_code == 422
        assert "wrong wrong wrong" not in page.get_data(as_text=True)
        assert 'name="next" value="/customers?q=ana"' in page.get_data(as_text=True)
    assert 'value="x@firm.example"' in page.get_data(as_text=True)


def test_under_htmx_a_whole_page_follows(stranger: Browser, cast: Cast) -> None:
    form = {"email": "support@firm.example", "password": PASSWORD}
    assert stranger.post("/sign-in", data=form, fragment=True).headers["HX-Redirect"] == "/"
    assert stranger.post("/sign-out", fragment=True).headers["HX-Redirect"] == "/sign-in"
    assert stranger.get("/", fragment=True).headers["HX-Redirect"] == "/sign-in"


def test_the_door_is_a_page_with_the_names_people_rely_on(stranger: Browser, support: Browser) -> None:
    page = stranger.get("/sign-in?next=/customers").get_data(as_text=True)
    assert '<label for="email">Email</label>' in page
    assert '<label for="password">Password</label>' in page
    assert ">Sign in</button>" in page
    assert support.get("/sign-in").location == "/"


def test_while_the_counts_cannot_be_reached_each_process_counts_by_itself(
    stranger: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*args: object, **kwargs: object) -> bool:
        raise StorageError(ConnectionError())

    for name in ("hit", "test", "clear"):
        monkeypatch.setattr(limiter.limiter, name, unreachable)
    by_itself().storage.reset()
    assert tries(stranger, 11)[-2:] == [422, 429]
    right = {"email": "sales@firm.example", "password": PASSWORD}
    assert stranger.post("/sign-in", data=right).status_code == 303
