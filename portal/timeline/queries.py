"""Reading the record of events: one customer's story, and the whole house's trail."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select, tuple_, union_all

from portal.customers.models import Customer
from portal.extensions import db
from portal.paging import PAGE_ROWS, Page, decode, page_of
from portal.timeline.kinds import FAMILIES, HOUSE_FAMILIES
from portal.timeline.models import Event
from portal.users.models import User

STORY_ROWS = 25
COLUMNS = (
    Event.id,
    Event.kind,
    Event.happened_on,
    Event.at,
    Event.data,
    Event.subject_id,
    User.name.label("user_name"),
)


def story(customer_id: int, family: str, after: str | None) -> Page[Row[Any]]:
    """What happened with a customer, the newest first, with the name of who did it; of one family of kinds, if named.

    Rides on ix_events_customer_id_happened_on_id.
    """
    query = select(*COLUMNS).outerjoin(User, User.id == Event.user_id).where(Event.customer_id == customer_id)
    if family in FAMILIES:
        query = query.where(or_(*(Event.kind.startswith(noun, autoescape=True) for noun in _nouns(family))))
    key = decode(after, date, int)
    if key:
        query = query.where(tuple_(Event.happened_on, Event.id) < key)
    query = query.order_by(Event.happened_on.desc(), Event.id.desc()).limit(STORY_ROWS + 1)
    rows = db.session.execute(query).all()
    return page_of(rows, lambda row: (row.happened_on, row.id), first=key is None, size=STORY_ROWS)


def _nouns(family: str) -> list[str]:
    return sorted({kind.split(".")[0] + "." for kind in FAMILIES[family]})


def trail(user_id: int, family: str, after: str | None) -> Page[Row[Any]]:
    """Who did what in the house, the newest first, with names of user and customer; by one user, of one family, if so.

    Rides on the primary key, on ix_events_user_id_id, or, for each kind of a family, on ix_events_kind_id.
    """
    key = decode(after, int)
    about: list[ColumnElement[bool]] = [Event.id < key[0]] if key else []
    if user_id:
        about.append(Event.user_id == user_id)
    ids = _newest(about) if family not in HOUSE_FAMILIES else _newest_of(about, HOUSE_FAMILIES[family])
    query = (
        select(*COLUMNS, Event.customer_id, Customer.name.label("customer_name"))
        .outerjoin(User, User.id == Event.user_id)
        .outerjoin(Customer, Customer.id == Event.customer_id)
        .where(Event.id.in_(ids))
        .order_by(Event.id.desc())
    )
    rows = db.session.execute(query).all()
    return page_of(rows, lambda row: (row.id,), first=key is None)


def _newest(about: list[ColumnElement[bool]]) -> Select[Any]:
    newest = select(Event.id).where(*about).order_by(Event.id.desc()).limit(PAGE_ROWS + 1).subquery()
    return select(newest.c.id)


def _newest_of(about: list[ColumnElement[bool]], kinds: tuple[str, ...]) -> Select[Any]:
    """The newest of each kind, and of those the newest: each part reads one page of an index and no more."""
    parts = union_all(*(_newest([*about, Event.kind == kind]) for kind in kinds)).subquery()
    newest = select(parts.c.id).order_by(parts.c.id.desc()).limit(PAGE_ROWS + 1).subquery()
    return select(newest.c.id)
