"""Customers: find anyone, and see who they are and how they are."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from portal import access
from portal.customers import queries

customers = Blueprint("customers", __name__)


@customers.get("")
@access.staff
def index() -> ResponseReturnValue:
    """Everybody we sell to, by name."""
    page = queries.page_by_name(request.args.get("after"))
    return render_template("customers/index.html", page=page)


@customers.get("/<int:id>")
@access.staff
def show(id: int) -> ResponseReturnValue:
    """Who this customer is and how they are, in one look."""
    customer = queries.customer_to_show(id) or abort(404)
    return render_template("customers/show.html", customer=customer)
