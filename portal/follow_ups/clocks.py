"""The two clocks of a customer: when we last touched them, and when the next touch is due.

Both are derived from the follow-ups and can be recomputed at any time. The last touch is the latest done follow-up,
unless nobody answered. The next touch is the earliest planned one; without any, the last touch and the firm's rhythm.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam, func, inspect, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key
from sqlalchemy.sql.functions import FunctionElement

from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups.queries import EARLIEST_PLANNED, LAST_TOUCH
from portal.settings.queries import RHYTHM

AT_ONCE = 500


class Later(FunctionElement[date]):
    """A day, so many days on: each database counts days in its own way."""

    type = Date()
    inherit_cache = True


@compiles(Later, "postgresql")
def _by_adding(later: Later, compiler: Any, **options: Any) -> str:
    day, days = (compiler.process(each, **options) for each in later.clauses)
    return f"({day} + {days})"


@compiles(Later, "sqlite")
def _by_words(later: Later, compiler: Any, **options: Any) -> str:
    day, days = (compiler.process(each, **options) for each in later.clauses)
    return f"date({day}, {days} || ' days')"


_CUSTOMERS: Any = inspect(Customer).local_table
_SET_CLOCKS = (
    update(_CUSTOMERS)
    .where(_CUSTOMERS.c.id == bindparam("of_customer"))
    .values(last_touch_on=LAST_TOUCH, next_touch_on=func.coalesce(EARLIEST_PLANNED, Later(LAST_TOUCH, RHYTHM)))
)
_AND_TELL = _SET_CLOCKS.returning(_CUSTOMERS.c.last_touch_on, _CUSTOMERS.c.next_touch_on)


def set_clocks(customer: Customer) -> None:
    """Bring one customer's clocks up to date with its follow-ups, within the transaction, in one statement."""
    db.session.flush()
    last, next_ = db.session.connection().execute(_AND_TELL, {"of_customer": customer.id}).one()
    set_committed_value(customer, "last_touch_on", last)
    set_committed_value(customer, "next_touch_on", next_)


def set_clocks_of(customer_ids: Collection[int]) -> None:
    """The same for many customers, some hundreds at a time and always in the order of their ids, so that no two wait
    for each other.
    """
    db.session.flush()
    ids = sorted(customer_ids)
    for start in range(0, len(ids), AT_ONCE):
        batch = ids[start : start + AT_ONCE]
        db.session.connection().execute(_SET_CLOCKS, [{"of_customer": id} for id in batch])
        _forget(batch)


def _forget(ids: list[int]) -> None:
    """Let customers that are already at hand be read anew."""
    for id in ids:
        loaded = db.session.identity_map.get(identity_key(Customer, id))
        if loaded is not None:
            db.session.expire(loaded, ["last_touch_on", "next_touch_on"])
