"""Books of a day and entries of lists, written by hand: what a refresh would have left behind."""

from datetime import date, timedelta
from typing import Any

from portal import clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.lists.catalogue import BY_NAME
from portal.retention.models import Books, ListEntry, Standing

GRADE = {"named": 40, "bought": 28, "others": 200, "others_bought": 41}


def close_books(as_of: date | None = None, **lists: int) -> Books:
    """Books of that day, today's unless said otherwise, which count so many customers on these lists (2 on others)."""
    day = as_of or clock.today()
    grade = {"on": (day - timedelta(days=90)).isoformat(), "until": day.isoformat(), **GRADE}
    counted = {
        name: {"customers": lists.get(name.replace("-", "_"), 2), "at_stake_minor": 200_00, "grade": grade}
        for name in BY_NAME
    }
    books = Books(
        as_of=day, state="done", method="cadence", why="few_customers", created_at=clock.now(), ended_at=clock.now(),
        currency="MXN", learned={"currency": "MXN", "numbers": {}, "rhythm": "unknown"}, lists=counted, measures={},
    )  # fmt: skip
    db.session.add(books)
    db.session.flush()
    return books


def an_entry(customer: Customer, name: str = "due", **values: Any) -> ListEntry:
    """The customer on that list, as of today: expected in three days, or whatever `values` say."""
    entry = ListEntry(
        **{
            "list": name,
            "customer_id": customer.id,
            "assignee_id": customer.assignee_id,
            "urgency": 1.0,
            "at_stake_minor": 100_00,
            "currency": "MXN",
            "on_day": clock.today() + timedelta(days=3),
            "number": 30.0,
            "due_on": clock.today(),
            "on_today": BY_NAME[name].on_today,
            **values,
        }
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def a_standing(customer: Customer, **values: Any) -> Standing:
    """How the customer stands in the books: six purchase days, one every thirty days, the next in three days."""
    today = clock.today()
    standing = Standing(
        **{
            "customer_id": customer.id, "purchase_days": 6, "first_on": today - timedelta(days=180),
            "last_on": today - timedelta(days=27), "median_gap_days": 30.0,
            "expected_on": today + timedelta(days=3), "p_alive": 0.9, "chance": 0.8, "expected_purchases": 9.0,
            "year_minor": 600_00, "usual_minor": 100_00, "currency": "MXN", "recency": 5, "frequency": 5,
            "monetary": 5, "risk": "due", **values,
        }
    )  # fmt: skip
    db.session.add(standing)
    db.session.flush()
    return standing
