"""Every SELECT about customers."""

from collections.abc import Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from portal.customers.models import Customer
from portal.extensions import db
from portal.paging import PAGE_ROWS, Page, decode, page_of


def page_by_name(after: str | None) -> Page[Customer]:
    """Live customers by name with their assignee. Rides on ix_customers_live_name."""
    query = (
        select(Customer)
        .options(joinedload(Customer.assignee))
        .where(Customer.archived_at.is_(None))
        .order_by(Customer.sort_name, Customer.id)
        .limit(PAGE_ROWS + 1)
    )
    key = decode(after, str, int)
    if key:
        query = query.where(tuple_(Customer.sort_name, Customer.id) > key)
    rows: Sequence[Customer] = db.session.scalars(query).all()
    return page_of(rows, lambda row: (row.sort_name, row.id), first=key is None)


def customer_to_show(customer_id: int) -> Customer | None:
    """One customer with assignee, contacts and tags, or None. By primary key."""
    query = (
        select(Customer)
        .options(joinedload(Customer.assignee), selectinload(Customer.contacts), selectinload(Customer.tags))
        .where(Customer.id == customer_id)
    )
    return db.session.scalar(query)


def customer_for_change(customer_id: int) -> Customer | None:
    """One customer, locked to the transaction's end, so that two writers can't lose each other's work."""
    return db.session.scalar(select(Customer).where(Customer.id == customer_id).with_for_update())
