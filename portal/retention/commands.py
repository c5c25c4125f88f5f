"""`flask --app wsgi retention refresh`: the books of a day, closed without a browser."""

import json
from datetime import date

import click
from flask.cli import AppGroup

from portal import clock
from portal.extensions import db
from portal.retention.models import Books
from portal.settings.models import Firm
from portal.settings.queries import firm_for_change

commands = AppGroup("retention", help="Who will come back: the books of a day and the lists.")
PARAMS = ("r", "alpha", "a", "b", "log_likelihood")
TODAY = "today"


@commands.command("refresh")
@click.option(
    "--as-of", "day", help="The day of the books, as 2026-05-31, kept from then on; `today` follows the days."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was computed as JSON.")
@click.option("--progress", is_flag=True, help="Say on the way how far it has come.")
def refresh(day: str | None, as_json: bool, progress: bool) -> None:
    """Compute figures, prediction and lists as of a day: the firm's day of the books, or today."""
    from portal.retention import refreshing

    firm = firm_for_change()
    clock.use_zone(firm.time_zone if firm else "UTC")
    as_of = _day(day, firm)
    db.session.commit()
    books = refreshing.refresh(as_of, tell=_say if progress else _quiet)
    click.echo(json.dumps(report(books)) if as_json else _in_words(books))


def report(books: Books) -> dict[str, object]:
    """What was computed. `params` are BG/NBD's, time in weeks; all None where another method speaks."""
    params = books.learned["params"] or dict.fromkeys(PARAMS)
    return {
        "as_of": books.as_of.isoformat(),
        "method": books.method,
        "why": books.why,
        "params": {name: params[name] for name in PARAMS},
        "customers": books.customers,
        "seconds": books.seconds,
    }


def _day(said: str | None, firm: Firm | None) -> date:
    """The day that is meant; what is said stays the firm's day of the books."""
    if said is None:
        return (firm.books_on if firm else None) or clock.today()
    try:
        day = clock.today() if said == TODAY else date.fromisoformat(said)
    except ValueError as error:
        raise click.ClickException(f"{said} is no day. Write it as 2026-05-31, or `today`.") from error
    if day > clock.today():
        raise click.ClickException("The books can't be closed of a day that has not come yet.")
    if firm is not None:
        firm.close_books(None if said == TODAY else day, by=None)
    return day


def _say(step: str, share: int) -> None:
    click.echo(f"{share:3} % {step}", err=True)


def _quiet(step: str, share: int) -> None:
    pass


def _in_words(books: Books) -> str:
    return (
        f"The books of {books.as_of.isoformat()} are closed: {books.customers} customers, "
        f"{books.method} ({books.why}), {books.seconds} s"
    )
