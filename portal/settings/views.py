"""What the firm decides: the first visit, and the look."""

from flask import Blueprint, Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock, htmx
from portal.errors import say
from portal.extensions import db
from portal.links import path
from portal.rules import BrokenRule
from portal.settings import accent
from portal.settings.forms import FirstRunForm
from portal.settings.models import Firm
from portal.timeline.models import record
from portal.users import passwords
from portal.users.models import User

settings = Blueprint("settings", __name__)


@settings.get("/first-run")
def first_run() -> ResponseReturnValue:
    """Ask for the firm and its first owner, once."""
    if g.firm is not None:
        abort(404)
    return render_template("settings/first_run.html", form=FirstRunForm(locale=_browser_locale()))


@settings.post("/first-run")
def make_firm() -> ResponseReturnValue:
    """Make the firm and its first owner, who may then sign in."""
    if g.firm is not None:
        abort(404)
    form = FirstRunForm()
    if not form.validate():
        return htmx.invalid(render_template("settings/first_run.html", form=form))
    try:
        password_hash = passwords.hashed(form.password.data)
    except BrokenRule as rule:
        form.password.errors = [say(rule)]
        return htmx.invalid(render_template("settings/first_run.html", form=form))
    clock.use_zone(form.time_zone.data)
    firm = Firm(
        name=form.firm_name.data.strip(),
        locale=form.locale.data,
        time_zone=form.time_zone.data,
        currency=form.currency.data,
        created_at=clock.now(),
    )
    owner = User(
        name=form.name.data.strip(),
        email=form.email.data.strip().lower(),
        role="owner",
        password_hash=password_hash,
        created_at=clock.now(),
    )
    db.session.add_all([firm, owner])
    db.session.flush()
    record("firm.made", by=owner, subject=firm, name=firm.name)
    db.session.commit()
    return htmx.see_other(path("users.sign_in"))


def _browser_locale() -> str:
    return request.accept_languages.best_match(["es", "en"]) or "es"


@settings.get("/accent.css")
def accent_css() -> Response:
    """The firm's colour and what is derived from it, as a stylesheet. Addressed with the colour, so it may be kept."""
    colour = g.firm.accent if g.firm is not None else "#0b6e62"
    response = Response(accent.stylesheet(colour), mimetype="text/css")
    response.cache_control.public = True
    response.cache_control.max_age = 86400
    return response
