"""The firm's calendar: days counted one by one, or working days only. It knows no database."""

from collections.abc import Collection
from datetime import date, timedelta

SATURDAY = 5
A_DAY = timedelta(days=1)


def later(day: date, days: int, calendar: str, holidays: Collection[date]) -> date:
    """So many days after that day. By the `working` calendar Saturdays, Sundays and holidays are passed over: none at
    all is then the day itself, or the next one on which the firm works.
    """
    if calendar != "working":
        return day + timedelta(days=days)
    while days > 0:
        day += A_DAY
        days -= is_working(day, holidays)
    while not is_working(day, holidays):
        day += A_DAY
    return day


def is_working(day: date, holidays: Collection[date]) -> bool:
    """Does the firm work that day?"""
    return day.weekday() < SATURDAY and day not in holidays


def anniversary_in(year: int, day: date) -> date:
    """The anniversary of that day in that year: of 29 February, in most years, the 28th."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def same_days(day: date, years: int) -> list[date]:
    """The days, up to so many years before, whose anniversary that day is."""
    days = [each for year in range(day.year - years, day.year) if (each := anniversary_in(year, day)).day == day.day]
    if (day.month, day.day) == (2, 28) and not _is_leap(day.year):
        days += [date(year, 2, 29) for year in range(day.year - years, day.year) if _is_leap(year)]
    return days


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
