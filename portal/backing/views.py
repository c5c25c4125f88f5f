"""Requests for support: asked on a customer, taken, answered, declined or withdrawn, in place or on their own page."""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import access, due, htmx
from portal.backing import asking, handed_over, queries, wording
from portal.backing.forms import PLACES, EditRequestForm, RequestForm, WordForm
from portal.backing.models import ReasonMissing, SupportRequest, asked
from portal.customers.models import Customer
from portal.customers.queries import customer_by_id, customer_for_change, customers_to_choose
from portal.errors import say
from portal.extensions import db
from portal.links import path
from portal.relay import wording as relay_wording
from portal.relay.legs import LEGS, OF_ROLE
from portal.rules import BrokenRule
from portal.texts import number_in
from portal.today import heading as today
from portal.users.queries import active_users, user_by_id

backing = Blueprint("backing", __name__)


@backing.record_once
def _give_words(state: Any) -> None:
    """Templates say how urgent a request is through `backing_wording`, and whether it is the user's through `asked`."""
    state.app.jinja_env.globals.update(backing_wording=wording, is_asked=asked)


@backing.get("/relay/requests")
@access.staff
def index() -> ResponseReturnValue:
    """What my leg is asked for, late first; what I have asked for; and what came of it."""
    leg = OF_ROLE.get(current_user.role, "")
    whose = request.args.get("whose", "leg" if leg else "everybody")
    whose = whose if whose in queries.WHOSE else "leg"
    waiting = request.args.get("state") != "settled"
    page = queries.page(queries.Wanted(whose, waiting, leg, current_user.id), request.args.get("after"))

    def address(**changes: str) -> str:
        """This list, with another filter."""
        asked_for = {"whose": whose, "state": "waiting" if waiting else "settled"} | changes
        return f"{path('backing.index')}?{urlencode(asked_for)}"

    return render_template("backing/index.html", page=page, whose=whose, waiting=waiting, leg=leg, address=address)


@backing.get("/relay/requests/new")
@access.staff
def new() -> ResponseReturnValue:
    """Ask for support: first say for whom. Those written about last stand at the top."""
    wanted = request.args.get("q", "")[:80]
    return render_template("backing/choose.html", asked=wanted, found=customers_to_choose(wanted, current_user.id))


@backing.get("/customers/<int:id>/relay/requests/new")
@access.staff
def new_for(id: int) -> ResponseReturnValue:
    """Ask what is needed, of whom, until when."""
    customer = customer_by_id(id) or abort(404)
    form = RequestForm()
    form.next.data = _asked_from()
    return _new_page(customer, form)


def _asked_from() -> str:
    """The page on which it was asked; not the one that asks for whom, but what this user has asked for."""
    mine = f"{path('backing.index')}?whose=mine"
    back = access.way_back(mine)
    return mine if back.partition("?")[0] == path("backing.new") else back


@backing.post("/customers/<int:id>/relay/requests")
@access.staff
def create(id: int) -> ResponseReturnValue:
    """Ask for it. Sent twice, it is one request."""
    form = RequestForm(request.form)
    customer = customer_for_change(id) or abort(404)
    of = user_by_id(form.user_id.data) if form.user_id.data else None
    if form.user_id.data and (of is None or not of.is_active):
        abort(404)
    back = access.way_back(path("backing.index") + "?whose=mine")
    if queries.request_by_form(form.form_id.data):
        return htmx.see_other(back)
    if not form.validate():
        return htmx.invalid(_new_page(customer, form))
    try:
        day = due.day_of_step(form.due_step.data, form.due_on.data) or due.day_of_step("date", None)
        said = asking.Asked(form.text.data, day, form.leg.data, form.form_id.data)  # type: ignore[arg-type]
        asking.ask(customer, said, current_user, of)
        db.session.commit()
    except BrokenRule as rule:
        db.session.rollback()
        field = form.leg if isinstance(rule, asking.NobodyAsked) else form.due_on
        field.errors = [say(rule)]
        return htmx.invalid(_new_page(customer_by_id(id) or abort(404), form))
    except IntegrityError:  # the same form, sent twice at the same moment
        db.session.rollback()
    flash(_("Asked. It stands with them until somebody answers."), "good")
    return htmx.see_other(back)


def _new_page(customer: Customer, form: RequestForm) -> str:
    return render_template("backing/new.html", customer=customer, form=form, legs=_offer(form))


def _offer(form: RequestForm | EditRequestForm, besides: str = "") -> list[tuple[str, Any]]:
    """Offer colleagues in the form; and the legs that may be asked, each with its word: not one's own."""
    form.user_id.choices = [(user.id, user.name) for user in active_users() if user.id != current_user.id]
    mine = OF_ROLE.get(current_user.role)
    return [(leg, relay_wording.leg(leg)) for leg in LEGS if leg != mine or leg == besides]


@backing.get("/relay/requests/<int:id>/edit")
@access.staff
def edit(id: int) -> ResponseReturnValue:
    """Ask it otherwise: in other words, for another day, of somebody else."""
    shown = queries.request_to_show(id) or abort(404)
    if not _is_mine(shown):
        abort(403)
    if not shown.is_waiting:
        return htmx.see_other(path("backing.show", id=id))
    form = EditRequestForm(obj=shown, leg=shown.to_leg, user_id=shown.assignee_id)
    form.next.data = access.way_back(path("backing.show", id=id))
    return _edit_page(id, form)


@backing.post("/relay/requests/<int:id>")
@access.staff
def change(id: int) -> ResponseReturnValue:
    """Save how it is asked now. Whoever edited an older version is told, and sees both."""
    each = queries.request_for_change(id) or abort(404)
    if not _is_mine(each):
        abort(403)
    form = EditRequestForm(request.form)
    of = user_by_id(form.user_id.data) if form.user_id.data else None
    if form.user_id.data and (of is None or not (of.is_active or of.id == each.assignee_id)):
        abort(404)
    if not form.validate():
        return htmx.invalid(_edit_page(id, form))
    mine = (form.text.data, form.due_on.data)
    if form.version.data != each.version and mine != (each.text, each.due_on):
        form.version.data = each.version
        return _edit_page(id, form, both=True), 409
    try:
        said = asking.Asked(form.text.data, form.due_on.data or date.min, form.leg.data)
        asking.change(each, said, current_user, of)
        db.session.commit()
    except BrokenRule as rule:
        return _unchanged(id, form, rule)
    flash(_("Saved."), "good")
    return htmx.see_other(access.way_back(path("backing.show", id=id)))


def _unchanged(id: int, form: EditRequestForm, rule: BrokenRule) -> ResponseReturnValue:
    """What is wrong, beside what was typed."""
    db.session.rollback()
    names = {asking.NobodyAsked: "leg", due.DayOutOfReach: "due_on"}
    form[names.get(type(rule), "text")].errors = [say(rule)]
    return htmx.invalid(_edit_page(id, form))


def _edit_page(id: int, form: EditRequestForm, both: bool = False) -> str:
    shown = queries.request_to_show(id) or abort(404)
    legs = _offer(form, besides=shown.to_leg)
    if shown.assignee is not None and shown.assignee_id not in dict(form.user_id.choices):
        form.user_id.choices = [*form.user_id.choices, (shown.assignee.id, shown.assignee.name)]
    return render_template("backing/edit.html", asked=shown, form=form, legs=legs, both=both)


@backing.get("/relay/requests/<int:id>")
@access.staff
def show(id: int) -> ResponseReturnValue:
    """One request: what was asked, of whom, and what can be done about it."""
    return _page(id)


def _page(id: int, errors: list[str] | None = None, **forms: WordForm) -> str:
    shown = queries.request_to_show(id) or abort(404)
    typed = {verb: WordForm(version=shown.version) for verb in ("answer", "decline")} | forms
    return render_template("backing/show.html", asked=shown, errors=errors or [], forms=typed)


@backing.post("/relay/requests/<int:id>/take")
@access.staff
def take(id: int) -> ResponseReturnValue:
    """I see to it."""
    return _say(id, _take)


def _take(each: SupportRequest, _word: str) -> None:
    if each.state == "taken" and each.assignee_id == current_user.id:
        return  # a second click
    holder = user_by_id(each.assignee_id) if each.state == "taken" and each.assignee_id else None
    each.take(current_user, holder.name if holder else "")


@backing.post("/relay/requests/<int:id>/give-back")
@access.staff
def give_back(id: int) -> ResponseReturnValue:
    """Somebody else of my leg may see to it."""
    return _say(id, lambda each, _word: each.give_back(current_user), state="open")


@backing.get("/relay/requests/<int:id>/answer")
@access.staff
def ask_for_answer(id: int) -> ResponseReturnValue:
    """Ask for a word on what was done, under its line."""
    return _ask(id, "answer")


@backing.post("/relay/requests/<int:id>/answer")
@access.staff
def answer(id: int) -> ResponseReturnValue:
    """It is done; who asked reads my word on it."""
    form = WordForm(request.form)
    return _say(id, lambda each, word: each.answer_with(current_user, word), form, "answer", state="done")


@backing.get("/relay/requests/<int:id>/decline")
@access.staff
def ask_for_reason(id: int) -> ResponseReturnValue:
    """Ask why it is declined, under its line."""
    return _ask(id, "decline")


@backing.post("/relay/requests/<int:id>/decline")
@access.staff
def decline(id: int) -> ResponseReturnValue:
    """It won't be done, and who asked knows why."""
    form = WordForm(request.form)
    return _say(id, lambda each, word: each.decline(current_user, word), form, "decline", state="declined")


@backing.post("/relay/requests/<int:id>/withdraw")
@access.staff
def withdraw(id: int) -> ResponseReturnValue:
    """I need it no longer."""
    return _say(id, lambda each, _word: each.withdraw(current_user), right=_is_mine, state="withdrawn")


@backing.post("/relay/requests/<int:id>/reopen")
@access.staff
def reopen(id: int) -> ResponseReturnValue:
    """It waits again, with whoever had it."""
    return _say(id, _reopen, right=lambda each: _is_mine(each) or _is_for_me(each))


def _reopen(each: SupportRequest, _word: str) -> None:
    if not each.is_waiting:
        each.reopen(current_user)


def _is_for_me(each: SupportRequest) -> bool:
    return each.is_for(current_user)


def _is_mine(each: SupportRequest) -> bool:
    return bool(current_user.is_owner or each.created_by_id == current_user.id)


def _ask(id: int, verb: str) -> ResponseReturnValue:
    shown = queries.request_to_show(id) or abort(404)
    if not htmx.wants_fragment():
        return htmx.see_other(path("backing.show", id=id))
    form = WordForm(version=shown.version, place=_place())
    return render_template("backing/_word.html", asked=shown, form=form, verb=verb)


def _say(
    id: int, verb: Callable[[SupportRequest, str], None], form: WordForm | None = None, name: str = "", *,
    right: Callable[[SupportRequest], bool] = _is_for_me, state: str = "",
) -> ResponseReturnValue:  # fmt: skip
    """Say one verb about a request. What is so already is answered like the first time."""
    each = queries.request_for_change(id) or abort(404)
    if not right(each):
        abort(403)
    if form is not None and not form.validate():
        return _unsaid(id, form, name, 422)
    if each.state == state and (form is None or each.answer == form.word.data):
        return _said(each)
    try:
        verb(each, form.word.data if form else "")
    except BrokenRule as rule:
        if form is None:
            return _refused(each, rule)
        form.word.errors, form.version.data = [say(rule)], each.version
        return _unsaid(id, form, name, 422 if isinstance(rule, ReasonMissing) else 409)
    return _said(each)


def _refused(each: SupportRequest, rule: BrokenRule) -> ResponseReturnValue:
    """Why it can't be done, under the line or on the request's page."""
    db.session.rollback()
    if htmx.wants_fragment():
        return htmx.invalid(render_template("backing/_refused.html", text=say(rule), id=each.id))
    return htmx.invalid(_page(each.id, [say(rule)]))


def _unsaid(id: int, form: WordForm, name: str, status: int) -> ResponseReturnValue:
    """The same form with its errors and what was typed."""
    db.session.rollback()
    if htmx.wants_fragment():
        shown = queries.request_to_show(id) or abort(404)
        return render_template("backing/_word.html", asked=shown, form=form, verb=name), status
    return _page(id, **{name: form}), status


def _said(each: SupportRequest) -> ResponseReturnValue:
    """The line as it stands now, or back to where it was done from."""
    place = _place()
    if htmx.wants_fragment() and place != "page":
        db.session.flush()
        about = today.again(current_user, htmx.page_asked()) if place == "today" else {}
        rows = [queries.line(each.id)]
        answer: ResponseReturnValue = render_template("backing/_rows.html", rows=rows, at=place, **about)
    else:
        tone, word = wording.urgency_of(each.state, each.due_on)
        undo = f"undo {path('backing.reopen', id=each.id)}"
        flash(f"{word}: {each.text}", undo if not each.is_waiting else tone)
        answer = htmx.see_other(access.way_back(path("backing.show", id=each.id)))
    db.session.commit()
    return answer


def _place() -> str:
    said = request.args.get("place") or request.form.get("place") or "page"
    return said if said in PLACES else "page"


@backing.get("/relay/handed-over")
@access.staff
def handed() -> ResponseReturnValue:
    """What became of the customers that I handed over, and what I am credited with since. Owners see anybody's."""
    user_id = _seller_asked()
    others = queries.who_handed_over() if current_user.is_owner else ()
    found = handed_over.by(user_id, request.args.get("after"))
    return render_template("backing/handed_over.html", found=found, page=found.page, seller=user_id, others=others)


def _seller_asked() -> int:
    user_id = number_in(request.args.get("user", ""))
    if user_id and user_id != current_user.id and not current_user.is_owner:
        abort(403)
    return user_id or int(current_user.id)
