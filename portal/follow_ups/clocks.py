"""The two clocks of a customer: when we last touched them, and when the next touch is due.

Both are derived from the follow-ups and can be recomputed at any time. The last touch is the latest done follow-up,
unless nobody answered. The next touch is the earliest planned one; without any, the last touch and the firm's rhythm.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, inspect, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups import queries
from portal.settings.queries import the_firm

AT_ONCE = 500
_CUSTOMERS: Any = inspect(Customer).local_table
_SET_CLOCKS = (
    update(_CUSTOMERS)
    .where(_CUSTOMERS.c.id == bindparam("of"))
    .values(last_touch_on=bindparam("last_touch_on"), next_touch_on=bindparam("next_touch_on"))
)


def set_clocks(customer: Customer) -> None:
    """Bring one customer's clocks up to date with its follow-ups, within the transaction. A query and an update."""
    db.session.flush()
    last, planned = queries.touches_of(customer.id)
    clocks = {"last_touch_on": last, "next_touch_on": _next(last, planned, _rhythm())}
    db.session.execute(_SET_CLOCKS, {"of": customer.id, **clocks})
    for name, day in clocks.items():
        set_committed_value(customer, name, day)


def set_clocks_of(customer_ids: Collection[int]) -> None:
    """The same for many customers, some hundreds at a time: two statements per batch."""
    db.session.flush()
    ids, rhythm = sorted(customer_ids), _rhythm()
    for start in range(0, len(ids), AT_ONCE):
        batch = ids[start : start + AT_ONCE]
        touches = queries.touches_of_many(batch)
        rows = []
        for id in batch:
            last, planned = touches.get(id, (None, None))
            rows.append({"id": id, "last_touch_on": last, "next_touch_on": _next(last, planned, rhythm)})
        db.session.execute(update(Customer), rows)
        _forget(batch)


def _forget(ids: list[int]) -> None:
    """Let customers that are already at hand be read anew."""
    for id in ids:
        loaded = db.session.identity_map.get(identity_key(Customer, id))
        if loaded is not None:
            db.session.expire(loaded, ["last_touch_on", "next_touch_on"])


def _rhythm() -> timedelta:
    firm = the_firm()
    return timedelta(days=firm.touch_every_days if firm else 90)


def _next(last: date | None, planned: date | None, rhythm: timedelta) -> date | None:
    return planned or (last + rhythm if last else None)
