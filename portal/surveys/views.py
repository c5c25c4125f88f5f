"""Surveys: what we ask our customers, and what they say."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError

from portal import access, clock, exports, htmx
from portal.errors import say
from portal.extensions import db
from portal.language import speaking, spoken
from portal.links import path
from portal.paging import Page
from portal.rules import BrokenRule
from portal.settings.models import LOCALES
from portal.surveys import exporting, queries, ready, results, wording, writing
from portal.surveys.forms import SurveyForm, as_written, filled
from portal.surveys.models import KINDS, Survey
from portal.surveys.preview import preview as preview_of_written

UNHAPPY_SHOWN = 5
LANGUAGE_ENDS = tuple(f"_{locale}" for locale in LOCALES)
surveys = Blueprint("surveys", __name__)


@surveys.record_once
def _give_words(state: Any) -> None:
    """Templates say what a survey is through `survey_wording`."""
    state.app.jinja_env.globals["survey_wording"] = wording


@surveys.get("")
@access.staff
def index() -> ResponseReturnValue:
    """What we ask, what customers say, and who has to be made happy again."""
    listed, since = queries.surveys(), results.lately_since(clock.today())
    return render_template(
        "surveys/index.html",
        surveys=listed,
        answers=results.of_each({survey.id: survey.kind for survey in listed}, queries.counts_of_each(since)),
        since=since,
        unhappy=queries.to_make_right(UNHAPPY_SHOWN),
    )


@surveys.get("/new")
@access.owner
def new() -> ResponseReturnValue:
    """Choose one that is ready; those that I have lead to themselves."""
    mine = {survey.folded: survey.id for survey in queries.surveys()}
    known = {
        each.key: next((mine[name] for name in map(writing.folded, each.names.values()) if name in mine), None)
        for each in ready.READY
    }
    return render_template("surveys/new.html", ready=ready.READY, known=known)


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
    flash(_("Survey added. It is asked %(when)s.", when=wording.occasion(survey)), "good")
    return htmx.see_other(path("surveys.show", id=survey.id))


@surveys.get("/write")
@access.owner
def write() -> ResponseReturnValue:
    """Write one of my own, beginning with the usual words of its kind."""
    kind = request.args.get("kind", "nps")
    said = replace(ready.usual(kind if kind in KINDS else "nps").as_written(spoken()), name="", occasion="by_hand")
    return _form_page(filled(said))


@surveys.post("")
@access.owner
def create() -> ResponseReturnValue:
    """Write it down. Sent twice, it is one survey."""
    form = SurveyForm(request.form)
    if sent := queries.survey_by_form(form.form_id.data):
        return htmx.see_other(path("surveys.show", id=sent.id))
    if not form.validate():
        return htmx.invalid(_form_page(form))
    try:
        survey = writing.write(form.written(), current_user)
        db.session.commit()
    except writing.NameTaken as rule:
        db.session.rollback()
        if sent := queries.survey_by_form(form.form_id.data):  # by the same form, at the same moment
            return htmx.see_other(path("surveys.show", id=sent.id))
        form.name.errors = [say(rule)]
        return htmx.invalid(_form_page(form))
    except IntegrityError:  # the same form, or the same name, at the same moment
        db.session.rollback()
        sent = queries.survey_by_form(form.form_id.data) or abort(409)
        return htmx.see_other(path("surveys.show", id=sent.id))
    flash(_("Survey saved."), "good")
    return htmx.see_other(path("surveys.show", id=survey.id))


@surveys.post("/preview")
@access.owner
def preview() -> ResponseReturnValue:
    """Show me what the client would see, while I write."""
    return _preview(SurveyForm(request.form), None)


@surveys.get("/<int:id>/edit")
@access.owner
def edit(id: int) -> ResponseReturnValue:
    """Change its words, and when it is asked."""
    survey = queries.survey_by_id(id) or abort(404)
    said = as_written(survey, queries.questions_of(id))
    return _form_page(filled(said, version=survey.version), survey)


@surveys.post("/<int:id>/preview")
@access.owner
def preview_of(id: int) -> ResponseReturnValue:
    """The same for one that stands."""
    survey = queries.survey_by_id(id) or abort(404)
    return _preview(SurveyForm(request.form), survey)


@surveys.post("/<int:id>")
@access.owner
def change(id: int) -> ResponseReturnValue:
    """Save what I changed; if somebody else was faster, show me both texts."""
    survey = queries.survey_for_change(id) or abort(404)
    form = SurveyForm(request.form)
    form.kind.data = survey.kind
    fit = form.validate()
    if form.version.data != survey.version:
        return _conflict(form, survey)
    if not fit:
        return htmx.invalid(_form_page(form, survey))
    try:
        writing.rewrite(survey, form.written(), current_user)
        db.session.commit()
    except BrokenRule as rule:
        db.session.rollback()
        form.name.errors = [say(rule)]
        return htmx.invalid(_form_page(form, queries.survey_by_id(id)))
    except IntegrityError:  # somebody else took the name at the same moment
        db.session.rollback()
        abort(409)
    flash(_("Survey saved."), "good")
    return htmx.see_other(path("surveys.show", id=id))


def _conflict(form: SurveyForm, survey: Survey) -> ResponseReturnValue:
    """Beside each field that differs, what was saved meanwhile; saving again puts mine in its place."""
    now = filled(as_written(survey, queries.questions_of(survey.id)))
    names = ("name", "days", *(field.name for field in form if field.name.endswith(LANGUAGE_ENDS)))
    saved = {name: now[name].data for name in names if now[name].data != form[name].data}
    if now.occasion.data != form.occasion.data:
        saved["occasion"] = wording.occasions()[now.occasion.data]
    saved |= form.further_saved(now)
    form.version.data = survey.version
    return _form_page(form, survey, saved), 409


def _preview(form: SurveyForm, survey: Survey | None) -> ResponseReturnValue:
    if survey is not None:
        form.kind.data = survey.kind
    return _seen(form)[1] if htmx.wants_fragment() else _form_page(form, survey)


def _form_page(form: SurveyForm, survey: Survey | None = None, saved: dict[str, Any] | None = None) -> str:
    form.with_room()
    shown, seen = _seen(form)
    template = "surveys/form.html"
    return render_template(template, form=form, survey=survey, saved=saved or {}, shown=shown, preview=Markup(seen))  # noqa: S704


def _seen(form: SurveyForm) -> tuple[str, str]:
    """The language that is looked at, and in it what the client would see of the form as it stands."""
    wanted, given = request.form.get("shown"), request.form.get("score", "")
    shown = wanted if wanted in LOCALES else spoken()
    score = int(given) if given.isascii() and given.isdigit() and len(given) < 3 else None
    with speaking(shown):
        return shown, render_template("surveys/_preview.html", **preview_of_written(form.written(), shown, score))


@surveys.get("/<int:id>")
@access.staff
def show(id: int) -> ResponseReturnValue:
    """What a survey's answers add up to, and every comment with its customer; further pages hold comments only."""
    survey = queries.survey_by_id(id) or abort(404)
    comments: Page[Any] = queries.comments_of(id, request.args.get("after"))
    found = None
    if comments.is_first:
        found = results.results(survey.kind, queries.counts_of(id), queries.names_of_users())
    return render_template("surveys/show.html", survey=survey, comments=comments, results=found)


@surveys.get("/<int:id>/export")
@access.staff
def export(id: int) -> ResponseReturnValue:
    """Every answer as a file for a spreadsheet."""
    survey = queries.survey_by_id(id) or abort(404)
    name = exports.named(survey.name, clock.today())
    return exports.asked(request.args.get("format"), name, exporting.header(), exporting.rows(survey))


@surveys.post("/<int:id>/pause")
@access.owner
def pause(id: int) -> ResponseReturnValue:
    """Ask nobody for now."""
    return _become(id, lambda survey: survey.pause(current_user), _("Paused: nobody is asked until you start it."))


@surveys.post("/<int:id>/resume")
@access.owner
def resume(id: int) -> ResponseReturnValue:
    """Ask, from today on."""
    return _become(id, lambda survey: survey.resume(current_user), _("This survey is being asked from today on."))


@surveys.post("/<int:id>/close")
@access.owner
def close(id: int) -> ResponseReturnValue:
    """Ask nobody and take no more answers, for good."""
    return _become(id, lambda survey: survey.close(current_user), _("Closed. Its results stay."))


def _become(id: int, verb: Callable[[Survey], None], said: str) -> ResponseReturnValue:
    survey = queries.survey_for_change(id) or abort(404)
    try:
        verb(survey)
        db.session.commit()
        flash(said, "good")
    except BrokenRule as rule:
        db.session.rollback()
        flash(say(rule), "error")
    return htmx.see_other(path("surveys.show", id=id))
