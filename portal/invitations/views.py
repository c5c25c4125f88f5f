"""Invitations: ask a client, hand the link over, and see whom a survey has reached."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError

from portal import access, clock, formats, htmx, language
from portal.contacts.models import Contact
from portal.contacts.queries import contact_of, living_contacts
from portal.customers.filters import CustomerFilter
from portal.customers.models import STATUSES, Customer
from portal.customers.queries import customer_by_id, customer_for_change, filter_choices
from portal.customers.wording import status_word
from portal.errors import say
from portal.extensions import db
from portal.invitations import asking, batches, handing, jobs, opting, queries, reminding, wording
from portal.invitations.forms import AskForm, AskListForm, OptOutForm
from portal.invitations.inviting import Asking
from portal.invitations.models import Invitation
from portal.jobs import soon
from portal.links import path
from portal.lists.catalogue import LISTS
from portal.lists.filters import ListFilter
from portal.lists.models import CUSTOMERS
from portal.lists.queries import saved_list, saved_lists
from portal.mail import outbox
from portal.rules import BrokenRule
from portal.surveys.models import Survey
from portal.surveys.queries import survey_by_id, survey_for_change
from portal.texts import number_in

invitations = Blueprint("invitations", __name__)
COUNTED = 10_000
"""Up to how many customers of a list are counted before it is asked."""


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
        flash(_waits_until(invitation.held_until or clock.today()), "due")
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


# What they want to hear


@invitations.get("/customers/<int:id>/opt-outs")
@access.staff
def opt_outs(id: int) -> ResponseReturnValue:
    """What each person of a customer has said that they want to hear."""
    return _opt_outs_page(customer_by_id(id) or abort(404))


def _opt_outs_page(customer: Customer, error: str = "") -> str:
    people = opting.standing_of(customer)
    return render_template("invitations/opt_outs.html", customer=customer, people=people, error=error)


@invitations.post("/customers/<int:id>/opt-outs")
@access.staff
def opt_out(id: int) -> ResponseReturnValue:
    """Write down what somebody told us: leave them alone, or ask them again. Sent twice, it is said once."""
    customer = customer_for_change(id) or abort(404)
    form = OptOutForm(request.form)
    contact = (contact_of(id, form.contact_id.data) or abort(404)) if form.contact_id.data else None
    if not form.validate() or not form.wish.data:
        return htmx.invalid(_opt_outs_page(customer, _("Choose one of those that are offered.")))
    opting.say(opting.who(customer, contact), form.wish.data, by=current_user)
    db.session.commit()
    flash(_("Noted."), "good")
    return htmx.see_other(path("invitations.opt_outs", id=id))


# One invitation


@invitations.get("/invitations/<int:id>")
@access.staff
def show(id: int) -> ResponseReturnValue:
    """How one invitation fares, and its link, to hand over."""
    found = queries.invitation_to_show(id) or abort(404)
    invitation, survey = found.Invitation, found.Survey
    return render_template(
        "invitations/show.html", invitation=invitation, survey=survey, handed=_handed(invitation, survey)
    )


@invitations.get("/invitations/<int:id>/card")
@access.staff
def card(id: int) -> ResponseReturnValue:
    """Its QR code to print, in the client's language."""
    found = queries.invitation_to_show(id) or abort(404)
    handed = _handed(found.Invitation, found.Survey) or abort(404)
    language.speak(found.Invitation.locale)
    return render_template("invitations/card.html", invitation=found.Invitation, handed=handed)


@invitations.get("/invitations/<int:id>/qr")
@access.staff
def qr(id: int) -> ResponseReturnValue:
    """Its QR code as a file."""
    found = queries.invitation_to_show(id) or abort(404)
    handed = _handed(found.Invitation, found.Survey) or abort(404)
    kind = "png" if request.args.get("format") == "png" else "svg"
    name = f"attachment; filename=qr-{id}.{kind}"
    headers = {"Content-Type": handing.PICTURES[kind], "Content-Disposition": name}
    return Response(handing.picture(handed.link, kind), headers=headers)


def _handed(invitation: Invitation, survey: Survey) -> handing.Handed | None:
    """What there is to hand over; nothing once it can't be answered any more."""
    link = jobs.office().link(invitation)
    fit = link is not None and invitation.is_open and survey.state != "closed"
    return handing.to_hand(invitation, survey, link, g.firm) if fit and link else None


@invitations.post("/invitations/<int:id>/remind")
@access.staff
def remind(id: int) -> ResponseReturnValue:
    """Send the one reminder now, or as soon as the contact budget has room."""
    return _say(id, _remind)


def _remind(invitation: Invitation, survey: Survey) -> str:
    day = reminding.remind(invitation, survey, g.firm)
    return _waits_until(day) if day > clock.today() else str(_("The reminder is on its way."))


def _waits_until(day: date) -> str:
    shown = formats.day(day).striptags()
    return str(_("It waits until %(day)s, as the contact budget has no room before.", day=shown))


@invitations.post("/invitations/<int:id>/take-back")
@access.staff
def take_back(id: int) -> ResponseReturnValue:
    """Do not send it, or let it not be answered any more."""
    return _say(id, _take_back)


def _take_back(invitation: Invitation, survey: Survey) -> str:
    invitation.take_back(current_user, survey.name)
    if invitation.outbox_id is not None:
        outbox.take_back(invitation.outbox_id)
    return str(_("Taken back: its link says so to whoever opens it."))


def _say(id: int, verb: Callable[[Invitation, Survey], str]) -> ResponseReturnValue:
    """Say one verb about an invitation, which tells what came of it, and go back to where that was done from."""
    found = queries.invitation_for_change(id) or abort(404)
    try:
        done = verb(found.Invitation, found.Survey)
        db.session.commit()
        flash(done, "good")
        soon(jobs.remind)
    except BrokenRule as rule:
        db.session.rollback()
        flash(say(rule), "late")
    return htmx.see_other(access.way_back(path("invitations.show", id=id)))


# Whom a survey has reached


@invitations.get("/surveys/<int:id>/invitations")
@access.staff
def index(id: int) -> ResponseReturnValue:
    """Who was asked and has not answered, who waits and why, who did answer; and remind all the silent at once."""
    survey = survey_by_id(id) or abort(404)
    asked = request.args.get("show", "")
    shown = asked if asked in queries.SHOWN else queries.SHOWN[0]
    return render_template(
        "invitations/index.html", survey=survey, shown=shown, batch=queries.latest_batch(id),
        page=queries.page_of_invitations(id, shown, request.args.get("after")),
        counts=queries.counts_of_invitations(id, clock.today()), most=queries.MOST_COUNTED,
    )  # fmt: skip


@invitations.post("/surveys/<int:id>/remind")
@access.staff
def remind_all(id: int) -> ResponseReturnValue:
    """Remind everybody who has not answered, once, as soon as the contact budget of each has room."""
    survey = survey_for_change(id) or abort(404)
    try:
        count = reminding.remind_all(survey, current_user)
        db.session.commit()
    except BrokenRule as rule:
        db.session.rollback()
        flash(say(rule), "late")
        return htmx.see_other(path("invitations.index", id=id))
    soon(jobs.remind)
    said = ngettext("%(num)d person is reminded.", "%(num)d people are reminded.", count)
    flash(said if count else _("Nobody is left to be reminded."), "good" if count else "info")
    return htmx.see_other(path("invitations.index", id=id))


# A whole list


@invitations.get("/customers/ask")
@access.staff
def new_list() -> ResponseReturnValue:
    """Ask all whom the list of customers shows: which survey, and how many that would be. Without a list, choose one:
    nobody asks everybody by leaving something out.
    """
    form, wanted = AskListForm(request.args), _living(CustomerFilter.from_address(request.args))
    if asked := request.args.get("saved"):
        return htmx.see_other(_saved_to_ask(asked, form.survey_id.data))
    if wanted.is_empty and request.args.get("all") != "1":
        survey = survey_by_id(form.survey_id.data) if form.survey_id.data else None
        return render_template("invitations/choose_list.html", survey=survey, lists=LISTS, saved=saved_lists())
    return _list_page(form)


def _saved_to_ask(asked: str, survey_id: int | None) -> str:
    """Where a saved list is asked, with the survey that was chosen before."""
    saved = saved_list(number_in(asked)) or abort(404)
    survey = f"&survey_id={survey_id}" if survey_id else ""
    if saved.list == CUSTOMERS:
        said = CustomerFilter.from_address({name: str(value) for name, value in saved.wanted.items()}).query
        return f"{path('invitations.new_list')}?{said}{survey}"
    said = ListFilter.from_address(saved.wanted, g.firm.currency).query
    return f"{path('lists.choose_survey', name=saved.list)}?all=1{'&' if said else ''}{said}{survey}"


@invitations.post("/customers/ask")
@access.staff
def create_list() -> ResponseReturnValue:
    """Begin to ask them; the next page shows how far it is. Sent twice, it is asked once."""
    form = AskListForm(request.form)
    survey = survey_by_id(form.survey_id.data) if form.survey_id.data else None
    if survey is None:
        form.survey_id.errors = [_("Choose a survey.")]
        return htmx.invalid(_list_page(form))
    wanted = _living(CustomerFilter.from_address(request.args))
    try:
        batch = batches.start(survey, wanted, _in_words(wanted), current_user, form.form_id.data)
        db.session.commit()
    except BrokenRule as rule:
        form.survey_id.errors = [say(rule)]
        return htmx.invalid(_list_page(form))
    except IntegrityError:  # the same form at the same moment
        db.session.rollback()
        batch = queries.batch_by_form(form.form_id.data) or abort(409)
    soon(jobs.go_on, batch.id)
    return htmx.see_other(path("invitations.show_list", id=batch.id))


def _list_page(form: AskListForm) -> str:
    wanted = _living(CustomerFilter.from_address(request.args))
    count = queries.customers_in(wanted.conditions(current_user.id), COUNTED + 1)
    return render_template(
        "invitations/new_list.html", form=form, wanted=wanted, said=_in_words(wanted), count=count, most=COUNTED,
        surveys=queries.active_surveys(),
    )  # fmt: skip


def _living(wanted: CustomerFilter) -> CustomerFilter:
    """The filter without the archive: nobody there is asked."""
    return replace(wanted, archived=False)


def _in_words(wanted: CustomerFilter) -> str:
    """The filter as the list of customers says it."""
    if wanted.is_empty:
        return str(_("All customers who are not in the archive."))
    words = {status: status_word(status) for status in STATUSES}
    choices = filter_choices() if wanted.tag or wanted.assignee else None
    said = render_template("customers/_said.html", wanted=wanted, words=words, choices=choices)
    return " ".join(Markup(said).striptags().split())  # noqa: S704 - what Jinja made is escaped


@invitations.get("/surveys/lists/<int:id>")
@access.staff
def show_list(id: int) -> ResponseReturnValue:
    """How far a list has been asked."""
    found = queries.batch_to_show(id) or abort(404)
    template = "invitations/_progress.html" if htmx.wants_fragment() else "invitations/show_list.html"
    return render_template(template, batch=found.SurveyBatch, survey=found.Survey)


@invitations.post("/surveys/lists/<int:id>/cancel")
@access.staff
def cancel_list(id: int) -> ResponseReturnValue:
    """Ask no more of them; who was asked stays asked."""
    batch = queries.batch_for_change(id) or abort(404)
    survey = survey_by_id(batch.survey_id) or abort(404)
    batch.cancel(current_user, survey.name)
    db.session.commit()
    return htmx.see_other(path("invitations.show_list", id=id))
