"""The weekly review, and the improvements that are written down in it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import access, clock, due, htmx
from portal.errors import say
from portal.extensions import db
from portal.links import path
from portal.review import improving, queries, running, wording
from portal.review.forms import PLACES, DropForm, ImprovementForm
from portal.review.models import Improvement
from portal.review.running import WEEK, monday
from portal.rules import BrokenRule
from portal.users.queries import active_users

review = Blueprint("review", __name__)


@review.record_once
def _give_words(state: Any) -> None:
    """Templates say how a week ran through `review_words`."""
    state.app.jinja_env.globals["review_words"] = wording


@review.get("/relay/review")
@access.staff
def index() -> ResponseReturnValue:
    """How the relay ran in a week against the one before, which step was the weakest, and what to do better."""
    on = _week_asked()
    if (wanted := request.args.get("week")) and wanted != on.isoformat():
        return htmx.see_other(f"{path('review.index')}?week={on.isoformat()}")
    return _page(on)


def _week_asked() -> date:
    """The Monday of the week that is asked for, the running one when that is none."""
    now = monday(clock.today())
    try:
        asked = monday(date.fromisoformat(request.args.get("week", "")[:10]))
    except (ValueError, OverflowError):
        return now
    return min(asked, now) if asked.year > 1900 else now


def _page(on: date, form: ImprovementForm | None = None) -> str:
    now = monday(clock.today())
    week = running.week_of(queries.weeks(running.first_needed(on), on), on)
    rows = queries.improvements(on - WEEK, on)
    usual = {"due_on": clock.today() + WEEK, "step": week.weakest.step or "sales", "user_id": current_user.id}
    offered = form or ImprovementForm(**usual)
    offered.user_id.choices = [(user.id, user.name) for user in active_users()] if on == now else ()
    return render_template(
        "review/index.html",
        week=week,
        running=on == now,
        looked_at=[row for row in rows if row.week_on < on],
        written=[row for row in rows if row.week_on == on],
        form=offered,
        previous=(on - WEEK).isoformat(),
        next=(on + WEEK).isoformat(),
    )


@review.post("/relay/improvements")
@access.staff
def create() -> ResponseReturnValue:
    """Promise ourselves to do something better. Sent twice, it is one improvement."""
    form = ImprovementForm(request.form)
    if queries.improvement_by_form(form.form_id.data):
        return htmx.see_other(path("review.index"))
    form.user_id.choices = [(user.id, user.name) for user in active_users()]
    if not _fit(form):
        return htmx.invalid(_page(monday(clock.today()), form))
    said = improving.Better(**_fields(form), form_id=form.form_id.data)
    try:
        improving.write(said, current_user)
        db.session.commit()
    except BrokenRule as rule:
        db.session.rollback()
        form.due_on.errors = [say(rule)]
        return htmx.invalid(_page(monday(clock.today()), form))
    except IntegrityError:  # the same form, sent twice at the same moment
        db.session.rollback()
    flash(_("Written down. Next week it stands here to be looked at."), "good")
    return htmx.see_other(path("review.index"))


def _fit(form: ImprovementForm) -> bool:
    """Is it all there? Who answers for it must be one of us."""
    fit = bool(form.validate())
    if form.due_on.data is None and not form.due_on.errors:
        form.due_on.errors = [_("Choose a day.")]
    if form.user_id.data not in {id for id, _name in form.user_id.choices}:
        form.user_id.errors = [_("Choose who answers for it.")]
    return fit and not form.due_on.errors and not form.user_id.errors


def _fields(form: ImprovementForm) -> dict[str, Any]:
    return {name: form[name].data for name in ("text", "step", "due_on", "user_id")}


@review.get("/relay/improvements/<int:id>/edit")
@access.staff
def edit(id: int) -> ResponseReturnValue:
    """Say it better, give it more time, or let somebody else answer for it."""
    row = queries.improvement_line(id) or abort(404)
    return _edit_page(id, ImprovementForm(data=row._asdict()))


def _edit_page(id: int, form: ImprovementForm, theirs: str = "") -> str:
    form.user_id.choices = [(user.id, user.name) for user in active_users()]
    return render_template("review/edit.html", id=id, form=form, theirs=theirs)


@review.post("/relay/improvements/<int:id>")
@access.staff
def change(id: int) -> ResponseReturnValue:
    """Save what was edited. Whoever edited an older version is told, and sees both texts."""
    improvement = queries.improvement_for_change(id) or abort(404)
    form = ImprovementForm(request.form)
    form.user_id.choices = [(user.id, user.name) for user in active_users()]
    if not _fit(form):
        return htmx.invalid(_edit_page(id, form))
    if form.version.data != improvement.version and form.text.data != improvement.text:
        form.version.data = improvement.version
        return _edit_page(id, form, theirs=improvement.text), 409
    try:
        if form.due_on.data != improvement.due_on:
            due.checked(form.due_on.data)  # type: ignore[arg-type]  # it is there: see _fit
    except BrokenRule as rule:
        form.due_on.errors = [say(rule)]
        return htmx.invalid(_edit_page(id, form))
    improvement.change(current_user, **_fields(form))
    week = improvement.week_on.isoformat()
    db.session.commit()
    flash(_("Saved."), "good")
    return htmx.see_other(f"{path('review.index')}?week={week}")


@review.post("/relay/improvements/<int:id>/keep")
@access.staff
def keep(id: int) -> ResponseReturnValue:
    """It was done."""
    return _say(id, "kept", lambda each: each.keep(current_user))


@review.get("/relay/improvements/<int:id>/drop")
@access.staff
def ask_to_drop(id: int) -> ResponseReturnValue:
    """Ask why it won't be done, under its line."""
    return _drop_form(id, DropForm(place=_place()))


@review.post("/relay/improvements/<int:id>/drop")
@access.staff
def drop(id: int) -> ResponseReturnValue:
    """It won't be done, and next week everybody reads why."""
    form = DropForm(request.form)
    return _say(id, "dropped", lambda each: each.drop(current_user, form.reason.data), form)


@review.post("/relay/improvements/<int:id>/reopen")
@access.staff
def reopen(id: int) -> ResponseReturnValue:
    """It is to be done again."""
    return _say(id, "open", lambda each: each.reopen(current_user))


def _say(id: int, state: str, verb: Callable[[Improvement], None], form: DropForm | None = None) -> ResponseReturnValue:
    """Say one verb about an improvement. What is so already is answered like the first time."""
    each = queries.improvement_for_change(id) or abort(404)
    if form is not None and not form.validate():
        return _unsaid(id, form)
    if each.state != state:
        try:
            verb(each)
        except BrokenRule as rule:
            asked = form or DropForm()
            asked.reason.errors = [say(rule)]
            return _unsaid(id, asked)
    return _said(each)


def _unsaid(id: int, form: DropForm) -> ResponseReturnValue:
    db.session.rollback()
    return htmx.invalid(_drop_form(id, form))


def _drop_form(id: int, form: DropForm) -> str:
    """Why it is dropped, under the line, or on a page of its own."""
    row = queries.improvement_line(id) or abort(404)
    template = "review/_drop.html" if htmx.wants_fragment() else "review/drop.html"
    return render_template(template, each=row, form=form)


def _said(each: Improvement) -> ResponseReturnValue:
    """The line as it stands now, or back to the week."""
    if htmx.wants_fragment() and _place() != "page":
        db.session.flush()
        answer: ResponseReturnValue = render_template("review/_lines.html", rows=[queries.improvement_line(each.id)])
    else:
        undo = f"undo {path('review.reopen', id=each.id)}"
        flash(each.text, "good" if each.is_open else undo)
        answer = htmx.see_other(access.way_back(path("review.index")))
    db.session.commit()
    return answer


def _place() -> str:
    said = request.args.get("place") or request.form.get("place") or "page"
    return said if said in PLACES else "page"
