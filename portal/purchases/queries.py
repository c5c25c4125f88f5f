"""Every SELECT about purchases."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, cast, func, select, tuple_
from sqlalchemy.orm import joinedload

from portal.customers.models import Customer
from portal.extensions import db
from portal.paging import PAGE_ROWS, Page, decode, page_of
from portal.purchases.models import Purchase

EXPORTED_AT_ONCE = 2000
BETWEEN_AT_ONCE = 20_000


def figures_for_change(customer_ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """The figures as they stand, by customer id; the customers are locked until the transaction ends, in id order."""
    query = (
        select(
            Customer.id,
            Customer.status,
            Customer.purchase_days,
            Customer.first_purchase_on,
            Customer.second_purchase_on,
            Customer.last_purchase_on,
            Customer.revenue_minor,
            Customer.currency,
            Customer.median_interval_days,
        )
        .where(Customer.id.in_(customer_ids))
        .order_by(Customer.id)
        .with_for_update(key_share=True)
    )
    return {row[0]: tuple(row[1:]) for row in db.session.execute(query)}


def purchase_days(customer_ids: Sequence[int]) -> Iterable[Row[int, date, str, int, int]]:
    """Per customer, day and currency: (customer id, day, currency, sum in minor units, purchases); voided ones are out.

    By customer and day. Rides on ix_purchases_customer_id_purchased_on.
    """
    query = (
        select(
            Purchase.customer_id,
            Purchase.purchased_on,
            Purchase.currency,
            cast(func.sum(Purchase.amount_minor), BigInteger),
            func.count(),
        )
        .where(Purchase.customer_id.in_(customer_ids), Purchase.voided_at.is_(None))
        .group_by(Purchase.customer_id, Purchase.purchased_on, Purchase.currency)
        .order_by(Purchase.customer_id, Purchase.purchased_on)
    )
    return db.session.execute(query)


def bought_between(after: date, until: date) -> Iterator[tuple[int, date]]:
    """(customer id, day) of every purchase after one day, up to and with another, in no order; voided ones are out.
    Read in pieces. Rides on ix_purchases_purchased_on_id.
    """
    query = select(Purchase.customer_id, Purchase.purchased_on).where(
        Purchase.purchased_on > after, Purchase.purchased_on <= until, Purchase.voided_at.is_(None)
    )
    for some in db.session.execute(query, execution_options={"yield_per": BETWEEN_AT_ONCE}).partitions():
        yield from ((row[0], row[1]) for row in some)


def customer_ids_after(customer_id: int, limit: int) -> Sequence[int]:
    """The ids of the next customers above this one, archived ones too, in order. By primary key."""
    query = select(Customer.id).where(Customer.id > customer_id).order_by(Customer.id).limit(limit)
    return db.session.scalars(query).all()


LEDGER = (
    Purchase.id,
    Purchase.purchased_on,
    Purchase.amount_minor,
    Purchase.currency,
    Purchase.number,
    Purchase.description,
    Purchase.voided_at,
    Purchase.customer_id,
    Customer.name.label("customer_name"),
)


def page_of_purchases(conditions: Sequence[ColumnElement[bool]], after: str | None) -> Page[Row[Any]]:
    """The ledger, the newest day first, voided ones too, with the customers' names.

    Rides on ix_purchases_purchased_on_id, or for one customer on ix_purchases_customer_id_purchased_on.
    """
    key = decode(after, date, int)
    rows = db.session.execute(_ledger(conditions, key, PAGE_ROWS + 1)).all()
    return page_of(rows, lambda row: (row.purchased_on, row.id), first=key is None)


def all_purchases(conditions: Sequence[ColumnElement[bool]]) -> Iterator[Row[Any]]:
    """The same, all of them, read in pieces."""
    key: tuple[Any, ...] | None = None
    while rows := db.session.execute(_ledger(conditions, key, EXPORTED_AT_ONCE)).all():
        yield from rows
        key = (rows[-1].purchased_on, rows[-1].id)


def _ledger(conditions: Sequence[ColumnElement[bool]], key: tuple[Any, ...] | None, limit: int) -> Any:
    query: Any = select(*LEDGER).join(Customer, Customer.id == Purchase.customer_id).where(*conditions)
    if key:
        query = query.where(tuple_(Purchase.purchased_on, Purchase.id) < key)
    return query.order_by(Purchase.purchased_on.desc(), Purchase.id.desc()).limit(limit)


def purchase_to_edit(purchase_id: int) -> Purchase | None:
    """One purchase with its customer, or None. By primary key."""
    query = select(Purchase).options(joinedload(Purchase.customer)).where(Purchase.id == purchase_id)
    return db.session.scalar(query)


def purchase_for_change(purchase_id: int) -> Purchase | None:
    """The same, its customer locked first and then itself, until the transaction ends."""
    of_purchase = select(Purchase.customer_id).where(Purchase.id == purchase_id).scalar_subquery()
    db.session.execute(select(Customer.id).where(Customer.id == of_purchase).with_for_update(key_share=True))
    query = (
        select(Purchase)
        .options(joinedload(Purchase.customer, innerjoin=True))
        .where(Purchase.id == purchase_id)
        .with_for_update(of=Purchase)
    )
    return db.session.scalar(query)


def purchase_of_form(form_id: str) -> Purchase | None:
    """The purchase that this very form has already recorded."""
    return db.session.scalar(select(Purchase).where(Purchase.form_id == form_id))
