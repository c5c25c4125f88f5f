"""Books on their way: claimed by one worker at a time, computed, and taken up again after a kill.

Nothing of a computation is kept until its end, so that one that was stopped is begun anew. The end of the lease is its
holder's mark: who finds another one there has lost the books to somebody else, and stops.
"""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, or_, update
from sqlalchemy.exc import SQLAlchemyError

from portal import bulk, clock
from portal.extensions import db
from portal.retention import queries
from portal.retention.models import LEASE, Books
from portal.settings.queries import the_firm

logger = logging.getLogger("portal.retention")
GIVEN_UP_AFTER = timedelta(hours=12)
"""What could not be computed for so long kills whoever tries."""
KEPT = timedelta(days=400)
"""How long old books can be looked back at."""


class Lost(Exception):
    """Somebody else has taken the books up meanwhile, or this process is asked to leave."""


def run(books_id: int, leaving: Callable[[], bool] = lambda: False) -> bool:
    """Compute these books, if they wait for somebody; commits. False when somebody else has them, when `leaving` said
    that this process should stop (whoever comes next begins anew), or when they can't be computed.
    """
    holder = Holder.claim(books_id)
    if holder is None:
        return False
    from portal.retention import refreshing, replacing

    def tell(step: str, share: int) -> None:
        if leaving():
            holder.release()
            raise Lost
        holder.renew(step, share)

    try:
        refreshing.refresh(holder.as_of, books_id=books_id, tell=tell)
    except (Lost, replacing.Overtaken):
        db.session.rollback()
        return False
    except (ValueError, ArithmeticError, MemoryError, LookupError, SQLAlchemyError) as error:
        logger.exception("books not closed", exc_info=error)
        db.session.rollback()
        holder.fail(type(error).__name__)
        return False
    return True


class Holder:
    """Who computes books, known by the end of the lease that is written with them."""

    def __init__(self, books_id: int, until: datetime) -> None:
        self.books_id, self.until = books_id, until
        self.as_of = db.session.get_one(Books, books_id).as_of
        db.session.rollback()

    @classmethod
    def claim(cls, books_id: int) -> "Holder | None":
        """Make the books ours, if they wait for somebody; commits."""
        now = clock.now()
        free = or_(Books.lease_until.is_(None), Books.lease_until < now)
        until = now + LEASE
        unfinished = Books.state.in_(("waiting", "running"))
        values = {"state": "running", "step": "reading", "share": 0, "error": "", "lease_until": until}
        if not _change(Books.id == books_id, unfinished, free, **values):
            return None
        return cls(books_id, until)

    def renew(self, step: str, share: int) -> None:
        """So far it has come: hold them for another lease; commits. Raises Lost when they are somebody else's."""
        until = max(clock.now() + LEASE, self.until + timedelta(microseconds=1))
        if not self._set(step=step, share=share, lease_until=until):
            raise Lost
        self.until = until

    def release(self) -> None:
        """Let them go, for whoever comes next; commits."""
        self._set(state="waiting", step="", share=0, lease_until=None)

    def fail(self, error: str) -> None:
        """They can't be computed; commits. The ones before stand."""
        self._set(state="failed", error=error[:200], lease_until=None, ended_at=clock.now())

    def _set(self, **values: Any) -> bool:
        return _change(Books.id == self.books_id, Books.lease_until == self.until, **values)


def _change(*conditions: Any, **values: Any) -> bool:
    """A conditional UPDATE, committed: whether it found its row."""
    query = update(Books).where(*conditions).values(**values).execution_options(synchronize_session=False)
    result: CursorResult[Any] = db.session.execute(query)  # type: ignore[assignment]
    db.session.commit()
    return result.rowcount == 1


def give_up() -> None:
    """Books that nobody could compute for half a day are left; commits."""
    stale = (Books.state.in_(("waiting", "running")), Books.created_at < clock.now() - GIVEN_UP_AFTER)
    _change(*stale, state="failed", error="given_up", lease_until=None, ended_at=clock.now())


def forget_old() -> None:
    """Leave books that nobody looks back at; commits."""
    db.session.execute(delete(Books).where(Books.created_at < clock.now() - KEPT))
    db.session.commit()


def ask(day: date) -> int:
    """New books of that day, which wait for somebody; commits. Their id."""
    books = Books(as_of=day, created_at=clock.now())
    db.session.add(books)
    db.session.commit()
    return books.id


def begin_day() -> int | None:
    """New books, once the day of the newest is over or when there are none; commits. Their id, or None.

    Books of a fixed day are closed anew once a day, when something has happened since.
    """
    bulk.hold("books")
    firm = the_firm()
    if firm is None or not _is_time(firm.books_on):
        db.session.rollback()
        return None
    return ask(firm.books_on or clock.today())


def _is_time(fixed: date | None) -> bool:
    newest, standing = queries.newest_books(), queries.the_books()
    if newest is not None and newest.state in ("waiting", "running"):
        return False
    if standing is None or standing.as_of != (fixed or clock.today()):
        return True
    if fixed is None or clock.day_of(standing.ended_at) == clock.today():
        return False  # what is new enters today's books by and by
    return bool(queries.last_event_id() != standing.last_event_id)
