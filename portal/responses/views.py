"""Responses: what customers answered, read by staff with the customer beside it, and what is done about it."""

from typing import Any

from flask import Blueprint, abort, current_app, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import access, frame, htmx
from portal.contacts.models import Contact
from portal.contacts.queries import contact_of, living_contacts
from portal.customers.models import Customer
from portal.customers.queries import customer_by_id, customer_for_change
from portal.errors import say
from portal.extensions import db
from portal.invitations.inviting import Asking
from portal.invitations.queries import active_surveys
from portal.links import path
from portal.responses import deciding, queries, taking, wording
from portal.responses.forms import PLACES, TakeForm
from portal.responses.reading import ResponseFilter
from portal.rules import BrokenRule
from portal.surveys.models import Survey
from portal.surveys.wording import addressed, words_of
from portal.testimonials.queries import of_response

responses = Blueprint("responses", __name__)


@responses.record_once
def _give_words(state: Any) -> None:
    """Templates say what an answer is through `response_wording`."""
    state.app.jinja_env.globals["response_wording"] = wording


@responses.get("/surveys/responses")
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
        "counts": _counts(),
        "surveys": queries.survey_names(),
        "assignee": queries.name_of_user(wanted.assignee_id) if wanted.assignee_id else "",
    }
    if htmx.wants_fragment():
        return render_template("responses/_list.html", **about), {"HX-Push-Url": address}
    return render_template("responses/index.html", **about)


def _counts() -> dict[str, str]:
    return {key: _shown(n) for key, n in queries.counts().items()}


def _shown(n: int) -> str:
    return "99+" if n >= queries.MOST_COUNTED else str(n)


@responses.get("/surveys/responses/<int:id>")
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
        "responses/show.html", response=response, row=row, others=others, errors=errors or [], at="page",
        dismissible=deciding.can_be_dismissed(response), quoted=of_response(id) if response.quote else None,
    )  # fmt: skip


@responses.post("/surveys/responses/<int:id>/accept")
@access.staff
def accept(id: int) -> ResponseReturnValue:
    """Let this answer count, in the place of the one that stood."""
    return _decide(id, deciding.accept, _("This answer counts now."))


@responses.post("/surveys/responses/<int:id>/dismiss")
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
            "responses/_rows.html", rows=[queries.response_line(id)], at="list", me=current_user.id,
            again="responses/_again.html", counts=_counts(), wanted=ResponseFilter.from_address(htmx.page_asked()),
        )  # fmt: skip
    else:
        flash(said, "good")
        answer = htmx.see_other(access.way_back(path("responses.show", id=id)))
    db.session.commit()
    return answer


@responses.get("/customers/<int:id>/responses/new")
@access.staff
def new(id: int) -> ResponseReturnValue:
    """Read a question out on the phone, and write down what the client says."""
    customer = customer_by_id(id) or abort(404)
    form = TakeForm(request.args)
    form.place.data = form.place.data if htmx.wants_fragment() and form.place.data in PLACES else "page"
    if not htmx.wants_fragment():
        form.next.data = access.way_back(path("customers.show", id=id))
    return _take_page(customer, form)


def _take_page(customer: Customer, form: TakeForm) -> str:
    surveys = active_surveys()
    survey = next((each for each in surveys if each.id == form.survey_id.data), surveys[0] if surveys else None)
    if survey is None and htmx.wants_fragment():
        return render_template("responses/_refused.html", text=_("No survey to ask"), id=customer.id)
    form.contact_id.choices = [(contact.id, contact.name) for contact in living_contacts(customer.id)]
    about = {"customer": customer, "form": form, "surveys": surveys, "survey": survey}
    about |= {"texts": _read_out(survey), "scores": _scores(survey)} if survey else {}
    return render_template("responses/_take.html" if htmx.wants_fragment() else "responses/new.html", **about)


def _scores(survey: Survey) -> list[tuple[str, str]]:
    return [(str(score), str(score)) for score in survey.scale.scores]


def _read_out(survey: Survey) -> dict[str, str]:
    """The survey's words in the firm's language, spoken to nobody by name."""
    return {name: addressed(text, "") for name, text in words_of(survey.texts, g.firm.locale).items()}


@responses.post("/customers/<int:id>/responses")
@access.staff
def create(id: int) -> ResponseReturnValue:
    """Save what the client said. Sent twice, it is one answer."""
    form = TakeForm(request.form)
    customer = customer_for_change(id) or abort(404)
    contact = (contact_of(id, form.contact_id.data) or abort(404)) if form.contact_id.data else None
    survey = next((each for each in active_surveys() if each.id == form.survey_id.data), None)
    if survey is None:
        form.survey_id.errors = [_("Choose a survey.")]
        return htmx.invalid(_take_page(customer, form))
    if not form.validate() or not form.score.data:
        form.score.errors = form.score.errors or [_("Choose one of the numbers.")]
        return htmx.invalid(_take_page(customer, form))
    try:
        _take(survey, customer, contact, form)
    except BrokenRule as rule:
        db.session.rollback()
        form.score.errors = [say(rule)]
        return htmx.invalid(_take_page(customer_by_id(id) or abort(404), form))
    return _taken(id, form)


def _take(survey: Survey, customer: Customer, contact: Contact | None, form: TakeForm) -> None:
    asking = Asking(g.firm, current_app.config["SECRET_KEY"], channel="phone", by=current_user)
    heard = taking.Heard(int(form.score.data), form.comment.data, form.form_id.data)
    try:
        taking.take(survey, customer, contact, heard, asking, current_user)
        db.session.commit()
    except IntegrityError:  # the same form, sent twice at the same moment
        db.session.rollback()


def _taken(customer_id: int, form: TakeForm) -> ResponseReturnValue:
    """A word in the place of the form, with the quick log to go on to; or back to where it was opened from."""
    row = queries.taken_line(form.form_id.data) or abort(409)
    if htmx.wants_fragment() and form.place.data == "row":
        log_at = form.log_at.data or f"{path('follow_ups.new_for', id=customer_id)}?place=row"
        return render_template("responses/_taken.html", row=row, customer_id=customer_id, log_at=log_at)
    flash(_("Written down: %(answer)s.", answer=wording.answered(row.score, row.kind)[1]), "good")
    return htmx.see_other(access.way_back(path("customers.show", id=customer_id)))
