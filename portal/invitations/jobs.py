"""Invitations in the background: sent when their day has come."""

from collections.abc import Callable

from portal.extensions import db, huey
from portal.invitations import asking, batches, queries, sending
from portal.invitations.inviting import Asking
from portal.invitations.mailing import Office
from portal.jobs import job, leaving
from portal.mail import outbox
from portal.mail.queries import MOST_COUNTED, waiting_count
from portal.settings.models import Firm
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
    """Surveys whose day has come, and what a mail server has taken since."""
    sending.resume()
    db.session.commit()
    _write(sending.send_due)
    sending.confirm()
    db.session.commit()


@job("invitations.remind")
def remind() -> None:
    """Remind who is to be reminded."""
    remind_due()


def remind_due() -> None:
    """The one reminder to who has been silent for long enough."""
    _write(sending.remind_due)


def _write(some: Callable[[Office, Firm], int]) -> None:
    """Write mails and send them, a hundred after the other: who forgot a password need not wait behind a whole list."""
    while not leaving() and waiting_count() <= MOST_COUNTED:
        db.session.rollback()
        firm = the_firm()
        if firm is None or not some(office(), firm):
            break
        db.session.commit()
        while outbox.deliver_due(MAILS_AT_ONCE) == MAILS_AT_ONCE:
            pass
    db.session.commit()


def ask_after_purchases() -> None:
    """Surveys that a purchase calls for."""
    _ask(asking.after_purchases)


def ask_every() -> None:
    """Surveys that are asked anew every so many days."""
    _ask(asking.every_so_often)


def _ask(some: Callable[[Asking], int]) -> None:
    """Invite a thousand after the other, each in a transaction of its own."""
    while not leaving():
        firm = the_firm()
        if firm is None or not some(Asking(firm, office().secret_keys[0])):
            break
        db.session.commit()
    db.session.commit()


@job("invitations.go_on")
def go_on(batch_id: int) -> None:
    """Go on with a list that is being asked."""
    firm = the_firm()
    if firm is not None:
        batches.run(batch_id, firm, office().secret_keys[0], leaving=leaving)
        send_due()


def resume_batches() -> None:
    """Go on with every list that is being asked, such as after a kill."""
    ids = queries.running_batches()
    db.session.rollback()
    for id in ids:
        go_on.call_local(id)
