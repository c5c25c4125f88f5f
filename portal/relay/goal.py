"""The one goal that everybody runs for: so many buyers who become clients in a month, a quarter or a year."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from portal import clock
from portal.settings.models import Firm

MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Stretch(NamedTuple):
    """The first and the last day of the period that a goal is counted in."""

    first: date
    last: date


def stretch(period: str, today: date) -> Stretch:
    """The month, the quarter or the year of the calendar that today is in."""
    months = MONTHS[period]
    first = date(today.year, (today.month - 1) // months * months + 1, 1)
    after = first.month - 1 + months
    return Stretch(first, date(first.year + after // 12, after % 12 + 1, 1) - timedelta(days=1))


class Goal(NamedTuple):
    """How far the goal is: so many clients made, of so many, until that day; `words` are the firm's own."""

    words: str
    period: str
    target: int
    made: int
    last: date

    @property
    def share(self) -> int:
        """In per cent, 100 at most."""
        return min(100, 100 * self.made // self.target)

    @property
    def days_left(self) -> int:
        """With today."""
        return (self.last - clock.today()).days + 1


def seen(firm: Firm, board: Any) -> Goal | None:
    """The firm's goal as the board has counted it, or None where there is none. What was counted for another period
    does not count.
    """
    if not firm.goal_clients:
        return None
    first, last = stretch(firm.goal_period, clock.today())
    counted = board.goal if board is not None and board.goal.get("first") == first.isoformat() else {}
    made = counted.get("clients", 0) if counted.get("last") == last.isoformat() else 0
    return Goal(firm.goal, firm.goal_period, firm.goal_clients, made, last)
