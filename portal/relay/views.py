"""The relay: where every customer stands, who holds them, and who takes over."""

from typing import Any

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from portal import access
from portal.customers.queries import customer_to_edit
from portal.relay import queries, wording

relay = Blueprint("relay", __name__)


@relay.record_once
def _give_words(state: Any) -> None:
    """Templates say legs and phases through `relay_words`."""
    state.app.jinja_env.globals["relay_words"] = wording


@relay.get("/relay")
@access.staff
def index() -> ResponseReturnValue:
    """All customers by phase, the same for every team."""
    return render_template("relay/index.html", board=queries.board())


@relay.get("/customers/<int:id>/relay")
@access.staff
def show(id: int) -> ResponseReturnValue:
    """Who has held this customer, from when to when."""
    customer = customer_to_edit(id) or abort(404)
    return render_template("relay/show.html", customer=customer, stretches=queries.holdings_of(id))
