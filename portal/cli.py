"""Commands for the people who run the portal. Every command that reports has `--json`.

A room with commands of its own adds its line to `GROUPS`.
"""

from importlib import import_module

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from portal.config import Settings

GROUPS: dict[str, str] = {}
"""A word of the command line, and the module whose `commands` it stands for."""


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


def init_app(app: Flask) -> None:
    """Add the commands to the app's `flask` command."""
    for command in (serve, worker):
        app.cli.add_command(command)
    for module in GROUPS.values():
        group: AppGroup = import_module(module).commands
        app.cli.add_command(group)
