"""`flask --app wsgi figures rebuild`: all figures anew from the ledger."""

import json
import time

import click
from flask.cli import AppGroup

from portal.purchases import figures

commands = AppGroup("figures", help="What is derived from the ledger of purchases.")


@commands.command("rebuild")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def rebuild(as_json: bool) -> None:
    """Recompute the figures of every customer; what was true stays as it was."""
    started = time.perf_counter()
    customers, changed = figures.rebuild()
    counts = {"customers": customers, "changed": changed, "seconds": round(time.perf_counter() - started, 3)}
    click.echo(json.dumps(counts) if as_json else f"{customers} customers, {changed} changed")
