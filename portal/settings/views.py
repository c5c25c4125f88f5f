"""What the firm decides: the first visit, the settings, and the look."""

from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import access, clock, htmx, jobs
from portal.errors import say
from portal.extensions import db
from portal.follow_ups import rhythm
from portal.invitations import jobs as invitation_jobs
from portal.language import spoken
from portal.links import path
from portal.relay import jobs as relay_jobs
from portal.rules import BrokenRule
from portal.settings import accent, founding, queries
from portal.settings.forms import FirmForm, FirstRunForm

settings = Blueprint("settings", __name__)


@settings.get("/first-run")
def first_run() -> ResponseReturnValue:
    """Ask for the firm and its first owner, once."""
    if g.firm is not None:
        return redirect(url_for("users.sign_in"), code=303)
    return render_template("settings/first_run.html", form=FirstRunForm(data=founding.usual(spoken())))


@settings.post("/first-run")
def make_firm() -> ResponseReturnValue:
    """Make the firm and its first owner, who is signed in at once."""
    if g.firm is not None:
        return htmx.see_other(url_for("users.sign_in"))
    form = FirstRunForm()
    if not form.validate():
        return htmx.invalid(render_template("settings/first_run.html", form=form))
    clock.use_zone(form.time_zone.data)
    firm = {name: form[name].data for name in ("locale", "time_zone", "currency")}
    try:
        owner = founding.found(
            {"name": form.firm_name.data, **firm}, form.name.data, form.email.data, form.password.data
        )
        access.let_in(owner)
        db.session.commit()
    except BrokenRule as rule:
        db.session.rollback()
        form.password.errors = [say(rule)]
        return htmx.invalid(render_template("settings/first_run.html", form=form))
    except IntegrityError:  # another first visit was faster
        db.session.rollback()
        access.let_out()
        return htmx.see_other(url_for("users.sign_in"))
    return htmx.see_other(path("today.index"))


@settings.get("")
@access.owner
def index() -> ResponseReturnValue:
    """What the firm has decided for itself."""
    return render_template("settings/index.html", form=FirmForm(obj=g.firm), saved={})


@settings.post("")
@access.owner
def change() -> ResponseReturnValue:
    """Decide otherwise. When somebody else has meanwhile, both texts are shown and nothing is saved."""
    form = FirmForm()
    if not form.validate():
        return htmx.invalid(render_template("settings/index.html", form=form, saved={}))
    firm = queries.firm_for_change() or abort(404)
    if form.version.data != firm.version:
        saved = {name: _shown(form, name, now) for name, now in firm.decisions().items() if form[name].data != now}
        form.version.data = firm.version
        return render_template("settings/index.html", form=form, saved=saved), 409
    try:
        changes = firm.change(by=current_user, **{name: form[name].data for name in firm.decisions()})
    except BrokenRule as rule:
        form.accent.errors = [say(rule)]
        return htmx.invalid(render_template("settings/index.html", form=form, saved={}))
    db.session.commit()
    if "touch_every_days" in changes:
        jobs.soon(rhythm.follow_rhythm)
    if changes.keys() & {"goal_period", "silent_after_days", "currency"}:
        jobs.soon(relay_jobs.count)
    if changes.keys() & {"ask_at_most", "ask_within_days"}:
        jobs.soon(invitation_jobs.look_again)
    flash(_("Saved."), "good")
    return htmx.see_other(path("settings.index"))


def _shown(form: FirmForm, name: str, value: Any) -> str:
    """A saved value as its field says it."""
    choices = getattr(form[name], "choices", None) or ()
    return str(next((each.label for each in choices if not isinstance(each, str) and each.value == value), value))


@settings.get("/accent.css")
def accent_css() -> Response:
    """The firm's colour and what is derived from it, as a stylesheet. Addressed with the colour, so it may be kept."""
    colour = g.firm.accent if g.firm is not None else accent.USUAL
    response = Response(accent.stylesheet(colour), mimetype="text/css")
    response.cache_control.public = True
    response.cache_control.max_age = 86400
    return response
