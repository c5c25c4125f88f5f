"""Today's list: the matters of every reason as one, most urgent first, and how many there are of each."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Date,
    Row,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
    union_all,
)

from portal import clock
from portal.customers.lines import lines, ranked, together
from portal.extensions import rows_of
from portal.paging import PAGE_ROWS, Page, decode, page_of
from portal.today.reasons import BY_RANK, REASONS, Reason

MOST_COUNTED = 100
"""Nobody acts on the difference between a hundred and a thousand: beyond this it is "99+"."""


def page(reasons: Sequence[Reason], assignees: tuple[int, ...] | None, after: str | None) -> Page[Row[Any]]:
    """Lines with their reason's `rank`, by rank, due day and id. One limited select per reason and assignee.

    Each rides on its reason's own partial index, so that the page costs the same however many wait.
    """
    key = decode(after, int, date, int)
    rank = key[0] if key else None
    wanted = tuple(reason for reason in reasons if rank is None or reason.rank >= rank)
    if not wanted:
        return Page([], None, key is None)
    values = _values(assignees)
    if key:
        values |= {"after_on": key[1], "after_id": key[2]}
    rows = rows_of(_page(wanted, _many(assignees), rank), values).all()
    return page_of(rows, lambda row: (row.rank, row.due_on, row.id), first=key is None)


def counts(assignees: tuple[int, ...] | None) -> dict[str, int]:
    """How many matters of each reason wait, none counted beyond 100, in one query over the same indexes."""
    found = dict.fromkeys((reason.key for reason in REASONS), 0)
    for rank, n in rows_of(_counts(_many(assignees)), _values(assignees)):
        found[BY_RANK[rank].key] += n
    return found


def _many(assignees: tuple[int, ...] | None) -> int | None:
    return None if assignees is None else len(assignees)


def _values(assignees: tuple[int, ...] | None) -> dict[str, Any]:
    return {"today": clock.today(), **{f"assignee_{n}": id for n, id in enumerate(assignees or ())}}


# Making these statements costs more than running them; each shape is made once and takes its values as parameters. Its
# limits are values too: as long as they are, PostgreSQL keeps one plan, and does not plan these unions at each turn.


@lru_cache(maxsize=256)
def _page(reasons: tuple[Reason, ...], assignees: int | None, after_rank: int | None) -> Select[Any]:
    branches = [
        _branch(reason, due, from_key=reason.rank == after_rank)
        for reason in reasons
        for due in _due(reason, assignees)
    ]
    found = together(branches)
    some = select(found).order_by(found.c.rank, found.c.due_on, found.c.id).limit(PAGE_ROWS + 1)
    matters = some.subquery()  # only what is shown is joined to its customer
    return lines(matters).order_by(matters.c.rank, matters.c.due_on, matters.c.id)


def _branch(reason: Reason, due: Any, *, from_key: bool) -> Any:
    due_on, id = due.selected_columns.due_on, due.selected_columns.id
    if from_key:
        after = (bindparam("after_on", type_=due_on.type), bindparam("after_id", type_=id.type))
        due = due.where(tuple_(due_on, id) > tuple_(*after))
    return ranked(reason.rank, due).order_by(due_on, id).limit(PAGE_ROWS + 1)


@lru_cache(maxsize=256)
def _counts(assignees: int | None) -> CompoundSelect[Any]:
    counted: list[Any] = []
    for reason in REASONS:
        for due in _due(reason, assignees):
            # In the order of the index, or PostgreSQL would rather read the customers first.
            nearest = due.order_by(due.selected_columns.due_on, due.selected_columns.id)
            some = nearest.with_only_columns(literal_column("1").label("one")).limit(MOST_COUNTED).subquery()
            counted.append(select(literal_column(str(reason.rank)), func.count()).select_from(some))
    return union_all(*counted)


def _due(reason: Reason, assignees: int | None) -> list[Any]:
    """The reason's matters for each of so many assignees, or for everybody."""
    today = bindparam("today", type_=Date)
    if assignees is None:
        return [reason.due(None, today)]
    return [reason.due(bindparam(f"assignee_{n}", type_=BigInteger), today) for n in range(assignees)]
