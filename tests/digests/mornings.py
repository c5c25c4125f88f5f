"""Mornings, and what was written in them, for the tests of the digest."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal import clock
from portal.digests import writing
from portal.extensions import db
from portal.mail.models import OutboxMessage
from portal.settings.queries import the_firm

POST = writing.Post("http://localhost", ("a secret that only the tests know, 0123456789",))
MONDAY = datetime(2026, 11, 23, 7, 3, tzinfo=ZoneInfo("America/Mexico_City"))


def write(at: datetime = MONDAY) -> int:
    """Let the clock come by at that instant; how many digests it writes."""
    firm = the_firm()
    assert firm is not None
    clock.use_zone(firm.time_zone)
    with clock.as_of(at):
        return writing.write_due(firm, POST)


def mails() -> Sequence[OutboxMessage]:
    """The digests in the outbox."""
    db.session.rollback()
    db.session.expire_all()
    query = select(OutboxMessage).where(OutboxMessage.kind == "digest").order_by(OutboxMessage.id)
    return db.session.scalars(query).all()
