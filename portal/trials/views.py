"""Trials: leave some customers of a list untouched, and see later what the calls have changed."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import access, exports, htmx
from portal.errors import say
from portal.extensions import db
from portal.links import path
from portal.lists.catalogue import BY_NAME
from portal.rules import BrokenRule
from portal.trials import exporting, queries, trying, wording
from portal.trials.forms import TrialForm

trials = Blueprint("trials", __name__)


@trials.record_once
def _give_words(state: Any) -> None:
    """Templates say how a trial stands through `trial_words`."""
    state.app.jinja_env.globals["trial_words"] = wording


@trials.get("")
@access.staff
def index() -> ResponseReturnValue:
    """Which trials run, and what the others have found."""
    page = queries.page_of_trials(request.args.get("after"))
    return render_template("trials/index.html", page=page, result=trying.result)


@trials.get("/new")
@access.owner
def new() -> ResponseReturnValue:
    """Choose how many of a list are left untouched and for how long; see what that could find before it begins."""
    form = TrialForm(request.args)
    if form.list.data not in BY_NAME:
        abort(404)
    asked = "share" in request.args or "days" in request.args
    fit = not asked or form.validate()
    html = _new_page(form, fit)
    return html if fit else htmx.invalid(html)


@trials.post("")
@access.owner
def create() -> ResponseReturnValue:
    """Draw who is left untouched, and seal it. Sent twice, it is one trial."""
    form = TrialForm(request.form)
    if form.list.data not in BY_NAME:
        abort(404)
    if not form.validate():
        return htmx.invalid(_new_page(form, False))
    name, share, days = form.list.data, form.share.data or 0, form.days.data or 0
    try:
        trial = trying.start(name, share, days, current_user, form.form_id.data)
        db.session.commit()
    except BrokenRule as rule:
        db.session.rollback()
        return htmx.invalid(_new_page(form, True, say(rule)))
    except IntegrityError:  # the same form, or another one for the same list, at the same moment
        db.session.rollback()
        started = queries.trial_by_form(form.form_id.data) or queries.running_of(name) or abort(409)
        return htmx.see_other(path("trials.show", id=started.id))
    flash(_("The trial runs. Who is left untouched has been drawn by lot, and nobody is shown who they are."), "good")
    return htmx.see_other(path("trials.show", id=trial.id))


def _new_page(form: TrialForm, fit: bool, refused: str = "") -> str:
    name = form.list.data
    running = queries.running_of(name)
    seen = trying.outlook(name, form.share.data or 0, form.days.data or 0) if fit and not running else None
    template = "trials/_outlook.html" if htmx.wants_fragment() and request.method == "GET" else "trials/new.html"
    return render_template(
        template, form=form, list=BY_NAME[name], running=running, seen=seen, refused=refused, fewest=trying.FEWEST
    )


@trials.get("/<int:id>")
@access.staff
def show(id: int) -> ResponseReturnValue:
    """How a trial stands: while it runs, only how many take part and until when; then what it has found."""
    trial = queries.trial_to_show(id) or abort(404)
    return render_template("trials/show.html", trial=trial, result=trying.result(trial), checked=None)


@trials.get("/<int:id>/check")
@access.staff
def check(id: int) -> ResponseReturnValue:
    """Draw and seal a trial that has ended again, to see that nothing has been changed."""
    trial = queries.trial_to_show(id)
    if trial is None or trial.state != "done":
        abort(404)
    checked = trying.check(trial)
    template = "trials/_seal.html" if htmx.wants_fragment() else "trials/show.html"
    return render_template(template, trial=trial, result=trying.result(trial), checked=checked)


@trials.get("/<int:id>/export")
@access.owner
def export(id: int) -> ResponseReturnValue:
    """Who took part in a trial that has ended, as a file for a spreadsheet."""
    trial = queries.trial_to_show(id)
    if trial is None or trial.state != "done":
        abort(404)
    title = " ".join([_("Trial"), _(BY_NAME[trial.list].title)])
    name = exports.named(title, trial.started_on)
    return exports.asked(request.args.get("format"), name, exporting.header(), exporting.rows(trial))


@trials.post("/<int:id>/stop")
@access.owner
def stop(id: int) -> ResponseReturnValue:
    """End it before its time: there will be no result, and everybody is back on the list."""
    trial = queries.trial_for_change(id) or abort(404)
    try:
        if trial.state != "stopped":  # a second click is answered like the first
            trying.stop(trial, current_user)
        db.session.commit()
    except BrokenRule as rule:
        db.session.rollback()
        flash(say(rule), "late")
        return htmx.see_other(path("trials.show", id=id))
    flash(_("The trial is stopped, without a result. Everybody is back on the list."), "info")
    return htmx.see_other(path("trials.show", id=id))
