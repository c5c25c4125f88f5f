"""A ledger poured into the tables in bulk, as an import would leave it behind."""

from datetime import UTC, datetime
from typing import Any, cast

import numpy as np
from sqlalchemy import Table, func, select

from portal import bulk
from portal.bulk import Same
from portal.customers.models import Customer
from portal.extensions import db
from portal.purchases.models import Purchase
from portal.retention import figures, pouring
from portal.retention.queries import DAYS
from tests.retention.books import Log

CUSTOMERS, PURCHASES = cast("Table", Customer.__table__), cast("Table", Purchase.__table__)


def pour(log: Log, assignee_id: int | None = None) -> None:
    """The customers of a log, numbered as there, with their purchases and figures. Commits."""
    now = Same(datetime.now(UTC))
    ids, amount = np.unique(log.customer), np.rint(log.amount * 100).astype(np.int64)
    whole = figures.Ledger.of(log.customer * DAYS + log.day, amount, np.zeros_like(amount), ["USD"])
    known, names = figures.of(ids, whole), [f"C{id}" for id in ids.tolist()]
    of_customers: dict[str, Any] = {
        "id": ids, "purchase_days": known["purchase_days"], "first_purchase_on": known["first"],
        "second_purchase_on": known["second"],
        "last_purchase_on": known["last"], "revenue_minor": known["revenue"], "currency": known["currency"],
        "median_interval_days": known["median_gap"],
        "status": np.where(known["purchase_days"] > 1, "client", "buyer"),
    }  # fmt: skip
    of_purchases = {"customer_id": log.customer, "purchased_on": log.day, "amount_minor": amount}
    named = {"name": names, "sort_name": names, "search_text": names, "assignee_id": Same(assignee_id)}
    bulk.insert(CUSTOMERS, len(ids), _plain(CUSTOMERS, of_customers) | named | {"created_at": now})
    if db.session.connection().dialect.name == "postgresql":  # whoever comes next is numbered after them
        sequence = func.pg_get_serial_sequence(CUSTOMERS.name, "id")
        db.session.execute(select(func.setval(sequence, int(ids[-1]))))
    more = {"currency": Same("USD"), "created_at": now}
    bulk.insert(PURCHASES, len(amount), _plain(PURCHASES, of_purchases) | more)
    db.session.commit()


def _plain(table: Table, columns: dict[str, Any]) -> dict[str, Any]:
    return {name: pouring.plain(table.c[name], values) for name, values in columns.items()}
