"""Every SELECT about the buying centre."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Row,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)

from portal import clock
from portal.buying_centre.models import RISING, Position, Relation, StandOut
from portal.buying_centre.terms import AGAINST, STAND_OUTS
from portal.contacts.models import Contact
from portal.customers.lines import Matter, is_live, line_by_id
from portal.customers.models import Customer
from portal.extensions import db, rows_of
from portal.follow_ups.models import FollowUp
from portal.follow_ups.queries import A_YEAR, TOUCHING
from portal.paging import Page, decode, most, page_of
from portal.timeline.models import Event
from portal.users.models import User

THREAD = timedelta(days=180)
"""How far back we look for who holds a customer by one thread only."""
STAND_OUT_ROWS = 25
MOST_COUNTED = 100
MOST_SHOWN = 100
"""Words about our position that a page shows."""
LINE = (
    Relation.id,
    Relation.due_on,
    Relation.last_touch_on.label("settled_on"),
    Relation.customer_id,
    Relation.contact_id,
    Relation.user_id.label("by_id"),
    literal("relation").label("kind"),
    literal("").label("state"),
    cast(Relation.every_days, String).label("text"),
    literal("").label("note"),
    literal(0).label("moved"),
    Relation.version,
    Relation.created_at,
)
"""A relation as `lines.COLUMNS`: its text is the number of days, `settled_on` the last touch between the two."""
MATTER = Matter("relations", "buying_centre/_lines.html", LINE)


def people_of(*customer_ids: int) -> Sequence[Contact]:
    """Who is at these customers, in the order they came; then who has left, the latest first. Rides on
    ix_contacts_customer_id.
    """
    here = Contact.archived_at.is_(None)
    query = (
        select(Contact)
        .where(Contact.customer_id.in_(customer_ids), Contact.merged_into_id.is_(None))
        .where(here | Contact.left_on.is_not(None))
        .order_by(here.desc(), Contact.left_on.desc(), Contact.id)
    )
    return db.session.scalars(query).all()


def touches_of(*customer_ids: int) -> Sequence[Row[Any]]:
    """Who of us touched whom at these customers: a row for each pair, also for touches that name nobody.

    (customer_id, contact_id, user_id, user_name, level, last_on, `met` and `met_at`: how often and when last they were
    reached, `in_year` and `in_thread`: touches of the last year and of the last 180 days.) What nobody answered is no
    touch. Rides on ix_follow_ups_customer_id_done_on.
    """
    today, reached = clock.today(), FollowUp.outcome == "reached"
    pair = (FollowUp.contact_id, FollowUp.done_by_id.label("user_id"), User.name.label("user_name"), User.level)
    query = (
        select(
            FollowUp.customer_id,
            *pair,
            func.max(FollowUp.done_on).label("last_on"),
            func.count(case((reached, 1))).label("met"),
            func.max(case((reached, FollowUp.done_at))).label("met_at"),
            func.count(case((FollowUp.done_on > today - A_YEAR, 1))).label("in_year"),
            func.count(case((FollowUp.done_on > today - THREAD, 1))).label("in_thread"),
        )
        .outerjoin(User, User.id == FollowUp.done_by_id)
        .where(FollowUp.customer_id.in_(customer_ids), TOUCHING)
        .group_by(FollowUp.customer_id, FollowUp.contact_id, FollowUp.done_by_id, User.name, User.level)
    )
    return [*db.session.execute(query)]


def relations_of(customer_id: int) -> Sequence[Row[Any]]:
    """The rhythms that stand between us and them, with the names and levels of our users. Rides on
    ix_relations_customer_id.
    """
    query = (
        select(*Relation.__table__.columns, User.name.label("user_name"), User.level)
        .join(User, User.id == Relation.user_id)
        .where(Relation.customer_id == customer_id, Relation.every_days.is_not(None))
    )
    return [*db.session.execute(query)]


def relation_for_change(contact_id: int, user_id: int) -> Relation | None:
    """The relation of these two, also one that is over, locked. By its unique index."""
    query = select(Relation).where(Relation.contact_id == contact_id, Relation.user_id == user_id)
    return db.session.scalar(query.with_for_update())


def relation_between(contact_id: int, user_id: int) -> Relation | None:
    """The same, to be read."""
    return db.session.scalar(select(Relation).where(Relation.contact_id == contact_id, Relation.user_id == user_id))


def positions_of(customer_id: int) -> Sequence[Row[Any]]:
    """What was said of our position, as the columns of `Position` and the name of who said it, the latest first.

    What was taken back stands there too. Rides on ix_positions_customer_id_since_on_id.
    """
    query = (
        select(*Position.__table__.columns, User.name.label("said_by"))
        .outerjoin(User, User.id == Position.said_by_id)
        .where(Position.customer_id == customer_id)
        .order_by(Position.since_on.desc(), Position.id.desc())
        .limit(MOST_SHOWN)
    )
    return [*db.session.execute(query)]


def latest_position(customer_id: int) -> Position | None:
    """The word that stands. Rides on ix_positions_customer_id_since_on_id."""
    query = (
        select(Position)
        .where(Position.customer_id == customer_id, Position.taken_back_at.is_(None))
        .order_by(Position.since_on.desc(), Position.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def position_of(customer_id: int, position_id: int) -> Position | None:
    """One word about our position at that customer, locked, or None. By primary key."""
    query = select(Position).where(Position.id == position_id, Position.customer_id == customer_id)
    return db.session.scalar(query.with_for_update())


def position_by_form(form_id: str) -> Position | None:
    """The word that this form has written before. By the unique index of form ids."""
    return db.session.scalar(select(Position).where(Position.form_id == form_id))


def due(user_id: Any, today: Any) -> Any:
    """(due_on, id) of the relations whose day has come and for which nothing is planned: one user's, or, when None,
    everybody's. To be ordered so: rides on ix_relations_due_user and ix_relations_due.
    """
    query = select(Relation.due_on, Relation.id).where(RISING, Relation.due_on <= today, is_live(Relation.customer_id))
    return query if user_id is None else query.where(Relation.user_id == user_id)


def line(relation_id: int) -> Any:
    """One relation as its line on Today shows it, or None. By primary key."""
    return line_by_id(select(*LINE).where(Relation.id == relation_id, RISING))


# What stands out, of all customers


def page_of_stand_outs(kind: str, after: str | None) -> Page[Row[Any]]:
    """The living customers at whom this stands out, the newest found first: with name, status, assignee and how to
    reach them. Rides on ix_stand_outs_kind_id.
    """
    key = decode(after, int)
    rows = rows_of(_stand_outs(key is not None), {"of_kind": kind} | ({"after_id": key[0]} if key else {})).all()
    return page_of(rows, lambda row: (row.id,), first=key is None, size=STAND_OUT_ROWS)


@cache
def _stand_outs(from_key: bool) -> Any:
    query = (
        select(
            StandOut.id, StandOut.customer_id, Customer.name, Customer.status, Customer.phone, Customer.email,
            StandOut.found_on, User.name.label("assignee_name"),
        )
        .join(Customer, Customer.id == StandOut.customer_id)
        .outerjoin(User, User.id == Customer.assignee_id)
        .where(StandOut.kind == bindparam("of_kind"), Customer.archived_at.is_(None))
    )  # fmt: skip
    if from_key:
        query = query.where(StandOut.id < bindparam("after_id", type_=BigInteger))
    return query.order_by(StandOut.id.desc()).limit(most(STAND_OUT_ROWS + 1))


def count_stand_outs() -> dict[str, int]:
    """At how many customers each kind stands out, none beyond 100. Rides on ix_stand_outs_kind_id."""
    return {row.kind: row.n for row in rows_of(_counts())}


@cache
def _counts() -> Any:
    counted = []
    for kind in STAND_OUTS:
        some = select(literal(1).label("one")).select_from(StandOut).where(StandOut.kind == kind).limit(MOST_COUNTED)
        counted.append(select(literal(kind).label("kind"), func.count().label("n")).select_from(some.subquery()))
    return union_all(*counted)


def living(customer_ids: Collection[int]) -> Sequence[int]:
    """Those of these customers who are not in the archive. By primary key."""
    query = select(Customer.id).where(Customer.id.in_(customer_ids), Customer.archived_at.is_(None))
    return db.session.scalars(query.order_by(Customer.id)).all()


def noted_of(customer_ids: Collection[int]) -> Sequence[Row[int, int, str]]:
    """(id, customer_id, kind) of what is noted of these customers. Rides on uq_stand_outs_customer_id_kind."""
    query = select(StandOut.id, StandOut.customer_id, StandOut.kind).where(StandOut.customer_id.in_(customer_ids))
    return db.session.execute(query).all()


def standing_out() -> set[int]:
    """The customers at whom anything stands out, and those where somebody is against us. Looks at every contact."""
    against = select(Contact.customer_id).where(Contact.stance.in_(AGAINST), Contact.archived_at.is_(None))
    return set(db.session.scalars(union(select(StandOut.customer_id), against)))


def touched_by(user_ids: Collection[int]) -> Sequence[int]:
    """The customers whom these users touched in the last year. Rides on ix_events_user_id_id."""
    year = Event.happened_on > clock.today() - A_YEAR
    query = select(Event.customer_id).where(Event.user_id.in_(user_ids), Event.kind == "follow_up.logged", year)
    return [id for id in db.session.scalars(query.distinct()) if id is not None]


def touched_between(ago: Collection[tuple[timedelta, timedelta]]) -> set[int]:
    """The customers who were touched so long ago, from the one to the other. Looks at every follow-up."""
    today = clock.today()
    then = or_(*(FollowUp.done_on.between(today - earliest, today - latest) for earliest, latest in ago))
    return set(db.session.scalars(select(FollowUp.customer_id).where(then, TOUCHING).distinct()))
