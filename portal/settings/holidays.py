"""The firm's holidays, as they are written down: one day a line, in order."""

from collections.abc import Iterable
from datetime import date

MOST = 366


def days_off(written: str) -> frozenset[date]:
    """The days of a list as it is kept."""
    return frozenset(date.fromisoformat(each) for each in written.split())


def as_kept(typed: str) -> str:
    """A list as somebody has typed it, as it is kept; raises ValueError on what is no day, or on too many."""
    days = sorted({_day(word) for word in typed.replace(",", " ").replace(";", " ").split()})
    if len(days) > MOST:
        raise ValueError(typed)
    return lines(days)


def lines(days: Iterable[date]) -> str:
    """Days, one a line."""
    return "\n".join(day.isoformat() for day in days)


def _day(word: str) -> date:
    if len(word) != 10 or not word.isascii():
        raise ValueError(word)
    return date.fromisoformat(word)
