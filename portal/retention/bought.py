"""Purchases as they were at the end of a day gone by: those that were voided, restored or corrected since say now what
they did not say then. What was written down later counts by its day all the same, since that is how history comes in.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from portal.extensions import db
from portal.retention import queries
from portal.retention.figures import Bought


class Restated(NamedTuple):
    """What is to be taken out of the ledger as it stands, and what is to be put into it."""

    out: list[Bought]
    back: list[Bought]


def as_it_was(day: date, end: datetime, ids: Sequence[int] | None) -> Restated:
    """What differs between the ledger up to and with that day as it stands and as it stood at that instant."""
    now: dict[int, Bought] = {}
    then: dict[int, Bought] = {}
    counts: dict[int, tuple[bool, bool]] = {}
    for row in db.session.execute(queries.record_of_purchases_changed_since(end, ids)):
        stands = Bought(row.customer_id, row.purchased_on.toordinal(), row.amount_minor, row.currency)
        if row.id not in now:  # the first thing that happened since tells how it stood
            now[row.id] = then[row.id] = stands
            counts[row.id] = row.voided_at is None, row.kind != "purchase.restored"
        if row.before and then[row.id] is now[row.id]:
            was = row.before
            on = date.fromisoformat(was["on"]).toordinal()
            then[row.id] = stands._replace(on=on, amount_minor=was["amount_minor"], currency=was["currency"])
    last = day.toordinal()
    out = [each for id, each in now.items() if counts[id][0] and each.on <= last]
    back = [each for id, each in then.items() if counts[id][1] and each.on <= last]
    return Restated(out, back)
