"""Commitments: what is promised between us and our customers, kept, moved, withdrawn, broken and reopened."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, current_app, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import access, clock, due, formats, frame, htmx
from portal.commitments import promising, queries, wording
from portal.commitments.forms import PLACES, EditCommitmentForm, NewCommitmentForm, ReasonForm, RenegotiateForm
from portal.commitments.models import SIDES, STATES, Commitment, MovedMeanwhile
from portal.commitments.queries import Ledger
from portal.contacts.models import Contact
from portal.contacts.queries import contact_of, living_contacts
from portal.customers.models import Customer
from portal.customers.queries import customer_by_id, customer_for_change, customer_to_show
from portal.errors import say
from portal.extensions import db
from portal.invitations import asking
from portal.invitations.inviting import Asking
from portal.ledger.queries import statements_about
from portal.links import path
from portal.paging import Page
from portal.responses.queries import response_behind
from portal.rules import BrokenRule
from portal.timeline.queries import story_again
from portal.today import heading as today
from portal.users.queries import active_users, whose_ids

commitments = Blueprint("commitments", __name__)


@commitments.record_once
def _give_words(state: Any) -> None:
    """Templates say how urgent a promise is through `promise_wording`."""
    state.app.jinja_env.globals["promise_wording"] = wording


@commitments.get("/commitments")
@access.staff
def index() -> ResponseReturnValue:
    """Ours and theirs, late first; and how many of ours we kept."""
    whose, assignees = whose_ids(request.args.get("whose"), current_user)
    side, state = request.args.get("side", "both"), request.args.get("state", "open")
    ledger = Ledger(assignees, side if side in SIDES else "both", state if state in STATES else "open")
    page: Page[Any] = queries.page(ledger, request.args.get("after"))
    lines = frame.kept_lines("commitments/_rows.html", page.rows, "list", current_user.id)
    rates = queries.kept_rate(assignees)

    def address(**changes: str) -> str:
        """This list, with another filter."""
        asked = {"whose": whose, "side": ledger.side, "state": ledger.state} | changes
        return f"{path('commitments.index')}?{urlencode(asked)}"

    return render_template(
        "commitments/index.html", page=page, lines=lines, ledger=ledger, whose=whose, address=address, rates=rates
    )


@commitments.get("/customers/<int:id>/commitments/new")
@access.staff
def new(id: int) -> ResponseReturnValue:
    """Ask who promises what, until when."""
    customer = customer_by_id(id) or abort(404)
    form = NewCommitmentForm(assignee_id=current_user.id)
    form.next.data = access.way_back(path("customers.show", id=id))
    return _new_page(customer, form)


@commitments.post("/customers/<int:id>/commitments")
@access.staff
def create(id: int) -> ResponseReturnValue:
    """Write a promise down. Sent twice, it is one promise."""
    form = NewCommitmentForm(request.form)
    customer = customer_for_change(id) or abort(404)
    contact = (contact_of(id, form.contact_id.data) or abort(404)) if form.contact_id.data else None
    back = access.way_back(path("customers.show", id=id))
    if queries.commitment_by_form(id, form.form_id.data):
        return htmx.see_other(back)
    if not form.validate():
        return htmx.invalid(_new_page(customer, form))
    try:
        promising.promise(customer, _promise(form, contact), current_user, contact.name if contact else "")
        db.session.commit()
    except BrokenRule as rule:
        form.due_on.errors = [say(rule)]
        return htmx.invalid(_new_page(customer, form))
    except IntegrityError:  # the form has been sent for another customer
        db.session.rollback()
        abort(409)
    flash(_("Promise written down."), "good")
    return htmx.see_other(back)


def _promise(form: NewCommitmentForm, contact: Contact | None) -> promising.Promise:
    """What the form says; raises `DayOutOfReach`."""
    day = due.day_of_step(form.due_step.data, form.due_on.data)
    users = {user.id for user in active_users()}
    return promising.Promise(
        text=form.text.data,
        due_on=day or due.day_of_step("date", None),  # type: ignore[arg-type]
        side=form.side.data,
        contact_id=contact.id if contact else None,
        assignee_id=form.assignee_id.data if form.assignee_id.data in users else current_user.id,
        form_id=form.form_id.data,
    )


def _new_page(customer: Customer, form: NewCommitmentForm) -> str:
    _offer(form, customer.id)
    return render_template("commitments/new.html", customer=customer, form=form)


def _offer(form: Any, customer_id: int) -> None:
    """The people that the form's lists offer."""
    form.contact_id.choices = [(contact.id, contact.name) for contact in living_contacts(customer_id)]
    form.assignee_id.choices = [(user.id, user.name) for user in active_users()]


@commitments.get("/commitments/<int:id>")
@access.staff
def show(id: int) -> ResponseReturnValue:
    """One promise: what was said, by whom, how often it moved, and what can be done about it."""
    return _page(queries.commitment_to_show(id) or abort(404))


def _page(commitment: Commitment, errors: list[str] | None = None, **forms: Any) -> str:
    shown = queries.commitment_to_show(commitment.id) or abort(404)
    answer = response_behind(shown.id) if shown.origin == "recovery" else None
    said = statements_about(shown.id) if shown.client_says else ()
    about = {"answer": answer, "said": said, "moves": queries.moves_of(shown), "errors": errors or []}
    about |= _forms(shown) | forms
    return render_template("commitments/show.html", commitment=shown, **about)


def _forms(commitment: Commitment) -> dict[str, Any]:
    return {
        "moving": RenegotiateForm(version=commitment.version, due_on=due.day_of_step("1_week", None)),
        "withdrawing": ReasonForm(),
        "breaking": ReasonForm(),
        "answering": ReasonForm(),
    }


@commitments.post("/commitments/<int:id>/keep")
@access.staff
def keep(id: int) -> ResponseReturnValue:
    """It was done as promised. Whom we made it right with is asked next day whether it is."""
    return _say(id, "kept", _keep)


def _keep(commitment: Commitment) -> None:
    commitment.keep(current_user)
    if commitment.origin == "recovery":
        tomorrow = clock.today() + timedelta(days=1)  # so that *Undo* comes before the mail
        asking.after_recovery(commitment, Asking(g.firm, current_app.config["SECRET_KEY"], send_on=tomorrow))


@commitments.post("/commitments/<int:id>/break", endpoint="break")
@access.staff
def break_(id: int) -> ResponseReturnValue:
    """It was not done, and won't be."""
    form = ReasonForm(request.form)
    return _say(id, "broken", lambda commitment: commitment.break_(current_user, form.reason.data), form)


@commitments.post("/commitments/<int:id>/not-yet")
@access.staff
def not_yet(id: int) -> ResponseReturnValue:
    """The client says that it is done; we have looked, and it is not. What I write, the client reads."""
    form = ReasonForm(request.form)
    return _say(id, "", lambda commitment: _not_yet(commitment, form.reason.data), form, "answering")


def _not_yet(commitment: Commitment, answer: str) -> None:
    if not commitment.is_answered:
        commitment.not_yet(current_user, answer)


@commitments.get("/commitments/<int:id>/withdraw")
@access.staff
def ask_to_withdraw(id: int) -> ResponseReturnValue:
    """Ask why it is withdrawn, under its line."""
    commitment = queries.commitment_to_show(id) or abort(404)
    if not htmx.wants_fragment():
        return htmx.see_other(path("commitments.show", id=id))
    return render_template("commitments/_withdrawal.html", commitment=commitment, form=ReasonForm(place=_place()))


@commitments.post("/commitments/<int:id>/withdraw")
@access.staff
def withdraw(id: int) -> ResponseReturnValue:
    """It no longer needs to be done, and the customer knows why."""
    form = ReasonForm(request.form)
    return _say(
        id, "withdrawn", lambda commitment: commitment.withdraw(current_user, form.reason.data), form, "withdrawing"
    )


@commitments.get("/commitments/<int:id>/renegotiate")
@access.staff
def ask_to_renegotiate(id: int) -> ResponseReturnValue:
    """Ask for the new day and the reason, under its line."""
    commitment = queries.commitment_to_show(id) or abort(404)
    if not htmx.wants_fragment():
        return htmx.see_other(path("commitments.show", id=id))
    form = RenegotiateForm(version=commitment.version, due_on=due.day_of_step("1_week", None), place=_place())
    return render_template("commitments/_renegotiation.html", commitment=commitment, form=form)


@commitments.post("/commitments/<int:id>/renegotiate")
@access.staff
def renegotiate(id: int) -> ResponseReturnValue:
    """Both agreed on another day: the day first promised is kept, and how often it moved."""
    form = RenegotiateForm(request.form)
    if form.validate() and form.due_on.data is None:
        form.due_on.errors = [_("Choose a day.")]
    return _say(id, "", lambda each: _move(each, form), form, "moving")


def _move(commitment: Commitment, form: RenegotiateForm) -> None:
    if form.version.data not in (0, commitment.version):
        if commitment.due_on == form.due_on.data and commitment.reason == form.reason.data:
            return  # the same form, sent twice
        raise MovedMeanwhile(day=formats.day(commitment.due_on).striptags())
    commitment.renegotiate(current_user, form.due_on.data or date.min, form.reason.data)


@commitments.post("/commitments/<int:id>/reopen")
@access.staff
def reopen(id: int) -> ResponseReturnValue:
    """It waits to be kept again; nobody is asked whether it was."""
    return _say(id, "open", _reopen)


def _reopen(commitment: Commitment) -> None:
    commitment.reopen(current_user)
    asking.not_recovered(commitment)


def _say(
    id: int, state: str, verb: Callable[[Commitment], None], form: Any = None, name: str = "breaking"
) -> ResponseReturnValue:
    """Say one verb about a promise. What is so already is answered like the first time."""
    commitment = queries.commitment_for_change(id) or abort(404)
    if form is not None and (form.errors or not form.validate()):
        return _unsaid(commitment, form, name, 422)
    if commitment.state != state:
        try:
            verb(commitment)
        except MovedMeanwhile as rule:
            form.due_on.errors, form.version.data = [say(rule)], commitment.version
            return _unsaid(commitment, form, name, 409)
        except BrokenRule as rule:
            return _broken(commitment, rule, form, name)
    return _said(commitment)


def _broken(commitment: Commitment, rule: BrokenRule, form: Any, name: str) -> ResponseReturnValue:
    if form is not None:
        field = form.due_on if isinstance(rule, due.DayOutOfReach) else form.reason
        field.errors = [say(rule)]
        return _unsaid(commitment, form, name, 422)
    db.session.rollback()
    if htmx.wants_fragment():
        return htmx.invalid(render_template("commitments/_refused.html", text=say(rule), id=commitment.id))
    return htmx.invalid(_page(commitment, [say(rule)]))


def _unsaid(commitment: Commitment, form: Any, name: str, status: int) -> ResponseReturnValue:
    """The same form with its errors, under the line or on the promise's page."""
    id = commitment.id
    db.session.rollback()
    shown = queries.commitment_to_show(id) or abort(404)
    template = {"moving": "commitments/_renegotiation.html", "withdrawing": "commitments/_withdrawal.html"}.get(name)
    if htmx.wants_fragment() and template:
        return render_template(template, commitment=shown, form=form), status
    return _page(shown, **{name: form}), status


def _said(commitment: Commitment) -> ResponseReturnValue:
    """The line as it stands now, or back to where it was done from."""
    place = _place()
    if htmx.wants_fragment() and place != "page":
        db.session.flush()
        rows, about = [queries.line(commitment.id)], _again(commitment.customer_id, place)
        answer: ResponseReturnValue = render_template("commitments/_rows.html", rows=rows, at=place, **about)
    else:
        tone, word = wording.urgency_of(commitment.kind, commitment.state, commitment.due_on)
        undo = f"undo {path('commitments.reopen', id=commitment.id)}"
        flash(f"{word}: {commitment.text}", undo if commitment.state == "kept" else tone)
        answer = htmx.see_other(access.way_back(path("commitments.show", id=commitment.id)))
    db.session.commit()
    return answer


def _again(customer_id: int, place: str) -> dict[str, Any]:
    """What comes along with a line, since it has changed: the figures and the story of the customer's page, the counts
    of Today, or the share of kept promises over the ledger.
    """
    asked = htmx.page_asked()
    if place == "today":
        return today.again(current_user, asked)
    if place == "list":
        rates = queries.kept_rate(whose_ids(asked.get("whose"), current_user)[1])
        return {"again": "commitments/_again.html", "rates": rates}
    customer, about = customer_to_show(customer_id) or abort(404)
    told = story_again(customer_id, asked)
    return {"again": "customers/_again.html", "customer": customer, "about": about, **told}


def _place() -> str:
    said = request.args.get("place") or request.form.get("place") or "page"
    return said if said in PLACES else "page"


@commitments.get("/commitments/<int:id>/edit")
@access.staff
def edit(id: int) -> ResponseReturnValue:
    """Say it better, or let somebody else answer for it."""
    commitment = queries.commitment_to_show(id) or abort(404)
    form = EditCommitmentForm(obj=commitment)
    form.next.data = access.way_back(path("commitments.show", id=id))
    return _edit_page(commitment, form)


@commitments.post("/commitments/<int:id>")
@access.staff
def change(id: int) -> ResponseReturnValue:
    """Save what was edited. Whoever edited an older version is told, and sees both texts."""
    commitment = queries.commitment_for_change(id) or abort(404)
    form = EditCommitmentForm(request.form)
    contact_id = form.contact_id.data or None
    if contact_id and contact_id != commitment.contact_id and contact_of(commitment.customer_id, contact_id) is None:
        abort(404)
    if not form.validate():
        return _edit_page(commitment, form), 422
    if form.version.data != commitment.version and form.text.data != commitment.text:
        form.version.data = commitment.version
        return _edit_page(commitment, form, theirs=commitment.text), 409
    assignee_id = form.assignee_id.data or None
    if assignee_id not in {None, commitment.assignee_id, *(user.id for user in active_users())}:
        assignee_id = commitment.assignee_id
    commitment.reword(current_user, form.text.data, contact_id, assignee_id)
    back = access.way_back(path("commitments.show", id=id))
    db.session.commit()
    flash(_("Saved."), "good")
    return htmx.see_other(back)


def _edit_page(commitment: Commitment, form: EditCommitmentForm, theirs: str = "") -> str:
    shown = queries.commitment_to_show(commitment.id) or abort(404)
    _offer(form, shown.customer_id)
    return render_template("commitments/edit.html", commitment=shown, form=form, theirs=theirs)
