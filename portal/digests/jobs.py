"""The job that writes the digests of the morning, and sends them."""

from portal.digests import writing
from portal.extensions import db, huey
from portal.jobs import soon
from portal.mail import sending
from portal.settings.queries import the_firm


def post() -> writing.Post:
    """This portal's address and keys."""
    settings = huey.app.extensions["settings"]
    return writing.Post(settings.public_url, (*settings.secret_key_fallbacks, settings.secret_key))


def write_due() -> None:
    """Write what is due, each user's in a transaction of its own, and have it sent."""
    firm = the_firm()
    written = writing.write_due(firm, post()) if firm is not None else 0
    db.session.commit()
    if written:
        soon(sending.deliver)
