"""Due days: which ones may be chosen, and the short ways of saying them that stand on chips."""

from calendar import monthrange
from datetime import date, timedelta

from portal import clock
from portal.rules import N_, BrokenRule

FARTHEST = timedelta(days=5 * 366)
STEPS = ("none", "tomorrow", "3_days", "1_week", "1_month", "date")


class DayOutOfReach(BrokenRule):
    """A day that has gone by, or is too far away to be meant."""

    message = N_("Choose a day from today on, within five years.")


def checked(day: date) -> date:
    """The day, if something may fall due on it; raises `DayOutOfReach`."""
    today = clock.today()
    if not today <= day <= today + FARTHEST:
        raise DayOutOfReach
    return day


def day_of_step(step: str, chosen: date | None) -> date | None:
    """The day behind a chip: `none` is None, `date` is the chosen day; raises `DayOutOfReach`."""
    today = clock.today()
    if step == "date":
        if chosen is None:
            raise DayOutOfReach
        return checked(chosen)
    days = {"tomorrow": 1, "3_days": 3, "1_week": 7}.get(step)
    if days:
        return today + timedelta(days=days)
    return a_month_after(today) if step == "1_month" else None


def a_month_after(day: date) -> date:
    """The same day of the next month, or its last: 31 January → 28 February."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))
