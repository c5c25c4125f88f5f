"""A test client that behaves as a browser and looks at every page it gets.

It sends the form's CSRF token with every POST (protection stays on in tests), and checks each page and each fragment
as tests/validity.py says. It does so on SQLite, where every test runs: on PostgreSQL the same pages come.
"""

import gzip
import os
import re
from contextvars import Context
from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from portal.config import ROOT
from portal.extensions import db
from portal.static_files import StaticFile
from portal.users.models import User
from tests.validity import look_at

CSRF_SECRET = "0123456789abcdef0123456789abcdef01234567"
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
LOOKS = os.environ.get("PORTAL_TEST_DATABASE") != "postgresql"


class Browser(FlaskClient):
    """See the module. `post` adds the CSRF token; `fragment=True` asks as htmx does."""

    user: User | None = None

    def post(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        """Send a form as the page would have."""
        if csrf and "json" not in kwargs:
            kwargs["data"] = {"csrf_token": self.csrf_token(), **(kwargs.get("data") or {})}
        return super().post(*args, **kwargs)

    def open(self, *args: Any, fragment: bool = False, **kwargs: Any) -> TestResponse:
        """Fetch, as a page or as a fragment, and look at what came."""
        if fragment:
            kwargs["headers"] = {**FRAGMENT, **(kwargs.get("headers") or {})}
        db.session.rollback()  # the test's own transaction must not stand in the request's way
        response = Context().run(
            super().open, *args, **kwargs
        )  # with nothing of the test's own context, as in a server
        is_page = response.mimetype == "text/html" and response.data
        if LOOKS and is_page and response.status_code not in (301, 302, 303, 308):
            look_at(response.get_data(as_text=True), fragment=fragment)
        return response

    def weight_of(self, path: str) -> int:
        """The bytes that come over the wire for a page and the styles it names, compressed."""
        page = self.get(path).get_data(as_text=True)
        total = len(gzip.compress(page.encode(), 1))
        for address in re.findall(r'<link[^>]* href="([^"]+)"', page):
            name = address.partition("?")[0]
            if name.startswith("/static/"):
                file = StaticFile(ROOT / name.removeprefix("/"))
                total += len(file.packed or file.body)
            else:
                total += len(self.get(address).data)
        return total

    def csrf_token(self) -> str:
        """A token that fits this browser's session."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", CSRF_SECRET)
        return str(URLSafeTimedSerializer(str(self.application.secret_key), salt="wtf-csrf-token").dumps(raw))


def sign_in(browser: Browser, user: User) -> Browser:
    """Sign the user in without the door: a session row and its cookie."""
    user.sign_in("a test browser")
    db.session.commit()
    with browser.session_transaction() as session:
        session["_user_id"] = user.session_token
        session["_fresh"] = True
    browser.user = user
    return browser
