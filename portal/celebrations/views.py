"""The wall of celebrations: what went well, and the thanks that it calls for."""

from typing import Any

from flask import Blueprint, abort, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import access, htmx
from portal.celebrations import queries, wording
from portal.customers.queries import customer_for_change
from portal.errors import say
from portal.extensions import db
from portal.links import path
from portal.rules import BrokenRule

celebrations = Blueprint("celebrations", __name__)


@celebrations.record_once
def _give_words(state: Any) -> None:
    """Templates say what went well through `celebration_words`."""
    state.app.jinja_env.globals["celebration_words"] = wording


@celebrations.get("/relay/celebrations")
@access.staff
def index() -> ResponseReturnValue:
    """What went well lately, the newest first, with what to do for the customer and for ourselves."""
    page = queries.wall(request.args.get("after"))
    return render_template("celebrations/index.html", page=page)


@celebrations.post("/relay/celebrations/<int:id>/thank")
@access.staff
def thank(id: int) -> ResponseReturnValue:
    """Plan the thanks for it. Twice is once."""
    celebration = queries.celebration_for_change(id) or abort(404)
    customer = customer_for_change(celebration.customer_id or 0) or abort(404)
    try:
        celebration.thank(customer, current_user, g.firm.locale)
    except BrokenRule as rule:
        db.session.rollback()
        flash(say(rule), "late")
        return htmx.see_other(path("celebrations.index"))
    db.session.flush()
    if htmx.wants_fragment():
        answer: ResponseReturnValue = render_template("celebrations/_cards.html", rows=[queries.line(id)])
    else:
        flash(_("Thanks planned: %(name)s", name=customer.name), "good")
        answer = htmx.see_other(access.way_back(path("celebrations.index")))
    db.session.commit()
    return answer
