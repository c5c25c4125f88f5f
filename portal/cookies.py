"""What is signed: Flask's own session cookie, by a signer that is made once instead of for every request, and
Flask-WTF's token of forms.
"""

import time
from copy import copy
from functools import lru_cache
from typing import Any

from flask import Flask, Request, g
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect
from itsdangerous import BadSignature, URLSafeTimedSerializer


class KeptSigner(SecureCookieSessionInterface):
    """The same cookie, less work: a browser sends it with every request, and its signature is checked once."""

    _kept: tuple[object, URLSafeTimedSerializer | None] = (None, None)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer for the app's present keys."""
        keys = (app.secret_key, tuple(app.config["SECRET_KEY_FALLBACKS"] or ()))
        if self._kept[0] != keys:
            self._kept = keys, super().get_signing_serializer(app)
        return self._kept[1]

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie holds; nothing, when it is not ours or too old."""
        signer, cookie = self.get_signing_serializer(app), request.cookies.get(self.get_cookie_name(app))
        if signer is None or not cookie:
            return super().open_session(app, request)
        try:
            content, signed_at = _read(signer, cookie)
        except BadSignature:
            return self.session_class()
        if not 0 <= time.time() - signed_at <= app.permanent_session_lifetime.total_seconds():
            return self.session_class()
        return self.session_class({name: copy(value) for name, value in content.items()})


@lru_cache(maxsize=1024)
def _read(signer: URLSafeTimedSerializer, cookie: str) -> tuple[dict[str, Any], float]:
    """What the cookie holds, and when it was signed; raises `BadSignature`."""
    content, signed_at = signer.loads(cookie, return_timestamp=True)
    return content, signed_at.timestamp()


class KeptToken(CSRFProtect):
    """The same check; the token that has passed it serves for the forms of the answer too."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse a request whose token is not of its session."""
        super().protect(apply_exemptions)
        if g.get("csrf_valid"):
            g.csrf_token = self._get_csrf_token()
