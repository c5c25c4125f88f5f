"""Reassurance: some days after a purchase, one touch is due that helps the customer stand by the decision."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert

from portal import clock
from portal.extensions import db
from portal.follow_ups import queries
from portal.follow_ups.clocks import AT_ONCE, set_clocks_of
from portal.follow_ups.models import FollowUp
from portal.settings.queries import the_firm
from portal.timeline.models import Event

if TYPE_CHECKING:
    from portal.users.models import User

RECENT = timedelta(days=30)
"""A purchase further back than this is past reassuring."""


def plan_reassurance(customer_id: int, purchase_id: int, purchased_on: date, by: "User | None") -> int:
    """Plan the touch after one purchase, in the purchase's own transaction. How many were planned: 0 or 1."""
    return plan_reassurances([(customer_id, purchase_id, purchased_on)], by)


def plan_reassurances(purchases: Iterable[tuple[int, int, date]], by: "User | None") -> int:
    """Plan one touch per customer for (customer id, purchase id, purchase day), in the purchases' own transaction.

    Only for purchases of the last 30 days, and only where no reassurance is open yet; of several purchases the latest
    one counts. Whoever is answerable for the customer is given the touch. Returns how many were planned.
    """
    today = clock.today()
    latest: dict[int, tuple[date, int]] = {}
    for customer_id, purchase_id, purchased_on in purchases:
        if today - RECENT <= purchased_on <= today:
            latest[customer_id] = max(latest.get(customer_id, (date.min, 0)), (purchased_on, purchase_id))
    ids = sorted(latest)
    return sum(_plan(ids[n : n + AT_ONCE], latest, by) for n in range(0, len(ids), AT_ONCE))


def drop_reassurance(customer_id: int, purchase_id: int) -> int:
    """Take back the open touch that this purchase had planned, as when the purchase is voided. How many: 0 or 1."""
    follow_up = queries.open_reassurance(customer_id, purchase_id)
    if follow_up is None:
        return 0
    follow_up.undone_at = clock.now()
    set_clocks_of([customer_id])
    return 1


def _plan(ids: list[int], latest: dict[int, tuple[date, int]], by: "User | None") -> int:
    db.session.flush()
    waiting = queries.customers_to_reassure(ids)
    if not waiting:
        return 0
    firm, now, today, by_id = the_firm(), clock.now(), clock.today(), by.id if by else None
    wait = timedelta(days=firm.reassure_after_days if firm else 3)
    rows = [
        {
            "customer_id": id,
            "assignee_id": assignee_id,
            "channel": "call",
            "purpose": "reassurance",
            "due_on": latest[id][0] + wait,
            "origin": "purchase",
            "origin_id": latest[id][1],
            "created_by_id": by_id,
            "created_at": now,
        }
        for id, assignee_id in waiting
    ]
    planned = db.session.execute(insert(FollowUp).returning(FollowUp.id, FollowUp.customer_id, FollowUp.due_on), rows)
    events = [
        {
            "kind": "follow_up.planned",
            "at": now,
            "happened_on": today,
            "user_id": by_id,
            "customer_id": customer_id,
            "subject_id": id,
            "data": {"purpose": "reassurance", "due_on": due_on.isoformat() if due_on else None},
        }
        for id, customer_id, due_on in planned.all()
    ]
    db.session.execute(insert(Event), events)
    set_clocks_of([id for id, _ in waiting])
    return len(waiting)
