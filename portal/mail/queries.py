"""Reading the outbox."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, and_, exists, func, or_, select

from portal.extensions import db
from portal.invitations.models import OptOut
from portal.mail.models import ASKING, UNWANTED, OutboxMessage
from portal.users.models import User

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


def message_to_send(message_id: int) -> Row[OutboxMessage, bool] | None:
    """(The message, whether its reader does not want it any more: to be asked, or to have digests), or None. By primary
    key, ix_opt_outs_address and the unique index of the users' addresses.
    """
    said = exists().where(OptOut.address == func.lower(OutboxMessage.recipient), OptOut.withdrawn_at.is_(None))
    reads_none = exists().where(User.email == OutboxMessage.recipient, ~User.digest | User.disabled_at.is_not(None))
    unwanted = or_(and_(OutboxMessage.kind.in_(ASKING), said), and_(OutboxMessage.kind == "digest", reads_none))
    return db.session.execute(select(OutboxMessage, unwanted).where(OutboxMessage.id == message_id)).first()


def dead_message_for_change(message_id: int) -> OutboxMessage | None:
    """A message that was given up, locked until the transaction ends; None when it is not dead, or nobody wants it. By
    primary key.
    """
    query = select(OutboxMessage).where(
        OutboxMessage.id == message_id, OutboxMessage.dead_at.is_not(None), OutboxMessage.last_error != UNWANTED
    )
    return db.session.scalar(query.with_for_update())


def dead_messages() -> Sequence[OutboxMessage]:
    """The newest hundred that were given up, or that nobody wants any more. Rides on ix_outbox_messages_dead."""
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
