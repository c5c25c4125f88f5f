"""Follow-ups: log one in two taps, plan one, put it off, give it up, take it back."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import access, due, htmx
from portal.buying_centre import queries as relations
from portal.commitments import queries as commitments
from portal.contacts.models import Contact
from portal.contacts.queries import contact_of, living_contacts
from portal.customers.models import Customer
from portal.customers.queries import (
    customer_by_id,
    customer_for_change,
    customer_to_show,
    customer_to_touch,
    customers_to_choose,
)
from portal.customers.wording import standing, status_word
from portal.errors import say
from portal.extensions import db
from portal.follow_ups import queries, touching, wording, words
from portal.follow_ups.forms import PLACES, HeardForm, MoveForm, PlanForm, QuickLogForm
from portal.follow_ups.models import FollowUp, NotYours, Touch
from portal.follow_ups.opening import OpenLog, names_of, open_log
from portal.invitations import opting
from portal.links import path
from portal.lists import queries as lists
from portal.objections import hearing
from portal.objections import queries as objections
from portal.objections.models import LONGEST, Heard
from portal.rules import BrokenRule
from portal.texts import number_in, without_unfit
from portal.timeline.queries import story
from portal.today import heading as today
from portal.users.queries import active_users

follow_ups = Blueprint("follow_ups", __name__)


@follow_ups.record_once
def _give_words(state: Any) -> None:
    """Templates say channels, purposes and outcomes through `touch_words`, and what lines say through the wordings."""
    state.app.jinja_env.globals.update(
        touch_words=words, touch_wording=wording, standing=standing, status_word=status_word
    )


@follow_ups.get("/follow-ups/new")
@access.staff
def new() -> ResponseReturnValue:
    """Log a follow-up: first say whose. Those touched last stand at the top."""
    asked = request.args.get("q", "")[:80]
    return render_template("follow_ups/new.html", asked=asked, found=customers_to_choose(asked, current_user.id))


@follow_ups.get("/customers/<int:id>/follow-ups/new")
@access.staff
def new_for(id: int) -> ResponseReturnValue:
    """Open the quick log: under its row, or as a page."""
    customer = customer_by_id(id) or abort(404)
    planned_id, commitment_id = _id_asked("follow_up"), _id_asked("commitment")
    planned = queries.follow_up_by_id(planned_id) if planned_id else None
    if planned_id and (planned is None or planned.customer_id != id):
        abort(404)
    if commitment_id and not commitments.is_of(commitment_id, id):
        abort(404)
    place = request.args.get("place", "page")
    place = place if place in PLACES and htmx.wants_fragment() else "page"
    contacts = living_contacts(id)
    back = "" if htmx.wants_fragment() else access.way_back(path("customers.show", id=id))
    log = open_log(id, place, planned, commitment_id, contacts, back)
    log.entry, log.relation, log.is_wanted = _id_asked("entry"), _id_asked("relation"), True
    if contact_id := _id_asked("contact"):
        log.contact_id = next((contact.id for contact in contacts if contact.id == contact_id), None) or abort(404)
    return _quick_log(customer.name, log)


@follow_ups.get("/follow-ups/<int:id>/log")
@access.staff
def new_from(id: int) -> ResponseReturnValue:
    """Open the quick log from what was planned, so that saving it does what was planned."""
    planned = queries.follow_up_by_id(id) or abort(404)
    customer = customer_by_id(planned.customer_id) or abort(404)
    contacts = living_contacts(customer.id)
    place = request.args.get("place", "page")
    place = place if place in PLACES and htmx.wants_fragment() else "page"
    back = "" if htmx.wants_fragment() else access.way_back(path("today.index"))
    return _quick_log(customer.name, open_log(customer.id, place, planned, None, contacts, back))


def _id_asked(name: str) -> int | None:
    """An id in the address; what can't be one is nobody's."""
    typed = request.args.get(name, "")
    return (number_in(typed) or abort(404)) if typed else None


def _quick_log(name: str, log: OpenLog) -> str:
    template = "follow_ups/_quick_log.html" if htmx.wants_fragment() else "follow_ups/log.html"
    return render_template(template, log=log, customer_name=name)


@follow_ups.post("/customers/<int:id>/follow-ups")
@access.staff
def log(id: int) -> ResponseReturnValue:
    """Save the quick log. The row answers in place, with Undo; sent twice, it is logged once."""
    form = QuickLogForm(request.form)
    customer = customer_to_touch(id) or abort(404)
    if form.commitment.data and not commitments.is_of(form.commitment.data, id):
        abort(404)
    contact = (contact_of(id, form.contact_id.data) or abort(404)) if form.contact_id.data else None
    planned = _plan_opened(id, form)
    try:
        touch = _touch(form)
    except BrokenRule as rule:
        wrong = "next_on" if isinstance(rule, due.DayOutOfReach) else "objection"
        return _not_logged(customer, form, [say(rule)], wrong=wrong)
    if touch is None:
        errors = [words for errors in form.errors.values() for words in errors]
        return _not_logged(customer, form, errors, wrong="next_on" if "next_on" in form.errors else "note")
    if unwilling := _unwilling(customer, contact, form):
        return _not_logged(customer, form, [unwilling], anyway=True)
    try:
        follow_up = touching.log(customer, touch, current_user, planned, contact.name if contact else "")
        answer = _logged(customer, follow_up, form)
        db.session.commit()
    except IntegrityError:  # the same form, sent twice: it is not looked for before, since that is rare
        db.session.rollback()
        customer = customer_to_touch(id) or abort(404)
        answer = _logged(customer, queries.follow_up_by_form(id, form.form_id.data) or abort(409), form)
    return answer


def _plan_opened(customer_id: int, form: QuickLogForm) -> FollowUp | None:
    """The planned follow-up that the log was opened from."""
    if not form.follow_up.data:
        return None
    planned = queries.follow_up_by_id(form.follow_up.data)
    return planned if planned is not None and planned.customer_id == customer_id else abort(404)


def _touch(form: QuickLogForm) -> Touch | None:
    """What the form says, or None when it says something wrong; raises `DayOutOfReach`, or what `hear` does."""
    if not form.validate():
        return None
    return Touch(
        channel=form.channel.data,
        outcome=form.outcome.data,
        purpose=form.purpose.data,
        note=form.note.data,
        contact_id=form.contact_id.data or None,
        next_on=due.day_of_step(form.next_step.data, form.next_on.data),
        heard=_heard(),
        form_id=form.form_id.data,
    )


def _heard() -> Heard | None:
    """The objection that the form names, if any; raises what `hear` does, or a rule that says what can't be kept."""
    if not (request.form.get("objection") or request.form.get("heard")):
        return None
    form = HeardForm(request.form)
    if not form.validate():
        raise BrokenRule(next(words for errors in form.errors.values() for words in errors))
    return hearing.hear(form.heard.data, form.objection.data, current_user)


def _unwilling(customer: Customer, contact: Contact | None, form: QuickLogForm) -> str:
    """That somebody who heard an offer wants none; nothing when all may hear it, or it is to be logged anyway."""
    names = [] if form.anyway.data or form.purpose.data != "offer" else opting.without_offers(customer, contact)
    return _("Does not want to hear offers: %(names)s.", names=", ".join(names)) if names else ""


def _not_logged(
    customer: Customer, form: QuickLogForm, errors: list[str], *, wrong: str = "note", anyway: bool = False
) -> ResponseReturnValue:
    """The quick log again, with what was typed."""
    log = _as_typed(customer.id, form)
    log.errors, log.wrong, log.anyway = errors, wrong, anyway
    log.contacts = names_of(living_contacts(customer.id))
    log.offers = objections.offered(log.objection) if log.objection or log.heard else ()
    return htmx.invalid(_quick_log(customer.name, log))


def _as_typed(customer_id: int, form: QuickLogForm) -> OpenLog:
    return OpenLog(
        customer_id,
        place=form.place.data,
        channel=form.channel.data,
        outcome=form.outcome.data,
        purpose=form.purpose.data,
        note=form.note.data,
        next_step=form.next_step.data,
        next_on=form.next_on._value(),
        contact_id=form.contact_id.data,
        follow_up=form.follow_up.data,
        commitment=form.commitment.data,
        entry=form.entry.data,
        relation=form.relation.data,
        objection=without_unfit(request.form.get("objection", "")[:LONGEST]),
        heard=request.form.get("heard", ""),
        next=access.safe_next(form.next.data) if form.next.data else "",
        form_id=form.form_id.data,
    )


def _logged(customer: Customer, follow_up: FollowUp, form: QuickLogForm) -> ResponseReturnValue:
    """The answer, in the place from which it was logged."""
    place = form.place.data
    if not htmx.wants_fragment() or place == "page":
        flash(
            _("Follow-up logged with %(name)s.", name=customer.name), f"undo {path('follow_ups.undo', id=follow_up.id)}"
        )
        return htmx.see_other(access.way_back(path("customers.show", id=customer.id)))
    next_on = due.day_of_step(form.next_step.data, form.next_on.data)
    said = {"customer": customer, "follow_up": follow_up, "next_on": next_on, "place": place}
    said |= {"commitment": form.commitment.data, "entry": form.entry.data, "relation": form.relation.data}
    said |= {"objection": objections.text_of(follow_up.objection_id) if follow_up.objection_id else ""}
    if place == "customer":
        log = open_log(customer.id, place, contacts=living_contacts(customer.id), channel=follow_up.channel)
        return _touches(log, **said)
    if place == "today" and form.commitment.data:
        rows = [commitments.line(form.commitment.data)]
        return render_template("commitments/_rows.html", rows=rows, at="today", **said, **_again())
    if place == "today" and (form.follow_up.data or form.entry.data or form.relation.data):
        return render_template("follow_ups/_done.html", **said, **_again())
    return render_template("follow_ups/_logged.html", key=_as_typed(customer.id, form).key, **said)


def _again() -> dict[str, Any]:
    """The counts of Today, which come along with its lines."""
    db.session.flush()
    return today.again(current_user, htmx.page_asked())


@follow_ups.post("/follow-ups/<int:id>/undo")
@access.staff
def undo(id: int) -> ResponseReturnValue:
    """Take back what was just logged, with all that it did."""
    follow_up = queries.follow_up_by_id(id) or abort(404)
    customer = customer_for_change(follow_up.customer_id) or abort(404)
    db.session.refresh(follow_up)
    form = QuickLogForm(request.form)
    if form.commitment.data and not commitments.is_of(form.commitment.data, customer.id):
        abort(404)
    typed = OpenLog(
        customer.id, form.place.data, follow_up.channel, follow_up.outcome or "reached", follow_up.purpose,
        follow_up.note, contact_id=follow_up.contact_id, commitment=form.commitment.data,
        entry=form.entry.data, relation=form.relation.data,
        objection=objections.text_of(heard) if (heard := follow_up.objection_id) else "",
        heard=f"{heard}-{given}" if (given := follow_up.answer_id) else str(heard or ""),
    )  # fmt: skip
    try:
        touching.undo(customer, follow_up, current_user)
    except NotYours:
        abort(403)
    except BrokenRule as rule:
        return _refused(follow_up, rule)
    answer = _undone(customer, follow_up, typed)
    db.session.commit()
    return answer


def _undone(customer: Customer, follow_up: FollowUp, typed: OpenLog) -> ResponseReturnValue:
    """The planned row again, or the quick log with what had been typed, under the promise that it was opened from."""
    if not htmx.wants_fragment() or typed.place == "page":
        flash(_("Undone. Nothing is logged."), "calm")
        return htmx.see_other(access.way_back(path("customers.show", id=customer.id)))
    again = _again() if typed.place == "today" else {}
    if follow_up.is_planned and again:
        return render_template("follow_ups/_rows.html", rows=[queries.planned_line(follow_up.id)], **again)
    if again and (typed.entry or typed.relation):
        line = lists.line(typed.entry) if typed.entry else relations.line(typed.relation or 0)
        if line is None or line.customer_id != customer.id:
            return htmx.see_other(path("today.index"))
        template = "lists/_lines.html" if typed.entry else "buying_centre/_lines.html"
        return render_template(template, rows=[line], me=current_user.id, **again)
    typed.contacts = names_of(living_contacts(customer.id))
    typed.offers = objections.offered(typed.objection) if typed.heard else ()
    if typed.place == "customer":
        typed.is_wanted = True
        return _touches(typed, customer=customer)
    typed.follow_up = follow_up.id if follow_up.is_planned else None
    return render_template("follow_ups/_quick_log.html", log=typed, customer=customer, undone=True, **again)


def _touches(log: OpenLog, **said: Any) -> str:
    """The customer page's quick log and, below it, what happened; and the figures on top, which it has changed."""
    id = log.customer_id
    _, figures = customer_to_show(id) or abort(404)
    about = {"about": figures, "events": story(id, "", None), "kind": ""}
    planned = queries.BESIDE.rows(figures.planned)
    again = "customers/_figures_again.html"
    return render_template(
        "customers/_touches.html", log=log, customer_id=id, planned=planned, again=again, **about, **said
    )


def _refused(follow_up: FollowUp, rule: BrokenRule) -> ResponseReturnValue:
    """What can't be done, in words, on the follow-up's page or above the list."""
    if htmx.wants_fragment():
        db.session.rollback()
        return htmx.invalid(render_template("follow_ups/_refused.html", text=say(rule), id=follow_up.id))
    return htmx.invalid(_page(follow_up, errors=[say(rule)]))


@follow_ups.get("/follow-ups/<int:id>")
@access.staff
def show(id: int) -> ResponseReturnValue:
    """One follow-up: what was planned, what became of it, and what can still be done."""
    return _page(queries.follow_up_to_show(id) or abort(404))


def _page(follow_up: FollowUp, errors: list[str] | None = None, form: MoveForm | None = None) -> str:
    shown = queries.follow_up_to_show(follow_up.id) or abort(404)
    form = form or MoveForm(version=shown.version, due_on=shown.due_on)
    return render_template(
        "follow_ups/show.html", follow_up=shown, errors=errors or [], form=form,
        undoable=shown.can_be_undone(current_user),
    )  # fmt: skip


@follow_ups.get("/customers/<int:id>/follow-ups/plan")
@access.staff
def new_plan(id: int) -> ResponseReturnValue:
    """Plan a touch to come: a call, a visit, a meeting with its objective."""
    customer = customer_by_id(id) or abort(404)
    form = PlanForm(assignee_id=current_user.id, due_on=due.day_of_step("1_week", None))
    form.next.data = access.way_back(path("customers.show", id=id))
    return _plan_page(customer, form)


@follow_ups.post("/customers/<int:id>/follow-ups/plan")
@access.staff
def plan(id: int) -> ResponseReturnValue:
    """Put it on somebody's list."""
    form = PlanForm(request.form)
    customer = customer_for_change(id) or abort(404)
    contact = (contact_of(id, form.contact_id.data) or abort(404)) if form.contact_id.data else None
    back = access.way_back(path("customers.show", id=id))
    if queries.follow_up_by_form(id, form.form_id.data):
        return htmx.see_other(back)
    if not form.validate():
        return htmx.invalid(_plan_page(customer, form))
    try:
        touching.plan(customer, _plan(form, contact), current_user, contact.name if contact else "")
        db.session.commit()
    except BrokenRule as rule:
        form.due_on.errors = [say(rule)]
        return htmx.invalid(_plan_page(customer, form))
    except IntegrityError:  # the same form, sent twice at the same moment; or sent for another customer before
        db.session.rollback()
        if queries.follow_up_by_form(id, form.form_id.data) is None:
            abort(409)
    flash(_("Planned."), "good")
    return htmx.see_other(back)


def _plan(form: PlanForm, contact: Contact | None) -> touching.Plan:
    users = {user.id for user in active_users()}
    return touching.Plan(
        due_on=form.due_on.data or date.min,
        purpose=form.purpose.data,
        channel=form.channel.data,
        objective=form.objective.data,
        method=form.method.data,
        contact_id=contact.id if contact else None,
        assignee_id=form.assignee_id.data if form.assignee_id.data in users else current_user.id,
        form_id=form.form_id.data,
    )


def _plan_page(customer: Customer, form: PlanForm) -> str:
    form.contact_id.choices = names_of(living_contacts(customer.id))
    form.assignee_id.choices = [(user.id, user.name) for user in active_users()]
    return render_template("follow_ups/plan.html", customer=customer, form=form)


@follow_ups.get("/follow-ups/<int:id>/move")
@access.staff
def new_day(id: int) -> ResponseReturnValue:
    """Ask for another day, under the row or on the follow-up's page."""
    follow_up = queries.follow_up_to_show(id) or abort(404)
    if not htmx.wants_fragment():
        return htmx.see_other(path("follow_ups.show", id=id))
    form = MoveForm(version=follow_up.version, due_on=follow_up.due_on, place="today")
    return render_template("follow_ups/_move.html", follow_up=follow_up, form=form)


@follow_ups.post("/follow-ups/<int:id>/move")
@access.staff
def move(id: int) -> ResponseReturnValue:
    """Put what is planned off, or forward. Whoever saw an older day is told."""
    follow_up = queries.follow_up_by_id(id) or abort(404)
    customer = customer_for_change(follow_up.customer_id) or abort(404)
    db.session.refresh(follow_up)
    form = MoveForm(request.form)
    if not form.validate() or form.due_on.data is None:
        form.due_on.errors = form.due_on.errors or [_("Choose a day.")]
        return _not_moved(follow_up, form, 422)
    if form.version.data != follow_up.version and form.due_on.data != follow_up.due_on:
        form.due_on.errors = [_("Somebody moved it meanwhile, to %(day)s.", day=follow_up.due_on)]
        form.version.data = follow_up.version
        return _not_moved(follow_up, form, 409)
    try:
        if form.due_on.data != follow_up.due_on:
            touching.move(customer, follow_up, form.due_on.data, current_user)
    except BrokenRule as rule:
        form.due_on.errors = [say(rule)]
        return _not_moved(follow_up, form, 422)
    return _in_place(follow_up, _("Moved."))


def _not_moved(follow_up: FollowUp, form: MoveForm, status: int) -> ResponseReturnValue:
    db.session.rollback()
    if htmx.wants_fragment():
        return render_template("follow_ups/_move.html", follow_up=follow_up, form=form), status
    return _page(follow_up, form=form), status


@follow_ups.post("/follow-ups/<int:id>/drop")
@access.staff
def drop(id: int) -> ResponseReturnValue:
    """Give up what was planned: nobody will do it."""
    follow_up = queries.follow_up_by_id(id) or abort(404)
    customer = customer_for_change(follow_up.customer_id) or abort(404)
    db.session.refresh(follow_up)
    try:
        touching.drop(customer, follow_up, current_user)
    except BrokenRule as rule:
        return _refused(follow_up, rule)
    return _in_place(follow_up, _("Dropped."))


def _in_place(follow_up: FollowUp, said: str) -> ResponseReturnValue:
    """The row as it stands now, or back to where it was done from."""
    if htmx.wants_fragment() and request.form.get("place") == "today":
        again, rows = _again(), [queries.planned_line(follow_up.id)]
        answer: ResponseReturnValue = render_template("follow_ups/_rows.html", rows=rows, said=said, **again)
    else:
        flash(said, "good")
        answer = htmx.see_other(access.way_back(path("customers.show", id=follow_up.customer_id)))
    db.session.commit()
    return answer
