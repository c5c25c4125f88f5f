"""A ledger poured into the tables in bulk, as an import would leave it behind."""

from datetime import UTC, date, datetime
from typing import Any, cast

from sqlalchemy import Table

from portal import bulk
from portal.bulk import Same
from portal.customers.models import Customer
from portal.extensions import db
from portal.purchases import figures
from portal.purchases.models import Purchase
from tests.retention.books import Log

CUSTOMERS, PURCHASES = cast("Table", Customer.__table__), cast("Table", Purchase.__table__)


def pour(log: Log, assignee_id: int | None = None) -> None:
    """The customers of a log, numbered as there, with their purchases and figures. Commits."""
    ids, now = sorted(set(log.customer.tolist())), datetime.now(UTC)
    names = [f"C{id}" for id in ids]
    bulk.insert(
        CUSTOMERS,
        len(ids),
        {
            "id": ids, "name": names, "sort_name": names, "search_text": names, "created_at": Same(now),
            "assignee_id": Same(assignee_id),
        },
    )  # fmt: skip
    columns: dict[str, Any] = {
        "customer_id": log.customer.tolist(),
        "purchased_on": [date.fromordinal(day) for day in log.day.tolist()],
        "amount_minor": [round(amount * 100) for amount in log.amount.tolist()],
        "currency": Same("USD"),
        "created_at": Same(now),
    }
    bulk.insert(PURCHASES, len(log.day), columns)
    figures.rebuild()
    db.session.commit()
