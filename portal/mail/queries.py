"""Reading the outbox."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from portal.extensions import db
from portal.mail.models import OutboxMessage

MOST_COUNTED = 99


def due(now: datetime, limit: int) -> Sequence[tuple[int, datetime]]:
    """Id and hour of the messages whose next try has come, oldest first. Rides on ix_outbox_messages_waiting."""
    query = (
        select(OutboxMessage.id, OutboxMessage.next_try_at)
        .where(OutboxMessage.sent_at.is_(None), OutboxMessage.dead_at.is_(None), OutboxMessage.next_try_at <= now)
        .order_by(OutboxMessage.next_try_at, OutboxMessage.id)
        .limit(limit)
    )
    return [(row.id, row.next_try_at) for row in db.session.execute(query)]


def message_by_id(message_id: int) -> OutboxMessage | None:
    """The message, or None. By primary key."""
    return db.session.get(OutboxMessage, message_id)


def dead_message_for_change(message_id: int) -> OutboxMessage | None:
    """A message that was given up, locked until the transaction ends; None when it is not dead. By primary key."""
    query = select(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.dead_at.is_not(None))
    return db.session.scalar(query.with_for_update())


def dead_messages() -> Sequence[OutboxMessage]:
    """The newest hundred that were given up, without their words. Rides on ix_outbox_messages_dead."""
    query = select(OutboxMessage).where(OutboxMessage.dead_at.is_not(None)).order_by(OutboxMessage.dead_at.desc())
    return db.session.scalars(query.limit(MOST_COUNTED + 1)).all()


def waiting_count() -> int:
    """How many wait to be sent; 100 stands for a hundred or more. Rides on ix_outbox_messages_waiting."""
    some = (
        select(OutboxMessage.id)
        .where(OutboxMessage.sent_at.is_(None), OutboxMessage.dead_at.is_(None))
        .limit(MOST_COUNTED + 1)
    )
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0
