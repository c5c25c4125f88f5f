"""Every SELECT about follow-ups."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, Integer, Row, TextClause, and_, bindparam, case, exists, func, literal_column, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.customers.lines import Matter, is_live, line_by_id
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups.models import CARE, OPEN, SELLING, FollowUp
from portal.nested import Nested
from portal.paging import most
from portal.retention.days import ordinal
from portal.settings.queries import RHYTHM
from portal.timeline.models import Event

LINE = (
    FollowUp.id,
    FollowUp.due_on,
    FollowUp.done_on.label("settled_on"),
    FollowUp.customer_id,
    FollowUp.contact_id,
    FollowUp.created_by_id.label("by_id"),
    FollowUp.purpose.label("kind"),
    FollowUp.origin.label("state"),
    FollowUp.objective.label("text"),
    func.substr(FollowUp.note, 1, 200).label("note"),
    literal_column("0", Integer).label("moved"),
    FollowUp.version,
    FollowUp.created_at,
)
"""A follow-up as `lines.COLUMNS`: its kind is the purpose, its state says what planned it."""
MATTER = Matter("follow_ups", "follow_ups/_rows.html", LINE)
A_YEAR = timedelta(days=365)
MOST_BESIDE = 5
"""Touches to come that a customer's page shows."""
TOUCHING = and_(FollowUp.done_on.is_not(None), FollowUp.undone_at.is_(None), FollowUp.outcome != "no_answer")


_OF_CUSTOMER = FollowUp.customer_id == bindparam("of_customer", type_=BigInteger)
LAST_TOUCH = select(func.max(FollowUp.done_on)).where(_OF_CUSTOMER, TOUCHING).scalar_subquery()
"""The last day on which the customer named `of_customer` was touched. Rides on ix_follow_ups_customer_id_done_on."""
EARLIEST_PLANNED = select(func.min(FollowUp.due_on)).where(_OF_CUSTOMER, OPEN).scalar_subquery()
"""The day of its earliest planned touch. Rides on ix_follow_ups_customer_id_due_on."""


def customers_to_reassure(customer_ids: Sequence[int]) -> Sequence[Row[int, int | None]]:
    """(id, assignee id) of those of these live customers for whom no reassurance is open, by id."""
    open_already = select(FollowUp.id).where(
        FollowUp.customer_id == Customer.id, OPEN, FollowUp.purpose == "reassurance"
    )
    query = (
        select(Customer.id, Customer.assignee_id)
        .where(Customer.id.in_(customer_ids), Customer.archived_at.is_(None), ~open_already.exists())
        .order_by(Customer.id)
    )
    return db.session.execute(query).all()


def open_reassurance(customer_id: int, purchase_id: int) -> FollowUp | None:
    """The touch that this purchase planned, if it is still to be done. Rides on ix_follow_ups_customer_id_due_on."""
    query = select(FollowUp).where(
        FollowUp.customer_id == customer_id, OPEN, FollowUp.origin == "purchase", FollowUp.origin_id == purchase_id
    )
    return db.session.scalar(query)


def out_of_step(after: int, limit: int) -> Sequence[int]:
    """Ids of customers with whom nothing is planned and whose next touch is not the firm's rhythm after their last one,
    above that id and in order, their rows locked. By primary key, and ix_follow_ups_customer_id_due_on.
    """
    query = (
        select(Customer.id)
        .where(
            Customer.id > after,
            Customer.last_touch_on.is_not(None),
            ordinal(Customer.next_touch_on) - ordinal(Customer.last_touch_on) != RHYTHM,
            ~exists().where(FollowUp.customer_id == Customer.id, OPEN),
        )
        .order_by(Customer.id)
        .limit(limit)
        .with_for_update()
    )
    return db.session.scalars(query).all()


def follow_up_by_id(follow_up_id: int) -> FollowUp | None:
    """One follow-up, or None. By primary key."""
    return db.session.get(FollowUp, follow_up_id)


def follow_up_by_form(customer_id: int, form_id: str) -> FollowUp | None:
    """The customer's follow-up that this form has logged or planned before. By the unique index of form ids."""
    return db.session.scalar(select(FollowUp).where(FollowUp.form_id == form_id, FollowUp.customer_id == customer_id))


def next_step_of(follow_up: FollowUp) -> FollowUp | None:
    """The touch that this one has planned and that is still to be done. Rides on ix_follow_ups_customer_id_due_on."""
    query = select(FollowUp).where(
        FollowUp.customer_id == follow_up.customer_id,
        FollowUp.due_on.is_not(None),
        OPEN,
        FollowUp.origin == "next",
        FollowUp.origin_id == follow_up.id,
    )
    return db.session.scalar(query)


def logged_event(follow_up: FollowUp) -> Event | None:
    """The line in which it was last logged. Rides on ix_events_customer_id_happened_on_id."""
    query = (
        select(Event)
        .where(
            Event.customer_id == follow_up.customer_id,
            Event.happened_on == follow_up.done_on,
            Event.kind == "follow_up.logged",
            Event.subject_id == follow_up.id,
        )
        .order_by(Event.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def last_channel(customer_id: int) -> str | None:
    """How the customer was touched last. Rides on ix_follow_ups_customer_id_done_on."""
    query = (
        select(FollowUp.channel)
        .where(FollowUp.customer_id == customer_id, FollowUp.done_on.is_not(None), FollowUp.undone_at.is_(None))
        .order_by(FollowUp.done_on.desc(), FollowUp.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def balance(customer_id: int) -> tuple[int, int]:
    """(care, selling): how many touches of the last year were for the customer's sake, and how many for a sale.

    Touches that nobody answered count in neither. Rides on ix_follow_ups_customer_id_done_on.
    """
    query = select(
        func.count(case((FollowUp.purpose.in_(CARE), 1))), func.count(case((FollowUp.purpose.in_(SELLING), 1)))
    ).where(FollowUp.customer_id == customer_id, FollowUp.done_on > clock.today() - A_YEAR, TOUCHING)
    care, selling = db.session.execute(query).one()
    return care, selling


def planned(half: TextClause, assignee_id: Any, today: Any) -> Any:
    """(due_on, id) of what is planned until today, of one half (`PLANNED` or `REASSURING`), for one user or, when None,
    for everybody.

    Assignee and day may be bound parameters, of a statement that is made once. To be ordered by due_on and id:
    rides on ix_follow_ups_planned_assignee and _due, or on ix_follow_ups_reassuring_….
    """
    waiting = select(FollowUp.due_on, FollowUp.id).where(half, FollowUp.due_on <= today)
    query = waiting.where(is_live(FollowUp.customer_id))
    return query if assignee_id is None else query.where(FollowUp.assignee_id == assignee_id)


def planned_line(follow_up_id: int) -> Any:
    """One follow-up as its line shows it, or None. By primary key."""
    return line_by_id(select(*LINE).where(FollowUp.id == follow_up_id))


def follow_up_to_show(follow_up_id: int) -> FollowUp | None:
    """One follow-up with its customer, contact and assignee, or None. By primary key."""
    query = (
        select(FollowUp)
        .options(joinedload(FollowUp.customer), joinedload(FollowUp.contact), joinedload(FollowUp.assignee))
        .options(joinedload(FollowUp.objection), joinedload(FollowUp.answer))
        .where(FollowUp.id == follow_up_id)
    )
    return db.session.scalar(query)


BESIDE = Nested(
    "planned",
    select(
        FollowUp.id,
        FollowUp.due_on,
        FollowUp.purpose.label("kind"),
        FollowUp.origin.label("state"),
        FollowUp.objective.label("text"),
        func.substr(FollowUp.note, 1, 200).label("note"),
        Customer.last_purchase_on,
    )
    .join(Customer, Customer.id == FollowUp.customer_id)
    .where(FollowUp.customer_id == bindparam("of_customer"), OPEN)
    .order_by(FollowUp.due_on, FollowUp.id)
    .limit(most(MOST_BESIDE)),
)
"""The first of the touches to come, or late, of a customer, beside it: as much of them as `wording` says. Rides on
ix_follow_ups_customer_id_due_on.
"""
