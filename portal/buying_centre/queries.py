"""Every SELECT about the buying centre."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, String, case, cast, func, literal, select

from portal import clock
from portal.buying_centre.models import RISING, Position, Relation
from portal.contacts.models import Contact
from portal.customers.lines import Matter, is_live, line_by_id
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.follow_ups.queries import A_YEAR, TOUCHING
from portal.users.models import User

THREAD = timedelta(days=180)
"""How far back we look for who holds a customer by one thread only."""
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


def people_of(customer_id: int) -> Sequence[Contact]:
    """Who is at a customer, in the order they came; then who has left, the latest first. Rides on
    ix_contacts_customer_id.
    """
    here = Contact.archived_at.is_(None)
    query = (
        select(Contact)
        .where(Contact.customer_id == customer_id, here | Contact.left_on.is_not(None))
        .order_by(here.desc(), Contact.left_on.desc(), Contact.id)
    )
    return db.session.scalars(query).all()


def touches_of(customer_id: int) -> Sequence[Row[Any]]:
    """Who of us touched whom of them: a row for each pair, also for touches that name nobody.

    (contact_id, user_id, user_name, level, last_on, `met` and `met_at`: how often and when last they were reached,
    `in_year` and `in_thread`: touches of the last year and of the last 180 days.) What nobody answered is no touch.
    Rides on ix_follow_ups_customer_id_done_on.
    """
    today, reached = clock.today(), FollowUp.outcome == "reached"
    pair = (FollowUp.contact_id, FollowUp.done_by_id.label("user_id"), User.name.label("user_name"), User.level)
    query = (
        select(
            *pair,
            func.max(FollowUp.done_on).label("last_on"),
            func.count(case((reached, 1))).label("met"),
            func.max(case((reached, FollowUp.done_at))).label("met_at"),
            func.count(case((FollowUp.done_on > today - A_YEAR, 1))).label("in_year"),
            func.count(case((FollowUp.done_on > today - THREAD, 1))).label("in_thread"),
        )
        .outerjoin(User, User.id == FollowUp.done_by_id)
        .where(FollowUp.customer_id == customer_id, TOUCHING)
        .group_by(FollowUp.contact_id, FollowUp.done_by_id, User.name, User.level)
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
