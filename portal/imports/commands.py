"""`flask --app wsgi purchases import FILE`: a file of sales taken in without a browser."""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from portal import clock, money
from portal.extensions import db
from portal.imports import choices, columns, reading, running, uploads
from portal.imports.jobs import uploads_folder
from portal.imports.limits import Unreadable
from portal.imports.models import Import
from portal.imports.words import unreadable
from portal.settings.queries import the_firm

BAD_MAPPINGS = {
    "mapping_unreadable": "Write --map as customer=Cliente,date=Fecha,amount=Importe. This is not so: {text}",
    "field_unknown": "There is no field {text}. There are: {fields}",
    "column_unknown": "The file has no column {text}. Its columns are named in its first row.",
}
"""Why a mapping can't be used, by the codes of `columns.BadMapping`."""

commands = AppGroup("purchases", help="The ledger of purchases.")
COUNTS = ("rows", "purchases", "customers", "refused", "unchanged", "seconds")


@commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map", "mapping", help="Which column is what: customer=…,date=…,amount=…; guessed when left out.")
@click.option("--currency", help="ISO code of amounts that name none; the firm's when left out.")
@click.option(
    "--day-first/--month-first", default=None, help="How 03/04/2026 is meant, where the file does not show it."
)
@click.option("--decimal", type=click.Choice([".", ","]), help="The decimal mark, where the file does not show it.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def import_purchases(file: Path, as_json: bool, **said: Any) -> None:
    """Take the sales of a CSV or XLSX file in. The same file again changes nothing."""
    started = time.perf_counter()
    try:
        import_ = _begin(file, **said)
    except Unreadable as error:
        raise click.ClickException(unreadable(error.code)) from error
    except columns.BadMapping as error:
        fields = ", ".join(columns.FIELDS["purchases"])
        raise click.ClickException(BAD_MAPPINGS[error.code].format(text=error.text, fields=fields)) from error
    except money.NotMoney as error:
        raise click.ClickException(f"There is no such currency: {said['currency']}") from error
    done = running.run(import_.id, uploads_folder())
    import_ = db.session.get_one(Import, import_.id)
    counts = {"rows": import_.rows_done, **import_.counts(), "seconds": round(time.perf_counter() - started, 3)}
    if as_json:
        click.echo(json.dumps({name: counts[name] for name in COUNTS}))
    else:
        _report(counts, import_.report)
    if not done:
        raise click.ClickException(unreadable(import_.failure or "gone"))


def _begin(
    file: Path, mapping: str | None, currency: str | None, day_first: bool | None, decimal: str | None
) -> Import:
    """The import of this file, started and uncommitted rows none; stops with a word when something must be said."""
    firm = the_firm()
    clock.use_zone(firm.time_zone if firm else "UTC")
    code = money.currency_code(currency) if currency else ""
    table = reading.open_table(file, file.name)
    guess = choices.guessed(
        "purchases",
        table,
        currency=firm.currency if firm else "MXN",
        zone=firm.time_zone if firm else "UTC",
        region=firm.region if firm else "MX",
    )
    chosen = replace(
        guess,
        mapping=columns.by_hand("purchases", mapping, table.headers) if mapping else guess.mapping,
        currency=code or guess.currency,
        day_first=day_first,
        decimal=decimal,
        today=clock.today().isoformat(),
    )
    _stop_on_gaps(chosen, table)
    with file.open("rb") as source:
        stored = uploads.store(source, uploads_folder())
    import_ = Import(
        kind="purchases",
        state="checked",
        file_name=uploads.shown_name(file.name),
        stored_as=stored.name,
        file_size=stored.size,
        digest=stored.digest,
        choices=chosen.to_json(),
        created_at=clock.now(),
    )
    db.session.add(import_)
    import_.start(None)
    db.session.commit()
    return import_


def _stop_on_gaps(chosen: choices.Choices, table: reading.Table) -> None:
    missing = columns.missing("purchases", chosen.mapping)
    if missing:
        named = ", ".join(table.headers)
        raise click.ClickException(f"Say which column is {' and '.join(missing)} with --map; there are: {named}")
    options = {"day_first": "--day-first or --month-first", "decimal": "--decimal . or --decimal ,"}
    for question in chosen.open_questions(choices.surveyed("purchases", table, chosen.mapping)):
        raise click.ClickException(f"The file can be read both ways. Say {options[question]}.")


def _report(counts: dict[str, Any], report: dict[str, Any]) -> None:
    for name in COUNTS:
        click.echo(f"{name:12}{counts[name]}")
    for reason, number in report.get("left_out", {}).items():
        click.echo(f"left out: {number} {reason}")
    for code, number in report.get("reasons", {}).items():
        click.echo(f"refused: {number} {code}")
