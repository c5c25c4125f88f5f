"""The session cookie, whose signature is checked once."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask, session

from portal import clock

pytestmark = pytest.mark.once


@pytest.fixture
def cookie(app: Flask) -> str:
    """A cookie with a word to be shown."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(serializer.dumps({"_user_id": "7", "_flashes": [("good", "Saved.")]}))


def opened(app: Flask, cookie: str) -> dict[str, object]:
    """What a request with that cookie knows, and what it adds to it."""
    with app.test_request_context(headers={"Cookie": f"session={cookie}"}):
        known = {name: list(value) if isinstance(value, list) else value for name, value in session.items()}
        if "_flashes" in session:
            session["_flashes"].append(("good", "Saved again."))
        return known


def test_each_request_has_its_own(app: Flask, cookie: str) -> None:
    first, second = opened(app, cookie), opened(app, cookie)
    assert first == second == {"_user_id": "7", "_flashes": [("good", "Saved.")]}


def test_what_is_not_ours_says_nothing(app: Flask, cookie: str) -> None:
    assert opened(app, cookie)
    assert opened(app, cookie[:-1] + ("A" if cookie[-1] != "A" else "B")) == {}
    assert opened(app, cookie[:-4]) == {}


def test_grows_too_old_after_it_was_read(app: Flask, cookie: str) -> None:
    lifetime = app.permanent_session_lifetime
    with time_machine.travel(clock.now() + lifetime - timedelta(minutes=1), tick=False):
        assert opened(app, cookie)
    with time_machine.travel(clock.now() + lifetime + timedelta(minutes=1), tick=False):
        assert opened(app, cookie) == {}


def test_is_not_believed_once_its_key_is_gone(app: Flask, cookie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert opened(app, cookie)
    monkeypatch.setitem(app.config, "SECRET_KEY", "another secret key, 0123456789 0123456789")
    assert opened(app, cookie) == {}
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", ["a secret that only the tests know, 0123456789"])
    assert opened(app, cookie)
