"""`flask --app wsgi demo load`: a believable firm to look at, or a very large one to measure."""

import json
import time
from random import Random, SystemRandom

import click
from flask import current_app
from sqlalchemy import func, select

from portal import clock
from portal.buying_centre import standing_out
from portal.celebrations import celebrating
from portal.commitments.models import Commitment
from portal.customers.models import Customer
from portal.demo import bulk, doubling
from portal.demo.listening import Listener
from portal.demo.opening import NotEmpty, is_loaded, open_firm
from portal.demo.story import Story
from portal.demo.words import WORDS
from portal.extensions import db, look_at_tables
from portal.follow_ups.models import FollowUp
from portal.purchases.models import Purchase
from portal.relay import counting
from portal.responses.models import Response
from portal.review import counting as weeks
from portal.surveys import tallies
from portal.surveys.queries import surveys
from portal.timeline import following

commands = click.Group("demo", help="A firm to look at, with two years of history.")
LARGE = 2000
"""From so many customers on, rows are written in bulk instead of being lived through."""


@commands.command("load")
@click.option("--customers", type=click.IntRange(1, 1_000_000), default=320, show_default=True)
@click.option("--seed", type=int, help="The same number tells the same history. Left out, no two are alike.")
@click.option("--locale", type=click.Choice(sorted(WORDS)), default="es", show_default=True)
@click.option("--bulk/--lived", "in_bulk", default=None, help=f"Rows in bulk; the default from {LARGE} customers on.")
@click.option("--if-empty", is_flag=True, help="Do nothing when the demo is there already.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def load(customers: int, seed: int | None, locale: str, in_bulk: bool | None, if_empty: bool, as_json: bool) -> None:
    """Fill an empty database with the demo firm."""
    if if_empty and is_loaded():
        return
    if not as_json:
        click.echo("Two years of a firm's history are being lived through. This takes a minute.")
    started = time.monotonic()
    seed = SystemRandom().randrange(10**9) if seed is None else seed
    words = WORDS[locale]
    try:
        opened = open_firm(words, locale)
    except NotEmpty as rule:
        raise click.ClickException(str(rule)) from rule
    if customers >= LARGE if in_bulk is None else in_bulk:
        bulk.pour(words, opened.users, customers, Random(seed))  # noqa: S311 - a story, not a secret
    else:
        chance = Random(seed)  # noqa: S311
        asked = {survey.occasion: survey for survey in sorted(surveys(), key=lambda survey: survey.kind == "nps")}
        listener = Listener(words, opened.firm, asked, chance, current_app.config["SECRET_KEY"])
        Story(words, opened.users, chance, listener).tell(customers)
        tallies.gather()
        if customers >= doubling.FEWEST:
            doubling.double(opened.users["sales"])
        _celebrate()
        following.follow("stand_outs", standing_out.KINDS_OF_EVENTS, standing_out.follow)
    counting.count()
    _close_books()
    weeks.recount()
    db.session.commit()
    look_at_tables()
    found = {
        "customers": _count(Customer),
        "purchases": _count(Purchase),
        "follow_ups": _count(FollowUp),
        "commitments": _count(Commitment),
        "responses": _count(Response),
        "seed": seed,
        "seconds": round(time.monotonic() - started, 1),
    }
    if as_json:
        click.echo(json.dumps(found))
    else:
        said = "{customers} customers, {purchases} purchases, {follow_ups} follow-ups, {commitments} commitments, "
        said += "{responses} answers (seed {seed}, {seconds} s)."
        click.echo("The demo firm is there: " + said.format(**found))


def _close_books() -> None:
    """The books of today, so that the owner's pages are full."""
    from portal.retention import refreshing

    refreshing.refresh(clock.today())


def _celebrate() -> None:
    """What went well in the last month is on the wall."""
    following.follow("celebrations", celebrating.FOLLOWED, celebrating.follow)
    celebrating.anniversaries()


def _count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0
