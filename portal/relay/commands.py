"""`flask --app wsgi relay weeks`: the numbers of every week of the relay, counted anew."""

import json
import time

import click
from flask.cli import AppGroup

from portal import clock
from portal.extensions import db
from portal.review import counting
from portal.settings.queries import the_firm

commands = AppGroup("relay", help="The relay: who holds whom, and how each week ran.")


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
