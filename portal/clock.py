"""The only place that asks what time it is.

Instants are UTC. A day is a day in the firm's time zone, which a request, a command
or a job names once through `use_zone`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

_zone: ContextVar[ZoneInfo] = ContextVar("zone", default=ZoneInfo("UTC"))

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """The time zone of that IANA name; raises `zoneinfo.ZoneInfoNotFoundError` when there is none."""
    return ZoneInfo(name)


def use_zone(name: str) -> None:
    """Let days be days of this IANA time zone from here on, in this context only."""
    _zone.set(zone_named(name))


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _told.get() or datetime.now(UTC)


@contextmanager
def as_of(instant: datetime) -> Iterator[None]:
    """Within, it is that aware instant: for telling a history through the verbs that the present uses."""
    token = _told.set(instant)
    try:
        yield
    finally:
        _told.reset(token)


def today() -> date:
    """The firm's day."""
    return day_of(now())


def day_of(instant: datetime) -> date:
    """The firm's day in which this aware instant falls."""
    return instant.astimezone(_zone.get()).date()


def start_of(day: date) -> datetime:
    """The instant at which the firm's day begins."""
    return datetime.combine(day, time(), _zone.get()).astimezone(UTC)


def local(instant: datetime) -> datetime:
    """The same instant on the firm's clock."""
    return instant.astimezone(_zone.get())
