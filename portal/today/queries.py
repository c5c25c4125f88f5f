"""Today's list: the matters of every reason as one, most urgent first, and how many there are of each.

It is read in two steps: what comes first, by the reasons' own indexes and nothing else, and then those few lines. So a
further reason costs a glance at one more index, however much a line of it tells.
"""

from collections.abc import Sequence
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
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
    tuple_,
    union,
    union_all,
)

from portal import clock
from portal.customers.lines import Matter, lines_by_id
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
    """The counts of all reasons, and the lines of these, by rank, due day and id. Two queries.

    Each reason and assignee is read by its own partial index, so that it costs the same however many wait.
    """
    key = decode(after, int, date, int)
    wanted = tuple(reason for reason in reasons if key is None or reason.rank >= key[0])
    values = _values(assignees)
    if key:
        values |= {"after_on": key[1], "after_id": key[2]}
    rows = rows_of(_morning(wanted, _many(assignees), key[0] if key else None), values).all()
    first = sorted((row.rank, row.due_on, row.id) for row in rows if not row.many)
    page = page_of(first, lambda found: found, first=key is None, size=MOST_SHOWN)
    return Morning(_counted(rows), Page(_with_lines(page.rows), page.after, page.is_first))


def counts(assignees: tuple[int, ...] | None) -> dict[str, int]:
    """The counts alone, in one query."""
    return _counted(rows_of(_counts(_many(assignees)), _values(assignees)).all())


def _with_lines(found: Sequence[tuple[int, date, int]]) -> list[tuple[Reason, Row[Any]]]:
    """What was found, with its lines; what has gone between the two queries is left out."""
    wanted: dict[Matter, list[int]] = {}
    for rank, _, id in found:
        wanted.setdefault(BY_RANK[rank].matter, []).append(id)
    lines = lines_by_id(dict(sorted(wanted.items(), key=lambda each: each[0].name)))
    reasons = [(BY_RANK[rank], (BY_RANK[rank].matter.name, id)) for rank, _, id in found]
    return [(reason, lines[which]) for reason, which in reasons if which in lines]


def _counted(rows: Sequence[Row[Any]]) -> dict[str, int]:
    found = dict.fromkeys((reason.key for reason in REASONS), 0)
    for row in rows:
        found[BY_RANK[row.rank].key] += row.many
    return found


def _many(assignees: tuple[int, ...] | None) -> int | None:
    return None if assignees is None else len(assignees)


def _values(assignees: tuple[int, ...] | None) -> dict[str, Any]:
    return {"today": clock.today(), **{f"assignee_{n}": id for n, id in enumerate(assignees or ())}}


# Making these statements costs more than running them; each shape is made once and takes its values as parameters.


@lru_cache(maxsize=256)
def _morning(reasons: tuple[Reason, ...], assignees: int | None, after_rank: int | None) -> CompoundSelect[Any]:
    nearest = _nearest(assignees)
    if after_rank is None:
        found: Any = nearest
        if reasons != REASONS:
            found = select(nearest).where(nearest.c.rank.in_([literal_column(str(each.rank)) for each in reasons]))
            found = found.subquery()
    else:
        found = _together(reasons, assignees, after_rank).subquery()
    some = select(found).order_by(found.c.rank, found.c.due_on, found.c.id).limit(MOST_SHOWN + 1).subquery()
    return union_all(_count(nearest), select(some.c.rank, literal_column("0", Integer), some.c.due_on, some.c.id))


@lru_cache(maxsize=64)
def _counts(assignees: int | None) -> Any:
    return _count(_nearest(assignees))


def _count(nearest: CTE) -> Any:
    many = func.count().label("many")
    nothing = (cast(null(), Date).label("due_on"), cast(null(), BigInteger).label("id"))
    return select(nearest.c.rank, many, *nothing).group_by(nearest.c.rank)


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
