"""Today's list: the matters of every reason as one, most urgent first, and how many there are of each.

One statement reads it in two steps: what comes first, by the reasons' own indexes and nothing else, and then those few
lines. So a further reason costs a glance at one more index, however much a line of it tells.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    CompoundSelect,
    Date,
    Integer,
    Row,
    Subquery,
    bindparam,
    func,
    literal_column,
    null,
    select,
    tuple_,
    union,
    union_all,
)

from portal import clock
from portal.customers.lines import Matter, lines
from portal.extensions import rows_of
from portal.paging import Page, decode, most, page_of
from portal.today.reasons import BY_RANK, REASONS, Reason

MOST_SHOWN = 25
"""Lines at a time: more than anybody calls before looking again, and few enough for a phone."""


@dataclass(frozen=True)
class Morning:
    """How many matters of each reason wait, none counted to more than one beyond `Reason.counted`; and one page."""

    counts: dict[str, int]
    page: Page[tuple[Reason, Row[Any]]]


def morning(reasons: Sequence[Reason], assignees: tuple[int, ...] | None, after: str | None) -> Morning:
    """The counts of all reasons, and the lines of these, by rank, due day and id. One query.

    Each reason and assignee is read by its own partial index, so that it costs the same however many wait.
    """
    key = decode(after, int, date, int)
    wanted = tuple(reason for reason in reasons if key is None or reason.rank >= key[0])
    values = _values(assignees)
    if key:
        values |= {"after_on": key[1], "after_id": key[2]}
    rows = rows_of(_morning(wanted, _many(assignees), key[0] if key else None), values).all()
    found = sorted((row for row in rows if row.stands_on), key=_place)
    page = page_of(found, _place, first=key is None, size=MOST_SHOWN)
    shown = [(BY_RANK[row.rank], row) for row in page.rows]
    return Morning(_counted(row for row in rows if not row.stands_on), Page(shown, page.after, page.is_first))


def _place(row: Row[Any]) -> tuple[int, date, int]:
    return row.rank, row.stands_on, row.id


def counts(assignees: tuple[int, ...] | None) -> dict[str, int]:
    """The counts alone, in one query."""
    return _counted(rows_of(_counts(_many(assignees)), _values(assignees)).all())


def _counted(rows: Iterable[Row[Any]]) -> dict[str, int]:
    return dict.fromkeys((reason.key for reason in REASONS), 0) | {BY_RANK[row.rank].key: row.id for row in rows}


def _many(assignees: tuple[int, ...] | None) -> int | None:
    return None if assignees is None else len(assignees)


def _values(assignees: tuple[int, ...] | None) -> dict[str, Any]:
    return {"today": clock.today(), **{f"assignee_{n}": id for n, id in enumerate(assignees or ())}}


# Making these statements costs more than running them; each shape is made once and takes its values as parameters.


@lru_cache(maxsize=256)
def _morning(reasons: tuple[Reason, ...], assignees: int | None, after_rank: int | None) -> CompoundSelect[Any]:
    """The first lines, and a row for each reason that has any matters, with how many in place of the id."""
    nearest = _nearest(assignees)
    found: Any = nearest if after_rank is None else _together(reasons, assignees, after_rank).subquery()
    some = select(found).order_by(found.c.rank, found.c.due_on, found.c.id).limit(MOST_SHOWN + 1)
    if after_rank is None and reasons != REASONS:
        some = some.where(found.c.rank.in_(_ranks(reasons)))
    shown = lines(_told(reasons, some.cte("some")))
    nothing = [null().label(column.name) for column in shown.selected_columns[3:]]
    return union_all(shown, select(nearest.c.rank, null(), func.count(), *nothing).group_by(nearest.c.rank))


def _told(reasons: Sequence[Reason], some: CTE) -> Subquery:
    """These matters as their rooms tell them, each found by its primary key."""
    of: dict[Matter, list[Reason]] = {}
    for reason in reasons:
        of.setdefault(reason.matter, []).append(reason)
    told = [
        select(some.c.rank, some.c.due_on.label("stands_on"), *matter.line)
        .join_from(some, matter.line[0].table, matter.line[0] == some.c.id)
        .where(some.c.rank.in_(_ranks(theirs)))
        for matter, theirs in of.items()
    ]
    return union_all(*told).subquery()


def _ranks(reasons: Iterable[Reason]) -> list[Any]:
    return [literal_column(str(reason.rank)) for reason in reasons]


@lru_cache(maxsize=64)
def _counts(assignees: int | None) -> Any:
    nearest = _nearest(assignees)
    return select(nearest.c.rank, func.count().label("id")).group_by(nearest.c.rank)


def _nearest(assignees: int | None) -> CTE:
    """(rank, due_on, id) of the first matters of every reason."""
    return _together(REASONS, assignees).cte("nearest")


def _together(reasons: Sequence[Reason], assignees: int | None, after_rank: int | None = None) -> CompoundSelect[Any]:
    """One limited select for each reason and for each of so many assignees, or for everybody: to be counted, or, of
    what comes after a rank, to be shown. What waits for several of them, like a hand-off to their leg, is there once.
    """
    branches = [
        select(_branch(reason, due, after_rank).subquery()) for reason in reasons for due in _due(reason, assignees)
    ]
    return union(*branches) if assignees is not None and assignees > 1 else union_all(*branches)


def _branch(reason: Reason, due: Any, after_rank: int | None) -> Any:
    due_on, id = due.selected_columns.due_on, due.selected_columns.id
    limit = reason.counted if after_rank is None else MOST_SHOWN
    if reason.rank == after_rank:
        after = (bindparam("after_on", type_=due_on.type), bindparam("after_id", type_=id.type))
        due = due.where(tuple_(due_on, id) > tuple_(*after))
    ranked = due.with_only_columns(literal_column(str(reason.rank), Integer).label("rank"), due_on, id)
    return ranked.order_by(due_on, id).limit(most(limit + 1))


def _due(reason: Reason, assignees: int | None) -> list[Any]:
    """The reason's matters for each of so many assignees, or for everybody."""
    today = bindparam("today", type_=Date)
    if assignees is None:
        return [reason.due(None, today)]
    found = [reason.due(bindparam(f"assignee_{n}", type_=BigInteger), today) for n in range(assignees)]
    return [part for due in found for part in (due if isinstance(due, list) else [due])]
