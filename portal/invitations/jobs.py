"""Invitations in the background: sent when their day has come."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from portal.extensions import db, huey
from portal.invitations import asking, batches, queries, sending
from portal.invitations.inviting import Asking
from portal.invitations.mailing import Office
from portal.jobs import job, leaving, soon
from portal.mail import outbox
from portal.mail.queries import MOST_COUNTED, waiting_count
from portal.settings.models import Firm
from portal.settings.queries import the_firm

MAILS_AT_ONCE = 50
LONGEST_SECONDS = 50
_sending, _asking = threading.Lock(), threading.Lock()


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
    """Write mails and send them, a hundred after the other: who forgot a password need not wait behind a whole list.

    After most of a minute the next minute goes on, so that a long list leaves a thread to others.
    """
    until = time.monotonic() + LONGEST_SECONDS
    with alone(_sending) as free:
        while free and not leaving() and time.monotonic() < until and waiting_count() <= MOST_COUNTED:
            db.session.rollback()
            firm = the_firm()
            if firm is None or not some(office(), firm):
                break
            db.session.commit()
            while outbox.deliver_due(MAILS_AT_ONCE) == MAILS_AT_ONCE:
                pass
    db.session.commit()


@contextmanager
def alone(lock: threading.Lock) -> Iterator[bool]:
    """Whether nobody else in this process is at it; two at once would only wait for each other."""
    free = lock.acquire(blocking=False)
    try:
        yield free
    finally:
        if free:
            lock.release()


@job("invitations.look_again")
def look_again() -> None:
    """The contact budget has changed: look anew at all that waits for it."""
    sending.look_again()
    db.session.commit()
    send_due()


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
    with alone(_asking) as free:
        if firm is not None and free:
            batches.run(batch_id, firm, office().secret_keys[0], leaving=leaving)
    db.session.commit()
    soon(send)


def resume_soon() -> None:
    """Ask the worker to go on with them at once, as when it begins."""
    ids = queries.running_batches()
    db.session.rollback()
    for id in ids:
        soon(go_on, id)


def resume_batches() -> None:
    """Go on with every list that is being asked, such as after a kill."""
    ids = queries.running_batches()
    db.session.rollback()
    for id in ids:
        go_on.call_local(id)
