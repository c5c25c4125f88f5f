"""Today's list: the matters of every reason as one, most urgent first, and how many there are of each."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, func, literal, select, tuple_, union_all

from portal.customers.lines import lines, ranked, together
from portal.extensions import db
from portal.paging import PAGE_ROWS, Page, decode, page_of
from portal.today.reasons import REASONS, Reason

MOST_COUNTED = 100
"""Nobody acts on the difference between a hundred and a thousand: beyond this it is "99+"."""


def page(reasons: Sequence[Reason], assignees: tuple[int, ...] | None, after: str | None) -> Page[Row[Any]]:
    """Lines with their reason's `rank`, by rank, due day and id. One limited select per reason and assignee.

    Each rides on its reason's own partial index, so that the page costs the same however many wait.
    """
    key = decode(after, int, date, int)
    branches = [
        branch
        for reason in reasons
        if key is None or reason.rank >= key[0]
        for branch in _branches(reason, assignees, key[1:] if key and reason.rank == key[0] else None)
    ]
    if not branches:
        return Page([], None, key is None)
    matters = together(branches)
    order = (matters.c.rank, matters.c.due_on, matters.c.id)
    rows = db.session.execute(lines(matters).order_by(*order).limit(PAGE_ROWS + 1)).all()
    return page_of(rows, lambda row: (row.rank, row.due_on, row.id), first=key is None)


def _branches(reason: Reason, assignees: tuple[int, ...] | None, key: tuple[Any, ...] | None) -> list[Select[Any]]:
    found = []
    for assignee_id in assignees if assignees is not None else (None,):
        branch = reason.due(assignee_id)
        due_on, id = branch.selected_columns.due_on, branch.selected_columns.id
        if key:
            branch = branch.where(tuple_(due_on, id) > key)
        found.append(ranked(reason.rank, branch).order_by(due_on, id).limit(PAGE_ROWS + 1))
    return found


def counts(assignees: tuple[int, ...] | None) -> dict[str, int]:
    """How many matters of each reason wait, none counted beyond 100, in one query over the same indexes."""
    counted = []
    for reason in REASONS:
        for assignee_id in assignees if assignees is not None else (None,):
            some = reason.due(assignee_id).with_only_columns(literal(1).label("one")).limit(MOST_COUNTED).subquery()
            counted.append(select(literal(reason.key).label("key"), func.count().label("n")).select_from(some))
    found = dict.fromkeys((reason.key for reason in REASONS), 0)
    for key, n in db.session.execute(union_all(*counted)):
        found[key] += n
    return found
