"""`flask --app wsgi trials`: check that a trial is what it was on its first day."""

import json

import click
from flask.cli import AppGroup

from portal.trials import queries, trying

commands = AppGroup("trials", help="Trials of what calling a list changes.")


@commands.command("check")
@click.argument("trial_id", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def check(trial_id: int, as_json: bool) -> None:
    """Draw and seal a trial that has ended again. Ends with 1 where it does not hold."""
    trial = queries.trial_to_show(trial_id)
    if trial is None:
        raise click.ClickException(f"There is no trial {trial_id}.")
    if trial.state != "done":
        raise click.ClickException(
            "Only a trial that has come to its end can be checked: until then its seed is secret."
        )
    found = trying.check(trial)
    told = {"trial": trial.id, "seal": trial.sealed, "seed": trial.seed, "sealed": found.sealed, "drawn": found.drawn}
    words = "Nothing was changed." if found.holds else "This is not what was sealed on the first day."
    click.echo(json.dumps(told) if as_json else f"{words} Seal {trial.sealed}, seed {trial.seed}.")
    if not found.holds:
        raise SystemExit(1)
