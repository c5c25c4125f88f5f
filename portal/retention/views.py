"""Retention: do they come back, what is at stake, and how far the lists are to be trusted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from flask import Blueprint, Flask, abort, current_app, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError

from portal import access, clock, exports, htmx
from portal.commitments.queries import kept_rate
from portal.commitments.rates import Rates
from portal.errors import say
from portal.extensions import db
from portal.jobs import soon
from portal.language import spoken
from portal.links import path
from portal.lists.catalogue import BY_NAME, LISTS
from portal.lists.queries import saved_lists
from portal.retention import closing, exporting, jobs, queries, showing, wording
from portal.retention.economics import weigh
from portal.retention.forms import EconomicsForm, filled
from portal.retention.models import Economics
from portal.retention.queries import Newest
from portal.rules import BrokenRule
from portal.settings.queries import firm_for_change
from portal.surveys import results
from portal.surveys.queries import counts_by_month, counts_of_kind
from portal.surveys.results import Answers
from portal.surveys.scoring import Score
from portal.texts import without_unfit

READINGS = ("again", "active")
OVERVIEW_COHORTS = 12
ALL_MONTHS = tuple(range(1, 13))
KEPT_PAGES = 16
LONGEST_DAY = 40
retention = Blueprint("retention", __name__)


@retention.record_once
def _give_words(state: Any) -> None:
    """Templates say what the books hold through `showing` and `retention_words`."""
    state.app.jinja_env.globals.update(showing=showing, retention_words=wording)


@dataclass(frozen=True)
class Told:
    """All that the body of a page depends on besides the books themselves, by which it is kept."""

    template: str
    books: tuple[int, Any, int]
    locale: str
    today: date
    is_owner: bool
    closed_on: date | None = None
    nps: Score | None = None
    promises: Rates | None = None
    saved: tuple[tuple[int, str, str], ...] = ()
    trying: bool = False
    """Is a trial running, which keeps some customers off their lists?"""
    reading: str = READINGS[0]


@retention.get("")
@access.staff
def index() -> ResponseReturnValue:
    """Who comes back, what is at stake on which list, how good each list is, and of which day all this is."""
    return _overview()


def _overview(typed: str = "", problem: str = "") -> str:
    newest = queries.newest()
    about: dict[str, Any] = {"newest": newest, "typed": typed, "problem": problem}
    if newest.done is None:
        return render_template("retention/none.html", purchases=queries.days_of_purchases(), **about)
    saved = tuple((row.id, row.name, row.list) for row in saved_lists())
    live = {"nps": _nps(newest.done.as_of), "promises": kept_rate(), "saved": saved, "trying": newest.done.trying}
    body, measures = _made(_told("retention/_overview.html", newest, **live))
    chart = bool((measures.get("holdout") or {}).get("weeks"))
    return render_template("retention/index.html", body=body, measures=measures, chart=chart, **about)


def _nps(as_of: date) -> Score | None:
    """What customers said in the twelve months that end with the day of the books."""
    answers = Answers("nps")
    for row in counts_of_kind("nps", _a_year_before(as_of), as_of):
        score, count = tuple(row)
        answers.add(score, count)
    return answers.score


def _a_year_before(day: date) -> date:
    """The first day of the month in which a year before that day fell."""
    return (day - timedelta(days=365)).replace(day=1)


def _told(template: str, newest: Newest, **about: Any) -> Told:
    done: Any = newest.done
    version = (done.id, done.ended_at, done.last_event_id)
    return Told(template, version, spoken(), clock.today(), current_user.is_owner, g.firm.books_on, **about)


def _made(told: Told) -> tuple[Markup, Mapping[str, Any]]:
    """The body of a page, made once for the books and whatever else it shows; and the figures of the books."""
    return _kept(current_app._get_current_object(), told)  # type: ignore[attr-defined]


@lru_cache(maxsize=KEPT_PAGES)
def _kept(app: Flask, told: Told) -> tuple[Markup, Mapping[str, Any]]:
    books = queries.the_books() or abort(404)
    html = app.jinja_env.get_template(told.template).render(
        books=books, measures=books.measures, told=told, lists=LISTS, by_name=BY_NAME, months=showing.FEW_MONTHS,
        cohorts=OVERVIEW_COHORTS, all_months=ALL_MONTHS,
    )  # fmt: skip
    head = {name: books.measures.get(name) for name in ("customers", "clients", "holdout", "currency", "economics")}
    return Markup(html), head  # noqa: S704 - what Jinja made is escaped


@retention.post("/books")
@access.owner
def close_books() -> ResponseReturnValue:
    """Have everything computed as of a day, or as of today, from here on."""
    typed = without_unfit(request.form.get("as_of", "")[:LONGEST_DAY])
    try:
        day = closing.day_asked(typed, clock.today(), queries.days_of_purchases())
        firm = firm_for_change() or abort(404)
        firm.close_books(day, by=current_user)
        books = closing.ask(day or clock.today(), by=current_user)
        db.session.commit()
    except BrokenRule as rule:
        db.session.rollback()
        return htmx.invalid(_overview(typed, say(rule)))
    soon(jobs.close_books, books.id)
    return htmx.see_other(path("retention.index"))


@retention.get("/progress")
@access.staff
def progress() -> ResponseReturnValue:
    """How far the books are; once they are closed, the page that shows them."""
    newest = queries.newest()
    if newest.under_way is None or not htmx.wants_fragment():
        return htmx.see_other(path("retention.index"))
    return render_template("retention/_progress.html", newest=newest)


@retention.get("/measures")
@access.staff
def measures() -> ResponseReturnValue:
    """The figures behind it: windows, the second purchase, cohorts, segments; and for owners, what it all costs."""
    newest = queries.newest()
    if newest.done is None:
        return htmx.see_other(path("retention.index"))
    reading = request.args.get("reading", "")
    wanted = reading if reading in READINGS else READINGS[0]
    body, found = _made(_told("retention/_measures.html", newest, reading=wanted))
    trends = results.trends(counts_by_month(_a_year_before(newest.done.as_of), newest.done.as_of))
    said = (queries.economics() or Economics(version=0)) if current_user.is_owner else None
    return render_template(
        "retention/measures.html", newest=newest, body=body, measures=found, said=said, scales=_scales(said, found),
        trends={"nps": [], "csat": []} | trends,
    )  # fmt: skip


def _scales(said: Economics | None, found: Mapping[str, Any]) -> Any:
    if said is None or not found["economics"]:
        return None
    return weigh(said, found["economics"], same_currency=found["currency"] == g.firm.currency)


@retention.get("/measures/<table>/export.csv")
@access.staff
def export_csv(table: str) -> ResponseReturnValue:
    """One table of the page as CSV."""
    return _export(table, exports.csv)


@retention.get("/measures/<table>/export.xlsx")
@access.staff
def export_xlsx(table: str) -> ResponseReturnValue:
    """The same for a spreadsheet."""
    return _export(table, exports.xlsx)


def _export(table: str, write: Any) -> ResponseReturnValue:
    if table not in exporting.TABLES:
        abort(404)
    books = queries.the_books() or abort(404)
    header, rows = exporting.TABLES[table](books)
    answer: ResponseReturnValue = write(exports.named(_(exporting.TITLES[table]), books.as_of), header, rows)
    return answer


@retention.get("/economics")
@access.owner
def economics() -> ResponseReturnValue:
    """Say what winning and keeping customers costs, and what is offered to whom."""
    return _economics_page(filled(queries.economics(), g.firm.currency))


@retention.post("/economics")
@access.owner
def change_economics() -> ResponseReturnValue:
    """Save it; if somebody else was faster, show me both."""
    form = EconomicsForm()
    if not form.validate():
        return htmx.invalid(_economics_page(form))
    said = queries.economics_for_change()
    if form.version.data != (said.version if said else 0):
        saved = filled(said, g.firm.currency)
        form.version.data = said.version if said else 0
        return _economics_page(form, {f.name: f.data for f in saved if f.data != form[f.name].data}), 409
    try:
        said = said or closing.begin_economics()
        said.change(by=current_user, currency=g.firm.currency, **form.facts())
        db.session.commit()
    except IntegrityError:  # the first of two at the same moment was faster
        db.session.rollback()
        abort(409)
    flash(_("Saved."), "good")
    return htmx.see_other(path("retention.measures") + "#economics")


def _economics_page(form: EconomicsForm, saved: dict[str, Any] | None = None) -> str:
    return render_template("retention/economics.html", form=form, saved=saved or {})
