"""Every SELECT about purchases."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Row, cast, func, select

from portal.customers.models import Customer
from portal.extensions import db
from portal.purchases.models import Purchase


def figures_for_change(customer_ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """The figures as they stand, by customer id; the customers are locked until the transaction ends, in id order."""
    query = (
        select(
            Customer.id,
            Customer.status,
            Customer.purchase_days,
            Customer.first_purchase_on,
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


def customer_ids_after(customer_id: int, limit: int) -> Sequence[int]:
    """The ids of the next customers above this one, archived ones too, in order. By primary key."""
    query = select(Customer.id).where(Customer.id > customer_id).order_by(Customer.id).limit(limit)
    return db.session.scalars(query).all()
