"""Closing the books of a day: read what is known, learn of it, judge everybody, write standings and lists.

What pages read is replaced in one transaction, with the books marked as done, so that they always see one whole set.
"""

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import delete, text

from portal import bulk, clock
from portal.extensions import db
from portal.lists import definitions
from portal.lists.catalogue import LISTS
from portal.retention import grading, judging, learning, measuring, queries, reading, writing
from portal.retention.known import Judged, Known
from portal.retention.models import Books, ListEntry, Standing
from portal.retention.pouring import pour
from portal.retention.statistics import Integers
from portal.retention.writing import ENTRIES, STANDINGS
from portal.settings.queries import the_firm
from portal.timeline.following import settled_event_id
from portal.trials import members

Tell = Callable[[str, int], None]
"""Told of each step and of the share that is done, in per cent; may raise to stop."""


class Overtaken(Exception):
    """Somebody else has computed these books meanwhile."""


def refresh(as_of: date, *, books_id: int | None = None, tell: Tell = lambda step, share: None) -> Books:
    """Compute everything as of this day, and make it what pages speak of; commits. The books, done.

    `books_id` are books that a job has claimed; without, new ones are made. Raises Overtaken.
    """
    started = time.perf_counter()
    if books_id is None:
        books_id = _begin(as_of)
    tell("reading", 0)
    last_event, silent_after_days = settled_event_id(), _silent_after_days()
    bought, newest = reading.ledger(as_of), queries.newest_purchase()
    present: dict[date, tuple[Known, Judged]] = {}

    def standing(day: date) -> tuple[Known, Judged]:
        known = reading.known(day, bought=bought)
        db.session.rollback()  # nobody waits for us while we think
        found = known, judging.judge(known, learning.learn(known, silent_after_days))
        if day == as_of:
            present[day] = found
        return found

    def between(after: date, until: date) -> tuple[Integers, Integers]:
        if until > as_of:
            return grading.bought_days(after, until)
        return bought.between(after.toordinal(), until.toordinal())

    tell("grading", 25)
    looked_back = grading.look_back(as_of, newest, standing, between)
    db.session.rollback()
    tell("judging", 50)
    known, judged = present.get(as_of) or standing(as_of)
    learned = judged.learned
    tell("measuring", 65)
    measures = measuring.measures(known, judged) | {"holdout": looked_back.holdout}
    tell("writing", 70)
    _take_time()
    members.hold()
    bulk.hold("books")
    books = queries.running_books(books_id)
    if books is None:
        db.session.rollback()
        raise Overtaken
    books.lists = _replace_all(known, judged, looked_back.grades)
    members.keep_apart()
    books.method, books.why, books.learned = learned.method, learned.why, asdict(learned)
    books.customers, books.last_event_id = int(known.has_bought.sum()), last_event
    books.measures = measures
    books.finish(round(time.perf_counter() - started, 3))
    db.session.commit()
    return books


def _take_time() -> None:
    """In this transaction, a statement may take as long as a million customers need; nobody waits for it."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL statement_timeout = 0"))


def _silent_after_days() -> int:
    firm = the_firm()
    return firm.silent_after_days if firm else 60


def _begin(as_of: date) -> int:
    books = Books(as_of=as_of, created_at=clock.now())
    books.begin()
    db.session.add(books)
    db.session.commit()
    return books.id


def _replace_all(known: Known, judged: Judged, grades: dict[str, Any]) -> dict[str, Any]:
    """Write every standing and every list anew, uncommitted; how the books count the lists."""
    db.session.execute(delete(ListEntry))
    db.session.execute(delete(Standing))
    pour(STANDINGS, int(known.has_bought.sum()), writing.standings(known, judged))
    today, currency = clock.today().toordinal(), judged.learned.currency or ""
    counts: dict[str, Any] = {}
    for each in LISTS:
        named = getattr(definitions, each.definition)(known, judged)
        ours = named.here & (known.currency == currency)
        customers, at_stake = int(named.here.sum()), int(named.at_stake[ours].sum())
        counts[each.name] = {"customers": customers, "at_stake_minor": at_stake, "grade": grades.get(each.name)}
        shown = {"untouched": np.zeros(customers, dtype=bool)}
        pour(ENTRIES, customers, writing.entries(each, known, named, today=today) | shown)
    return counts
