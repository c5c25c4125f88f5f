"""What every request begins with: who is there, which firm, which language, which day."""

from typing import Any

from flask import Flask, g, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock, htmx
from portal.access import ask_to_sign_in
from portal.extensions import login, reading_only
from portal.language import DEFAULT, speak, spoken
from portal.links import path
from portal.public import ROOMS as PUBLIC_ROOMS
from portal.settings.models import LOCALES
from portal.settings.queries import the_firm
from portal.users.models import User
from portal.users.queries import signed_in

WITHOUT_FIRM = {"static", "health.show", "settings.first_run", "settings.make_firm", "settings.accent_css"}


@login.user_loader
def load_user(token: str) -> User | None:
    """The user behind the cookie's token, with session and firm, in one query. To be read: whoever changes them reads
    them again.
    """
    found = signed_in(token)
    if found is None:
        return None
    user_session, user, firm = found
    user.session, user.session_token = user_session, token
    g.firm = firm
    return user


def begin() -> ResponseReturnValue | None:
    """Before each request: whoever only reads can't write; the firm, its day and the user are at hand."""
    reading_only.set(request.method in ("GET", "HEAD", "OPTIONS"))
    if request.endpoint in ("static", "health.show"):
        return None
    if request.blueprint in PUBLIC_ROOMS:  # clients' pages: no session, and the firm comes with the one query they make
        speak(request.accept_languages.best_match(LOCALES) or DEFAULT)
        return None
    g.firm = None
    if "_user_id" not in session or not current_user.is_authenticated:
        g.firm = the_firm()
    elif not reading_only.get():
        current_user.session.wrote()
    speak(_locale())
    if g.firm is not None:
        clock.use_zone(g.firm.time_zone)
    elif request.endpoint not in WITHOUT_FIRM:
        return ask_to_sign_in()
    return None


def end(error: BaseException | None) -> None:
    """After each request, what this thread does next may write again."""
    reading_only.set(False)


def _locale() -> str:
    """The language of this answer: the user's own, else the firm's, else what the browser asks for."""
    wanted = session.get("locale")
    if wanted in LOCALES:
        return str(wanted)
    if g.get("firm") is not None:
        own = getattr(current_user, "locale", None)
        return str(own or g.firm.locale)
    return request.accept_languages.best_match(LOCALES) or "en"


def for_templates() -> dict[str, Any]:
    """What every template may rely on."""
    return {
        "firm": g.get("firm"),
        "current_user": current_user._get_current_object(),  # the user itself: each look through the proxy costs
        "nav": navigation,
        "locale": spoken(),
        "wants_fragment": htmx.wants_fragment(),
    }


def navigation() -> list[tuple[str, str, str, str]]:
    """The rooms in the order of the sidebar: key, label, address, icon. A new room adds its line."""
    return [
        ("today", _("Today"), path("today.index"), "today"),
        ("customers", _("Customers"), path("customers.index"), "customers"),
        ("commitments", _("Commitments"), path("commitments.index"), "commitment"),
        ("relay", _("Relay"), path("relay.index"), "relay"),
        ("surveys", _("Surveys"), path("surveys.index"), "survey"),
        ("retention", _("Retention"), path("retention.index"), "retention"),
        ("purchases", _("Purchases"), path("purchases.index"), "purchase"),
    ]


def init_app(app: Flask) -> None:
    """Begin every request this way."""
    login.login_view = None
    login.session_protection = None
    login.unauthorized_handler(ask_to_sign_in)
    app.before_request(begin)
    app.teardown_request(end)
    app.after_request(htmx.vary)
    app.context_processor(for_templates)
