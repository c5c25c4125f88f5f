"""Standings and list entries written from columns, many at once."""

from datetime import date
from typing import TYPE_CHECKING, cast

import numpy as np

from portal import bulk
from portal.bulk import Same
from portal.lists.catalogue import List
from portal.lists.definitions import Named
from portal.retention.known import Judged, Known
from portal.retention.models import ListEntry, Standing
from portal.retention.statistics import Floats, Integers

if TYPE_CHECKING:
    from sqlalchemy import Table

STANDINGS, ENTRIES = cast("Table", Standing.__table__), cast("Table", ListEntry.__table__)


def standings(known: Known, judged: Judged) -> None:
    """One row for each customer who has bought."""
    here = known.has_bought
    bulk.insert(
        STANDINGS,
        int(here.sum()),
        {
            "customer_id": known.id[here].tolist(),
            "purchase_days": known.purchase_days[here].tolist(),
            "first_on": _days(known.first[here]),
            "last_on": _days(known.last[here]),
            "median_gap_days": _floats(known.median_gap[here]),
            "expected_on": _days(judged.expected[here]),
            "p_alive": _floats(judged.p_alive[here]),
            "chance": _floats(judged.chance[here]),
            "expected_purchases": _floats(judged.expected_purchases[here]),
            "year_minor": known.year[here].tolist(),
            "usual_minor": judged.usual[here].tolist(),
            "currency": known.currency[here].tolist(),
            "recency": judged.recency[here].tolist(),
            "frequency": judged.frequency[here].tolist(),
            "monetary": judged.monetary[here].tolist(),
            "risk": judged.risk[here].tolist(),
        },
    )


def entries(each: List, known: Known, named: Named, *, on_today: bool) -> None:
    """One row for each customer whom the list names, in its order."""
    order = np.flatnonzero(named.here)
    order = order[np.argsort(named.urgency[order], kind="stable")]
    bulk.insert(
        ENTRIES,
        len(order),
        {
            "list": Same(each.name),
            "customer_id": known.id[order].tolist(),
            "assignee_id": [id if id > 0 else None for id in known.assignee[order].tolist()],
            "urgency": named.urgency[order].tolist(),
            "at_stake_minor": named.at_stake[order].tolist(),
            "currency": [word or None for word in known.currency[order].tolist()],
            "on_day": _days(named.on[order]),
            "number": _floats(named.number[order]),
            "kind": named.kind[order].tolist(),
            "due_on": _days(named.due[order]),
            "on_today": Same(on_today),
        },
    )


def _days(ordinals: Integers) -> list[date | None]:
    days, of = np.unique(ordinals, return_inverse=True)
    found = np.array([date.fromordinal(day) if day > 0 else None for day in days.tolist()], dtype=object)
    return cast("list[date | None]", found[of].tolist())


def _floats(values: Floats) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]  # noqa: PLR0124 - NaN is not itself
