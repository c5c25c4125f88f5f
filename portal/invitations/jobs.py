"""Invitations in the background: sent when their day has come."""

from portal.extensions import db, huey
from portal.invitations import sending
from portal.invitations.mailing import Office
from portal.jobs import job, leaving
from portal.mail import outbox
from portal.mail.queries import MOST_COUNTED, waiting_count
from portal.settings.queries import the_firm

MAILS_AT_ONCE = 50


def office() -> Office:
    """This portal's address and keys."""
    settings = huey.app.extensions["settings"]
    return Office(settings.public_url, (settings.secret_key, *settings.secret_key_fallbacks))


@job("invitations.send")
def send() -> None:
    """Send what is due."""
    send_due()


def send_due() -> None:
    """Write mails and send them, a hundred after the other: who forgot a password need not wait behind a whole list."""
    sending.resume()
    db.session.commit()
    while not leaving() and waiting_count() <= MOST_COUNTED:
        db.session.rollback()
        firm = the_firm()
        if firm is None or not sending.send_due(office(), firm):
            break
        db.session.commit()
        while outbox.deliver_due(MAILS_AT_ONCE) == MAILS_AT_ONCE:
            pass
    db.session.commit()
