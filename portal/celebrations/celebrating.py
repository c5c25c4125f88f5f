"""Celebrating: what went well is put on the wall, once, soon after it happened.

A sale and a client follow from purchases, a streak from promises that were kept (both read from the record, see
`portal.followers`), an anniversary from the calendar. What happened more than 30 days ago is history: an old ledger
that is imported celebrates nothing, and neither does what a customer bought before we knew them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, insert, update

from portal import bulk, clock
from portal.celebrations import queries
from portal.celebrations.models import Celebration
from portal.extensions import db

FOLLOWED = ("purchase.recorded", "purchase.changed", "purchase.restored", "commitment.kept")
RECENT = timedelta(days=30)
YEARS = (1, 2, 5, 10)
STREAKS = (10, 25, 50, 100, 250, 500, 1000)
LOOK_BACK = 3
"""Days whose anniversaries are looked for, so that a server that slept over one misses none."""
Found = dict[str, Any]


def follow(events: Sequence[Row[Any]]) -> None:
    """Celebrate what these events have brought about."""
    bulk.hold("celebrations")
    earliest = clock.today() - RECENT
    bought = {event.customer_id for event in events if event.kind != "commitment.kept"}
    kept = [event.subject_id for event in events if event.kind == "commitment.kept" and event.happened_on >= earliest]
    _write([*_of_buyers(bought, earliest), *_of_streaks(kept)])


def anniversaries() -> int:
    """Celebrate the years since the first purchase of clients; commits. How many are new.

    Who bought once and never again has nothing to look back on. Of 29 February it is the 28th.
    """
    bulk.hold("celebrations")
    today = clock.today()
    days = {
        first: (day, years)
        for day in (today - timedelta(days=n) for n in range(LOOK_BACK))
        for years in YEARS
        for first in _years_before(day, years)
    }
    found = []
    for id, assignee_id, first_on in queries.clients_since(days):
        day, years = days[first_on]
        found.append(_found("anniversary", day, f"anniversary:{id}:{years}", id, assignee_id, years))
    written = _write(found)
    db.session.commit()
    return written


def _years_before(day: date, years: int) -> list[date]:
    """The days whose anniversary this is: one, or two on the last day of a short February."""
    year = day.year - years
    leap = date(year, 3, 1) - timedelta(days=1)
    if (day.month, day.day) == (2, 29):
        return [leap] if leap.day == 29 else []
    same = day.replace(year=year)
    is_last = day.month == 2 and (day + timedelta(days=1)).month == 3
    return [same, leap] if is_last and leap.day == 29 else [same]


def _of_buyers(customer_ids: Iterable[int], earliest: date) -> list[Found]:
    """First purchases of prospects whom we knew, and second ones."""
    found = []
    for row in queries.buyers_since(set(customer_ids), earliest):
        known_on = clock.day_of(row.created_at)
        for kind, day in (("sale", row.first_purchase_on), ("client", row.second_purchase_on)):
            if day is not None and day >= max(earliest, known_on):
                found.append(_found(kind, day, f"{kind}:{row.id}", row.id, row.assignee_id))
    return found


def _of_streaks(commitment_ids: Sequence[int]) -> list[Found]:
    """Milestones that these kept promises have reached: of each user the highest, when several are reached at once."""
    found = []
    for user_id, new in Counter(queries.keepers(commitment_ids)).items():
        kept, since = queries.streak_of(user_id)
        milestone = max((each for each in STREAKS if kept - new < each <= kept), default=None)
        if milestone is not None:
            cause = f"streak:{user_id}:{milestone}:{since.isoformat() if since else 'ever'}"
            found.append(_found("streak", clock.today(), cause, None, user_id, milestone))
    return found


def _found(kind: str, on: date, cause: str, customer_id: int | None, user_id: int | None, number: int = 0) -> Found:
    return {
        "kind": kind, "happened_on": on, "cause": cause, "customer_id": customer_id, "user_id": user_id,
        "number": number, "created_at": clock.now(),
    }  # fmt: skip


def _write(found: Sequence[Found]) -> int:
    """Put on the wall what is not there yet; what was moved to another day goes there. How many are new."""
    stands = queries.days_of([each["cause"] for each in found])
    new = [each for each in found if each["cause"] not in stands]
    if new:
        db.session.execute(insert(Celebration), new)
    for each in found:
        if stands.get(each["cause"], each["happened_on"]) != each["happened_on"]:
            moved = update(Celebration).where(Celebration.cause == each["cause"])
            db.session.execute(moved.values(happened_on=each["happened_on"]))
    return len(new)
