"""Promises as they were at the end of a day gone by: those that were moved or opened again since say now what they did
not say then. Their record tells what they said, and their line in `Known` is put right by it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import numpy as np

from portal.extensions import db
from portal.retention import queries
from portal.retention.figures import places
from portal.retention.statistics import Integers

SETTLED = {"commitment.kept": "kept", "commitment.broken": "broken", "commitment.withdrawn": "withdrawn"}
REOPENED = ("commitment.reopened", "commitment.disputed")


class Was(NamedTuple):
    """One promise on that day; days as ordinals, `settled` 0 while it was open."""

    customer_id: int
    recovery: bool
    state: str
    due: int
    settled: int


def as_they_were(end: datetime, ids: Sequence[int] | None) -> list[Was]:
    """The promises of ours that were made before that instant and moved or opened again since, as they stood at it."""
    found = {}
    for row in db.session.execute(queries.promises_changed_since(end, ids)):
        found[row.id] = Was(row.customer_id, row.origin == "recovery", "open", row.original_due_on.toordinal(), 0)
    for row in db.session.execute(queries.record_of_promises_changed_since(end, ids)):
        found[row.subject_id] = _after(found[row.subject_id], row.kind, row.happened_on, row.due_on)
    return list(found.values())


def _after(was: Was, kind: str, on: date, due_on: str | None) -> Was:
    """The promise after one line of its record."""
    if due_on:
        was = was._replace(due=date.fromisoformat(due_on).toordinal())
    if kind in SETTLED:
        return was._replace(state=SETTLED[kind], settled=on.toordinal())
    return was._replace(state="open", settled=0) if kind in REOPENED else was


def amend(known: dict[str, Integers], who: Integers, day: int, promises: list[Was]) -> None:
    """Put these promises into the columns that were counted without them; see `Known`."""
    at = places(who, np.array([each.customer_id for each in promises], dtype=np.int64))
    for place, each in zip(at.tolist(), promises, strict=True):
        if place < 0:
            continue
        if each.state == "open" and each.recovery:
            _earlier(known["recovery_due"], place, each.due)
        elif each.state == "open" and each.due < day:
            _earlier(known["late_due"], place, each.due)
            known["late_promises"][place] += 1
        elif each.state == "broken" and not each.recovery:
            known["broken_on"][place] = max(known["broken_on"][place], each.settled)
        elif each.state == "kept" and each.recovery and known["unhappy_on"][place] <= each.settled:
            known["unhappy_on"][place] = 0


def _earlier(column: Integers, place: int, day: int) -> None:
    column[place] = min(column[place], day) if column[place] else day
