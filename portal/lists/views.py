"""The lists where they are worked: whom each names and why, what is done with them, and lists of the firm's own."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Blueprint, abort, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError

from portal import access, clock, due, exports, frame, htmx
from portal.customers.filters import CustomerFilter
from portal.customers.models import STATUSES
from portal.customers.queries import filter_choices
from portal.customers.wording import status_word
from portal.errors import say
from portal.extensions import db
from portal.follow_ups.models import SELLING
from portal.invitations import batches
from portal.invitations import jobs as invitation_jobs
from portal.invitations.queries import active_surveys
from portal.invitations.queries import batch_by_form as asked_before
from portal.jobs import soon
from portal.language import spoken
from portal.links import path
from portal.lists import acting, exporting, jobs, queries, saving, wording
from portal.lists.acting import Act
from portal.lists.catalogue import BY_NAME, List
from portal.lists.filters import ListFilter
from portal.lists.forms import ActForm, AskForm, SaveForm
from portal.lists.models import ACTS, CUSTOMERS, SavedList
from portal.retention.wording import Grade, grade
from portal.rules import BrokenRule
from portal.surveys.queries import survey_by_id
from portal.texts import number_in
from portal.users.queries import active_users

lists = Blueprint("lists", __name__)
MOST_TICKED = 200


@lists.record_once
def _give_words(state: Any) -> None:
    """Templates say why somebody is on a list through `list_words`."""
    state.app.jinja_env.globals["list_words"] = wording


@lists.get("/<name>")
@access.staff
def show(name: str) -> ResponseReturnValue:
    """Whom the list names and why, most urgent first; all of it, or those whom I ask for."""
    of = _named(name)
    wanted = _wanted(request.args)
    address = path("lists.show", name=name) + (f"?{wanted.query}" if wanted.query else "")
    opened = queries.opened_list(request.args.get("saved", ""), of.name)
    saved = opened if opened is not None and _wanted(opened.wanted) == wanted else None
    about = _about(of, wanted) | {"saved": saved, "was": None if saved else opened}
    may_be_saved = saved or (current_user.is_owner and not wanted.is_empty)
    about["form"] = SaveForm(list_name=saved.name if saved else "") if may_be_saved else None
    if not htmx.wants_fragment():
        return render_template("lists/show.html", address=address, **about)
    return render_template("lists/_list.html", address=address, **about), {"HX-Push-Url": address}


@lists.get("/saved/<int:id>")
@access.staff
def show_saved(id: int) -> ResponseReturnValue:
    """A list of the firm's own; one of customers stands where they do."""
    saved = queries.saved_list(id) or abort(404)
    if saved.list == CUSTOMERS:
        return htmx.see_other(_where(saved))
    return _saved_page(saved)


def _where(saved: SavedList) -> str:
    """The address of a saved list of customers: the filter as it reads today, and which list it is."""
    wanted = CustomerFilter.from_address({name: str(value) for name, value in saved.wanted.items()})
    return f"{path('customers.index')}?{wanted.query}&saved={saved.id}"


def _saved_page(saved: SavedList, form: SaveForm | None = None) -> str:
    if saved.list == CUSTOMERS:
        return _name_page(path("lists.rename", id=saved.id), _where(saved), form or SaveForm(list_name=saved.name))
    about = _about(_named(saved.list), _wanted(saved.wanted))
    form = form or SaveForm(list_name=saved.name)
    return render_template(
        "lists/show.html", address=path("lists.show_saved", id=saved.id), saved=saved, was=None, form=form, **about
    )


def _named(name: str) -> List:
    return BY_NAME.get(name) or abort(404)


def _wanted(asked: Any) -> ListFilter:
    return ListFilter.from_address(asked, g.firm.currency)


def _about(of: List, wanted: ListFilter) -> dict[str, Any]:
    """What the page of a list shows, narrowed to what is wanted."""
    head, me = queries.head(of.name), current_user
    page = queries.page(of.name, wanted, me, request.args.get("after"))
    currency = (head.currency if head else None) or g.firm.currency
    found = (head.list if head else None) or {}
    counts, most = (found.get("customers", 0), found.get("at_stake_minor", 0)), None
    if not wanted.is_empty or (head and head.some_apart):
        currency = wanted.currency or currency
        counts, most = queries.counted(of.name, wanted, me, currency), queries.MOST_COUNTED
    elif of.name == "nobodys" and page.is_first and not page.after:  # who is taken leaves it at once, and all are here
        counts = len(page.rows), sum(row.at_stake_minor or 0 for row in page.rows if row.currency == currency)
    as_of = head.as_of if head else clock.today()
    return {
        "of": of,
        "wanted": wanted,
        "head": head,
        "page": page,
        "lines": frame.kept_lines("lists/_rows.html", page.rows, as_of, me.id),
        "count": counts[0],
        "at_stake": counts[1],
        "most": most,
        "currency": currency,
        "currencies": tuple(sorted({g.firm.currency, currency, wanted.currency} - {""})),
        "choices": queries.choices(head),
        "grade": _graded(of.name, found.get("grade")) if head else None,
    }


def _graded(name: str, found: dict[str, Any] | None) -> Grade:
    """How good the list has been, said once for each language."""
    held = None if found is None else tuple(sorted(found.items()))
    return _said(name, held, spoken(), clock.today())


@lru_cache(maxsize=128)
def _said(name: str, found: tuple[tuple[str, Any], ...] | None, _locale: str, _today: date) -> Grade:
    return grade(name, None if found is None else dict(found))


# As a file


@lists.get("/<name>/export.csv")
@access.staff
def export_csv(name: str) -> ResponseReturnValue:
    """The list I see, as a CSV file."""
    return _export(name, exports.csv)


@lists.get("/<name>/export.xlsx")
@access.staff
def export_xlsx(name: str) -> ResponseReturnValue:
    """The list I see, as a workbook."""
    return _export(name, exports.xlsx)


def _export(name: str, write: Any) -> ResponseReturnValue:
    of, head = _named(name), queries.head(name)
    as_of = head.as_of if head else clock.today()
    entries = queries.all_entries(name, _wanted(request.args), current_user._get_current_object())
    answer: ResponseReturnValue = write(
        exports.named(_(of.title), as_of), exporting.header(), exporting.rows(entries, as_of)
    )
    return answer


# Lists of the firm's own


@lists.post("/<name>/save")
@access.owner
def save(name: str) -> ResponseReturnValue:
    """Keep the list as I have narrowed it, under a name."""
    of, form, wanted = _named(name), SaveForm(request.form), _wanted(request.args)
    return _save(name, wanted.said, form, lambda: _not_saved(of, form, wanted))


@lists.post("/customers/save")
@access.owner
def save_customers() -> ResponseReturnValue:
    """Keep the list of customers as I have narrowed it, under a name."""
    form, wanted = SaveForm(request.form), CustomerFilter.from_address(request.args)
    if wanted.is_empty:
        return htmx.see_other(path("customers.index"))
    here, back = f"{path('lists.save_customers')}?{wanted.query}", f"{path('customers.index')}?{wanted.query}"
    return _save(CUSTOMERS, wanted.said, form, lambda: _name_page(here, back, form))


def _save(of: str, said: dict[str, Any], form: SaveForm, again: Callable[[], str]) -> ResponseReturnValue:
    """Save it and show it; or the page once more (`again`), with what is wrong with the name."""
    if not form.validate():
        return htmx.invalid(again())
    try:
        saved = saving.save(of, said, form.list_name.data, current_user, form.form_id.data)
        db.session.commit()
    except BrokenRule as rule:
        form.list_name.errors = [say(rule)]
        return htmx.invalid(again())
    except IntegrityError:  # the same form, or the same name, at the same moment
        db.session.rollback()
        saved = queries.saved_list_by_form(form.form_id.data) or abort(409)
    flash(_("Saved: it stands under Retention, for everybody."), "good")
    return htmx.see_other(path("lists.show_saved", id=saved.id))


def _name_page(here: str, back: str, form: SaveForm) -> str:
    """A list of customers to be called otherwise than was asked."""
    db.session.rollback()
    return render_template("lists/name.html", here=here, back=back, form=form)


def _not_saved(of: List, form: SaveForm, wanted: ListFilter) -> str:
    db.session.rollback()
    address = path("lists.show", name=of.name) + (f"?{wanted.query}" if wanted.query else "")
    return render_template("lists/show.html", address=address, saved=None, was=None, form=form, **_about(of, wanted))


@lists.post("/saved/<int:id>")
@access.owner
def rename(id: int) -> ResponseReturnValue:
    """Call a list of the firm's own otherwise."""
    saved, form = queries.saved_list(id) or abort(404), SaveForm(request.form)
    if not form.validate():
        return htmx.invalid(_saved_page(saved, form))
    try:
        saving.rename(saved, form.list_name.data, current_user)
        db.session.commit()
    except BrokenRule as rule:
        form.list_name.errors = [say(rule)]
        return htmx.invalid(_saved_page(saved, form))
    except IntegrityError:  # the same name at the same moment
        db.session.rollback()
        abort(409)
    flash(_("Saved."), "good")
    return htmx.see_other(path("lists.show_saved", id=id))


@lists.post("/saved/<int:id>/delete")
@access.owner
def delete(id: int) -> ResponseReturnValue:
    """Forget a list of the firm's own; its customers stand where they stood."""
    saved = queries.saved_list(id) or abort(404)
    saving.delete(saved, current_user)
    db.session.commit()
    flash(_("Deleted: %(name)s", name=saved.name), "calm")
    if saved.list == CUSTOMERS:
        return htmx.see_other(path("customers.index"))
    return htmx.see_other(path("lists.show", name=saved.list))


# Many at once


@lists.get("/<name>/act")
@access.staff
def choose_act(name: str) -> ResponseReturnValue:
    """Whom it is about and how many, and what is to be done with them."""
    of, wanted, chosen = _named(name), _wanted(request.args), _chosen(request.args)
    ids = _customers(of, wanted, chosen)
    if not ids:
        flash(say(acting.NobodyChosen()), "due")
        return htmx.see_other(path("lists.show", name=name) + (f"?{wanted.query}" if wanted.query else ""))
    form = ActForm(act=request.args.get("act") if request.args.get("act") in ACTS else ACTS[0])
    form.to_id.data, form.due_on.data = current_user.id, due.day_of_step("tomorrow", None)
    form.to_id.choices = _users()
    return _act_page(of, wanted, chosen, form, len(ids))


@lists.post("/<name>/act")
@access.staff
def act(name: str) -> ResponseReturnValue:
    """Begin with it; the next page shows how far it is. Sent twice, it is done once."""
    of, wanted, chosen = _named(name), _wanted(request.args), _chosen(request.form)
    form, ids = ActForm(request.form), _customers(of, wanted, chosen)
    form.to_id.choices = _users()
    if not form.validate():
        return htmx.invalid(_act_page(of, wanted, chosen, form, len(ids)))
    if heard := _heard_enough(form, ids):
        return htmx.invalid(_act_page(of, wanted, chosen, form, len(ids), heard))
    try:
        batch = acting.start(name, ids, _in_words(of, wanted), _wish(form), current_user)
        db.session.commit()
    except BrokenRule as rule:
        form.act.errors = [say(rule)]
        return htmx.invalid(_act_page(of, wanted, chosen, form, len(ids)))
    except IntegrityError:  # the same form at the same moment
        db.session.rollback()
        batch = queries.batch_by_form(form.form_id.data) or abort(409)
    soon(jobs.act, batch.id)
    return htmx.see_other(path("lists.show_act", id=batch.id))


def _chosen(form: Any) -> list[int]:
    """The customers that were ticked; none when it is about the whole list, and 0, which nobody has, without any."""
    if form.get("all") == "1":
        return []
    ticked = {number_in(id) for id in form.getlist("customer")} - {0}
    return sorted(ticked)[:MOST_TICKED] or [0]


def _customers(of: List, wanted: ListFilter, chosen: list[int]) -> Any:
    return queries.customers_of(of.name, wanted, current_user._get_current_object(), acting.MOST + 1, chosen)


def _users() -> list[tuple[int, str]]:
    return [(user.id, user.name) for user in active_users()]


def _wish(form: ActForm) -> Act:
    if form.act.data == "assign":
        return Act("assign", form.to_id.data, form_id=form.form_id.data)
    return Act("follow_up", form.to_id.data, form.due_on.data, form.purpose.data, form.note.data, form.form_id.data)


def _heard_enough(form: ActForm, ids: Any) -> int:
    """How many have heard enough for an offer on that day; nobody once that was seen and is wanted all the same."""
    offers = form.act.data == "follow_up" and form.purpose.data in SELLING
    if not offers or request.form.get("anyway") == "1":
        return 0
    return acting.heard_enough(g.firm, ids, form.due_on.data or clock.today())


def _act_page(of: List, wanted: ListFilter, chosen: list[int], form: ActForm, count: int, heard: int = 0) -> str:
    return render_template(
        "lists/act.html", of=of, wanted=wanted, chosen=chosen, form=form, count=count, heard=heard,
        looked_at=acting.LOOKED_AT, most=acting.MOST, said=_in_words(of, wanted),
    )  # fmt: skip


def _in_words(of: List, wanted: ListFilter) -> str:
    """The list and its filter as its page says them."""
    choices = filter_choices() if wanted.tag or wanted.whose.isdigit() else None
    said = render_template("lists/_said.html", of=of, wanted=wanted, choices=choices, words=_status_words())
    return " ".join(Markup(said).striptags().split())  # noqa: S704 - what Jinja made is escaped


def _status_words() -> dict[str, Any]:
    return {status: status_word(status) for status in STATUSES}


@lists.get("/<name>/ask")
@access.staff
def choose_survey(name: str) -> ResponseReturnValue:
    """Whom a survey would be asked, and which one it is to be."""
    of, wanted, chosen = _named(name), _wanted(request.args), _chosen(request.args)
    ids = _customers(of, wanted, chosen)
    if not ids:
        flash(say(acting.NobodyChosen()), "due")
        return htmx.see_other(path("lists.show", name=name) + (f"?{wanted.query}" if wanted.query else ""))
    return _ask_page(of, wanted, chosen, AskForm(request.args), len(ids))


@lists.post("/<name>/ask")
@access.staff
def ask(name: str) -> ResponseReturnValue:
    """Begin to ask them; the next page shows how far it is. Sent twice, it is asked once."""
    of, wanted, chosen, form = _named(name), _wanted(request.args), _chosen(request.form), AskForm(request.form)
    ids = _customers(of, wanted, chosen)
    survey = survey_by_id(form.survey_id.data) if form.survey_id.data else None
    if survey is None:
        form.survey_id.errors = [_("Choose a survey.")]
        return htmx.invalid(_ask_page(of, wanted, chosen, form, len(ids)))
    try:
        batch = batches.start_with(survey, ids, _in_words(of, wanted), current_user, form.form_id.data)
        db.session.commit()
    except BrokenRule as rule:
        form.survey_id.errors = [say(rule)]
        return htmx.invalid(_ask_page(of, wanted, chosen, form, len(ids)))
    except IntegrityError:  # the same form at the same moment
        db.session.rollback()
        batch = asked_before(form.form_id.data) or abort(409)
    soon(invitation_jobs.go_on, batch.id)
    return htmx.see_other(path("invitations.show_list", id=batch.id))


def _ask_page(of: List, wanted: ListFilter, chosen: list[int], form: AskForm, count: int) -> str:
    return render_template(
        "lists/ask.html", of=of, wanted=wanted, chosen=chosen, form=form, count=count, most=acting.MOST,
        said=_in_words(of, wanted), surveys=active_surveys(),
    )  # fmt: skip


@lists.get("/acts/<int:id>")
@access.staff
def show_act(id: int) -> ResponseReturnValue:
    """How far an act on many is."""
    batch, to_name = queries.batch_to_show(id) or abort(404)
    template = "lists/_progress.html" if htmx.wants_fragment() else "lists/show_act.html"
    return render_template(template, batch=batch, to_name=to_name, of=_named(batch.list))


@lists.post("/acts/<int:id>/cancel")
@access.staff
def cancel_act(id: int) -> ResponseReturnValue:
    """Do no more of them; what was done stays done."""
    batch = queries.batch_for_change(id) or abort(404)
    batch.cancel(current_user)
    db.session.commit()
    return htmx.see_other(path("lists.show_act", id=id))
