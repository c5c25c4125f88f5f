"""Every SELECT about follow-ups."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Row, and_, case, func, select

from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups.models import FollowUp

TOUCHING = and_(FollowUp.done_on.is_not(None), FollowUp.undone_at.is_(None), FollowUp.outcome != "no_answer")
OPEN = and_(FollowUp.done_on.is_(None), FollowUp.undone_at.is_(None))


def touches_of(customer_id: int) -> tuple[date | None, date | None]:
    """The last day on which the customer was touched, and the earliest planned one.

    Rides on ix_follow_ups_customer_id_done_on and _due_on.
    """
    last = select(func.max(FollowUp.done_on)).where(FollowUp.customer_id == customer_id, TOUCHING).scalar_subquery()
    planned = select(func.min(FollowUp.due_on)).where(FollowUp.customer_id == customer_id, OPEN).scalar_subquery()
    return db.session.execute(select(last, planned)).one()._tuple()


def touches_of_many(customer_ids: Sequence[int]) -> dict[int, tuple[date | None, date | None]]:
    """The same for many customers, by id; those without follow-ups are left out."""
    query = (
        select(
            FollowUp.customer_id,
            func.max(case((TOUCHING, FollowUp.done_on))),
            func.min(case((OPEN, FollowUp.due_on))),
        )
        .where(FollowUp.customer_id.in_(customer_ids))
        .group_by(FollowUp.customer_id)
    )
    return {id: (last, planned) for id, last, planned in db.session.execute(query)}


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
