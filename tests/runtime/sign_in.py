"""Opens a session for a user without the door; prints its cookie and a CSRF token that fits it.

Run as a module with the settings in the environment and the user's e-mail as its argument.
"""

import subprocess
import sys

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from portal import create_app
from portal.extensions import db
from portal.users.models import User
from tests.browser import CSRF_SECRET
from tests.runtime.portal_process import ROOT, Portal


def cookie_of(app: Flask, user: User) -> tuple[str, str]:
    """A session for this user, committed: its cookie, as a browser sends it, and its CSRF token."""
    user.sign_in("a test browser")
    db.session.commit()
    session = {"_user_id": user.session_token, "_fresh": True, "csrf_token": CSRF_SECRET, "_permanent": True}
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie = f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(session)}"
    return cookie, str(URLSafeTimedSerializer(str(app.secret_key), salt="wtf-csrf-token").dumps(CSRF_SECRET))


def cookie_for(portal: Portal, email: str) -> tuple[str, str]:
    """The same for a portal in processes of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.runtime.sign_in", email],
        cwd=ROOT, env=portal.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    cookie, csrf = done.stdout.split()
    return cookie, csrf


def main() -> None:
    app = create_app()
    with app.app_context():
        user = db.session.scalars(select(User).where(User.email == sys.argv[1])).one()
        print(*cookie_of(app, user))


if __name__ == "__main__":
    main()
