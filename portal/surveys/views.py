"""Surveys: what we ask our customers, and what they say."""

from typing import Any

from flask import Blueprint, abort, flash, g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import access, htmx
from portal.errors import say
from portal.extensions import db
from portal.language import spoken
from portal.links import path
from portal.surveys import queries, ready, wording, writing

surveys = Blueprint("surveys", __name__)


@surveys.record_once
def _give_words(state: Any) -> None:
    """Templates say what a survey is through `survey_wording`."""
    state.app.jinja_env.globals["survey_wording"] = wording


@surveys.get("")
@access.staff
def index() -> ResponseReturnValue:
    """What we ask, and what customers say."""
    return render_template("surveys/index.html", surveys=queries.surveys())


@surveys.get("/new")
@access.owner
def new() -> ResponseReturnValue:
    """Choose one that is ready."""
    return render_template("surveys/new.html", ready=ready.READY)


@surveys.post("/ready/<key>")
@access.owner
def add(key: str) -> ResponseReturnValue:
    """Take a ready-made one, as it is. A second click leads to what the first one made."""
    if key not in ready.BY_KEY:
        abort(404)
    try:
        survey = ready.add(key, spoken(), current_user)
        db.session.commit()
    except (writing.NameTaken, IntegrityError) as error:
        db.session.rollback()
        known = queries.survey_by_folded(writing.folded(ready.BY_KEY[key].names[spoken()])) or abort(409)
        if isinstance(error, writing.NameTaken):
            flash(say(error), "info")
        return htmx.see_other(path("surveys.show", id=known.id))
    flash(_("Survey added."), "good")
    return htmx.see_other(path("surveys.show", id=survey.id))


@surveys.get("/<int:id>")
@access.staff
def show(id: int) -> ResponseReturnValue:
    """One survey: when it is asked, and its words in both languages."""
    survey = queries.survey_by_id(id) or abort(404)
    return render_template("surveys/show.html", survey=survey, firm_name=g.firm.name)
