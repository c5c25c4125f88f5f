"""The buying centre of a customer: who decides there and how they see us, where we stand, and who of us knows whom."""

from typing import Any

from flask import Blueprint, abort, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import access, clock, formats, htmx
from portal.buying_centre import placing, positioning, queries, rhythm, wording
from portal.buying_centre.forms import PartForm, PositionForm, RhythmForm, part_of
from portal.buying_centre.models import Position, Relation
from portal.buying_centre.picture import picture
from portal.buying_centre.standing_out import pictures
from portal.buying_centre.terms import STAND_OUTS
from portal.contacts.models import Contact
from portal.contacts.queries import contact_for_change, contact_of, living_contacts
from portal.customers.models import Customer
from portal.customers.queries import customer_by_id, customer_for_change
from portal.errors import say
from portal.extensions import db
from portal.links import path
from portal.rules import BrokenRule
from portal.texts import number_in
from portal.users.models import User
from portal.users.queries import all_users, user_by_id

buying_centre = Blueprint("buying_centre", __name__)
centres = Blueprint("centres", __name__)


@buying_centre.record_once
def _give_words(state: Any) -> None:
    """Templates say roles, levels, stances and positions through `centre_words`."""
    state.app.jinja_env.globals.update(centre_words=wording)


@buying_centre.get("")
@access.staff
def show(id: int) -> ResponseReturnValue:
    """Who takes part in a purchase there, who of us talks to whom, where we stand, and what is missing."""
    return _centre(customer_by_id(id) or abort(404))


def _centre(customer: Customer) -> str:
    people, touches = queries.people_of(customer.id), queries.touches_of(customer.id)
    found = picture(people, touches, queries.relations_of(customer.id), g.firm.silent_after_days)
    words = queries.positions_of(customer.id)
    template = "buying_centre/_centre.html" if htmx.wants_fragment() else "buying_centre/show.html"
    about = {"found": found, "gaps": wording.gaps(found), "words": words, "since": positioning.since(words)}
    return render_template(template, customer=customer, **about)


def _done(customer: Customer) -> ResponseReturnValue:
    """The room as it is now; or back to it, with a word."""
    db.session.commit()
    if htmx.wants_fragment():
        return _centre(customer)
    flash(_("Saved."), "good")
    return htmx.see_other(path("buying_centre.show", id=customer.id))


@centres.get("")
@access.staff
def index() -> ResponseReturnValue:
    """At which customers something stands out: one thread, people met below their level, nobody reached or answered."""
    asked = request.args.get("show", "")
    kind = asked if asked in STAND_OUTS else STAND_OUTS[0]
    page = queries.page_of_stand_outs(kind, request.args.get("after"))
    found = pictures([row.customer_id for row in page.rows], g.firm.silent_after_days)
    said = {id: wording.gaps_of(each, kind) for id, each in found.items()}
    counts = queries.count_stand_outs()
    return render_template("buying_centre/index.html", page=page, said=said, kind=kind, counts=counts)


# A person's part


@buying_centre.get("/contacts/<int:contact_id>")
@access.staff
def edit(id: int, contact_id: int) -> ResponseReturnValue:
    """Say which part this person takes."""
    customer = customer_by_id(id) or abort(404)
    contact = contact_of(id, contact_id) or abort(404)
    return _part(customer, contact, PartForm(data=part_of(contact)))


@buying_centre.post("/contacts/<int:contact_id>")
@access.staff
def place(id: int, contact_id: int) -> ResponseReturnValue:
    """Save it; if somebody else was faster, show me both."""
    customer = customer_for_change(id) or abort(404)
    contact = contact_for_change(id, contact_id) or abort(404)
    form = PartForm()
    fit = form.validate()
    if form.version.data != contact.version and (both := _differing(form, contact)):
        form.version.data = contact.version
        return _part(customer, contact, form, both), 409
    if not fit:
        return htmx.invalid(_part(customer, contact, form))
    try:
        placing.place(contact, customer, placing.Part(**form.fields()), current_user)
    except BrokenRule as rule:
        db.session.rollback()
        form.left_on.errors = [say(rule)]
        return htmx.invalid(_part(customer, contact, form))
    return _done(customer)


def _differing(form: PartForm, contact: Contact) -> list[tuple[str, Any, Any]]:
    """(field, typed, standing) of what differs, in words."""
    now = part_of(contact)
    said = {"roles": lambda value: wording.roles(" ".join(value)), "level": wording.level, "stance": wording.stance}
    words: dict[str, Any] = {**said, "left_on": lambda value: formats.day(value) if value else ""}
    return [
        (form[name].label.text, words[name](typed), words[name](now[name]))
        for name, typed in form.fields().items()
        if (list(typed) if name == "roles" else typed) != now[name]
    ]


def _part(customer: Customer, contact: Contact, form: PartForm, conflict: Any = ()) -> str:
    template = "buying_centre/_part.html" if htmx.wants_fragment() else "buying_centre/part.html"
    return render_template(template, customer=customer, contact=contact, form=form, conflict=conflict)


# Where we stand


@buying_centre.get("/position")
@access.staff
def edit_position(id: int) -> ResponseReturnValue:
    """Say where we stand with them, from what was said last; whoever has bought is supplied already."""
    customer = customer_by_id(id) or abort(404)
    latest = queries.latest_position(id)
    form = PositionForm(seen=latest.id if latest else None, since_on=clock.today())
    if latest:
        form.position.data, form.share_percent.data = latest.position, latest.share_percent
    elif customer.status != "prospect":
        form.position.data = "supplying"
    return _position(customer, form)


@buying_centre.post("/position")
@access.staff
def say_position(id: int) -> ResponseReturnValue:
    """Write it down. Sent twice, it is said once; if somebody spoke meanwhile, I see what they said."""
    customer = customer_for_change(id) or abort(404)
    form = PositionForm()
    if queries.position_by_form(form.form_id.data):
        return _done(customer)
    if not form.validate():
        return htmx.invalid(_position(customer, form))
    latest = queries.latest_position(id)
    if latest is not None and latest.id != form.seen.data and (both := _said_otherwise(form, latest)):
        form.seen.data = latest.id
        return _position(customer, form, both), 409
    standing = positioning.Standing(
        form.position.data, form.share_percent.data, form.since_on.data or clock.today(), form.note.data
    )
    try:
        positioning.say(customer, standing, current_user, form.form_id.data)
        db.session.flush()
    except BrokenRule as rule:
        db.session.rollback()
        form.since_on.errors = [say(rule)]
        return htmx.invalid(_position(customer, form))
    except IntegrityError:  # the same form at the same moment
        db.session.rollback()
        customer = customer_by_id(id) or abort(404)
    return _done(customer)


def _said_otherwise(form: PositionForm, latest: Position) -> list[tuple[str, Any, Any]]:
    typed, now = form.position.data, latest.position
    places = [(form.position.label.text, wording.position(typed), wording.position(now))] if typed != now else []
    share, stands = form.share_percent.data, latest.share_percent
    return places + ([(form.share_percent.label.text, share, stands)] if share != stands else [])


def _position(customer: Customer, form: PositionForm, conflict: Any = ()) -> str:
    template = "buying_centre/_position_form.html" if htmx.wants_fragment() else "buying_centre/position.html"
    return render_template(template, customer=customer, form=form, conflict=conflict)


@buying_centre.post("/positions/<int:position_id>/take-back")
@access.staff
def take_back(id: int, position_id: int) -> ResponseReturnValue:
    """It was not so: the word before it stands again."""
    customer = customer_for_change(id) or abort(404)
    word = queries.position_of(id, position_id) or abort(404)
    try:
        positioning.take_back(customer, word, current_user)
    except BrokenRule as rule:
        db.session.rollback()
        flash(say(rule), "late")
        return htmx.see_other(path("buying_centre.show", id=id))
    return _done(customer)


# Who sees whom how often


@buying_centre.get("/relations/new")
@access.staff
def ask_rhythm(id: int) -> ResponseReturnValue:
    """Say how often one of us means to be in touch with one of them; or that it is over."""
    customer = customer_by_id(id) or abort(404)
    form = RhythmForm(contact_id=_asked("contact"), user_id=_asked("user") or current_user.id)
    contact = contact_of(id, form.contact_id.data) if form.contact_id.data else None
    if form.contact_id.data and contact is None:
        abort(404)
    relation = queries.relation_between(contact.id, form.user_id.data or 0) if contact else None
    if relation is not None:
        form.version.data, form.every_days.data = relation.version, relation.every_days
    return _rhythm(customer, form)


def _asked(name: str) -> int | None:
    return number_in(request.args.get(name, "")) or None


@buying_centre.post("/relations")
@access.staff
def plan_rhythm(id: int) -> ResponseReturnValue:
    """Save it. The days count from their last touch; once they have gone by, it rises in Today."""
    customer = customer_for_change(id) or abort(404)
    form = RhythmForm()
    contact = (contact_of(id, form.contact_id.data) or abort(404)) if form.contact_id.data else None
    user = user_by_id(form.user_id.data) if form.user_id.data else None
    if user is not None and not user.is_active and form.every_days.data:
        user = None  # with a colleague who is out, it can only end
    if not form.validate() or contact is None or user is None:
        return htmx.invalid(_rhythm(customer, _chosen(form, contact, user)))
    relation = queries.relation_for_change(contact.id, user.id)
    if form.every_days.data is None and (relation is None or relation.every_days is None):
        form.every_days.errors = [_("Say after how many days.")]
        return htmx.invalid(_rhythm(customer, form))
    if relation is not None and relation.version != form.version.data and (both := _other_rhythm(form, relation)):
        form.version.data = relation.version
        return _rhythm(customer, form, both), 409
    try:
        rhythm.plan(customer, contact, user, form.every_days.data, current_user)
    except BrokenRule as rule:
        db.session.rollback()
        form.every_days.errors = [say(rule)]
        return htmx.invalid(_rhythm(customer, form))
    return _done(customer)


def _chosen(form: RhythmForm, contact: Contact | None, user: User | None) -> RhythmForm:
    """The form, with what is to be chosen marked."""
    for field, found in ((form.contact_id, contact), (form.user_id, user)):
        if found is None:
            field.errors = [_("Choose one of those that are offered.")]
    return form


def _other_rhythm(form: RhythmForm, relation: Relation) -> list[tuple[str, Any, Any]]:
    typed, now = form.every_days.data, relation.every_days
    return [(form.every_days.label.text, typed, now)] if typed != now else []


def _rhythm(customer: Customer, form: RhythmForm, conflict: Any = ()) -> str:
    form.contact_id.choices = [(contact.id, contact.name) for contact in living_contacts(customer.id)]
    form.user_id.choices = [
        (user.id, user.name) for user in all_users() if user.is_active or user.id == form.user_id.data
    ]
    template = "buying_centre/_rhythm.html" if htmx.wants_fragment() else "buying_centre/rhythm.html"
    return render_template(template, customer=customer, form=form, conflict=conflict)
