"""Customers: find anyone, see who they are and how they are, and keep that true."""

from datetime import date
from typing import Any
from uuid import uuid4

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError

from portal import access, clock, exports, htmx
from portal.customers import exporting, keeping, queries
from portal.customers.filters import CustomerFilter
from portal.customers.forms import AssignForm, CustomerForm, NewCustomerForm, TagsForm
from portal.customers.models import Customer, IsArchived
from portal.errors import say
from portal.extensions import db
from portal.follow_ups import queries as follow_ups
from portal.follow_ups.opening import OpenLog
from portal.links import path
from portal.lists.models import CUSTOMERS
from portal.lists.queries import opened_list
from portal.retention.queries import newest
from portal.rules import BrokenRule
from portal.timeline.queries import story, story_again
from portal.users.queries import active_users

customers = Blueprint("customers", __name__)


@customers.get("")
@access.staff
def index() -> ResponseReturnValue:
    """Everybody we sell to, by name, or those whom I ask for."""
    wanted = CustomerFilter.from_address(request.args)
    after = request.args.get("after")
    if wanted.is_empty:
        page = queries.page_of_everybody(after)
    else:
        page = queries.page_by_name(wanted.conditions(current_user.id), after)
    address = path("customers.index") + (f"?{wanted.query}" if wanted.query else "")
    opened = opened_list(request.args.get("saved", ""), CUSTOMERS)
    saved = opened if opened is not None and opened.wanted == wanted.said else None
    address += f"&saved={saved.id}" if saved else ""
    about = {"page": page, "wanted": wanted, "address": address, "choices": queries.filter_choices()}
    about |= {"saved": saved, "was": None if saved else opened, "save_id": uuid4(), "books_of": _books_of(wanted)}
    if not htmx.wants_fragment():
        return render_template("customers/index.html", **about)
    return render_template("customers/_list.html", **about), {"HX-Push-Url": address}


def _books_of(wanted: CustomerFilter) -> date | None:
    """Of which day that is which only the books know."""
    done = newest().done if wanted.rfm else None
    return done.as_of if done is not None else None


@customers.get("/search")
@access.staff
def search() -> ResponseReturnValue:
    """The few whom I may mean, while I type."""
    query = CustomerFilter.from_address(request.args).q
    template = "customers/_hits.html" if htmx.wants_fragment() else "customers/search.html"
    return render_template(template, query=query, hits=queries.hits(query))


@customers.get("/export")
@access.staff
def export() -> ResponseReturnValue:
    """The list I see, as a file: CSV, or XLSX."""
    wanted = CustomerFilter.from_address(request.args)
    rows, name = exporting.rows(wanted.conditions(current_user.id)), exports.named(_("customers"), clock.today())
    return exports.asked(request.args.get("format"), name, exporting.header(), rows)


@customers.get("/new")
@access.staff
def new() -> ResponseReturnValue:
    """Somebody we did not know yet."""
    form = NewCustomerForm(name=CustomerFilter.from_address(request.args).q)
    form.assignee_id.offer(list(active_users()))
    form.assignee_id.data = current_user.id
    return _new_form(form)


def _new_form(form: NewCustomerForm, known: Any = ()) -> str:
    template = "customers/_form.html" if htmx.wants_fragment() else "customers/new.html"
    return render_template(template, form=form, known=known, tags=queries.all_tag_names(), customer=None, conflict=[])


@customers.post("")
@access.staff
def create() -> ResponseReturnValue:
    """Write the new customer down; say so first if we seem to know them. Sent twice, it is one customer."""
    form = NewCustomerForm()
    form.assignee_id.offer(list(active_users()))
    form_id = str(form.form_id.data)
    if sent := queries.customer_by_form(form_id):
        return htmx.see_other(path("customers.show", id=sent.id))
    if not form.validate():
        return htmx.invalid(_new_form(form))
    known = [] if form.anyway.data else queries.lookalikes(form.email.data, form.phone.data)
    if known:
        return htmx.invalid(_new_form(form, known))
    try:
        customer = keeping.add_customer(
            keeping.Details(**form.fields()),
            by=current_user,
            assignee=form.assignee_id.user,
            tags=form.names,
            contacts=[keeping.Person(**person) for person in form.contacts()],
            form_id=form_id,
        )
        db.session.commit()
    except keeping.NumberTaken as rule:
        form.external_id.errors = [say(rule)]
        return htmx.invalid(_new_form(form))
    except IntegrityError:  # the same form, or the same number, at the same moment
        return _sent_at_once(form_id)
    return htmx.see_other(path("customers.show", id=customer.id))


def _sent_at_once(form_id: str) -> ResponseReturnValue:
    db.session.rollback()
    sent = queries.customer_by_form(form_id) or abort(409)
    return htmx.see_other(path("customers.show", id=sent.id))


@customers.get("/<int:id>")
@access.staff
def show(id: int) -> ResponseReturnValue:
    """Who this customer is and how they are, in one look; or, for a fragment, what happened."""
    kind, after = request.args.get("kind", ""), request.args.get("after")
    if htmx.wants_fragment():
        queries.customer_by_id(id) or abort(404)
        template = "timeline/_earlier.html" if after else "timeline/_story.html"
        return render_template(template, customer_id=id, events=story(id, kind, after), kind=kind)
    whole = queries.whole_customer(id) or abort(404)
    people = [(contact.id, contact.name) for contact in whole.contacts if not contact.is_archived]
    return render_template(
        "customers/show.html",
        customer=whole.customer,
        about=whole.about,
        contacts=whole.contacts,
        form=None,
        log=OpenLog(id, "customer", channel=whole.about.last_channel or "call", contacts=people),
        promises=whole.promises,
        planned=follow_ups.BESIDE.rows(whole.about.planned),
        customer_id=id,
        events=story(id, kind, after) if kind or after else whole.story,
        kind=kind,
    )


@customers.get("/<int:id>/edit")
@access.staff
def edit(id: int) -> ResponseReturnValue:
    """Correct what we know of them."""
    customer = queries.customer_to_edit(id) or abort(404)
    form = CustomerForm(obj=customer, tag_names=_tag_names(customer))
    form.assignee_id.offer(list(active_users()), customer.assignee)
    return _edit_form(form, customer)


def _edit_form(form: CustomerForm, customer: Customer, conflict: Any = ()) -> str:
    template = "customers/_form.html" if htmx.wants_fragment() else "customers/edit.html"
    tags = queries.all_tag_names()
    return render_template(template, form=form, customer=customer, tags=tags, conflict=conflict, known=[])


def _tag_names(customer: Customer) -> str:
    return ", ".join(tag.name for tag in customer.tags)


@customers.post("/<int:id>")
@access.staff
def change(id: int) -> ResponseReturnValue:
    """Save what I corrected; if somebody else was faster, show me both texts."""
    customer = queries.customer_for_edit(id) or abort(404)
    form = CustomerForm()
    form.assignee_id.offer(list(active_users()), customer.assignee)
    fit = form.validate()
    if form.version.data != customer.version:
        return _conflict(form, customer)
    if not fit:
        return htmx.invalid(_edit_form(form, customer))
    try:
        keeping.change_customer(customer, by=current_user, **form.fields())
        keeping.tag_customer(customer, form.names, by=current_user)
        customer.assign(form.assignee_id.user, by=current_user)
        db.session.commit()
    except keeping.NumberTaken as rule:
        form.external_id.errors = [say(rule)]
        return htmx.invalid(_edit_form(form, customer))
    except IsArchived as rule:
        form.name.errors = [say(rule)]
        return _edit_form(form, customer), 409
    except IntegrityError:  # somebody else took the number at the same moment
        db.session.rollback()
        abort(409)
    flash(_("Saved."), "good")
    return htmx.see_other(path("customers.show", id=id))


def _conflict(form: CustomerForm, customer: Customer) -> ResponseReturnValue:
    """Both texts of what differs, and a form that would save mine over what stands."""
    now = CustomerForm(formdata=None, obj=customer, tag_names=_tag_names(customer))
    now.assignee_id.offer(list(form.assignee_id.users.values()), customer.assignee)
    both = [
        (field.label.text, _shown(field), _shown(now[field.name]))
        for field in form
        if field.name in {*form.fields(), "assignee_id", "tag_names"}
        and (field.data or "") != (now[field.name].data or "")
    ]
    if not both:  # both wrote the same
        return htmx.see_other(path("customers.show", id=customer.id))
    form.version.data = customer.version
    return _edit_form(form, customer, both), 409


def _shown(field: Any) -> str:
    if field.name == "assignee_id":
        return str(field.user.name if field.user else _("Nobody"))
    return str(field._value())


@customers.post("/<int:id>/archive")
@access.staff
def archive(id: int) -> ResponseReturnValue:
    """Put them away; their page says how to bring them back."""
    customer = queries.customer_for_change(id) or abort(404)
    customer.archive(by=current_user)
    db.session.commit()
    return htmx.see_other(path("customers.show", id=id))


@customers.post("/<int:id>/restore")
@access.staff
def restore(id: int) -> ResponseReturnValue:
    """Bring them back."""
    customer = queries.customer_for_change(id) or abort(404)
    customer.restore(by=current_user)
    db.session.commit()
    return htmx.see_other(path("customers.show", id=id))


@customers.get("/<int:id>/assign")
@access.staff
def choose_assignee(id: int) -> ResponseReturnValue:
    """Who shall be answerable for them?"""
    customer = queries.customer_to_edit(id) or abort(404)
    form = AssignForm(obj=customer)
    form.assignee_id.offer(list(active_users()), customer.assignee)
    return _small_form("assign", form, customer)


@customers.post("/<int:id>/assign")
@access.staff
def assign(id: int) -> ResponseReturnValue:
    """Make that user answerable for them."""
    customer = queries.customer_for_edit(id) or abort(404)
    form = AssignForm()
    form.assignee_id.offer(list(active_users()), customer.assignee)
    if not form.validate():
        return htmx.invalid(_small_form("assign", form, customer))
    before, to = customer.assignee_id, form.assignee_id.user
    try:
        customer.assign(to, by=current_user)
    except BrokenRule as rule:
        form.assignee_id.errors = [say(rule)]
        return htmx.invalid(_small_form("assign", form, customer))
    to_name = to.name if to else ""
    db.session.commit()
    if _place() == "row":
        return render_template("customers/_assigned.html", customer=customer, before=before, to_name=to_name)
    return _head(id)


@customers.get("/<int:id>/tags")
@access.staff
def choose_tags(id: int) -> ResponseReturnValue:
    """The words they are grouped by."""
    customer = queries.customer_to_edit(id) or abort(404)
    return _small_form("tags", TagsForm(tag_names=_tag_names(customer)), customer)


@customers.post("/<int:id>/tags")
@access.staff
def tag(id: int) -> ResponseReturnValue:
    """Group them by these words."""
    customer = queries.customer_for_edit(id) or abort(404)
    form = TagsForm()
    if not form.validate():
        return htmx.invalid(_small_form("tags", form, customer))
    try:
        keeping.tag_customer(customer, form.names, by=current_user)
    except BrokenRule as rule:
        form.tag_names.errors = [say(rule)]
        return htmx.invalid(_small_form("tags", form, customer))
    db.session.commit()
    return _head(id)


def _small_form(what: str, form: FlaskForm, customer: Customer) -> str:
    template = f"customers/_{what}.html" if htmx.wants_fragment() else f"customers/{what}.html"
    tags = queries.all_tag_names() if what == "tags" else []
    return render_template(template, form=form, customer=customer, tags=tags, place=_place())


def _place() -> str:
    """Where a small form stands: under a `row` of a list, else on the customer's own page."""
    return "row" if htmx.wants_fragment() and request.values.get("place") == "row" else ""


def _head(id: int) -> ResponseReturnValue:
    """The head of their page as it is now, and the story that has grown; or the whole page."""
    if not htmx.wants_fragment():
        return htmx.see_other(path("customers.show", id=id))
    customer, about = queries.customer_to_show(id) or abort(404)
    told = story_again(id, htmx.page_asked())
    again = "timeline/_story_again.html"
    return render_template("customers/_head.html", customer=customer, about=about, again=again, **told)
