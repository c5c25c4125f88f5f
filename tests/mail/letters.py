"""What a mail will say: its words are made when it is sent."""

from sqlalchemy import select

from portal.extensions import db
from portal.mail import outbox
from portal.mail.letters import Letter
from portal.mail.models import OutboxMessage
from portal.settings.queries import the_firm


def words_of(message: OutboxMessage) -> Letter:
    """The letter that this message is going to be."""
    firm = the_firm()
    assert firm is not None
    return outbox.words_of(message, firm)


def message(id: int) -> OutboxMessage:
    """The message that `outbox.post` has written."""
    return db.session.scalars(select(OutboxMessage).where(OutboxMessage.id == id)).one()
