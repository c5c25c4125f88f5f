"""The outbox: a mail is written in the transaction of what caused it, and sent afterwards by whoever claims it.

Each message is sent at least once, always under the same Message-ID: a worker that is killed between
sending and noting it leaves the message to the next one, and the reader's program sees one mail.
"""

import logging
import re
import smtplib
from datetime import timedelta
from email.utils import formataddr, parseaddr
from functools import cache
from typing import Any
from uuid import uuid4

from flask_mailman import EmailMultiAlternatives
from jinja2 import TemplateError
from sqlalchemy import delete, update

from portal import bulk, clock
from portal.extensions import db
from portal.invitations.withholding import withhold
from portal.mail import queries
from portal.mail.letters import Letter, letter, one_line
from portal.mail.models import OutboxMessage
from portal.settings.models import Firm
from portal.settings.queries import the_firm

logger = logging.getLogger("portal.mail")

LEASE = timedelta(minutes=5)
"""How long a claimed message is left alone: longer than any mail server takes to answer."""
_ADDRESS = re.compile(r"[^\s\x00-\x1f\x7f,;:<>()\[\]\\\"@]+@[^\s\x00-\x1f\x7f,;:<>()\[\]\\\"@]+")
_REFUSED_FOR_GOOD = range(550, 560)


class NotWritten(Exception):
    """The words of a message can't be made of what it is about, as when another release wrote it."""


def post(kind: str, recipient: str, locale: str, headers: dict[str, str] | None = None, **about: Any) -> int:
    """Write a mail of this kind (a folder under templates/mail/) to one reader, in the current transaction; its id.

    Its words are made when it is sent, from `about`, which must be plain JSON. `headers` are added to the portal's own.
    Raises ValueError when the recipient is not exactly one address.
    """
    if not _ADDRESS.fullmatch(recipient):
        raise ValueError("a mail has one recipient")
    now = clock.now()
    return bulk.put(
        OutboxMessage,
        message_id=f"<{uuid4()}@{_sender().rpartition('@')[2]}>",
        kind=kind,
        recipient=recipient,
        locale=locale,
        about=about,
        headers=headers,
        created_at=now,
        next_try_at=now,
    )


def take_back(message_id: int) -> None:
    """Let a message not be sent, unless it was: one that the current transaction has written, or that waits still."""
    waits = OutboxMessage.id == message_id, OutboxMessage.sent_at.is_(None)
    db.session.execute(delete(OutboxMessage).where(*waits))


def words_of(message: OutboxMessage, firm: Firm) -> Letter:
    """What the message says, in its reader's language. Raises `NotWritten`."""
    if message.about is None:
        return Letter(message.subject, message.text, message.html)
    try:
        return letter(message.kind, message.locale or firm.locale, firm, **message.about)
    except (TemplateError, TypeError, ValueError) as fault:
        raise NotWritten from fault


def deliver_due(limit: int = 50) -> int:
    """Send what is due, at most `limit` messages; returns how many went out, or are not wanted any more.

    Commits before and after each message, since none may be sent from within a transaction. Any number
    of workers may call it at once: a message is claimed by moving its hour on, and only one of them can.
    """
    sent = 0
    due = queries.due(clock.now(), limit)
    db.session.commit()
    for message_id, hour in due:
        if _claim(message_id, hour):
            sent += _deliver(message_id)
    return sent


def _claim(message_id: int, hour: Any) -> bool:
    """Take the message for as long as the lease lasts, unless another worker has moved its hour meanwhile."""
    claimed = db.session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.id == message_id,
            OutboxMessage.next_try_at == hour,
            OutboxMessage.sent_at.is_(None),
            OutboxMessage.dead_at.is_(None),
        )
        .values(next_try_at=clock.now() + LEASE, tries=OutboxMessage.tries + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return bool(claimed.rowcount == 1)  # type: ignore[attr-defined]


def _deliver(message_id: int) -> bool:
    """Send a claimed message and note how that went; or withhold it, if its reader does not want it."""
    found, firm = queries.message_to_send(message_id), the_firm()
    if found is None or firm is None:
        db.session.rollback()
        return False
    message, unwanted = found
    if unwanted:
        withhold(message)
        db.session.commit()
        return True
    try:
        words = words_of(message, firm)
    except NotWritten as fault:
        db.session.rollback()
        return _note(message_id, fault)
    envelope = _envelope(message, words, firm.name)
    db.session.rollback()  # nothing is held while the mail server thinks
    return _note(message_id, _send(envelope), words.subject)


def _note(message_id: int, fault: Exception | None, subject: str = "") -> bool:
    """Note how a try went: was the message sent? Commits."""
    tried = queries.message_by_id(message_id)
    if tried is not None:
        tried.subject = subject or tried.subject
        tried.note(fault, for_good=_for_good(fault))
    db.session.commit()
    if fault is not None:
        what = type(fault.__cause__ or fault).__name__
        logger.warning("mail not sent", extra={"mail": message_id, "error": what})
    return fault is None


def _envelope(message: OutboxMessage, words: Letter, firm_name: str) -> EmailMultiAlternatives:
    sender = formataddr((one_line(firm_name), _sender()))
    envelope = EmailMultiAlternatives(
        words.subject,
        words.text,
        sender,
        [message.recipient],
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated", **(message.headers or {})},
    )
    envelope.attach_alternative(words.html, "text/html")
    return envelope


def _send(envelope: EmailMultiAlternatives) -> Exception | None:
    """Hand the letter to the mail server; returns what went wrong, or None."""
    try:
        envelope.send()
    except (OSError, smtplib.SMTPException, ValueError) as fault:
        return fault
    return None


def _for_good(fault: Exception | None) -> bool:
    """Has the mail server said that it will never take this message?"""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return all(code in _REFUSED_FOR_GOOD for code, _ in fault.recipients.values())
    if isinstance(fault, smtplib.SMTPDataError):
        return fault.smtp_code in _REFUSED_FOR_GOOD
    return isinstance(fault, ValueError)


def _sender() -> str:
    """The address that mails come from, without a name."""
    return _address_in(str(EmailMultiAlternatives().from_email))


@cache
def _address_in(sender: str) -> str:
    return parseaddr(sender)[1]
