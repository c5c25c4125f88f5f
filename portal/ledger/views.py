"""The two-sided ledger for staff: a contact's link to the promises between us, made, handed over, renewed and ended."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import access, clock, exports, htmx, public
from portal.contacts.models import Contact
from portal.errors import say
from portal.extensions import db
from portal.invitations.jobs import office
from portal.language import speak
from portal.ledger import kept as adding
from portal.ledger import opening, page, queries
from portal.ledger.forms import SaidForm
from portal.ledger.models import LedgerLink
from portal.links import path
from portal.rules import BrokenRule
from portal.users.queries import all_users

ledger = Blueprint("ledger", __name__)


@ledger.get("/customers/<int:id>/contacts/<int:contact_id>/ledger")
@access.staff
def show(id: int, contact_id: int) -> ResponseReturnValue:
    """The link by which this person sees the promises between us, to hand over; and what they have said."""
    contact = queries.contact_to_show(id, contact_id) or abort(404)
    link, url = queries.living_link(contact_id), None
    if link is not None and not link.has_run_out and not contact.is_archived and not contact.customer.is_archived:
        url = opening.address(link, office())
    return render_template(
        "ledger/show.html", contact=contact, customer=contact.customer, link=link, url=url,
        whatsapp=opening.whatsapp(contact, url, g.firm) if url else "", rows=queries.statements_by(contact_id),
    )  # fmt: skip


@ledger.get("/customers/<int:id>/contacts/<int:contact_id>/ledger/seen")
@access.staff
def seen(id: int, contact_id: int) -> ResponseReturnValue:
    """The page as this person sees it. The link itself would let staff speak in the person's name."""
    queries.contact_to_show(id, contact_id) or abort(404)
    link = queries.living_link(contact_id)
    holder = queries.holder_by_token(link.token_hash) if link else None
    if holder is None or not holder.is_open:
        return htmx.see_other(path("ledger.show", id=id, contact_id=contact_id))
    speak(public.wanted_language() or holder.locale)
    sides = page.sides(queries.seen_by(holder, clock.today() - page.SHOWN_FOR))
    return public.page(
        "ledger/promises.html", holder.firm_name, holder.accent, holder=holder, form=SaidForm(), sides=sides,
        is_preview=True,
    )  # fmt: skip


@ledger.post("/customers/<int:id>/contacts/<int:contact_id>/ledger", endpoint="open")
@access.staff
def open_(id: int, contact_id: int) -> ResponseReturnValue:
    """Let this person see the promises between us. Who has a link keeps it; one that has run out works again."""
    return _say(id, contact_id, _opened, _("Here is the link. Hand it over."))


@ledger.post("/customers/<int:id>/contacts/<int:contact_id>/ledger/send")
@access.staff
def send(id: int, contact_id: int) -> ResponseReturnValue:
    """Send it by mail, in the person's language; made first if there is none. A form sent twice sends it once."""
    return _say(id, contact_id, _send, _("It is on its way by e-mail."))


def _send(contact: Contact) -> None:
    before = queries.living_link_for_change(contact.id)
    if request.form.get("version", "0") != str(before.version if before else 0):
        return
    link = _opened(contact)
    url = opening.address(link, office())
    if url:
        opening.send(link, url, g.firm, current_user)


@ledger.post("/customers/<int:id>/contacts/<int:contact_id>/ledger/renew")
@access.staff
def renew(id: int, contact_id: int) -> ResponseReturnValue:
    """Let it work as long again as a new one would."""
    return _say(id, contact_id, _renew, _("Renewed."))


def _renew(contact: Contact) -> None:
    link = _opened(contact)
    until = opening.last_day(g.firm)
    if link.expires_on < until:
        link.renew(current_user, until)


@ledger.post("/customers/<int:id>/contacts/<int:contact_id>/ledger/end")
@access.staff
def end(id: int, contact_id: int) -> ResponseReturnValue:
    """Let it open nothing any more. What was said stays."""
    return _say(id, contact_id, _end, _("Ended: the link says so to whoever opens it."))


def _end(contact: Contact) -> None:
    link = queries.living_link_for_change(contact.id)
    if link is not None:
        link.end(current_user)


def _opened(contact: Contact) -> LedgerLink:
    return opening.open_to(contact, g.firm, office(), current_user)


def _say(id: int, contact_id: int, verb: Callable[[Contact], Any], done: str) -> ResponseReturnValue:
    """Do one thing with a person's link, and go back to its page."""
    contact = queries.contact_for_change(contact_id)
    if contact is None or contact.customer_id != id:
        abort(404)
    try:
        verb(contact)
        db.session.commit()
        flash(done, "good")
    except BrokenRule as rule:
        db.session.rollback()
        flash(say(rule), "late")
    return htmx.see_other(path("ledger.show", id=id, contact_id=contact_id))


# How many were kept


@ledger.get("/commitments/kept")
@access.owner
def kept() -> ResponseReturnValue:
    """How many of our promises were kept in twelve months, as we say and as clients do: by person and by month."""
    names = _names()
    typed = request.args.get("user", "")
    user_id = next((id for id in names if str(id) == typed), None)
    found = adding.added_up(queries.kept_by_month(adding.since()), user_id)
    people = sorted(((names.get(id, ""), id, rates) for id, rates in found.users.items()), key=lambda each: each[0])
    return render_template(
        "ledger/kept.html", people=people, months=found.months, chosen=names.get(user_id, "") if user_id else ""
    )


@ledger.get("/commitments/kept/export")
@access.owner
def export_kept() -> ResponseReturnValue:
    """The same as a file, by month and person or by customer: CSV, or XLSX."""
    if request.args.get("by") == "customer":
        name, first = _("promises-by-customer"), [_("Number"), _("Customer")]
        rows = adding.customer_rows(queries.kept_by_customer(adding.since()))
    else:
        name, first = _("promises-by-month"), [_("Month"), _("Assignee")]
        rows = adding.month_rows(queries.kept_by_month(adding.since()), _names())
    named = exports.named(name, clock.today())
    return exports.asked(request.args.get("format"), named, adding.header(first), rows)


def _names() -> dict[int | None, str]:
    return {user.id: user.name for user in all_users()}
