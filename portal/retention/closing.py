"""Closing the books: which day was asked for, and that somebody shall do it."""

from datetime import date

from portal import clock
from portal.extensions import db
from portal.retention import queries
from portal.retention.models import Books, Economics
from portal.rules import N_, BrokenRule
from portal.users.models import User

TODAY = "today"


class NoSuchDay(BrokenRule):
    """The books can't be closed on what was typed."""

    message = N_("That is not a day. Choose one, or write it as 2026-11-21.")


def day_asked(typed: str, today: date, purchases: tuple[date, date] | None) -> date | None:
    """The day that was asked for; None for today, whichever day that is. `purchases` are the first and the last day
    with one. Raises NoSuchDay for what is none, a day to come, and one before the first purchase.
    """
    if typed == TODAY:
        return None
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        raise NoSuchDay from None
    if day > today:
        raise NoSuchDay(N_("That day has not come yet: books are closed of what has happened."))
    if purchases is None:
        raise NoSuchDay(N_("There is no purchase yet, so there are no books to close."))
    if day < purchases[0]:
        raise NoSuchDay(N_("Nobody had bought by that day: the first purchase was on %(day)s."), day=purchases[0])
    return None if day == today else day


def ask(day: date, by: User | None) -> Books:
    """Books of that day, to be computed by whoever takes them up. Asked for twice, before anybody has begun, they are
    one; the caller holds the firm, so that two do not ask at the same moment.
    """
    if (waiting := queries.waiting_books(day)) is not None:
        return waiting
    books = Books(as_of=day, asked_by_id=by.id if by else None, created_at=clock.now())
    db.session.add(books)
    db.session.flush()
    return books


def begin_economics() -> Economics:
    """The firm's one row of its own figures, empty."""
    said = Economics(id=1, version=0)
    db.session.add(said)
    db.session.flush()
    return said
