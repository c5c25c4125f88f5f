"""Commands for the people who run the portal. Every command that reports has `--json`.

A room with commands of its own adds its line to `GROUPS`.
"""

import json
import time
from importlib import import_module
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from portal.config import Settings

GROUPS = {
    "demo": "portal.demo.commands",
    "digests": "portal.digests.commands",
    "purchases": "portal.imports.commands",
    "figures": "portal.purchases.commands",
    "relay": "portal.relay.commands",
    "retention": "portal.retention.commands",
    "surveys": "portal.surveys.commands",
    "commitments": "portal.ledger.commands",
    "trials": "portal.trials.commands",
}
"""A word of the command line, and the module whose `commands` it stands for; it is imported when it is used."""


class LateGroup(AppGroup):
    """A group whose commands cost nothing until one of them is called."""

    def __init__(self, name: str, module: str) -> None:
        super().__init__(name)
        self.module = module

    def _commands(self) -> click.Group:
        group: click.Group = import_module(self.module).commands
        return group

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Its commands, by name."""
        return self._commands().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of them, to be run in the app's context."""
        command = self._commands().get_command(ctx, cmd_name)
        if command is not None and command.callback is not None:
            command.callback = with_appcontext(command.callback)
        return command


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Serve the portal with its worker, until Ctrl-C or SIGTERM."""
    from portal import serving

    settings: Settings = current_app.extensions["settings"]
    serving.stop_on_bad_port(settings)
    serving.serve(current_app._get_current_object(), settings)  # type: ignore[attr-defined]


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Run one more worker: jobs, mail, and what runs by the clock."""
    from portal import worker

    worker.run(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@with_appcontext
def backup(file: Path, as_json: bool) -> None:
    """Copy the database to FILE, as it is at this instant, and uploads to FILE.uploads.tar. The portal may go on."""
    from portal import backup

    settings: Settings = current_app.extensions["settings"]
    began = time.monotonic()
    try:
        backup.save(settings.database_url, file)
        uploads = backup.save_uploads(settings.instance / "uploads", file)
    except backup.BackupFailed as error:
        raise click.ClickException(str(error)) from error
    seconds, files = round(time.monotonic() - began, 1), str(uploads) if uploads else None
    report = {"file": str(file), "bytes": file.stat().st_size, "seconds": seconds, "uploads": files}
    said = f"{file}: {report['bytes']:,} bytes in {seconds} s{f', and {files}' if files else ''}"
    click.echo(json.dumps(report) if as_json else said)


def init_app(app: Flask) -> None:
    """Add the commands to the app's `flask` command."""
    for command in (serve, worker, backup):
        app.cli.add_command(command)
    for name, module in GROUPS.items():
        app.cli.add_command(LateGroup(name, module))
