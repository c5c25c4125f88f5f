"""Referrals: whom our customers recommend, what became of each, and who is to be thanked for it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from portal import access, clock, frame, htmx
from portal.advocacy import crediting, queries, wording
from portal.advocacy.forms import PLACES, ClosingForm, ReferralForm, WinForm
from portal.advocacy.matching import reached_by
from portal.advocacy.models import Referral
from portal.advocacy.referring import Referred, refer
from portal.contacts.models import Contact
from portal.contacts.queries import contact_of, living_contacts
from portal.customers import keeping
from portal.customers.filters import CustomerFilter
from portal.customers.models import Customer, IsArchived
from portal.customers.queries import customer_by_id, customer_for_change, hits, lookalikes
from portal.errors import say
from portal.extensions import db
from portal.links import path
from portal.rules import BrokenRule
from portal.testimonials.queries import of_customer as testimonials_of
from portal.users.queries import active_users

advocacy = Blueprint("advocacy", __name__)


@advocacy.record_once
def _give_words(state: Any) -> None:
    """Templates say what became of a referral through `referral_words`."""
    state.app.jinja_env.globals["referral_words"] = wording


@advocacy.get("/advocacy")
@access.staff
def index() -> ResponseReturnValue:
    """Whom our customers recommend, the newest first; all of them, or in one state."""
    state = request.args.get("state", "")
    state = state if state in queries.SHOWN else ""
    address = path("advocacy.index") + (f"?state={state}" if state else "")
    page = queries.page(state, request.args.get("after"))
    lines = frame.kept_lines("advocacy/_rows.html", page.rows, "list", current_user.id)
    return render_template(
        "advocacy/index.html", page=page, lines=lines, state=state, counts=_counts(), address=address
    )


def _counts() -> dict[str, str]:
    most = queries.MOST_COUNTED
    return {key: f"{most - 1}+" if n >= most else str(n) for key, n in queries.counts().items()}


@advocacy.get("/customers/<int:id>/advocacy")
@access.staff
def of_customer(id: int) -> ResponseReturnValue:
    """Whom this customer brought, and what that became; who brought them; what of theirs may be quoted."""
    customer = customer_by_id(id) or abort(404)
    about = {"rows": queries.of_customer(id), "brought_by": queries.who_brought(id), "quotes": testimonials_of(id)}
    return render_template("advocacy/of_customer.html", customer=customer, **about)


# Writing one down


@advocacy.get("/advocacy/new")
@access.staff
def choose() -> ResponseReturnValue:
    """Somebody was recommended: by which customer?"""
    query = CustomerFilter.from_address(request.args).q
    return render_template("advocacy/choose.html", query=query, hits=hits(query))


@advocacy.get("/customers/<int:id>/advocacy/new")
@access.staff
def new(id: int) -> ResponseReturnValue:
    """Ask who recommends whom."""
    customer = customer_by_id(id) or abort(404)
    form = ReferralForm(on=clock.today())
    form.next.data = access.way_back(path("advocacy.of_customer", id=id))
    return _new_page(customer, form)


def _new_page(customer: Customer, form: ReferralForm) -> str:
    form.contact_id.choices = [(contact.id, contact.name) for contact in living_contacts(customer.id)]
    return render_template("advocacy/new.html", customer=customer, form=form)


@advocacy.post("/customers/<int:id>/advocacy")
@access.staff
def create(id: int) -> ResponseReturnValue:
    """Write down whom they recommend. Sent twice, it is one recommendation."""
    form = ReferralForm(request.form)
    customer = customer_for_change(id) or abort(404)
    contact = (contact_of(id, form.contact_id.data) or abort(404)) if form.contact_id.data else None
    back = form.next.data or path("advocacy.of_customer", id=id)
    if queries.referral_by_form(form.form_id.data):
        return htmx.see_other(back)
    if not form.validate():
        return htmx.invalid(_new_page(customer, form))
    try:
        refer(customer, _referred(form, contact), current_user)
        db.session.commit()
    except BrokenRule as rule:
        db.session.rollback()
        form.on.errors = [say(rule)]
        return htmx.invalid(_new_page(customer_by_id(id) or abort(404), form))
    except IntegrityError:  # the same form, sent twice at the same moment
        db.session.rollback()
    flash(_("Written down: %(name)s.", name=form.name.data), "good")
    return htmx.see_other(back)


def _referred(form: ReferralForm, contact: Contact | None) -> Referred:
    return Referred(
        name=form.name.data, reach=form.reach.data, note=form.note.data, on=form.on.data, form_id=form.form_id.data,
        contact_id=contact.id if contact else None, contact=contact.name if contact else "",
    )  # fmt: skip


# What became of it


@advocacy.get("/advocacy/<int:id>")
@access.staff
def show(id: int) -> ResponseReturnValue:
    """One recommendation: who recommends whom, what became of it, and what can be done."""
    return _page(queries.line(id) or abort(404))


def _page(row: Row[Any], errors: list[str] | None = None, closing: ClosingForm | None = None) -> str:
    closing = closing or ClosingForm()
    return render_template("advocacy/show.html", row=row, errors=errors or [], closing=closing)


@advocacy.post("/advocacy/<int:id>/approach")
@access.staff
def approach(id: int) -> ResponseReturnValue:
    """Somebody of ours has spoken to them."""
    return _say(id, "contacted", lambda referral: referral.approach(current_user))


@advocacy.get("/advocacy/<int:id>/close")
@access.staff
def closing(id: int) -> ResponseReturnValue:
    """Ask why it did not work out."""
    row = queries.line(id) or abort(404)
    if not htmx.wants_fragment():
        return htmx.see_other(path("advocacy.show", id=id))
    return render_template("advocacy/_closing.html", row=row, form=ClosingForm(place=_place()))


@advocacy.post("/advocacy/<int:id>/close")
@access.staff
def close(id: int) -> ResponseReturnValue:
    """It did not work out, and why."""
    form = ClosingForm(request.form)
    return _say(id, "closed", lambda referral: referral.close(current_user, form.reason.data), form)


@advocacy.post("/advocacy/<int:id>/reopen")
@access.staff
def reopen(id: int) -> ResponseReturnValue:
    """It is not settled after all."""
    return _say(id, "", _reopen)


def _reopen(referral: Referral) -> None:
    referral.reopen(current_user)
    crediting.settle(referral)


def _say(id: int, state: str, verb: Callable[[Referral], None], form: ClosingForm | None = None) -> ResponseReturnValue:
    """Say one verb about a referral. What is so already is answered like the first time."""
    referral = queries.referral_for_change(id) or abort(404)
    if form is not None and not form.validate():
        return _unsaid(id, form)
    if referral.state != state:
        try:
            verb(referral)
        except BrokenRule as rule:
            if form is not None:
                form.reason.errors = [say(rule)]
                return _unsaid(id, form)
            return _refused(id, say(rule))
    return _said(id)


def _unsaid(id: int, form: ClosingForm) -> ResponseReturnValue:
    """The same form with its errors, under the line or on the referral's page."""
    db.session.rollback()
    row = queries.line(id) or abort(404)
    if htmx.wants_fragment():
        return htmx.invalid(render_template("advocacy/_closing.html", row=row, form=form))
    return htmx.invalid(_page(row, closing=form))


def _refused(id: int, text: str) -> ResponseReturnValue:
    db.session.rollback()
    if htmx.wants_fragment():
        return htmx.invalid(render_template("advocacy/_refused.html", id=id, text=text))
    return htmx.invalid(_page(queries.line(id) or abort(404), [text]))


def _said(id: int) -> ResponseReturnValue:
    """The line as it stands now, or back to where it was done from."""
    db.session.flush()
    if htmx.wants_fragment() and _place() == "list":
        state = htmx.page_asked().get("state", "")
        answer: ResponseReturnValue = render_template(
            "advocacy/_rows.html", rows=[queries.line(id)], at="list", again="advocacy/_again.html", counts=_counts(),
            state=state if state in queries.SHOWN else "",
        )  # fmt: skip
    else:
        answer = htmx.see_other(access.way_back(path("advocacy.show", id=id)))
    db.session.commit()
    return answer


def _place() -> str:
    said = request.args.get("place") or request.form.get("place") or "page"
    return said if said in PLACES else "page"


# They became a customer


@advocacy.get("/advocacy/<int:id>/win")
@access.staff
def winning(id: int) -> ResponseReturnValue:
    """They are a customer now: one whom we know, offered where e-mail or phone are the same, or a new one."""
    row = queries.line(id) or abort(404)
    if row.state not in ("given", "contacted"):
        return htmx.see_other(path("advocacy.show", id=id))
    reached = reached_by(row.reach, g.firm.region)
    form = WinForm(
        customer_name=row.name, contact_name=row.name, email=reached.email, phone=reached.phone,
        assignee_id=current_user.id,
    )  # fmt: skip
    return _win_page(row, form)


def _win_page(row: Row[Any], form: WinForm, errors: list[str] | None = None) -> str:
    form.assignee_id.choices = [(user.id, user.name) for user in active_users()]
    query = CustomerFilter.from_address(request.args).q
    same = [] if query else lookalikes(*reached_by(row.reach, g.firm.region))
    known = [each for each in same if each.id != row.customer_id and not each.archived_at]
    found = [each for each in hits(query) if each.id != row.customer_id]
    return render_template(
        "advocacy/win.html", row=row, form=form, known=known, found=found, query=query, errors=errors or []
    )


@advocacy.post("/advocacy/<int:id>/win")
@access.staff
def win(id: int) -> ResponseReturnValue:
    """Make them this customer of ours, or a new one with its contact. Sent twice, it is one customer."""
    form = WinForm(request.form)
    referral = queries.referral_for_change(id) or abort(404)
    row = queries.line(id) or abort(404)
    if referral.state == "customer":
        return htmx.see_other(path("advocacy.show", id=id))
    if form.customer_id.data is None and not form.validate():
        return htmx.invalid(_win_page(row, form))
    try:
        customer = _customer(form)
        referral.win(customer, current_user, wording.from_whom(row))
        crediting.settle(referral)
    except BrokenRule as rule:
        db.session.rollback()
        return htmx.invalid(_win_page(row, form, [say(rule)]))
    db.session.commit()
    flash(_("A customer of ours now: %(name)s.", name=customer.name), "good")
    return htmx.see_other(path("advocacy.show", id=id))


def _customer(form: WinForm) -> Customer:
    """The one that was chosen, or a new one. Raises `IsArchived`."""
    if form.customer_id.data is not None:
        chosen = customer_for_change(form.customer_id.data) or abort(404)
        if chosen.is_archived:
            raise IsArchived
        return chosen
    email, phone, name = form.email.data or None, form.phone.data or None, form.contact_name.data
    return keeping.add_customer(
        keeping.Details(form.customer_name.data, email, phone, form.city.data),
        by=current_user,
        assignee=next((user for user in active_users() if user.id == form.assignee_id.data), None),
        contacts=[keeping.Person(name, email=email, phone=phone)] if name else [],
    )
