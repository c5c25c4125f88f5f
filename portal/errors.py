"""Every error as a page, or as a fragment where a fragment was asked for.

A broken rule is a named error with a sentence for the user; the view that meets it shows
the sentence beside what was typed. What no view caught becomes a page of its own here.
"""

import logging
from datetime import date

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from portal.extensions import db
from portal.formats import day
from portal.htmx import wants_fragment
from portal.language import spoken
from portal.public import PATHS
from portal.rules import BrokenRule
from portal.texts import without_unfit

logger = logging.getLogger("portal.errors")


def say(rule: BrokenRule) -> str:
    """The sentence of a broken rule, in the user's language; its days as that language says them."""
    params = {name: day(value).striptags() if isinstance(value, date) else value for name, value in rule.params.items()}
    return str(_(rule.message, **params))


def _words(code: int) -> tuple[str, str]:
    """What happened and what to do, in words, for an HTTP status."""
    known = {
        400: (_("That could not be read"), _("The form or the address is not one of ours. Nothing was changed.")),
        403: (_("That is not yours to do"), _("Your role does not allow it. Ask an owner if it should.")),
        404: (_("Nothing here"), _("There is no such page, or it is not yours to see.")),
        405: (_("Not that way"), _("This address can't be used like that. Nothing was changed.")),
        409: (_("Somebody was faster"), _("It was changed meanwhile. Look at both texts before you save again.")),
        413: (_("Too much at once"), _("What you sent is larger than the portal takes. Nothing was changed.")),
        429: (_("Too many tries"), _("Wait a little, then try again.")),
        503: (_("Busy for a moment"), _("The database did not answer in time. Nothing was changed; try again.")),
    }
    fallback = (_("Something broke"), _("It was our fault and it has been noted. Nothing was half saved."))
    return known.get(code, fallback if code >= 500 else known[400])


def show_error(error: HTTPException) -> ResponseReturnValue:
    """Answer any HTTP error with a page that says what happened, what was kept, and what to do."""
    code = error.code or 500
    return show(error, *_words(code))


def show(error: HTTPException, title: str, text: str, onward: str = "") -> ResponseReturnValue:
    """The same in these words, with the page where it goes on. What was typed is given back; but where the form itself
    stays on the page, as it does where a fragment is refused to its sender, it is there.
    """
    code = error.code or 500
    typed = _typed() if code in (400, 409, 413) or (code in (403, 404) and not wants_fragment()) else []
    if isinstance(error, CSRFError):
        title = _("This form has expired")
        text = _("Nothing was saved. What you typed is below: copy it, open the page again and send it once more.")
    about = {"code": code, "heading": title, "text": text, "typed": typed, "onward": onward}
    if request.path.startswith(PATHS):  # a client, who has no Today to go to; the firm is not looked up once more
        html = current_app.jinja_env.get_template("errors/public.html").render(about, locale=spoken())
    else:
        html = render_template("errors/_error.html" if wants_fragment() else "errors/show.html", **about)
    headers = [(k, v) for k, v in error.get_headers() if k.lower() not in ("content-type", "content-length")]
    return html, code, headers


def _typed() -> list[tuple[str, str]]:
    """The words somebody typed into a form that could not be taken, to give them back."""
    if request.method != "POST" or request.mimetype != "application/x-www-form-urlencoded":
        return []
    try:
        fields = list(request.form.items())
    except HTTPException:
        return []
    hidden = ("csrf_token", "form_id", "nonce", "version", "next", "place")
    typed = [(k, v) for k, v in fields if k not in hidden and "password" not in k and v.strip()][:40]
    return [(without_unfit(name), without_unfit(words)) for name, words in typed]


def _too_busy(error: OperationalError) -> ResponseReturnValue:
    """A lock or the server that did not answer in time; or, on SQLite, a table that is not there."""
    if _lacks_tables(error):
        return _behind(error)
    db.session.rollback()
    logger.warning("database did not answer", extra={"error": type(error.orig).__name__})
    busy = HTTPException()
    busy.code = 503
    return show_error(busy)


def _lacks_tables(error: Exception) -> bool:
    """Did the database say that it knows no such table or column? So it does before its migrations have run."""
    cause = getattr(error, "orig", None)
    return getattr(cause, "sqlstate", "") in ("42P01", "42703") or str(cause).startswith(
        ("no such table", "no such col")
    )


def _behind(error: Exception) -> ResponseReturnValue:
    """A database that its migrations have not reached: told to whoever runs the portal, who alone can mend it."""
    db.session.rollback()
    logger.error("database is behind", exc_info=error)  # or a fault of ours, which its trace tells
    missing = HTTPException()
    missing.code = 503
    text = _("The database is not prepared for this release. Whoever runs the portal prepares it with this command:")
    return show(missing, _("The portal is not ready yet"), f"{text} flask --app wsgi db upgrade")


def _broken(error: Exception) -> ResponseReturnValue:
    """A fault of ours: noted with its trace, told without it."""
    if _lacks_tables(error):
        return _behind(error)
    db.session.rollback()
    logger.error("unhandled error", exc_info=error)
    return show_error(InternalServerError())


def _untrusted_host(error: SecurityError) -> ResponseReturnValue:
    """A forged Host gets no page that could carry its name."""
    return "Bad request: this host is not served here.", 400, {"Content-Type": "text/plain; charset=utf-8"}


def init_app(app: Flask) -> None:
    """Answer errors with pages of our own."""
    app.register_error_handler(HTTPException, show_error)
    app.register_error_handler(SecurityError, _untrusted_host)
    app.register_error_handler(OperationalError, _too_busy)
    if not app.config["TESTING"] or app.config.get("SHOW_ERRORS"):
        app.register_error_handler(Exception, _broken)  # in tests an unexpected error is raised instead
