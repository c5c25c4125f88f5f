"""Closing the books of a day: read what is known, learn of it, judge everybody, write standings and lists.

What pages read is replaced in one transaction, with the books marked as done, so that they always see one whole set.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from portal import clock
from portal.extensions import db, reading_only
from portal.retention import grading, judging, learning, measuring, queries, reading, replacing
from portal.retention.judging import Judged
from portal.retention.known import Known
from portal.retention.models import Books
from portal.retention.replacing import Found
from portal.retention.statistics import Integers
from portal.settings.queries import the_firm
from portal.timeline.following import settled_event_id

Tell = Callable[[str, int], None]
"""Told of each step and of the share that is done, in per cent; may raise to stop."""


def refresh(as_of: date, *, books_id: int | None = None, tell: Tell = lambda step, share: None) -> Books:
    """Compute everything as of this day, and make it what pages speak of; commits. The books, done.

    `books_id` are books that a job has claimed; without, new ones are made. Raises `replacing.Overtaken`.
    """
    started = time.perf_counter()
    if books_id is None:
        books_id = _begin(as_of)
    found = _found(as_of, started, tell)
    tell("writing", 70)
    return replacing.replace(books_id, found)


def _found(as_of: date, started: float, tell: Tell) -> Found:
    """All that the books will say."""
    tell("reading", 0)
    with keeping_nobody_waiting():
        last_event_id, newest = settled_event_id(), queries.newest_purchase()
        standing = Standings(as_of)
    tell("grading", 25)
    with keeping_nobody_waiting():
        looked_back = grading.look_back(as_of, newest, standing.of, standing.between)
    tell("judging", 50)
    with keeping_nobody_waiting():
        known, judged = standing.of(as_of)
    tell("measuring", 65)
    measures = measuring.measures(known, judged) | {"holdout": looked_back.holdout}
    return Found(known, judged, looked_back.grades, measures, last_event_id, started)


@contextmanager
def keeping_nobody_waiting() -> Iterator[None]:
    """Read, and leave the transaction; on SQLite one that can't write, since any other would keep all writers out."""
    on_sqlite = db.session.get_bind().dialect.name == "sqlite"
    token = reading_only.set(on_sqlite or reading_only.get())
    try:
        yield
    finally:
        db.session.rollback()
        reading_only.reset(token)


class Standings:
    """What was known and expected of everybody as of the day of the books, and as of earlier ones."""

    def __init__(self, as_of: date) -> None:
        """Read the ledger up to that day."""
        firm = the_firm()
        self.silent_after_days = firm.silent_after_days if firm else 60
        self.as_of, self.bought = as_of, reading.ledger(as_of)
        self.present: tuple[Known, Judged] | None = None

    def of(self, day: date) -> tuple[Known, Judged]:
        """As of that day; the day of the books is computed once."""
        if day == self.as_of and self.present:
            return self.present
        known = reading.known(day, bought=self.bought)
        db.session.rollback()  # nobody waits for us while we think
        found = known, judging.judge(known, learning.learn(known, self.silent_after_days))
        if day == self.as_of:
            self.present = found
        return found

    def between(self, after: date, until: date) -> tuple[Integers, Integers]:
        """The purchase days after one day, up to and with another: whose, and which."""
        if until > self.as_of:
            return grading.bought_days(after, until)
        return self.bought.between(after.toordinal(), until.toordinal())


def _begin(as_of: date) -> int:
    books = Books(as_of=as_of, created_at=clock.now())
    books.begin()
    db.session.add(books)
    db.session.commit()
    return books.id
