"""What pages read, replaced as one whole: every standing and every list, with the books marked as done.

On PostgreSQL fresh tables take the places of those that stand (`swapping`), and nobody waits for the writing. On
SQLite, and where somebody keeps the tables from being put aside, rows are replaced in place, in one transaction.
"""

import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Table, delete, text, update

from portal import bulk, clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.lists import definitions
from portal.lists.catalogue import LISTS
from portal.retention import queries, reading, swapping, writing
from portal.retention.judging import Judged
from portal.retention.known import Known
from portal.retention.models import Books
from portal.retention.pouring import pour
from portal.retention.writing import ENTRIES, STANDINGS
from portal.trials import members

TABLES = (STANDINGS, ENTRIES)


class Overtaken(Exception):
    """Somebody else has computed these books meanwhile."""


class Found(NamedTuple):
    """What closing the books has found, and since when (by `time.perf_counter`) they have been at it."""

    known: Known
    judged: Judged
    grades: Mapping[str, Any]
    measures: dict[str, Any]
    last_event_id: int
    """Up to this one, all events are in it."""
    started: float


def replace(books_id: int, found: Found) -> Books:
    """Make it what pages speak of; commits. The books, done. Raises Overtaken."""
    _take_time()
    books = _beside(books_id, found) if swapping.is_possible(TABLES) else None
    if books is None:
        _take_time()
        books = _in_place(books_id, found)
    db.session.commit()
    return books


def _beside(books_id: int, found: Found) -> Books | None:
    """In fresh tables, uncommitted; None when the old ones could not be had, and then nothing has been done."""
    fresh = swapping.make(TABLES)
    lists = _fill(fresh, found)
    swapping.index(fresh)
    entries = fresh[ENTRIES]

    def exchange() -> Books:
        books = _held(books_id)
        members.keep_apart(entries=entries)
        _carry_over(entries, found)
        swapping.lock(fresh)
        _carry_over(entries, found)
        swapping.swap(fresh)
        return _finished(books, found, lists)

    books = swapping.patiently(exchange)
    if books is None:
        db.session.rollback()
    return books


def _in_place(books_id: int, found: Found) -> Books:
    """In the tables as they stand, uncommitted."""
    books = _held(books_id)
    for table in TABLES:
        db.session.execute(delete(table))
    lists = _fill({table: table for table in TABLES}, found)
    members.keep_apart()
    _carry_over(ENTRIES, found)
    return _finished(books, found, lists)


def _held(books_id: int) -> Books:
    """The books, with nobody else at work on entries. Raises Overtaken."""
    members.hold()
    bulk.hold("books")
    books = queries.running_books(books_id)
    if books is None:
        raise Overtaken
    return books


def _fill(tables: Mapping[Table, Table], found: Found) -> dict[str, Any]:
    """Every standing and every list, into these tables; how the books count the lists."""
    known, judged, _, _, _, _ = found
    fresh = tables[ENTRIES] is not ENTRIES
    pour(tables[STANDINGS], int(known.has_bought.sum()), writing.standings(known, judged), fresh=fresh)
    today, currency = clock.today().toordinal(), judged.learned.currency or ""
    counts: dict[str, Any] = {}
    for each in sorted(LISTS, key=lambda each: each.name):  # as most of the indexes have them
        named = getattr(definitions, each.definition)(known, judged)
        ours = named.here & (known.currency == currency)
        customers, at_stake = int(named.here.sum()), int(named.at_stake[ours].sum())
        counts[each.name] = {"customers": customers, "at_stake_minor": at_stake, "grade": found.grades.get(each.name)}
        shown = {"untouched": np.zeros(customers, dtype=bool)}
        rows = writing.entries(each, known, named, today=today) | shown
        pour(tables[ENTRIES], customers, rows, fresh=fresh)
    return counts


def _carry_over(entries: Table, found: Found) -> None:
    """Who is answerable now, if that has changed since the day of the books, and since the customers were read."""
    end = reading.end_of(date.fromordinal(found.known.as_of))
    since = queries.assigned_after(found.last_event_id, end)
    changed = update(entries).values(assignee_id=Customer.assignee_id)
    changed = changed.where(
        Customer.id == entries.c.customer_id,
        Customer.id.in_(since),
        Customer.assignee_id.is_distinct_from(entries.c.assignee_id),
    )
    db.session.execute(changed, execution_options={"synchronize_session": False})


def _finished(books: Books, found: Found, lists: dict[str, Any]) -> Books:
    learned = found.judged.learned
    books.lists, books.measures, books.currency = lists, found.measures, learned.currency
    books.method, books.why, books.learned = learned.method, learned.why, asdict(learned)
    books.customers, books.last_event_id = int(found.known.has_bought.sum()), found.last_event_id
    books.finish(round(time.perf_counter() - found.started, 3))
    return books


def _take_time() -> None:
    """In this transaction, a statement may take as long as a million customers need; nobody waits for it."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL statement_timeout = 0"))
