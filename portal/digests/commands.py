"""`flask --app wsgi digests`: what a user would read this morning, without a mail."""

import json

import click
from flask import current_app
from flask.cli import AppGroup

from portal import clock
from portal.digests import switching, writing
from portal.mail.letters import letter
from portal.settings.queries import the_firm
from portal.users.queries import user_by_email

commands = AppGroup("digests", help="The morning digest.")


@commands.command("preview")
@click.option("--user", "email", required=True, help="The user's e-mail.")
@click.option("--json", "as_json", is_flag=True, help="Print what it is made of as JSON.")
def preview(email: str, as_json: bool) -> None:
    """Print the digest that the user would get if it were written now. Nothing is sent, nothing is noted."""
    firm, settings = the_firm(), current_app.extensions["settings"]
    user = user_by_email(email)
    if firm is None or user is None:
        raise click.ClickException(f"There is no user {email}.")
    clock.use_zone(firm.time_zone)
    about = writing.preview(user, firm, settings.public_url)
    if about is None:
        click.echo(json.dumps({"to": user.email, "says": None}) if as_json else "There is nothing to say.")
        return
    off = switching.address(user.id, settings.public_url, (*settings.secret_key_fallbacks, settings.secret_key))
    made = letter("digest", user.locale or firm.locale, firm, off=off, **about)
    if as_json:
        about.pop("name")
        click.echo(json.dumps({"to": user.email, "subject": made.subject, "text": made.text, "says": about}))
    else:
        click.echo(f"{made.subject}\n\n{made.text}", nl=False)
