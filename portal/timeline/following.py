"""Followers: rooms that react to what has happened, each event exactly once and in order.

A follower has a place in the record (`EventCursor`). It reads the events behind its place, does its work, and moves its
place in the same transaction, with its place locked: a kill leaves the old state or the new, and two workers take
turns. All followers stand in `portal.followers`.
"""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, text

from portal import clock
from portal.extensions import db
from portal.timeline import queries
from portal.timeline.models import EventCursor

PATIENCE_SECONDS = 5.0
"""So long we wait for transactions that are writing events; one of an import takes a second."""
LOOK_AGAIN_SECONDS = 0.05
OVERLAP = timedelta(minutes=10)
"""No transaction lasts longer: what was written before that can be seen."""
_NEW_PLACE = text("INSERT INTO event_cursors (name, last_event_id) VALUES (:name, 0) ON CONFLICT DO NOTHING")
Handle = Callable[[Sequence[Row[Any]]], None]


class Follower(NamedTuple):
    """Who reacts to which kinds of events, and how."""

    name: str
    kinds: tuple[str, ...]
    handle: Handle
    """Does what these events call for, in the transaction that it is called in."""
    at_once: int = 1000


def follow(
    name: str,
    kinds: Sequence[str],
    handle: Handle,
    at_once: int = 1000,
    *,
    leaving: Callable[[], bool] = lambda: False,
) -> int:
    """Hand the events of these kinds that this follower has not seen yet to `handle`, at most so many at a time, as
    rows of (id, at, happened_on, kind, user_id, customer_id, subject_id, data); how many there were.

    Commits after each time. Ends early when `leaving` says so, and when another worker is at it. What `handle` raises
    undoes that time and is raised.

    Who has no place yet begins with the first event: the migration that brings a follower to firms with a history gives
    it the newest one's.
    """
    seen = 0
    while not leaving():
        count = _step(name, kinds, handle, at_once)
        seen += count
        if count < at_once:
            break
    return seen


def _step(name: str, kinds: Sequence[str], handle: Handle, at_once: int) -> int:
    settled = settled_event_id()
    db.session.execute(_NEW_PLACE, {"name": name})
    place = queries.place_for_change(name)
    if place is None or place.last_event_id >= settled:
        db.session.rollback()
        return 0
    events = queries.events_between(place.last_event_id, settled, kinds, at_once)
    if events:
        handle(events)
    _move(place, events[-1].id if len(events) == at_once else settled)
    db.session.commit()
    return len(events)


def _move(place: EventCursor, event_id: int) -> None:
    place.last_event_id, place.moved_at = event_id, clock.now()


def settled_event_id() -> int:
    """Up to this one, all events can be seen, and none will come in between: whoever reads from now on misses none.

    On PostgreSQL a number is drawn before its event can be seen, and a later one may be seen earlier. So we look at the
    newest, and then wait until each transaction that was writing events has ended; when one takes too long, what was
    written ten minutes ago has to do.
    """
    newest = queries.last_event_id()
    if db.session.get_bind().dialect.name != "postgresql":
        return newest
    writing, until = queries.writers(), time.monotonic() + PATIENCE_SECONDS
    while writing and time.monotonic() < until:
        time.sleep(LOOK_AGAIN_SECONDS)
        writing &= queries.writers()
    return min(newest, queries.event_id_before(clock.now() - OVERLAP)) if writing else newest
