"""What is known of all customers at the end of a day, read from the tables into columns."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from portal import clock
from portal.customers.models import Customer
from portal.purchases.models import Purchase
from portal.retention import columns, figures, promised, queries
from portal.retention.bought import as_it_was
from portal.retention.figures import Ledger, places
from portal.retention.known import Known
from portal.retention.statistics import Integers

QUARTER_HOUR = 900
"""Seconds: no time zone's offset is finer."""


def ledger(day: date, ids: Sequence[int] | None = None) -> Ledger:
    """All purchases up to and with the day, or those of `ids`."""
    by = Purchase.id if ids is None else None
    (key, amount, code), currencies = columns.read_worded_by(by, queries.purchases(day, ids))
    return Ledger.of(key, amount, code, currencies)


def known(day: date, ids: Sequence[int] | None = None, bought: Ledger | None = None) -> Known:
    """The customers who were there at the end of the firm's `day`, or those of `ids` who were; see `Known`.

    `bought` are the purchases up to that day, or a later one, where they are at hand.
    """
    end = end_of(day)
    who, assignee, made, last_touch = _customers(day, end, ids)
    bought = (bought or ledger(day, ids)).until(day.toordinal())
    if end <= clock.now():
        bought = bought.restated(*as_it_was(day, end, ids))
    figured = figures.of(who, bought)
    made_on = days_of(made)

    def days(statement: Any) -> list[Integers]:
        """The columns after the first, spread over the customers; 0 where there is nothing."""
        of, *values = columns.read(statement)
        place = places(who, of)
        return [_spread(len(who), place, value) for value in values]

    if (last_touch > day.toordinal()).any():
        earlier = days(queries.earlier_touches(day, end, ids))[0]
        last_touch = np.where(last_touch > day.toordinal(), earlier, last_touch)
    if end <= clock.now():
        since = places(who, columns.read(queries.assigned_since(end, ids))[0])
        assignee[since[since >= 0]] = -1
    late_due, late = days(queries.late_promises(day, end, ids))
    heard: dict[str, Any] = {
        "recovery_due": days(queries.recoveries(day, end, ids))[0],
        "unhappy_on": days(queries.unhappy_answers(day, end, ids))[0],
        "late_due": late_due,
        "late_promises": late,
        "broken_on": days(queries.broken_promises(day, end, ids))[0],
    }
    if end <= clock.now():
        promised.amend(heard, who, day.toordinal(), promised.as_they_were(end, ids))
    return Known(
        as_of=day.toordinal(),
        id=who,
        assignee=assignee,
        since=np.where((figured["first"] > 0) & (figured["first"] < made_on), figured["first"], made_on),
        **figured,
        last_touch=last_touch,
        **heard,
        dropped_on=days(queries.dropped_hand_offs(day, ids))[0],
        promoter_on=days(queries.promoters(day, end, ids))[0],
    )


def _customers(day: date, end: datetime, ids: Sequence[int] | None) -> list[Integers]:
    """The columns of `queries.customers`, by id."""
    found = columns.read_by(Customer.id if ids is None else None, queries.customers(day, end, ids))
    order = np.argsort(found[0])
    if end <= clock.now():
        order = order[~np.isin(found[0][order], columns.read(queries.restored_since(end, ids))[0])]
    return [column[order] for column in found]


def end_of(day: date) -> datetime:
    """The instant at which the firm's day ends."""
    return clock.start_of(day + timedelta(days=1))


def days_of(seconds: Integers) -> Integers:
    """The firm's days on which these instants (seconds of the epoch) fall."""
    quarters, of = np.unique(seconds // QUARTER_HOUR, return_inverse=True)
    found = [
        clock.day_of(datetime.fromtimestamp(quarter * QUARTER_HOUR, UTC)).toordinal() for quarter in quarters.tolist()
    ]
    return np.array(found, dtype=np.int64)[of]


def _spread(size: int, place: Integers, value: Integers) -> Integers:
    column = np.zeros(size, dtype=np.int64)
    column[place[place >= 0]] = value[place >= 0]
    return column
