"""Testimonials: what may be quoted, where, how it was allowed, and what was taken back."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import access, clock, exports, frame, htmx
from portal.contacts.models import Contact
from portal.contacts.queries import contact_of, living_contacts
from portal.customers.filters import CustomerFilter
from portal.customers.models import Customer
from portal.customers.queries import customer_by_id, customer_for_change, hits
from portal.errors import say
from portal.extensions import db
from portal.links import path
from portal.rules import BrokenRule
from portal.testimonials import exporting, queries, quoting, wording
from portal.testimonials.forms import TestimonialForm, WithdrawForm
from portal.testimonials.models import PLACES, Testimonial

testimonials = Blueprint("testimonials", __name__)
WAITING = "waiting"


@testimonials.record_once
def _give_words(state: Any) -> None:
    """Templates say where a testimonial may be quoted through `testimonial_words`."""
    state.app.jinja_env.globals["testimonial_words"] = wording


@testimonials.get("/advocacy/testimonials")
@access.staff
def index() -> ResponseReturnValue:
    """What may be quoted, the newest first: anywhere, or in one place; what was withdrawn; what could be asked for."""
    place, after = _place(), request.args.get("after")
    address = path("testimonials.index") + (f"?place={place}" if place else "")
    counts = queries.counts() | {WAITING: queries.count_waiting()}
    shown = {key: f"{n - 1}+" if n >= queries.MOST_COUNTED else str(n) for key, n in counts.items()}
    page = queries.waiting(after) if place == WAITING else queries.page(place, after)
    template = "testimonials/_waiting.html" if place == WAITING else "testimonials/_rows.html"
    lines = frame.kept_lines(template, page.rows, "list", current_user.id)
    return render_template(
        "testimonials/index.html", page=page, lines=lines, place=place, counts=shown, address=address
    )


def _place() -> str:
    asked = request.args.get("place", "")
    return asked if asked in (*PLACES, queries.WITHDRAWN, WAITING) else ""


@testimonials.get("/advocacy/testimonials/export")
@access.staff
def export() -> ResponseReturnValue:
    """What may be quoted there, as a file: CSV, or XLSX."""
    place = _place()
    name, rows = exports.named(_("testimonials"), clock.today()), queries.all_of("" if place == WAITING else place)
    return exports.asked(request.args.get("format"), name, exporting.header(), exporting.rows(rows))


@testimonials.get("/advocacy/testimonials/<int:id>")
@access.staff
def show(id: int) -> ResponseReturnValue:
    """One testimonial: its words to copy, where they may be quoted, and how that was allowed."""
    return _page(queries.testimonial_to_show(id) or abort(404), WithdrawForm())


def _page(testimonial: Testimonial, form: WithdrawForm) -> str:
    return render_template("testimonials/show.html", testimonial=testimonial, form=form)


# Writing one down


@testimonials.get("/advocacy/testimonials/new")
@access.staff
def choose() -> ResponseReturnValue:
    """Somebody said something good: which customer?"""
    query = CustomerFilter.from_address(request.args).q
    return render_template("testimonials/choose.html", query=query, hits=hits(query))


@testimonials.get("/customers/<int:id>/testimonials/new")
@access.staff
def new(id: int) -> ResponseReturnValue:
    """Ask what they said, where it may be quoted, and how they allowed it."""
    customer = customer_by_id(id) or abort(404)
    form = TestimonialForm(consented_on=clock.today())
    form.next.data = access.way_back(path("advocacy.of_customer", id=id))
    return _new_page(customer, form)


def _new_page(customer: Customer, form: TestimonialForm) -> str:
    form.contact_id.choices = [(contact.id, contact.name) for contact in living_contacts(customer.id)]
    return render_template("testimonials/new.html", customer=customer, form=form)


@testimonials.post("/customers/<int:id>/testimonials")
@access.staff
def create(id: int) -> ResponseReturnValue:
    """Write it down. Sent twice, it is one testimonial."""
    form = TestimonialForm(request.form)
    customer = customer_for_change(id) or abort(404)
    contact = (contact_of(id, form.contact_id.data) or abort(404)) if form.contact_id.data else None
    if sent := queries.testimonial_by_form(form.form_id.data):
        return htmx.see_other(path("testimonials.show", id=sent.id))
    if not form.validate():
        return htmx.invalid(_new_page(customer, form))
    try:
        made = quoting.quote(customer, _said(form, contact), current_user)
        db.session.commit()
    except BrokenRule as rule:
        return _refused(id, form, rule)
    except IntegrityError:  # the same form, sent twice at the same moment
        db.session.rollback()
        made = queries.testimonial_by_form(form.form_id.data) or abort(409)
    flash(_("Testimonial written down."), "good")
    return htmx.see_other(form.next.data or path("testimonials.show", id=made.id))


def _said(form: TestimonialForm, contact: Contact | None) -> quoting.Said:
    return quoting.Said(
        text=form.text.data, places=form.places, evidence=form.evidence.data, signed=form.signed.data,
        on=form.consented_on.data, contact_id=contact.id if contact else None, form_id=form.form_id.data,
    )  # fmt: skip


def _refused(id: int, form: TestimonialForm, rule: BrokenRule) -> ResponseReturnValue:
    db.session.rollback()
    field = form.consented_on if isinstance(rule, quoting.NotThatDay) else form.website
    field.errors = [say(rule)]
    return htmx.invalid(_new_page(customer_by_id(id) or abort(404), form))


@testimonials.post("/surveys/responses/<int:id>/quote")
@access.staff
def quote(id: int) -> ResponseReturnValue:
    """Make this comment a testimonial, as far as the client allowed it. Twice is once."""
    response = queries.answer_to_quote(id) or abort(404)
    name = response.contact.name if response.contact else ""
    try:
        made = quoting.quote_answer(response, response.customer, name, current_user)
        db.session.commit()
    except BrokenRule as rule:
        db.session.rollback()
        flash(say(rule), "late")
        return htmx.see_other(path("responses.show", id=id))
    return htmx.see_other(path("testimonials.show", id=made.id))


# Putting it right, and taking it back


@testimonials.get("/advocacy/testimonials/<int:id>/edit")
@access.staff
def edit(id: int) -> ResponseReturnValue:
    """Shorten it, sign it otherwise, or write down what they allow now."""
    testimonial = queries.testimonial_to_show(id) or abort(404)
    if testimonial.is_withdrawn:
        return htmx.see_other(path("testimonials.show", id=id))
    return _edit_page(testimonial, TestimonialForm(obj=testimonial))


def _edit_page(testimonial: Testimonial, form: TestimonialForm, theirs: str = "") -> str:
    return render_template("testimonials/edit.html", testimonial=testimonial, form=form, theirs=theirs)


@testimonials.post("/advocacy/testimonials/<int:id>")
@access.staff
def change(id: int) -> ResponseReturnValue:
    """Save what was edited. Whoever edited an older version is told, and sees both texts."""
    testimonial = queries.testimonial_for_change(id) or abort(404)
    shown, form = queries.testimonial_to_show(id) or abort(404), TestimonialForm(request.form)
    if not form.validate():
        return htmx.invalid(_edit_page(shown, form))
    fields = _fields(form, testimonial)
    same = all(getattr(testimonial, name) == value for name, value in fields.items())
    if form.version.data != testimonial.version and not same:
        form.version.data = testimonial.version
        return _edit_page(shown, form, theirs=testimonial.text), 409
    try:
        quoting.checked(fields["consented_on"])
        testimonial.change(current_user, **fields)
    except BrokenRule as rule:
        db.session.rollback()
        field = form.consented_on if isinstance(rule, quoting.NotThatDay) else form.website
        field.errors = [say(rule)]
        return htmx.invalid(_edit_page(queries.testimonial_to_show(id) or abort(404), form))
    db.session.commit()
    flash(_("Saved."), "good")
    return htmx.see_other(path("testimonials.show", id=id))


def _fields(form: TestimonialForm, testimonial: Testimonial) -> dict[str, Any]:
    return {
        "text": form.text.data,
        "signed": form.signed.data,
        "consented_on": form.consented_on.data or testimonial.consented_on,
        "evidence": form.evidence.data,
        **{place: bool(form[place].data) for place in PLACES},
    }


@testimonials.post("/advocacy/testimonials/<int:id>/withdraw")
@access.staff
def withdraw(id: int) -> ResponseReturnValue:
    """They took it back: from now on it is quoted nowhere, and only the record knows it."""
    testimonial, form = queries.testimonial_for_change(id) or abort(404), WithdrawForm(request.form)
    fit = form.validate()
    try:
        if fit:
            testimonial.withdraw(current_user, form.reason.data)
    except BrokenRule as rule:
        form.reason.errors = [say(rule)]
    if form.reason.errors:
        db.session.rollback()
        return htmx.invalid(_page(queries.testimonial_to_show(id) or abort(404), form))
    db.session.commit()
    return htmx.see_other(path("testimonials.show", id=id))
