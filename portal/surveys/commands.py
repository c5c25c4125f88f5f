"""`flask --app wsgi surveys`: an invitation made without a browser, and the counts of results made anew."""

import json
import time
from uuid import uuid4

import click
from flask import current_app
from flask.cli import AppGroup

from portal import clock
from portal.config import Settings
from portal.contacts.queries import contact_of
from portal.customers.queries import customer_by_id
from portal.customers.search import fold
from portal.extensions import db
from portal.invitations.asking import check_askable
from portal.invitations.inviting import Asking, invite
from portal.invitations.tokens import token_of
from portal.rules import BrokenRule
from portal.settings.queries import the_firm
from portal.surveys import queries, tallies
from portal.surveys.models import Survey

commands = AppGroup("surveys", help="Surveys and who is asked.")


@commands.command("link")
@click.option("--survey", "name", required=True, help="Its name, or a part that no other survey has in its name.")
@click.option("--customer", "customer_id", type=int, required=True, help="The customer's number.")
@click.option("--contact", "contact_id", type=int, help="The number of the person; the customer itself if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print address, invitation and last day as JSON.")
def link(name: str, customer_id: int, contact_id: int | None, as_json: bool) -> None:
    """Make an invitation and print the address of its page. Each call makes another one."""
    firm = the_firm()
    if firm is None:
        raise click.ClickException("There is no firm yet: open the portal once, or load the demo.")
    clock.use_zone(firm.time_zone)
    survey, settings = _survey(name), current_app.extensions["settings"]
    customer = customer_by_id(customer_id)
    if customer is None:
        raise click.ClickException(f"There is no customer {customer_id}.")
    contact = contact_of(customer_id, contact_id) if contact_id else None
    if contact_id and contact is None:
        raise click.ClickException(f"Customer {customer_id} has no contact {contact_id}.")
    asking = Asking(firm, settings.secret_key, channel="link")
    try:
        check_askable(customer, contact)
        invitation = invite(survey, customer, f"link:{uuid4()}", asking, contact)
    except BrokenRule as rule:
        raise click.ClickException(str(rule)) from rule
    db.session.commit()
    made = {
        "url": _address(settings, token_of(invitation.seed, settings.secret_key)),
        "invitation": invitation.id,
        "expires_on": invitation.expires_on.isoformat(),
    }
    click.echo(json.dumps(made) if as_json else made["url"])


def _survey(name: str) -> Survey:
    """The survey of that name; stops with a word when there is none, or more than one."""
    found = queries.survey_by_folded(fold(name))
    if found is not None:
        return found
    some = queries.surveys_named(fold(name))
    if len(some) == 1:
        return some[0]
    known = ", ".join(survey.name for survey in queries.surveys()) or "none"
    raise click.ClickException(f"{'No' if not some else 'More than one'} survey is called so. There are: {known}")


def _address(settings: Settings, token: str) -> str:
    return f"{settings.public_url}/s/{token}"


@commands.command("recount")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def recount(as_json: bool) -> None:
    """Recompute what results are read from; what was true stays as it was."""
    started = time.perf_counter()
    counts = {"tallies": tallies.rebuild(), "seconds": round(time.perf_counter() - started, 3)}
    click.echo(json.dumps(counts) if as_json else f"{counts['tallies']} tallies")
