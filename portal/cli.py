"""Commands for the people who run the portal. Every command that reports has `--json`."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the commands to the app's `flask` command."""
