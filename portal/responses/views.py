"""Responses: what customers answered, read by staff with the customer beside it, and what is done about it."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import access, frame, htmx
from portal.errors import say
from portal.extensions import db
from portal.links import path
from portal.responses import deciding, queries, wording
from portal.responses.reading import ResponseFilter
from portal.rules import BrokenRule

responses = Blueprint("responses", __name__)


@responses.record_once
def _give_words(state: Any) -> None:
    """Templates say what an answer is through `response_wording`."""
    state.app.jinja_env.globals["response_wording"] = wording


@responses.get("")
@access.staff
def index() -> ResponseReturnValue:
    """What customers say: those still to be made right first, then the newest; or those whom I ask for."""
    wanted = ResponseFilter.from_address(request.args)
    after = request.args.get("after")
    page = queries.responses(wanted.conditions(), wanted.state, after, waiting=wanted.shows_waiting_first)
    address = path("responses.index") + wanted.query()
    about = {
        "page": page,
        "lines": frame.kept_lines("responses/_rows.html", page.rows, "list", current_user.id),
        "wanted": wanted,
        "address": address,
        "counts": {key: _shown(n) for key, n in queries.counts().items()},
        "surveys": queries.survey_names(),
    }
    if htmx.wants_fragment():
        return render_template("responses/_list.html", **about), {"HX-Push-Url": address}
    return render_template("responses/index.html", **about)


def _shown(n: int) -> str:
    return "99+" if n >= queries.MOST_COUNTED else str(n)


@responses.get("/<int:id>")
@access.staff
def show(id: int) -> ResponseReturnValue:
    """One answer: every word of it, its customer, what was promised, and the other answers to the same invitation."""
    return _page(id)


def _page(id: int, errors: list[str] | None = None) -> str:
    response = queries.response_to_show(id) or abort(404)
    rows = queries.responses_of_invitation(response.customer_id, response.invitation_id)
    row = next((each for each in rows if each.id == id), None) or abort(404)
    others = [each for each in rows if each.id != id]
    return render_template(
        "responses/show.html", response=response, row=row, others=others, errors=errors or [], at="page"
    )


@responses.post("/<int:id>/accept")
@access.staff
def accept(id: int) -> ResponseReturnValue:
    """Let this answer count, in the place of the one that stood."""
    return _decide(id, deciding.accept, _("This answer counts now."))


@responses.post("/<int:id>/dismiss")
@access.staff
def dismiss(id: int) -> ResponseReturnValue:
    """Leave the answer that stands, and put this one aside."""
    return _decide(id, deciding.dismiss, _("Put aside."))


def _decide(id: int, verb: Any, said: str) -> ResponseReturnValue:
    """Say one verb about an answer that was set aside. What is so already is answered like the first time."""
    found = queries.response_for_decision(id) or abort(404)
    try:
        verb(*found, current_user)
    except BrokenRule as rule:
        db.session.rollback()
        if htmx.wants_fragment():
            return htmx.invalid(render_template("responses/_refused.html", text=say(rule), id=id))
        return htmx.invalid(_page(id, [say(rule)]))
    db.session.flush()
    if htmx.wants_fragment() and request.args.get("place") == "list":
        answer: ResponseReturnValue = render_template(
            "responses/_rows.html", rows=[queries.response_line(id)], at="list", me=current_user.id
        )
    else:
        flash(said, "good")
        answer = htmx.see_other(access.way_back(path("responses.show", id=id)))
    db.session.commit()
    return answer
