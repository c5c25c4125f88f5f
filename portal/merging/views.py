"""Duplicates and merging: look at pairs, tell them apart, or let two customers become one."""

import re
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import NotFound

from portal import access, errors, htmx
from portal.contacts.queries import contacts_of
from portal.customers.filters import CustomerFilter
from portal.customers.models import Customer
from portal.customers.queries import customer_by_id, customer_for_change, hits
from portal.extensions import db
from portal.links import path
from portal.merging import merging as merge_rules
from portal.merging import persons, queries
from portal.merging.forms import MergeForm, Others
from portal.rules import BrokenRule

merging = Blueprint("merging", __name__)
_OF_CUSTOMER = re.compile(r"/customers/([1-9][0-9]{0,17})(/.*)?", re.ASCII)


@merging.record_once
def _give_words(state: Any) -> None:
    """The people of a customer show who may stand there twice through `twins_of`."""
    state.app.jinja_env.globals["twins_of"] = persons.twins


@merging.get("/duplicates")
@access.staff
def duplicates() -> ResponseReturnValue:
    """Pairs of customers who may be one."""
    return render_template("merging/duplicates.html", page=queries.page_of_pairs(request.args.get("after")))


@merging.post("/duplicates/<int:id>/dismiss")
@access.staff
def dismiss(id: int) -> ResponseReturnValue:
    """They are not the same: do not offer these two again."""
    pair, name, other = queries.pair_for_change(id) or abort(404)
    pair.dismiss(current_user, name, other)
    db.session.commit()
    flash(_("They stay two, and are not offered again."), "good")
    return htmx.see_other(path("merging.duplicates"))


@merging.get("/<int:id>/merge")
@access.staff
def merge(id: int) -> ResponseReturnValue:
    """With whom? Or, when that is known, both side by side, to choose what stands."""
    form = MergeForm(request.args, meta={"csrf": False})
    if not form.other_id:
        customer = customer_by_id(id) or abort(404)
        query = CustomerFilter.from_address(request.args).q
        found = [hit for hit in hits(query) if hit.id != id] if query else []
        return render_template("merging/choose.html", customer=customer, query=query, hits=found)
    return _side_by_side(id, form.other_id)


@merging.post("/<int:id>/merge")
@access.staff
def become_one(id: int) -> ResponseReturnValue:
    """Let the other go into this one. Sent twice, it is done once."""
    form = MergeForm(request.form)
    both = queries.both_for_change([id, form.other_id])
    kept, other = both.get(id), both.get(form.other_id)
    if kept is None or other is None or kept.merged_into_id is not None:
        abort(404)
    if other.merged_into_id == id:
        return htmx.see_other(path("customers.show", id=id))
    if (form.version.data, form.other_version.data) != (kept.version, other.version):
        return _side_by_side(id, form.other_id, fault=_changed_meanwhile()), 409
    name = other.name
    try:
        merge_rules.merge(kept, other, form.chosen(), current_user)
    except BrokenRule as rule:
        return _side_by_side(id, form.other_id, fault=errors.say(rule)), 409
    db.session.commit()
    flash(_("%(name)s is part of this customer now.", name=name), "good")
    return htmx.see_other(path("customers.show", id=id))


def _changed_meanwhile() -> str:
    return str(_("Somebody changed one of them meanwhile: look again."))


def _side_by_side(id: int, other_id: int, fault: str = "") -> str:
    """Both as they are now."""
    if fault:
        db.session.rollback()
    sides = queries.sides([id, other_id])
    if id == other_id or len(sides) < 2:
        abort(404)
    kept, other = sides[id], sides[other_id]
    usual = merge_rules.usual(kept, other)
    return render_template("merging/merge.html", this=kept, other=other, usual=usual, fault=fault)


# One person who stands there twice


@merging.get("/<int:id>/contacts/<int:contact_id>/merge")
@access.staff
def compare(id: int, contact_id: int) -> ResponseReturnValue:
    """Both records of the person side by side, before anything happens."""
    customer = customer_by_id(id) or abort(404)
    return _two_people(customer, contact_id, Others(request.args, meta={"csrf": False}).other_id)


@merging.post("/<int:id>/contacts/<int:contact_id>/merge")
@access.staff
def be_one_person(id: int, contact_id: int) -> ResponseReturnValue:
    """Let the other record go into this one. Sent twice, it is done once."""
    form = Others(request.form)
    customer = customer_for_change(id) or abort(404)
    both = queries.people_for_change(id, [contact_id, form.other_id])
    kept, other = both.get(contact_id), both.get(form.other_id)
    if kept is None or other is None or kept.merged_into_id is not None:
        abort(404)
    if other.merged_into_id == contact_id:
        return htmx.see_other(path("customers.show", id=id))
    if (form.version.data, form.other_version.data) != (kept.version, other.version):
        return _two_people(customer, contact_id, form.other_id, _changed_meanwhile()), 409
    try:
        persons.merge(kept, other, customer, current_user)
    except BrokenRule as rule:
        return _two_people(customer, contact_id, form.other_id, errors.say(rule)), 409
    db.session.commit()
    flash(_("%(name)s stands there once now.", name=kept.name), "good")
    return htmx.see_other(path("customers.show", id=id))


@merging.post("/<int:id>/contacts/<int:contact_id>/apart")
@access.staff
def tell_apart(id: int, contact_id: int) -> ResponseReturnValue:
    """They are not the same person: do not offer these two again. Sent twice, it is said once."""
    customer_for_change(id) or abort(404)
    other_id = Others(request.form).other_id
    both = queries.people_for_change(id, [contact_id, other_id])
    if len(both) < 2 or any(each.merged_into_id is not None for each in both.values()):
        abort(404)
    both[contact_id].tell_apart(both[other_id], current_user)
    db.session.commit()
    flash(_("They stay two, and are not offered again."), "good")
    return htmx.see_other(path("customers.show", id=id))


def _two_people(customer: Customer, contact_id: int, other_id: int, fault: str = "") -> str:
    """Both as they are now."""
    id = customer.id
    if fault:
        db.session.rollback()
    people = {person.id: person for person in contacts_of(id)}
    if contact_id == other_id or not {contact_id, other_id} <= people.keys():
        abort(404)
    this, other = people[contact_id], people[other_id]
    return render_template("merging/person.html", customer_id=id, this=this, other=other, fault=fault)


@merging.app_errorhandler(404)
def follow_signpost(error: NotFound) -> ResponseReturnValue:
    """Whoever asks for a customer that was merged is led to the one it is a part of, on whichever of its pages; whoever
    sends something to it is told, since it was meant for another record.
    """
    found = _OF_CUSTOMER.fullmatch(request.path)
    if found and current_user.is_authenticated:
        kept_id: Any = queries.merged_into(int(found[1]))
        if kept_id is not None and request.method not in ("GET", "HEAD"):
            told = _("Meanwhile this customer became part of another one. Nothing was saved: write it down there.")
            return errors.show(error, _("Somebody was faster"), told, path("customers.show", id=kept_id))
        if kept_id is not None:
            rest, query = found[2] or "", request.query_string.decode("ascii", "ignore")
            return redirect(f"/customers/{kept_id}{rest}" + (f"?{query}" if query else ""), code=301)
    return errors.show_error(error)
