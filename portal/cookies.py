"""What is signed: Flask's own session cookie, by a signer that is made once instead of for every request, and
Flask-WTF's token of forms.
"""

from flask import Flask, g
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect
from itsdangerous import URLSafeTimedSerializer


class KeptSigner(SecureCookieSessionInterface):
    """The same cookie, less work."""

    _kept: tuple[object, URLSafeTimedSerializer | None] = (None, None)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer for the app's present keys."""
        keys = (app.secret_key, tuple(app.config["SECRET_KEY_FALLBACKS"] or ()))
        if self._kept[0] != keys:
            self._kept = keys, super().get_signing_serializer(app)
        return self._kept[1]


class KeptToken(CSRFProtect):
    """The same check; the token that has passed it serves for the forms of the answer too."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse a request whose token is not of its session."""
        super().protect(apply_exemptions)
        if g.get("csrf_valid"):
            g.csrf_token = self._get_csrf_token()
