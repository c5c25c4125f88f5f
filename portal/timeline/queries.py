"""Reading the record of events: one customer's story, and the whole house's trail."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, Text, bindparam, cast, func, or_, select, text, tuple_, union_all

from portal.customers.models import Customer
from portal.extensions import db, rows_of
from portal.nested import Nested
from portal.paging import PAGE_ROWS, Page, decode, most, page_of
from portal.timeline.kinds import FAMILIES, HOUSE_FAMILIES
from portal.timeline.models import Event, EventCursor
from portal.users.models import User

STORY_ROWS = 12
"""Events at a time: what fills a screen beside the rest of a customer's page."""


class Line(NamedTuple):
    """One event with the names that it is shown with."""

    id: int
    kind: str
    happened_on: date
    at: datetime
    data: str
    """JSON, as it was written: most sentences are known by it, and need it no more."""
    user_name: str
    """Who did it; empty for the portal itself."""
    customer_id: int | None = None
    customer_name: str = ""


_COLUMNS = (
    Event.id,
    Event.kind,
    Event.happened_on,
    Event.at,
    cast(Event.data, Text).label("data"),
    User.name.label("user_name"),
)
_STORY = (
    select(*_COLUMNS)
    .outerjoin(User, User.id == Event.user_id)
    .where(Event.customer_id == bindparam("of_customer"))
    .order_by(Event.happened_on.desc(), Event.id.desc())
    .limit(most(STORY_ROWS + 1))
)
BESIDE = Nested("story", _STORY)
"""The newest of all kinds beside their customer, for whoever reads both: `newest` makes a page of its rows."""
_BEFORE = tuple_(Event.happened_on, Event.id) < tuple_(bindparam("before_day"), bindparam("before_id"))


def story(customer_id: int, family: str, after: str | None) -> Page[Line]:
    """What happened with a customer, the newest first, with the name of who did it; of one family of kinds, if named.

    Rides on ix_events_customer_id_happened_on_id.
    """
    query, values = _STORY, {"of_customer": customer_id}
    if family in FAMILIES:
        query = query.where(or_(*(Event.kind.startswith(noun, autoescape=True) for noun in _nouns(family))))
    key = decode(after, date, int)
    if key:
        query, values = query.where(_BEFORE), values | {"before_day": key[0], "before_id": key[1]}
    return _page(_lines(rows_of(query, values)), first=key is None)


def newest(rows: Iterable[Any]) -> Page[Line]:
    """The story of a customer whose newest events these are, as `BESIDE` brings them."""
    return _page(_lines(rows), first=True)


def _page(lines: list[Line], *, first: bool) -> Page[Line]:
    return page_of(lines, lambda line: (line.happened_on, line.id), first=first, size=STORY_ROWS)


def story_again(customer_id: int, asked: Mapping[str, str]) -> dict[str, Any]:
    """What `timeline/_story_again.html` needs: the newest of the family of kinds that the page asks for. One query."""
    kind = asked.get("kind", "")
    return {"customer_id": customer_id, "events": story(customer_id, kind, None), "kind": kind}


def _lines(rows: Iterable[Any]) -> list[Line]:
    return [
        Line(id, kind, happened_on, at, data or "{}", user_name or "", *rest)
        for id, kind, happened_on, at, data, user_name, *rest in rows
    ]


def _nouns(family: str) -> list[str]:
    return sorted({kind.split(".")[0] + "." for kind in FAMILIES[family]})


def trail(user_id: int, family: str, after: str | None) -> Page[Line]:
    """Who did what in the house, the newest first, with names of user and customer; by one user, of one family, if so.

    Rides on the primary key, on ix_events_user_id_id, or, for each kind of a family, on ix_events_kind_id.
    """
    key = decode(after, int)
    about: list[ColumnElement[bool]] = [Event.id < key[0]] if key else []
    if user_id:
        about.append(Event.user_id == user_id)
    ids = _newest(about) if family not in HOUSE_FAMILIES else _newest_of(about, HOUSE_FAMILIES[family])
    query = (
        select(*_COLUMNS, Event.customer_id, Customer.name.label("customer_name"))
        .outerjoin(User, User.id == Event.user_id)
        .outerjoin(Customer, Customer.id == Event.customer_id)
        .where(Event.id.in_(ids))
        .order_by(Event.id.desc())
    )
    return page_of(_lines(rows_of(query)), lambda line: (line.id,), first=key is None)


def _newest(about: list[ColumnElement[bool]]) -> Select[Any]:
    newest = select(Event.id).where(*about).order_by(Event.id.desc()).limit(most(PAGE_ROWS + 1)).subquery()
    return select(newest.c.id)


def _newest_of(about: list[ColumnElement[bool]], kinds: tuple[str, ...]) -> Select[Any]:
    """The newest of each kind, and of those the newest: each part reads one page of an index and no more."""
    parts = union_all(*(_newest([*about, Event.kind == kind]) for kind in kinds)).subquery()
    newest = select(parts.c.id).order_by(parts.c.id.desc()).limit(most(PAGE_ROWS + 1)).subquery()
    return select(newest.c.id)


# What followers ask


def place_for_change(name: str) -> EventCursor | None:
    """How far this follower has come, locked until the transaction ends; None when somebody has it. By primary key."""
    query = select(EventCursor).where(EventCursor.name == name).with_for_update(skip_locked=True)
    return db.session.scalar(query.execution_options(populate_existing=True))


def events_between(after_id: int, last_id: int, kinds: Sequence[str], limit: int) -> Sequence[Row[Any]]:
    """Events of these kinds behind the first and up to the last, in order: (id, at, happened_on, kind, user_id,
    customer_id, subject_id, data). By primary key, or for each kind on ix_events_kind_id.
    """
    query = select(
        Event.id, Event.at, Event.happened_on, Event.kind, Event.user_id, Event.customer_id, Event.subject_id,
        Event.data,
    )  # fmt: skip
    wanted = (Event.id > after_id, Event.id <= last_id, Event.kind.in_(kinds))
    return db.session.execute(query.where(*wanted).order_by(Event.id).limit(limit)).all()


def last_event_id() -> int:
    """The newest event's id; 0 before the first. By primary key."""
    return int(db.session.scalar(select(func.coalesce(func.max(Event.id), 0))) or 0)


def event_id_before(instant: datetime) -> int:
    """The newest event written before that instant; 0 of none. By primary key, backwards."""
    query = select(Event.id).where(Event.at < instant).order_by(Event.id.desc()).limit(1)
    return int(db.session.scalar(query) or 0)


def writers() -> set[str]:
    """The transactions of others that are writing events, on PostgreSQL: each holds a lock on the table to its end,
    taken before it draws its first number.
    """
    return set(db.session.scalars(_WRITERS))


_WRITERS = text("""
    SELECT virtualtransaction FROM pg_locks
    WHERE relation = CAST('events' AS regclass) AND mode = 'RowExclusiveLock' AND granted AND pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
""")
