"""A list with customers on it, and purchases of some of them, for the tests of trials."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from portal import clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.purchases.models import Purchase
from portal.retention.models import Books, ListEntry
from portal.trials.models import Trial
from tests.cast import Cast

DAY = timedelta(days=1)


def some_books(as_of: date | None = None, lists: dict[str, Any] | None = None) -> Books:
    """Books of today, or of that day."""
    books = Books(as_of=as_of or clock.today(), state="done", created_at=clock.now(), lists=lists or {})
    db.session.add(books)
    return books


def a_list(cast: Cast, count: int, name: str = "overdue", **more: Any) -> list[int]:
    """So many customers on a list, in books of today; gives their ids."""
    some_books(**more)
    customers = [
        Customer(name=f"Customer {n}", sort_name=f"customer {n}", assignee_id=cast.sales.id, created_at=clock.now())
        for n in range(count)
    ]
    db.session.add_all(customers)
    db.session.flush()
    ids = [customer.id for customer in customers]
    enlist(ids, name)
    db.session.commit()
    return ids


def enlist(ids: Iterable[int], name: str) -> None:
    """Put customers on a list."""
    today = clock.today()
    db.session.add_all(
        ListEntry(list=name, customer_id=id, urgency=float(n), at_stake_minor=100, due_on=today)
        for n, id in enumerate(ids)
    )


def buy(ids: Iterable[int], on: date) -> None:
    """Each of them bought on that day."""
    db.session.add_all(
        Purchase(customer_id=id, purchased_on=on, amount_minor=1000, currency="MXN", created_at=clock.now())
        for id in ids
    )


def touch(customer_id: int, trial: Trial, outcome: str = "reached") -> None:
    """Somebody touched them while the trial ran."""
    day = trial.started_on + DAY
    about = {"done_on": day, "done_at": trial.created_at + DAY, "outcome": outcome, "created_at": clock.now()}
    db.session.add(FollowUp(customer_id=customer_id, channel="call", purpose="care", **about))
