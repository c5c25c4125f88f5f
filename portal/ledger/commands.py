"""`flask --app wsgi commitments`: a contact's link to the promises between us, without a browser."""

import json

import click
from flask import current_app
from flask.cli import AppGroup

from portal import clock
from portal.errors import say
from portal.extensions import db
from portal.invitations.mailing import Office
from portal.ledger import queries
from portal.ledger.opening import address, open_to
from portal.rules import BrokenRule
from portal.settings.queries import the_firm

commands = AppGroup("commitments", help="Promises, and who sees them.")


@commands.command("link")
@click.option("--contact", "contact_id", type=int, required=True, help="The number of the person.")
@click.option("--json", "as_json", is_flag=True, help="Print address, contact and last day as JSON.")
def link(contact_id: int, as_json: bool) -> None:
    """Print where the contact sees the promises between us. The link is made once, and renewed when it has run out."""
    firm, settings = the_firm(), current_app.extensions["settings"]
    if firm is None:
        raise click.ClickException("There is no firm yet: open the portal once, or load the demo.")
    clock.use_zone(firm.time_zone)
    contact = queries.contact_for_change(contact_id)
    if contact is None:
        raise click.ClickException(f"There is no contact {contact_id}.")
    office = Office(settings.public_url, (settings.secret_key, *settings.secret_key_fallbacks))
    try:
        opened = open_to(contact, firm, office, None)
        url = address(opened, office)
        db.session.commit()
    except BrokenRule as rule:
        raise click.ClickException(say(rule)) from rule
    made = {"url": url, "contact": contact_id, "expires_on": opened.expires_on.isoformat()}
    click.echo(json.dumps(made) if as_json else url)
