"""Invitations: ask a client, hand the link over, and see whom a survey has reached."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import access, clock, formats, htmx
from portal.contacts.models import Contact
from portal.contacts.queries import contact_of, living_contacts
from portal.customers.models import Customer
from portal.customers.queries import customer_by_id, customer_for_change
from portal.errors import say
from portal.extensions import db
from portal.invitations import asking, handing, jobs, queries, wording
from portal.invitations.forms import AskForm
from portal.invitations.inviting import Asking
from portal.invitations.models import Invitation
from portal.jobs import soon
from portal.links import path
from portal.rules import BrokenRule
from portal.surveys.queries import survey_by_id

invitations = Blueprint("invitations", __name__)


@invitations.record_once
def _give_words(state: Any) -> None:
    """Templates say why an invitation waits through `asking_words`."""
    state.app.jinja_env.globals["asking_words"] = wording


@dataclass(frozen=True)
class Asked:
    """A person who can be asked, and how much they have heard."""

    contact_id: int | None
    name: str
    email: str | None
    silenced: bool
    heard: int
    free_on: Any


@invitations.get("/customers/<int:id>/ask")
@access.staff
def new(id: int) -> ResponseReturnValue:
    """Choose a survey, a person, and the way to reach them."""
    customer = customer_by_id(id) or abort(404)
    people = _people(customer)
    first = next((each for each in people if each.email and not each.silenced), people[0])
    form = AskForm(contact_id=first.contact_id, channel="email" if first.email else "link")
    return _ask_page(customer, form, people)


@invitations.post("/customers/<int:id>/ask")
@access.staff
def create(id: int) -> ResponseReturnValue:
    """Ask them: by mail, or with a link to hand over. Sent twice, they are asked once."""
    customer = customer_for_change(id) or abort(404)
    form = AskForm(request.form)
    contact = (contact_of(id, form.contact_id.data) or abort(404)) if form.contact_id.data else None
    survey = survey_by_id(form.survey_id.data) if form.survey_id.data else None
    if not form.validate() or survey is None or (contact is not None and contact.is_archived):
        form.survey_id.errors = [*form.survey_id.errors, *([] if survey else [_("Choose a survey.")])]
        return htmx.invalid(_ask_page(customer, form))
    wanted = Asking(g.firm, current_app.config["SECRET_KEY"], channel=form.channel.data, by=current_user)
    try:
        invitation = asking.by_hand(survey, customer, contact, form.form_id.data, wanted)
    except BrokenRule as rule:
        form.channel.errors = [say(rule)]
        return htmx.invalid(_ask_page(customer, form))
    try:
        db.session.commit()
    except IntegrityError:  # the same form at the same moment
        db.session.rollback()
        invitation = queries.invitation_by_cause(f"hand:{form.form_id.data}") or abort(409)
    return _asked(invitation)


def _asked(invitation: Invitation) -> ResponseReturnValue:
    """A mail is on its way, or waits; what is handed over is shown."""
    if invitation.channel != "email":
        return htmx.see_other(path("invitations.show", id=invitation.id))
    if invitation.held:
        day = formats.day(invitation.held_until).striptags()
        flash(_("It waits until %(day)s, as the contact budget has no room before.", day=day), "due")
    else:
        soon(jobs.send)
        flash(_("The survey is on its way by e-mail."), "good")
    return htmx.see_other(path("customers.show", id=invitation.customer_id))


def _ask_page(customer: Customer, form: AskForm, people: list[Asked] | None = None) -> str:
    return render_template(
        "invitations/new.html", customer=customer, form=form, people=people or _people(customer),
        surveys=queries.active_surveys(),
    )  # fmt: skip


def _people(customer: Customer) -> list[Asked]:
    """The contacts of a customer, then the customer itself."""
    today, contacts = clock.today(), living_contacts(customer.id)
    budget = queries.budget_of(g.firm, [customer.id], today)
    people: list[Contact | None] = [*contacts, None]
    reached = {each: asking.mail_address(customer, each) for each in people}
    silent, addresses = queries.opted_out([customer.id], {email.lower() for email in reached.values() if email})

    def asked(contact: Contact | None) -> Asked:
        person, email = (customer.id, contact.id if contact else None), reached[contact]
        silenced = person in silent or (email or "").lower() in addresses
        name = contact.name if contact else customer.name
        return Asked(person[1], name, email, silenced, budget.heard(person, today), budget.free_on(person, today))

    return [asked(each) for each in people]


@invitations.get("/invitations/<int:id>")
@access.staff
def show(id: int) -> ResponseReturnValue:
    """How one invitation fares, and its link, to hand over."""
    found = queries.invitation_to_show(id) or abort(404)
    invitation, survey = found.Invitation, found.Survey
    link = jobs.office().link(invitation)
    about = handing.to_hand(invitation, survey, link, g.firm) if link and invitation.is_silent else None
    return render_template("invitations/show.html", invitation=invitation, survey=survey, about=about)
