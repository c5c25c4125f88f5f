"""Contacts: the persons at a customer, kept at the side of its page."""

from typing import Any

from flask import Blueprint, abort, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import access, htmx
from portal.contacts import queries
from portal.contacts.forms import ContactForm, NewContactForm
from portal.contacts.models import Contact
from portal.customers import keeping
from portal.customers.models import Customer
from portal.customers.queries import customer_by_id, customer_for_change
from portal.extensions import db
from portal.links import path
from portal.timeline.queries import story_again

contacts = Blueprint("contacts", __name__)


@contacts.get("/new")
@access.staff
def new(id: int) -> ResponseReturnValue:
    """A further person at this customer."""
    customer = customer_by_id(id) or abort(404)
    return _answer(customer, NewContactForm())


@contacts.post("")
@access.staff
def create(id: int) -> ResponseReturnValue:
    """Write the person down. Sent twice, it is one person."""
    customer = customer_for_change(id) or abort(404)
    form = NewContactForm()
    form_id = str(form.form_id.data)
    if queries.contact_by_form(id, form_id):
        return _done(customer)
    if not form.validate():
        return htmx.invalid(_answer(customer, form))
    try:
        keeping.add_contact(customer, keeping.Person(**form.fields()), by=current_user, form_id=form_id)
        db.session.commit()
    except IntegrityError:  # the form has been sent for another customer
        db.session.rollback()
        abort(409)
    return _done(customer)


@contacts.get("/<int:contact_id>")
@access.staff
def edit(id: int, contact_id: int) -> ResponseReturnValue:
    """Correct what we know of the person."""
    customer = customer_by_id(id) or abort(404)
    contact = queries.contact_of(id, contact_id) or abort(404)
    return _answer(customer, ContactForm(obj=contact), contact)


@contacts.post("/<int:contact_id>")
@access.staff
def change(id: int, contact_id: int) -> ResponseReturnValue:
    """Save what I corrected; if somebody else was faster, show me both texts."""
    customer = customer_for_change(id) or abort(404)
    contact = queries.contact_for_change(id, contact_id) or abort(404)
    form = ContactForm()
    fit = form.validate()
    if form.version.data != contact.version:
        return _conflict(customer, form, contact)
    if not fit:
        return htmx.invalid(_answer(customer, form, contact))
    keeping.change_contact(contact, customer, by=current_user, **form.fields())
    db.session.commit()
    return _done(customer)


@contacts.post("/<int:contact_id>/archive")
@access.staff
def archive(id: int, contact_id: int) -> ResponseReturnValue:
    """Put the person away; the list says how to bring them back."""
    customer = customer_for_change(id) or abort(404)
    contact = queries.contact_for_change(id, contact_id) or abort(404)
    keeping.archive_contact(contact, customer, by=current_user)
    db.session.commit()
    return _done(customer)


@contacts.post("/<int:contact_id>/restore")
@access.staff
def restore(id: int, contact_id: int) -> ResponseReturnValue:
    """Bring the person back."""
    customer = customer_for_change(id) or abort(404)
    contact = queries.contact_for_change(id, contact_id) or abort(404)
    keeping.restore_contact(contact, customer, by=current_user)
    db.session.commit()
    return _done(customer)


def _done(customer: Customer) -> ResponseReturnValue:
    """The people of the customer as they are now, and its story; or back to the customer, with a word."""
    if htmx.wants_fragment():
        told = story_again(customer.id, htmx.page_asked())
        return _answer(customer, again="timeline/_story_again.html", **told)
    flash(_("Saved."), "good")
    return htmx.see_other(path("customers.show", id=customer.id))


def _answer(
    customer: Customer, form: ContactForm | None = None, contact: Contact | None = None, conflict: Any = (), **more: Any
) -> str:
    """The panel of people, with a form in it; or the form's own page."""
    fragment = htmx.wants_fragment()
    return render_template(
        "contacts/_panel.html" if fragment else "contacts/form.html",
        customer=customer,
        contacts=queries.contacts_of(customer.id) if fragment else [],
        form=form,
        contact=contact,
        conflict=conflict,
        **more,
    )


def _conflict(customer: Customer, form: ContactForm, contact: Contact) -> ResponseReturnValue:
    now = ContactForm(formdata=None, obj=contact)
    both = [
        (field.label.text, field._value(), now[field.name]._value())
        for field in form
        if field.name in form.fields() and (field.data or "") != (now[field.name].data or "")
    ]
    if not both:  # both wrote the same
        return _done(customer)
    form.version.data = contact.version
    return _answer(customer, form, contact, both), 409
