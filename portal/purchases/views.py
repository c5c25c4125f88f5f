"""Purchases: the ledger, and what is put right in it by hand."""

from typing import Any

from flask import Blueprint, abort, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import access, clock, exports, htmx, money
from portal.customers.models import Customer, IsArchived
from portal.customers.queries import customer_by_id, customer_for_change, hits
from portal.errors import say
from portal.extensions import db
from portal.links import path
from portal.purchases import exporting, ledger, queries
from portal.purchases.filters import PurchaseFilter
from portal.purchases.forms import NewPurchaseForm, PurchaseForm, VoidForm
from portal.purchases.models import Purchase
from portal.rules import BrokenRule

purchases = Blueprint("purchases", __name__)


@purchases.get("")
@access.staff
def index() -> ResponseReturnValue:
    """What was bought, the newest first: by everybody, by one customer, or between two days."""
    wanted = PurchaseFilter.from_address(request.args)
    page = queries.page_of_purchases(wanted.conditions(), request.args.get("after"))
    customer = customer_by_id(wanted.customer) if wanted.customer else None
    address = path("purchases.index") + (f"?{wanted.query}" if wanted.query else "")
    template = "purchases/_list.html" if htmx.wants_fragment() else "purchases/index.html"
    headers = {"HX-Push-Url": address} if htmx.wants_fragment() else {}
    return render_template(template, page=page, wanted=wanted, customer=customer, address=address), headers


@purchases.get("/export")
@access.staff
def export() -> ResponseReturnValue:
    """The list I see, as a file: CSV, or XLSX."""
    wanted = PurchaseFilter.from_address(request.args)
    name, rows = exports.named(_("purchases"), clock.today()), exporting.rows(wanted.conditions())
    return exports.asked(request.args.get("format"), name, exporting.header(), rows)


@purchases.get("/new")
@access.staff
def new() -> ResponseReturnValue:
    """Record a sale that no file has told of."""
    customer = customer_by_id(PurchaseFilter.from_address(request.args).customer)
    form = NewPurchaseForm(
        formdata=None, purchased_on=clock.today(), currency=g.firm.currency, customer_id=customer.id if customer else ""
    )
    return _new_form(form, customer)


def _new_form(form: NewPurchaseForm, customer: Customer | None, found: Any = ()) -> str:
    return render_template("purchases/new.html", form=form, customer=customer, found=found)


@purchases.post("")
@access.staff
def create() -> ResponseReturnValue:
    """Write the sale down. Sent twice, it is one purchase."""
    form = NewPurchaseForm()
    form_id = str(form.form_id.data)
    if sent := queries.purchase_of_form(form_id):
        return htmx.see_other(path("customers.show", id=sent.customer_id))
    fit = form.validate()
    customer, found = _whose(form)
    if not fit or customer is None:
        return htmx.invalid(_new_form(form, customer, found))
    try:
        ledger.record(customer_id=customer.id, by=current_user, form_id=form_id, **form.facts())
        db.session.commit()
    except BrokenRule as rule:
        form.purchased_on.errors = [say(rule)]
        return htmx.invalid(_new_form(form, customer))
    except IntegrityError:  # the same form at the same moment
        db.session.rollback()
    flash(_("Purchase written down."), "good")
    return htmx.see_other(path("customers.show", id=customer.id))


def _whose(form: NewPurchaseForm) -> tuple[Customer | None, Any]:
    """The customer that was chosen, or that alone fits what was typed; otherwise those who may be meant."""
    found = [] if form.chosen_id else hits(form.customer.data or "")
    customer = customer_for_change(form.chosen_id or (found[0].id if len(found) == 1 else 0))
    if customer is not None and customer.is_archived:
        form.customer.errors = [say(IsArchived())]
        return None, []
    if customer is None:
        form.customer.errors = [_("Who of these?") if found else _("Nobody is found by that.")]
    return customer, found


@purchases.get("/<int:id>/edit")
@access.staff
def edit(id: int) -> ResponseReturnValue:
    """Put right what was written down wrongly, or void it."""
    purchase = queries.purchase_to_edit(id) or abort(404)
    return _edit_form(_filled(purchase), purchase)


def _filled(purchase: Purchase) -> PurchaseForm:
    return PurchaseForm(formdata=None, obj=purchase, amount=money.plain(purchase.amount_minor, purchase.currency))


def _edit_form(form: PurchaseForm, purchase: Purchase, conflict: Any = (), void_form: VoidForm | None = None) -> str:
    void_form = void_form or VoidForm(formdata=None)
    return render_template("purchases/edit.html", form=form, purchase=purchase, conflict=conflict, void_form=void_form)


@purchases.post("/<int:id>")
@access.staff
def change(id: int) -> ResponseReturnValue:
    """Save what I corrected; if somebody else was faster, show me both texts."""
    purchase = queries.purchase_for_change(id) or abort(404)
    form = PurchaseForm()
    fit = form.validate()
    if form.version.data != purchase.version:
        return _conflict(form, purchase)
    if not fit:
        return htmx.invalid(_edit_form(form, purchase))
    try:
        ledger.correct(purchase, by=current_user, **form.facts())
    except ledger.Voided as rule:
        form.amount.errors = [say(rule)]
        return _edit_form(form, purchase), 409
    except BrokenRule as rule:
        form.purchased_on.errors = [say(rule)]
        return htmx.invalid(_edit_form(form, purchase))
    db.session.commit()
    flash(_("Saved."), "good")
    return htmx.see_other(path("customers.show", id=purchase.customer_id))


def _conflict(form: PurchaseForm, purchase: Purchase) -> ResponseReturnValue:
    """Both texts of what differs, and a form that would save mine over what stands."""
    now = _filled(purchase)
    both = [
        (field.label.text, field._value(), now[field.name]._value())
        for field in form
        if field.name not in ("version", "csrf_token") and field._value() != now[field.name]._value()
    ]
    if not both:  # both wrote the same
        return htmx.see_other(path("customers.show", id=purchase.customer_id))
    form.version.data = purchase.version
    return _edit_form(form, purchase, both), 409


@purchases.post("/<int:id>/void")
@access.staff
def void(id: int) -> ResponseReturnValue:
    """Let it count no longer. Its page says how to take that back."""
    purchase = queries.purchase_for_change(id) or abort(404)
    form = VoidForm()
    if not form.validate():
        return htmx.invalid(_edit_form(_filled(purchase), purchase, void_form=form))
    ledger.void(purchase, by=current_user, reason=form.reason.data)
    db.session.commit()
    return htmx.see_other(path("purchases.edit", id=id))


@purchases.post("/<int:id>/restore")
@access.staff
def restore(id: int) -> ResponseReturnValue:
    """Let a voided purchase count again."""
    purchase = queries.purchase_for_change(id) or abort(404)
    ledger.restore(purchase, by=current_user)
    db.session.commit()
    return htmx.see_other(path("purchases.edit", id=id))
