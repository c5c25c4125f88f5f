"""Every SELECT about celebrations, and about what is worth one."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Date, Integer, Row, and_, bindparam, func, or_, select, tuple_

from portal.celebrations.models import Celebration
from portal.commitments.models import Commitment
from portal.customers.models import Customer
from portal.extensions import db, rows_of
from portal.follow_ups.models import FollowUp
from portal.paging import Page, decode, most, page_of
from portal.users.models import User

WALL_ROWS = 30
AT_ONCE = 500


def wall(after: str | None) -> Page[Row[Any]]:
    """What went well and is still true, the newest first: with the customer, the colleague, and the thanks for it.

    Rides on ix_celebrations_happened_on_id.
    """
    key = decode(after, date, int)
    values = {"after_on": key[0], "after_id": key[1]} if key else {}
    rows = rows_of(_wall(key is not None), values).all()
    return page_of(rows, lambda row: (row.happened_on, row.id), first=key is None, size=WALL_ROWS)


@cache
def _wall(from_key: bool) -> Any:
    query = _line().where(_is_true())
    if from_key:
        after = tuple_(bindparam("after_on", type_=Date), bindparam("after_id", type_=Integer))
        query = query.where(tuple_(Celebration.happened_on, Celebration.id) < after)
    return query.order_by(Celebration.happened_on.desc(), Celebration.id.desc()).limit(most(WALL_ROWS + 1))


def _line() -> Any:
    return (
        select(
            Celebration.id, Celebration.kind, Celebration.number, Celebration.happened_on, Celebration.customer_id,
            Celebration.user_id, Celebration.follow_up_id, Customer.name.label("customer_name"),
            User.name.label("user_name"), FollowUp.due_on, FollowUp.done_on,
        )
        .select_from(Celebration)
        .outerjoin(Customer, Customer.id == Celebration.customer_id)
        .outerjoin(User, User.id == Celebration.user_id)
        .outerjoin(FollowUp, and_(FollowUp.id == Celebration.follow_up_id, FollowUp.undone_at.is_(None)))
    )  # fmt: skip


def _is_true() -> Any:
    """A purchase that was voided or moved since is not celebrated, nor a customer in the archive."""
    bought = or_(
        and_(Celebration.kind == "sale", Customer.first_purchase_on == Celebration.happened_on),
        and_(Celebration.kind == "client", Customer.second_purchase_on == Celebration.happened_on),
        and_(Celebration.kind == "anniversary", Customer.first_purchase_on < Celebration.happened_on),
    )
    return or_(Celebration.customer_id.is_(None), and_(Customer.archived_at.is_(None), bought))


def line(celebration_id: int) -> Row[Any] | None:
    """One celebration as the wall shows it, or None. By primary keys. What the session holds back is flushed first."""
    return db.session.execute(_line().where(Celebration.id == celebration_id)).first()


def celebration_for_change(celebration_id: int) -> Celebration | None:
    """One celebration, locked to the transaction's end. By primary key."""
    query = select(Celebration).where(Celebration.id == celebration_id).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def buyers_since(customer_ids: Collection[int], earliest: date) -> Sequence[Any]:
    """Those of these customers whose first or second purchase day is that day or later, and since when we know each.

    By primary key.
    """
    if not customer_ids:
        return []
    columns = (
        Customer.id, Customer.created_at, Customer.assignee_id, Customer.first_purchase_on, Customer.second_purchase_on,
    )  # fmt: skip
    late = or_(Customer.first_purchase_on >= earliest, Customer.second_purchase_on >= earliest)
    query = select(*columns).where(Customer.id.in_(customer_ids), Customer.archived_at.is_(None), late)
    return db.session.execute(query.order_by(Customer.id)).all()


def clients_since(days: Collection[date]) -> Sequence[Any]:
    """(id, assignee, first purchase day) of living clients who bought first on one of these days. Rides on
    ix_customers_live_first_purchase.
    """
    query = select(Customer.id, Customer.assignee_id, Customer.first_purchase_on).where(
        Customer.first_purchase_on.in_(days), Customer.status == "client", Customer.archived_at.is_(None)
    )
    return db.session.execute(query.order_by(Customer.id)).all()


def keepers(commitment_ids: Collection[int]) -> list[int]:
    """Who answers for those of these promises that are ours and still kept: a user's id for each. By primary key."""
    if not commitment_ids:
        return []
    query = select(Commitment.assignee_id).where(
        Commitment.id.in_(set(commitment_ids)), Commitment.side == "ours", Commitment.state == "kept"
    )
    return [id for id in db.session.scalars(query) if id is not None]


def streak_of(user_id: int) -> tuple[int, date | None]:
    """How many of our promises this user has kept since the day of the last one that was broken, and that day.

    Rides on ix_commitments_assignee_id_state_settled_on_id.
    """
    mine = (Commitment.assignee_id == user_id, Commitment.side == "ours")
    broken = select(func.max(Commitment.settled_on)).where(*mine, Commitment.state == "broken")
    since = db.session.scalar(broken)
    kept = select(func.count()).where(*mine, Commitment.state == "kept")
    return db.session.scalar(kept.where(Commitment.settled_on > since) if since else kept) or 0, since


def days_of(causes: Sequence[str]) -> dict[str, date]:
    """The days of those of these causes that are celebrated already. By the unique index of causes."""
    found: dict[str, date] = {}
    for start in range(0, len(causes), AT_ONCE):
        some = Celebration.cause.in_(causes[start : start + AT_ONCE])
        rows = db.session.execute(select(Celebration.cause, Celebration.happened_on).where(some))
        found |= {row.cause: row.happened_on for row in rows}
    return found
