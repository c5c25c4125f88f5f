"""Standings and list entries as columns, ready for their tables."""

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from portal.lists.catalogue import List
from portal.lists.definitions import Named
from portal.retention.judging import Judged
from portal.retention.known import Known
from portal.retention.models import ListEntry, Standing

if TYPE_CHECKING:
    from sqlalchemy import Table

STANDINGS, ENTRIES = cast("Table", Standing.__table__), cast("Table", ListEntry.__table__)
Columns = dict[str, NDArray[Any]]


def standings(known: Known, judged: Judged) -> Columns:
    """One row for each customer who has bought, by id."""
    columns = {
        "customer_id": known.id,
        "purchase_days": known.purchase_days,
        "first_on": known.first,
        "last_on": known.last,
        "median_gap_days": known.median_gap,
        "expected_on": judged.expected,
        "p_alive": judged.p_alive,
        "chance": judged.chance,
        "expected_purchases": judged.expected_purchases,
        "year_minor": known.year,
        "usual_minor": judged.usual,
        "currency": known.currency,
        "recency": judged.recency,
        "frequency": judged.frequency,
        "monetary": judged.monetary,
        "risk": judged.risk,
    }
    here = known.has_bought
    return columns if here.all() else {name: values[here] for name, values in columns.items()}


def entries(each: List, known: Known, named: Named, *, today: int) -> Columns:
    """One row for each customer whom the list names, in its order. Those that call for somebody on the day `today` (as
    it is on the clock), and whom nobody has touched since, belong on Today.
    """
    order = np.flatnonzero(named.here)
    order = order[np.argsort(named.urgency[order], kind="stable")]
    return {
        "list": np.full(len(order), each.name),
        "customer_id": known.id[order],
        "assignee_id": known.assignee[order],
        "urgency": named.urgency[order],
        "at_stake_minor": named.at_stake[order],
        "currency": known.currency[order],
        "on_day": named.on[order],
        "number": named.number[order],
        "kind": named.kind[order].astype(np.str_),
        "due_on": named.due[order],
        "on_today": (known.last_touch < named.due)[order] & (each.on_today and known.as_of == today),
    }
