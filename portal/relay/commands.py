"""`flask --app wsgi relay refresh` and `relay weeks`: what the board and the review say, counted without waiting for
the clock.
"""

import json
import time

import click
from flask.cli import AppGroup

from portal import clock
from portal.extensions import db
from portal.relay import counting as board
from portal.review import counting
from portal.settings.queries import the_firm

commands = AppGroup("relay", help="The relay: where customers stand, who holds whom, and how each week ran.")


@commands.command("refresh")
@click.option("--json", "as_json", is_flag=True, help="Print what was counted as JSON.")
def refresh(as_json: bool) -> None:
    """Count the board of all customers by phase anew."""
    firm = the_firm()
    clock.use_zone(firm.time_zone if firm else "UTC")
    began = time.monotonic()
    found = board.count()
    if found is None:
        raise click.ClickException("There is no firm yet.")
    counts = {phase: each["customers"] for phase, each in found.phases.items()}
    report = {**counts, "goal": found.goal["clients"], "seconds": round(time.monotonic() - began, 3)}
    click.echo(json.dumps(report) if as_json else ", ".join(f"{name}: {value}" for name, value in report.items()))


@commands.command("weeks")
@click.option("--json", "as_json", is_flag=True, help="Print what was counted as JSON.")
def weeks(as_json: bool) -> None:
    """Count all weeks of the relay anew, two years back at most."""
    firm = the_firm()
    clock.use_zone(firm.time_zone if firm else "UTC")
    db.session.rollback()
    began = time.monotonic()
    counted = counting.recount()
    db.session.commit()
    report = {"weeks": counted, "seconds": round(time.monotonic() - began, 1)}
    click.echo(json.dumps(report) if as_json else f"{counted} weeks counted in {report['seconds']} s.")
