"""Who may do what. Every staff view names its right in its decorator; strangers are sent to sign in."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlencode, urlsplit

from flask import abort, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.htmx import see_other

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]


def staff(view: View[P]) -> View[P]:
    """Anyone who is signed in, whatever the role."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        return view(*args, **kwargs) if current_user.is_authenticated else ask_to_sign_in()

    guarded.right = "staff"  # type: ignore[attr-defined]  # so that a test can see that every view names one
    return guarded


def owner(view: View[P]) -> View[P]:
    """Owners only; to other users it is forbidden, to strangers it looks like any page."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return ask_to_sign_in()
        if not current_user.is_owner:
            abort(403)
        return view(*args, **kwargs)

    guarded.right = "owner"  # type: ignore[attr-defined]
    return guarded


def ask_to_sign_in() -> ResponseReturnValue:
    """A whole sign-in page, also where htmx wanted a row, and then back to where the user was going."""
    if g.get("firm") is None:
        return see_other(url_for("settings.first_run"))
    wanted = request.full_path.rstrip("?") if request.method == "GET" and "HX-Request" not in request.headers else ""
    query = f"?{urlencode({'next': wanted})}" if wanted not in ("", "/") else ""
    return see_other(url_for("users.sign_in") + query)


def safe_next(target: str | None) -> str:
    """The path to go on to after signing in: one of our own, or home. `//e`, `/\\e` and other hosts go home."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return "/"
    if any(ord(character) < 32 for character in target):
        return "/"
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else "/"


def way_back(default: str) -> str:
    """Where a form without script returns to: what it says itself, else the page of ours that it was sent from."""
    said = request.form.get("next") or request.args.get("next")
    if said:
        return safe_next(said)
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return default
    return safe_next(f"{parts.path}?{parts.query}" if parts.query else parts.path)
