"""The relay: where every customer stands, who holds them, and who takes over."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, abort, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import access, htmx
from portal.backing import queries as backing
from portal.customers.models import PHASES, Customer
from portal.customers.queries import customer_for_change, customer_to_edit
from portal.errors import say
from portal.extensions import db
from portal.links import path
from portal.relay import goal, handing, held, queries, travelling, wording
from portal.relay.counting import HELD
from portal.relay.forms import PLACES, OfferForm, ReasonForm
from portal.relay.models import HandOff, ReasonMissing
from portal.rules import BrokenRule
from portal.today import heading as today
from portal.users.queries import active_users

relay = Blueprint("relay", __name__)


@relay.record_once
def _give_words(state: Any) -> None:
    """Templates say legs, phases and hand-offs through `relay_words`, and what holds customers through `held`."""
    state.app.jinja_env.globals.update(relay_words=wording, held=held)


@relay.get("/relay")
@access.staff
def index() -> ResponseReturnValue:
    """All customers by phase, the same for every team; or those of one phase, who have been there the longest first;
    or of these those whom one thing holds there.
    """
    phase, board = request.args.get("phase", ""), queries.the_board()
    about = {"board": board, "goal": goal.seen(g.firm, board)}
    if phase not in PHASES:
        return render_template("relay/index.html", cards=queries.cards(), **about)
    by = request.args.get("held", "")
    by = by if by in HELD else ""
    page = queries.page_of_cards(phase, request.args.get("after"), by, g.firm.silent_after_days)
    return render_template("relay/phase.html", phase=phase, by=by, page=page, **about)


@relay.get("/relay/hand-offs")
@access.staff
def hand_offs() -> ResponseReturnValue:
    """Hand-offs that wait for me, those that I offered, all that wait, and those that nobody has answered."""
    asked = request.args.get("show", "")
    view = asked if asked in queries.VIEWS else "mine"
    page = queries.page(view, current_user, request.args.get("after"))
    counts = queries.counts(current_user)
    return render_template("relay/hand_offs.html", page=page, view=view, counts=counts, along=_along(page.rows))


def _along(rows: Sequence[Any]) -> dict[int, travelling.Along]:
    """What travels with the customers of these lines, of those that are offered. One query at most."""
    givers = {row.customer_id: row.from_user_id or row.offered_by_id for row in rows if row.state == "offered"}
    return travelling.with_each(givers)


@relay.get("/customers/<int:id>/relay")
@access.staff
def show(id: int) -> ResponseReturnValue:
    """Who has held this customer from when to when, what is offered, and what was."""
    return _page(id)


def _page(id: int, errors: tuple[str, ...] = ()) -> str:
    customer = customer_to_edit(id) or abort(404)
    lines = queries.lines_of(id)
    about = {"stretches": queries.holdings_of(id), "support": backing.lines_of(id), "along": _along(lines)}
    return render_template("relay/show.html", customer=customer, lines=lines, errors=errors, **about)


@relay.get("/customers/<int:id>/hand-offs/new")
@access.staff
def new(id: int) -> ResponseReturnValue:
    """Ask whom the customer is offered to, such as whom it came from; show what travels along."""
    customer = customer_to_edit(id) or abort(404)
    form = OfferForm(to=request.args.get("to") or ("leg:service" if customer.leg == "sales" else "leg:sales"))
    return _new_page(customer, form)


@relay.post("/customers/<int:id>/hand-offs")
@access.staff
def offer(id: int) -> ResponseReturnValue:
    """Offer the customer to the next runner. Sent twice, it is one hand-off."""
    form = OfferForm(request.form)
    if queries.hand_off_by_form(form.form_id.data):
        return htmx.see_other(path("relay.show", id=id))
    customer = customer_for_change(id) or abort(404)
    form.offer(active_users())
    if not form.validate():
        return htmx.invalid(_new_page(customer, form))
    said = handing.Offer(form.leg, form.user, form.note.data, form.form_id.data)
    try:
        handing.offer(customer, said, current_user, g.firm.hand_off_days)
        db.session.commit()
    except BrokenRule as rule:
        form.to.errors = [say(rule)]
        return htmx.invalid(_new_page(customer, form))
    except IntegrityError:  # the same form, at the same moment
        db.session.rollback()
    flash(_("Offered. It waits for its answer."), "good")
    return htmx.see_other(path("relay.show", id=id))


def _new_page(customer: Customer, form: OfferForm) -> str:
    form.offer(active_users())
    along = travelling.with_one(customer.id, customer.assignee_id or current_user.id)
    return render_template("relay/new.html", customer=customer, form=form, along=along)


@relay.get("/hand-offs/<int:id>")
@access.staff
def answer(id: int) -> ResponseReturnValue:
    """What is handed on, under its line on Today; else the customer's page of the relay."""
    row = queries.line(id) or abort(404)
    if not htmx.wants_fragment():
        return htmx.see_other(path("relay.show", id=row.customer_id))
    return render_template("relay/_answer.html", row=row, along=_along([row]), form=ReasonForm(place="today"))


@relay.post("/hand-offs/<int:id>/accept")
@access.staff
def accept(id: int) -> ResponseReturnValue:
    """I take the customer over, with what has been promised."""
    return _say(id, "accepted", lambda each, customer: handing.accept(each, customer, current_user), HandOff.is_for)


@relay.get("/hand-offs/<int:id>/decline")
@access.staff
def ask_to_decline(id: int) -> ResponseReturnValue:
    """Ask why it is declined, under its line."""
    row = queries.line(id) or abort(404)
    if not htmx.wants_fragment():
        return htmx.see_other(path("relay.show", id=row.customer_id))
    return render_template("relay/_decline.html", row=row, form=ReasonForm(place=_place()))


@relay.post("/hand-offs/<int:id>/decline")
@access.staff
def decline(id: int) -> ResponseReturnValue:
    """I don't take the customer over, and say why."""
    form = ReasonForm(request.form)
    return _say(id, "declined", lambda each, _: each.decline(current_user, form.reason.data), HandOff.is_for, form)


@relay.post("/hand-offs/<int:id>/withdraw")
@access.staff
def withdraw(id: int) -> ResponseReturnValue:
    """Take it back: the customer stays where it is."""
    return _say(id, "withdrawn", lambda each, _: each.withdraw(current_user), HandOff.is_from)


@relay.post("/hand-offs/<int:id>/leave")
@access.staff
def leave(id: int) -> ResponseReturnValue:
    """It was dropped, and the customer stays with whoever holds it."""
    return _say(id, "", lambda each, _: each.leave(current_user), HandOff.is_from)


def _say(
    id: int,
    state: str,
    verb: Callable[[HandOff, Customer], None],
    may: Callable[[HandOff, Any], bool],
    form: ReasonForm | None = None,
) -> ResponseReturnValue:
    """Say one verb about a hand-off, if this user may. What they have said already is answered like the first time."""
    found = queries.hand_off_for_change(id)
    if found is None:
        abort(404)
    hand_off, customer = found
    if not may(hand_off, current_user):
        abort(403)
    if form is not None and not form.validate():
        return _unsaid(hand_off, str(next(iter(form.errors.values()))[0]), form)
    if hand_off.state != state or hand_off.answered_by_id != current_user.id:
        try:
            verb(hand_off, customer)
        except BrokenRule as rule:
            return _unsaid(hand_off, say(rule), form if isinstance(rule, ReasonMissing) else None)
    return _said(hand_off)


def _said(hand_off: HandOff) -> ResponseReturnValue:
    """The line as it stands now, or back to where it was done from."""
    db.session.flush()
    row = queries.line(hand_off.id) or abort(404)
    if htmx.wants_fragment() and _place() != "page":
        about = today.again(current_user, htmx.page_asked()) if _place() == "today" else {}
        answer: ResponseReturnValue = render_template("relay/_rows.html", rows=[row], along={}, at=_place(), **about)
    else:
        tone, words = wording.state(row)
        flash(f"{words}: {row.customer_name}", tone if tone != "calm" else "good")
        answer = htmx.see_other(access.way_back(path("relay.show", id=row.customer_id)))
    db.session.commit()
    return answer


def _unsaid(hand_off: HandOff, why: str, form: ReasonForm | None) -> ResponseReturnValue:
    """Why it can't be said: under the line, or on the customer's page of the relay."""
    id, customer_id = hand_off.id, hand_off.customer_id
    db.session.rollback()
    if not htmx.wants_fragment():
        return htmx.invalid(_page(customer_id, (why,)))
    if form is None:
        return htmx.invalid(render_template("relay/_refused.html", text=why, id=id))
    form.reason.errors = [why]
    return htmx.invalid(render_template("relay/_decline.html", row=queries.line(id), form=form))


def _place() -> str:
    said = request.args.get("place") or request.form.get("place") or "page"
    return said if said in PLACES else "page"
