"""Every SELECT about the weekly review."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, case, exists, func, or_, select, union_all

from portal.customers.models import Customer
from portal.extensions import db, rows_of
from portal.relay.models import DROPPED, LET_GO, HandOff, Holding
from portal.review.models import Improvement, RelayWeek
from portal.timeline.models import Event
from portal.users.models import User

MOVING = (
    "customer.created", "customer.assigned", "customer.archived", "customer.restored", "customer.merged",
    "list.assigned", "hand_off.accepted", "hand_off.dropped", "purchase.recorded", "purchase.changed",
    "purchase.voided", "purchase.restored",
)  # fmt: skip
"""The kinds of events that change the numbers of a week."""
WEEK_COLUMNS = (
    RelayWeek.week_on, RelayWeek.step, RelayWeek.entries, RelayWeek.onward, RelayWeek.back, RelayWeek.gone,
    RelayWeek.dropped, RelayWeek.wait_days, RelayWeek.counted_at,
)  # fmt: skip
LOOKED_AT = 50
"""Improvements that a page shows of each week."""


def weeks(first: date, last: date) -> Sequence[Any]:
    """The rows of the weeks from one Monday to another, by week. By primary key; four a week."""
    query = select(*WEEK_COLUMNS).where(RelayWeek.week_on >= first, RelayWeek.week_on <= last)
    return rows_of(query.order_by(RelayWeek.week_on)).all()


def week_for_change(on: date) -> dict[str, RelayWeek]:
    """The rows of a week, by step. By primary key."""
    query = select(RelayWeek).where(RelayWeek.week_on == on)
    return {row.step: row for row in db.session.scalars(query)}


def oldest_week() -> date | None:
    """The Monday of the first week that is kept. By primary key."""
    return db.session.scalar(select(func.min(RelayWeek.week_on)))


def newest_event() -> int:
    """The id of the newest event that changes the numbers of a week; 0 for none. Rides on ix_events_kind_id."""
    newest = [select(func.max(Event.id).label("id")).where(Event.kind == kind) for kind in MOVING]
    return db.session.scalar(select(func.coalesce(func.max(union_all(*newest).subquery().c.id), 0))) or 0


def begun_on() -> date | None:
    """The first day of the relay: that of the first stretch, or of the first purchase if that was before. Rides on
    ix_holdings_from_on_id and ix_customers_live_phase.
    """
    bought = select(func.min(Customer.phase_since)).where(Customer.phase == "loyalty", Customer.archived_at.is_(None))
    days = db.session.execute(
        select(select(func.min(Holding.from_on)).scalar_subquery(), bought.scalar_subquery())
    ).one()
    return min((day for day in days if day is not None), default=None)


def moves(first: date, until: date) -> Sequence[Any]:
    """(leg, the leg before, day, in it since, was a client by then, how many) of the stretches that began from one day
    up to another, which is left out. Rides on ix_holdings_from_on_id.
    """
    was_client = case((Customer.second_purchase_on <= Holding.from_on, 1), else_=0).label("was_client")
    columns = (Holding.leg, Holding.came_from, Holding.from_on, Holding.waited_since, was_client)
    query = select(*columns, func.count().label("count")).join(Customer, Customer.id == Holding.customer_id)
    return db.session.execute(query.where(Holding.from_on >= first, Holding.from_on < until).group_by(*columns)).all()


def let_go(first: date, until: date) -> Sequence[Any]:
    """(leg, how many) of the stretches that ended with nobody in these days. Rides on ix_holdings_let_go."""
    query = select(Holding.leg, func.count().label("count")).where(
        LET_GO, Holding.until_on >= first, Holding.until_on < until
    )
    return db.session.execute(query.group_by(Holding.leg)).all()


def archived(first: datetime, until: datetime) -> Sequence[Any]:
    """(leg, how many) of the customers who were put away between these instants, and are still; not of those who went
    into another, who lives on. Reads those that are archived.
    """
    put_away = Customer.archived_at.is_not(None), Customer.archived_at >= first, Customer.archived_at < until
    query = select(Customer.leg, func.count().label("count")).where(*put_away, Customer.merged_into_id.is_(None))
    return db.session.execute(query.group_by(Customer.leg)).all()


def unanswered(first: date, until: date) -> Sequence[Any]:
    """(leg, how many) of the hand-offs that were dropped in these days. Rides on ix_hand_offs_dropped."""
    query = select(HandOff.from_leg, func.count().label("count")).where(
        DROPPED, HandOff.dropped_on >= first, HandOff.dropped_on < until
    )
    return db.session.execute(query.group_by(HandOff.from_leg)).all()


def seconds_in_service(first: date, until: date) -> Sequence[Any]:
    """(day of the second purchase, with service since, how many) of the living customers whom service held when they
    bought on a second day, in these days. Rides on ix_customers_live_phase and ix_holdings_customer_id_id.
    """
    arrived = (
        select(func.min(Holding.from_on))
        .where(Holding.customer_id == Customer.id, Holding.leg == "service")
        .correlate(Customer)
        .scalar_subquery()
        .label("since")
    )
    held = exists().where(
        Holding.customer_id == Customer.id, Holding.leg == "service", Holding.from_on <= Customer.phase_since,
        or_(Holding.until_on.is_(None), Holding.until_on > Customer.phase_since),
    )  # fmt: skip
    each = (
        select(Customer.phase_since.label("on"), arrived)
        .where(Customer.archived_at.is_(None), Customer.phase == "retention")
        .where(Customer.phase_since >= first, Customer.phase_since < until, held)
        .subquery()
    )
    return db.session.execute(select(each, func.count().label("count")).group_by(each.c.on, each.c.since)).all()


def buyers(first: date, gone_from: date, gone_until: date) -> Sequence[Any]:
    """(first purchase, second purchase, how many) of the living buyers and clients who came to be what they are since a
    day, and of those who first bought between two days and have not come back. Rides on ix_customers_live_phase.
    """
    columns = (Customer.first_purchase_on, Customer.second_purchase_on)
    found = (
        Customer.phase_since >= first,
        and_(Customer.phase == "loyalty", Customer.phase_since >= gone_from, Customer.phase_since < gone_until),
    )
    query = select(*columns, func.count().label("count")).where(
        Customer.archived_at.is_(None), Customer.phase.in_(("loyalty", "retention")), or_(*found)
    )
    return db.session.execute(query.group_by(*columns)).all()


def improvements(first: date, last: date) -> Sequence[Any]:
    """Those written down from one Monday to another, and the older ones that are still open, or of a year that were
    settled in the last of these weeks, by week and id; with the name of who is answerable. Rides on
    ix_improvements_week_on_id and _open.
    """
    settled = Improvement.settled_on >= last, Improvement.settled_on < last + timedelta(days=7)
    return db.session.execute(
        _improvement()
        .where(
            or_(
                and_(Improvement.week_on >= first, Improvement.week_on <= last),
                and_(Improvement.state == "open", Improvement.week_on < first),
                and_(Improvement.week_on < first, Improvement.week_on >= first - timedelta(days=365), *settled),
            )
        )
        .order_by(Improvement.week_on.desc(), Improvement.id)
        .limit(2 * LOOKED_AT)
    ).all()


def improvement_line(improvement_id: int) -> Row[Any] | None:
    """One as its line shows it, or None. By primary key."""
    return db.session.execute(_improvement().where(Improvement.id == improvement_id)).first()


def _improvement() -> Any:
    columns = (
        Improvement.id, Improvement.week_on, Improvement.step, Improvement.text, Improvement.user_id,
        Improvement.due_on, Improvement.state, Improvement.settled_on, Improvement.reason, Improvement.version,
        User.name.label("user_name"),
    )  # fmt: skip
    return select(*columns).outerjoin(User, User.id == Improvement.user_id)


def improvement_for_change(improvement_id: int) -> Improvement | None:
    """One as it is now, locked to the transaction's end. By primary key."""
    query = select(Improvement).where(Improvement.id == improvement_id).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def improvement_by_form(form_id: str) -> Improvement | None:
    """The one that this form wrote down when it was sent before. By the unique index of form ids."""
    return db.session.scalar(select(Improvement).where(Improvement.form_id == form_id))
