"""Between two nights: customers to whom something has happened are judged anew, by what was learned of everybody.

Only what is different is written, so that an entry stays the same one as long as it says the same.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, insert, update

from portal import bulk, clock
from portal.extensions import db
from portal.lists import definitions
from portal.lists.catalogue import LISTS
from portal.retention import judging, pouring, queries, reading, writing
from portal.retention.judging import Judged
from portal.retention.known import Known
from portal.retention.learning import Learned
from portal.retention.models import Books, ListEntry, Standing
from portal.retention.writing import ENTRIES, STANDINGS
from portal.timeline.following import settled_event_id
from portal.trials import members

MOST = 10_000
"""Customers; when more have changed, everything is computed anew."""
Row = dict[str, Any]


def keep_up() -> int | None:
    """Bring today's books up to date; commits. How many customers were judged anew; None when there are too many, or
    no books of today, so that all is to be computed.
    """
    settled = settled_event_id()
    members.hold()
    bulk.hold("books")
    books = queries.books_for_change()
    if books is None or books.as_of != clock.today():
        db.session.rollback()
        return None
    ids = queries.changed_customers(books.last_event_id, MOST + 1)
    if len(ids) > MOST:
        db.session.rollback()
        return None
    if ids:
        _judge_anew(books, list(ids))
    books.last_event_id = max(books.last_event_id, settled)
    db.session.commit()
    return len(ids)


def _judge_anew(books: Books, ids: list[int]) -> None:
    learned = Learned(**books.learned)
    known = reading.known(books.as_of, ids)
    judged = judging.judge(known, learned)
    _replace_standings(ids, {row["customer_id"]: row for row in _rows(STANDINGS, writing.standings(known, judged))})
    gone, come = _replace_entries(ids, _entries(known, judged))
    members.keep_apart(ids)
    books.lists = _counted(books.lists, gone, come, learned.currency)


def _entries(known: Known, judged: Judged) -> dict[tuple[int, str], Row]:
    """What the lists say of these customers."""
    today, found = clock.today().toordinal(), {}
    for each in LISTS:
        named = getattr(definitions, each.definition)(known, judged)
        for row in _rows(ENTRIES, writing.entries(each, known, named, today=today)):
            found[row["customer_id"], each.name] = row
    return found


def _replace_standings(ids: list[int], wanted: dict[int, Row]) -> None:
    stood = {row["customer_id"]: row for row in _stored(queries.standings_of(ids))}
    gone = [id for id, row in stood.items() if wanted.get(id) != row]
    if gone:
        db.session.execute(delete(Standing).where(Standing.customer_id.in_(gone)))
    come = [row for id, row in wanted.items() if stood.get(id) != row]
    if come:
        db.session.execute(insert(STANDINGS), come)


def _replace_entries(ids: list[int], wanted: dict[tuple[int, str], Row]) -> tuple[list[Row], list[Row]]:
    """The entries that were, and those that are; only of what has changed."""
    stood = {(row["customer_id"], row["list"]): row for row in _stored(queries.entries_of(ids))}
    gone = {key: row for key, row in stood.items() if key not in wanted}
    come = {key: row for key, row in wanted.items() if key not in stood}
    other = {key: row for key, row in wanted.items() if key in stood and row != _said(stood[key], row)}
    if gone:
        db.session.execute(delete(ListEntry).where(ListEntry.id.in_([row["id"] for row in gone.values()])))
    if other:
        db.session.execute(update(ListEntry), [{"id": stood[key]["id"], **row} for key, row in other.items()])
    if come:
        db.session.execute(insert(ENTRIES), list(come.values()))
    return [*gone.values(), *(stood[key] for key in other)], [*come.values(), *other.values()]


def _said(stood: Row, row: Row) -> Row:
    return {name: stood[name] for name in row}


def _rows(table: Any, columns: writing.Columns) -> Iterable[Row]:
    """Columns as rows of plain values."""
    lists = [pouring.plain(table.c[name], values) for name, values in columns.items()]
    return (dict(zip(columns, values, strict=True)) for values in zip(*lists, strict=True))


def _stored(statement: Any) -> list[Row]:
    return [dict(row) for row in db.session.execute(statement).mappings()]


def _counted(lists: dict[str, Any], gone: list[Row], come: list[Row], currency: str | None) -> dict[str, Any]:
    """The lists as the books count them, without those who are gone and with those who have come."""
    found = {name: dict(each) for name, each in lists.items()}
    for rows, sign in ((gone, -1), (come, 1)):
        for row in rows:
            each = found[row["list"]]
            each["customers"] += sign
            each["at_stake_minor"] += sign * row["at_stake_minor"] if row["currency"] == currency else 0
    return found
