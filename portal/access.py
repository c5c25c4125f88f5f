"""Who may do what. Every staff view names its right in its decorator; strangers are sent to sign in."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from urllib.parse import unquote, urlencode, urlsplit

from flask import Response, abort, after_this_request, current_app, g, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.htmx import see_other
from portal.users import attempts
from portal.users.models import User
from portal.users.queries import living_session

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


def let_in(user: User) -> None:
    """Sign this user in, in a new session: of what the browser brought along, planted or not, nothing is kept."""
    if current_user.is_authenticated:
        leave(current_user)
    session.clear()
    session.permanent = True
    user.sign_in(request.user_agent.string)
    login_user(user)
    known = attempts.remembered(request.cookies.get(known_cookie()), user, secret_keys())

    @after_this_request
    def remember(response: Response) -> Response:
        response.set_cookie(
            known_cookie(),
            known,
            max_age=365 * 24 * 3600,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def leave(user: User) -> None:
    """End the session through which this user came in."""
    if user.session is not None and (living := living_session(user, user.session.id)):
        living.end(by=user)


def let_out() -> None:
    """Forget in this browser who was signed in; the session itself is to be ended by the caller."""
    logout_user()
    session.clear()


def tell_host_only() -> None:
    """Let no Referer that leaves this page carry more than the host: the page's own address is a secret."""

    @after_this_request
    def policy(response: Response) -> Response:
        response.headers["Referrer-Policy"] = "strict-origin"
        return response


def known_cookie() -> str:
    """The name of the cookie by which a browser is known to users who have signed in with it."""
    return str(current_app.config["SESSION_COOKIE_NAME"]).replace("session", "known")


def secret_keys() -> list[str]:
    """The secret keys that signatures may be made with, the present one last."""
    return [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]


def safe_next(target: str | None) -> str:
    """The path to go on to after signing in: one of our own, or home. `//e`, `/\\e` and other hosts go home."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return "/"
    if any(ord(character) < 32 for character in target):
        return "/"
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else "/"


def _is_read(path: str) -> bool:
    """Does a page stand at this path?"""
    adapter = current_app.create_url_adapter(request)
    try:
        return adapter is not None and bool(adapter.match(unquote(path), method="GET"))
    except RequestRedirect:
        return True
    except HTTPException:
        return False


def way_back(default: str) -> str:
    """Where a form without script returns to: what it says itself, else the page of ours that it was sent from.

    A form that was refused stands at an address that only takes, where nothing is to be read: then to `default`.
    """
    said = request.form.get("next") or request.args.get("next")
    if said:
        return safe_next(said)
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host or not _is_read(parts.path):
        return default
    return safe_next(f"{parts.path}?{parts.query}" if parts.query else parts.path)
