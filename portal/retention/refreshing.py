"""Closing the books of a day: read what is known, learn of it, judge everybody, write standings and lists.

What pages read is replaced in one transaction, with the books marked as done, so that they always see one whole set.
"""

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import delete

from portal import clock
from portal.extensions import db
from portal.lists import definitions
from portal.lists.catalogue import LISTS
from portal.retention import judging, learning, measuring, queries, reading, writing
from portal.retention.known import Judged, Known
from portal.retention.models import Books, ListEntry, Standing

Tell = Callable[[str, int], None]
"""Told of each step and of the share that is done, in per cent."""


def refresh(as_of: date, *, books: Books | None = None, tell: Tell = lambda step, share: None) -> Books:
    """Compute everything as of this day, and make it what pages speak of; commits. The books, done.

    `books` are those that a job has claimed; without, new ones are made.
    """
    started = time.perf_counter()
    if books is None:
        books = Books(as_of=as_of, created_at=clock.now())
        db.session.add(books)
        books.begin()
        db.session.commit()
    books_id = books.id
    tell("reading", 0)
    last_event = queries.last_event_id()
    known = reading.known(as_of)
    db.session.rollback()  # nobody waits for us while we think
    tell("learning", 40)
    learned = learning.learn(known)
    tell("judging", 50)
    judged = judging.judge(known, learned)
    measures = measuring.measures(known, judged)
    db.session.rollback()
    tell("writing", 60)
    books = db.session.get_one(Books, books_id)
    replace_all(books, known, judged)
    books.method, books.why, books.learned = learned.method, learned.why, asdict(learned)
    books.customers, books.last_event_id = int(known.has_bought.sum()), last_event
    books.measures = measures
    books.finish(round(time.perf_counter() - started, 3))
    db.session.commit()
    tell("writing", 100)
    return books


def replace_all(books: Books, known: Known, judged: Judged) -> None:
    """Write every standing and every list anew, uncommitted, and count the lists in the books."""
    db.session.execute(delete(ListEntry))
    db.session.execute(delete(Standing))
    writing.standings(known, judged)
    counts: dict[str, Any] = {}
    for each in LISTS:
        named = getattr(definitions, each.definition)(known, judged)
        writing.entries(each, known, named, on_today=each.on_today and known.as_of == clock.today().toordinal())
        ours = named.here & (known.currency == (judged.learned.currency or ""))
        counts[each.name] = {
            "customers": int(named.here.sum()),
            "at_stake_minor": int(np.where(ours, named.at_stake, 0).sum()),
            "grade": None,
        }
    books.lists = counts
