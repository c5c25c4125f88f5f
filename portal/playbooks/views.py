"""Playbooks: written and tried by owners in the settings, and looked after at each customer."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import access, htmx
from portal.customers.queries import customer_by_id
from portal.errors import say
from portal.extensions import db
from portal.follow_ups import words
from portal.language import spoken
from portal.links import path
from portal.playbooks import queries, ready, starting, wording, writing
from portal.playbooks.forms import PlaybookForm, ReasonForm, filled
from portal.playbooks.giving import Givers
from portal.playbooks.models import Playbook
from portal.playbooks.previewing import preview as seen_by
from portal.playbooks.writing import Written
from portal.rules import BrokenRule
from portal.settings.holidays import days_off

LONGEST_LOOKED_FOR = 80
playbooks = Blueprint("playbooks", __name__)


@playbooks.record_once
def _give_words(state: Any) -> None:
    """Templates say what a playbook does through `playbook_words`."""
    environment = state.app.jinja_env
    environment.globals["playbook_words"] = wording
    environment.filters["trigger_word"] = wording.trigger
    environment.filters["stopped_word"] = lambda why: wording.stopped(why, "")


# In the settings


@playbooks.get("/settings/playbooks")
@access.owner
def index() -> ResponseReturnValue:
    """What the portal begins by itself, and what else is ready."""
    mine = queries.playbooks()
    names = {each.folded for each in mine}
    offered = [each for each in ready.READY if not names & {writing.folded(name) for name in each.names.values()}]
    return render_template("playbooks/index.html", playbooks=mine, offered=offered)


@playbooks.post("/settings/playbooks/ready/<key>")
@access.owner
def add(key: str) -> ResponseReturnValue:
    """Take a ready-made one, as it is; what has happened before starts nothing. A second click leads to the first's."""
    if key not in ready.BY_KEY:
        abort(404)
    try:
        playbook = ready.add(key, spoken(), current_user)
        db.session.commit()
    except (writing.NameTaken, IntegrityError):
        db.session.rollback()
        known = queries.playbook_by_folded(writing.folded(ready.BY_KEY[key].names[spoken()])) or abort(409)
        return htmx.see_other(path("playbooks.edit", id=known.id))
    flash(_("Playbook added. It is started by what happens from now on."), "good")
    return htmx.see_other(path("playbooks.edit", id=playbook.id))


@playbooks.get("/settings/playbooks/new")
@access.owner
def new() -> ResponseReturnValue:
    """Write one of my own."""
    return _form_page(filled(Written("", "purchase", "days", ())))


@playbooks.post("/settings/playbooks")
@access.owner
def create() -> ResponseReturnValue:
    """Write it down. Sent twice, it is one playbook."""
    form = PlaybookForm(request.form)
    if sent := queries.playbook_by_form(form.form_id.data):
        return htmx.see_other(path("playbooks.edit" if sent.retired_at is None else "playbooks.index", id=sent.id))
    _offer(form)
    if not form.validate():
        return htmx.invalid(_form_page(form))
    try:
        playbook = writing.write(form.written(), current_user)
        db.session.commit()
    except writing.NameTaken as rule:
        db.session.rollback()
        if sent := queries.playbook_by_form(form.form_id.data):  # by the same form, at the same moment
            return htmx.see_other(path("playbooks.edit", id=sent.id))
        form.name.errors = [say(rule)]
        return htmx.invalid(_form_page(form))
    except IntegrityError:  # the same form, or the same name, at the same moment
        db.session.rollback()
        sent = queries.playbook_by_form(form.form_id.data) or abort(409)
        return htmx.see_other(path("playbooks.edit", id=sent.id))
    flash(_("Playbook saved. It is started by what happens from now on."), "good")
    return htmx.see_other(path("playbooks.edit", id=playbook.id))


@playbooks.get("/settings/playbooks/<int:id>")
@access.owner
def edit(id: int) -> ResponseReturnValue:
    """See and edit what it does, and try it on a customer."""
    found = queries.playbook_with_steps(id) or abort(404)
    said = writing.as_written(*found)
    return _form_page(filled(said, version=found.playbook.version), found.playbook)


@playbooks.post("/settings/playbooks/<int:id>")
@access.owner
def change(id: int) -> ResponseReturnValue:
    """Save what I changed; if somebody else was faster, show me both."""
    playbook = queries.playbook_for_change(id) or abort(404)
    form = PlaybookForm(request.form)
    _offer(form)
    fit = form.validate()
    if form.version.data != playbook.version:
        return _conflict(form, playbook)
    if not fit:
        return htmx.invalid(_form_page(form, playbook))
    try:
        writing.rewrite(playbook, form.written(), current_user)
        db.session.commit()
    except BrokenRule as rule:
        db.session.rollback()
        form.name.errors = [say(rule)]
        return htmx.invalid(_form_page(form, queries.playbook_by_id(id)))
    except IntegrityError:  # somebody else took the name at the same moment
        db.session.rollback()
        abort(409)
    flash(_("Playbook saved."), "good")
    return htmx.see_other(path("playbooks.edit", id=id))


def _conflict(form: PlaybookForm, playbook: Playbook) -> ResponseReturnValue:
    """Above mine, what was saved meanwhile; saving again puts mine in its place. Nothing is written."""
    stood = writing.as_written(playbook, queries.steps_of([playbook.id]))
    form.version.data = playbook.version
    return _form_page(form, playbook, saved=stood), 409


@playbooks.post("/settings/playbooks/preview")
@access.owner
def preview() -> ResponseReturnValue:
    """What it would do with a customer, as it is written now; its steps in another order, or room for one more. Nothing
    is saved.
    """
    return _preview(None)


@playbooks.post("/settings/playbooks/<int:id>/preview")
@access.owner
def preview_of(id: int) -> ResponseReturnValue:
    """The same while editing one that stands."""
    return _preview(queries.playbook_by_id(id) or abort(404))


def _preview(playbook: Playbook | None) -> ResponseReturnValue:
    form = PlaybookForm(request.form)
    if htmx.wants_fragment():
        return render_template("playbooks/_preview.html", **_seen(form.written()))
    move = request.form.get("move", "")
    said = _moved(form.written(), move)
    shown = filled(said, version=form.version.data, form_id=said.form_id)
    return _form_page(shown, playbook, adding=move == "more")


def _moved(said: Written, move: str) -> Written:
    """With one step moved up or down, or taken out: `up-2`, `down-0`, `out-1`."""
    way, _dash, number = move.partition("-")
    steps = list(said.steps)
    if not (number.isascii() and number.isdigit() and len(number) < 3 and int(number) < len(steps)):
        return said
    at = int(number)
    step = steps.pop(at)
    if way != "out":
        steps.insert(max(0, at + (-1 if way == "up" else 1)), step)
    return replace(said, steps=tuple(steps))


def _offer(form: PlaybookForm) -> tuple[Givers, dict[int, tuple[str, str]]]:
    """Offer colleagues and surveys in every step; and those who give and ask, for whoever needs them too."""
    givers = Givers()
    surveys = {id: (name, state) for id, name, state in queries.surveys_to_ask()}
    form.offer(list(givers.names.items()), [(id, name) for id, (name, _state) in surveys.items()])
    return givers, surveys


def _form_page(
    form: PlaybookForm, playbook: Playbook | None = None, saved: Written | None = None, *, adding: bool = False
) -> str:
    form.with_room()
    known = _offer(form)
    about = _seen(form.written(), known) | {"adding": adding}
    return render_template("playbooks/form.html", form=form, playbook=playbook, saved=saved, **about)


def _seen(said: Written, known: Any = None) -> dict[str, Any]:
    """The customer who was looked for, and what the playbook would do with them."""
    givers, surveys = known or _offer(PlaybookForm())
    looked_for = request.form.get("look", "")[:LONGEST_LOOKED_FOR]
    customer = queries.customer_to_try("".join(each for each in looked_for if each.isprintable()))
    seen = seen_by(said, customer, days_off(g.firm.holidays), givers, surveys) if customer else None
    return {
        "look": looked_for, "customer": customer, "seen": seen, "trigger": said.trigger,
        "users": list(givers.names.items()), "channels": words.channels(), "purposes": words.purposes(),
    }  # fmt: skip


@playbooks.post("/settings/playbooks/<int:id>/switch-on")
@access.owner
def switch_on(id: int) -> ResponseReturnValue:
    """Let what happens from now on start it."""
    playbook = queries.playbook_for_change(id) or abort(404)
    playbook.switch_on(current_user)
    db.session.commit()
    flash(_("On: what happens from now on starts it."), "good")
    return htmx.see_other(access.way_back(path("playbooks.index")))


@playbooks.post("/settings/playbooks/<int:id>/switch-off")
@access.owner
def switch_off(id: int) -> ResponseReturnValue:
    """Let nothing start it; what it has started goes on."""
    playbook = queries.playbook_for_change(id) or abort(404)
    playbook.switch_off(current_user)
    db.session.commit()
    flash(_("Off: nothing starts it. What it has started goes on."), "good")
    return htmx.see_other(access.way_back(path("playbooks.index")))


@playbooks.post("/settings/playbooks/<int:id>/delete")
@access.owner
def delete(id: int) -> ResponseReturnValue:
    """Delete it, or, when it has started something, put it away for good."""
    playbook = queries.playbook_for_change(id) or abort(404)
    deleted = writing.remove(playbook, current_user)
    db.session.commit()
    flash(_("Deleted.") if deleted else _("Retired. What it has started goes on."), "good")
    return htmx.see_other(path("playbooks.index"))


# At a customer


@playbooks.get("/customers/<int:id>/playbooks")
@access.staff
def of_customer(id: int) -> ResponseReturnValue:
    """What runs with this customer: what has been made, what is to come, and what was left out, and why."""
    return _customer_page(id)


def _customer_page(id: int, **errors: Any) -> str:
    customer = customer_by_id(id) or abort(404)
    page = queries.runs_of(id, request.args.get("after"))
    return render_template("playbooks/of_customer.html", customer=customer, page=page, **_steps(page.rows), **errors)


def _steps(rows: Any) -> dict[str, Any]:
    """The steps of these runs, by run."""
    steps: dict[int, list[Any]] = {row.PlaybookRun.id: [] for row in rows}
    for each in queries.steps_of_runs(list(steps)) if steps else ():
        steps[each.RunStep.run_id].append(each)
    return {"steps": steps}


@playbooks.post("/customers/<int:id>/playbooks/<int:run_id>/stop")
@access.staff
def stop(id: int, run_id: int) -> ResponseReturnValue:
    """Let no more of it come, and say why."""
    run = queries.run_for_change(id, run_id) or abort(404)
    form = ReasonForm(request.form)
    try:
        _check(form)
        run.stop(current_user, form.reason.data)
        starting.stop_waiting([run.id])
    except BrokenRule as rule:
        return _refused(id, run_id, f"stop-{run_id}", form, rule)
    return _done(id, run_id, _("Stopped: nothing more of it comes."))


@playbooks.post("/customers/<int:id>/playbooks/<int:run_id>/steps/<int:step_id>/skip")
@access.staff
def skip(id: int, run_id: int, step_id: int) -> ResponseReturnValue:
    """Leave this step out, and say why."""
    run = queries.run_for_change(id, run_id) or abort(404)
    step = queries.run_step_for_change(run, step_id) or abort(404)
    form = ReasonForm(request.form)
    try:
        _check(form)
        step.skip(current_user, form.reason.data, queries.words_of_step(step.step_id))
        db.session.flush()
        if run.is_running and queries.ended_runs([run.id]):
            run.end()
    except BrokenRule as rule:
        return _refused(id, run_id, f"skip-{step_id}", form, rule)
    return _done(id, run_id, _("Skipped."))


class _Unfit(BrokenRule):
    """What the form says of it stands in `message`."""


def _check(form: ReasonForm) -> None:
    """A reason that can be kept. Raises `BrokenRule`."""
    if not form.validate():
        raise _Unfit(str(form.reason.errors[0]))


def _refused(id: int, run_id: int, place: str, form: ReasonForm, rule: BrokenRule) -> ResponseReturnValue:
    """The same run, or page, with what is wrong and what was typed."""
    db.session.rollback()
    said = str(rule) if isinstance(rule, _Unfit) else say(rule)
    wrong = {"wrong": place, "wrong_run": run_id, "error": said, "typed": form.reason.data or ""}
    return htmx.invalid(_run(id, run_id, **wrong) if htmx.wants_fragment() else _customer_page(id, **wrong))


def _done(id: int, run_id: int, said: str) -> ResponseReturnValue:
    """The run as it stands now, in its place."""
    db.session.commit()
    if htmx.wants_fragment():
        return _run(id, run_id)
    flash(said, "good")
    return htmx.see_other(path("playbooks.of_customer", id=id))


def _run(id: int, run_id: int, **about: Any) -> str:
    row = queries.run_to_show(id, run_id) or abort(404)
    return render_template("playbooks/_run.html", row=row, customer_id=id, **_steps([row]), **about)
