"""Counting the weeks of the relay into rows of their own, so that the page costs the same however many customers there
are. What is counted, and what the words mean, is told in `running`.

A customer who passes a step twice in a week counts twice. The archive is as it is now: who has been brought back is not
gone, and of the purchases only living customers' count. A purchase that is entered, moved or voided later changes the
week of its day when that is counted again: the running week every few minutes, the four before it at night, all of them
by command.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from portal import bulk, clock
from portal.extensions import db
from portal.relay.legs import LEGS
from portal.review import queries
from portal.review.models import STEPS, RelayWeek
from portal.review.running import GONE_AFTER, WEEK, Run, median, monday

KEPT_WEEKS = 104
"""How far back weeks are counted: two years."""
COUNTED_AGAIN = 4
"""Weeks before the running one that are counted again at night."""
ONE_NAME = "relay_weeks"


def keep_up() -> bool:
    """Count the running week if something has happened since it was counted; tells whether it was."""
    on, newest = monday(clock.today()), queries.newest_event()
    bulk.hold(ONE_NAME)
    kept = queries.week_for_change(on)
    if len(kept) == len(STEPS) and min(row.last_event_id for row in kept.values()) >= newest:
        return False
    count(on, on, newest)
    return True


def count_recent() -> None:
    """Count the running week and those before it that may have changed; all of them the first time."""
    on = monday(clock.today())
    known = queries.oldest_week() is not None
    bulk.hold(ONE_NAME)
    count(on - COUNTED_AGAIN * WEEK if known else first_week(), on, queries.newest_event())


def recount() -> int:
    """Count all weeks anew; tells how many there are."""
    bulk.hold(ONE_NAME)
    first, last = first_week(), monday(clock.today())
    count(first, last, queries.newest_event())
    return (last - first).days // 7 + 1


def first_week() -> date:
    """The Monday from which weeks are counted: that of the first day of the relay, two years ago at most."""
    running = monday(clock.today())
    begun = queries.begun_on()
    return max(running - (KEPT_WEEKS - 1) * WEEK, min(monday(begun), running) if begun else running)


def count(first: date, last: date, newest: int) -> None:
    """Count the weeks from one Monday to another into their rows. `newest` is the event up to which they are true."""
    seconds = _repurchases(first, last)
    on = first
    while on <= last:
        kept = queries.week_for_change(on)
        for step, run in _legs(on).items() | {"repurchase": seconds[on]}.items():
            row = kept.get(step) or RelayWeek(week_on=on, step=step)
            for name, value in asdict(run).items():
                setattr(row, name, value)
            row.last_event_id, row.counted_at = newest, clock.now()
            db.session.add(row)
        db.session.flush()
        on += WEEK


def _legs(on: date) -> dict[str, Run]:
    """What passed through each leg in the week that begins on that Monday."""
    until = on + WEEK
    moves, seconds = queries.moves(on, until), queries.seconds_in_service(on, until)
    gone = _counts(queries.let_go(on, until)) + _counts(queries.archived(clock.start_of(on), clock.start_of(until)))
    dropped = _counts(queries.unanswered(on, until))
    return {leg: _run(leg, moves, seconds, gone[leg], dropped[leg]) for leg in LEGS}


def _counts(rows: Iterable[Any]) -> Counter[str]:
    return Counter({leg: int(count) for leg, count in rows if leg})


def _run(leg: str, moves: Sequence[Any], seconds: Sequence[Any], gone: int, dropped: int) -> Run:
    entries = sum(move.count for move in moves if move.leg == leg != move.came_from)
    left = [move for move in moves if move.came_from == leg != move.leg]
    if leg == "service":
        waits = [((row.on - row.since).days, row.count) for row in seconds]
        back = sum(move.count for move in left if not move.was_client)
    else:
        ahead = [move for move in left if LEGS.index(move.leg) > LEGS.index(leg)]
        waits = [((move.from_on - (move.waited_since or move.from_on)).days, move.count) for move in ahead]
        back = sum(move.count for move in left) - sum(move.count for move in ahead)
    return Run(entries, sum(count for _, count in waits), back, gone, dropped, median(waits))


def _repurchases(first: date, last: date) -> dict[date, Run]:
    """The step to repurchase in each of these weeks."""
    today = clock.today()
    entries: Counter[date] = Counter()
    gone: Counter[date] = Counter()
    waits: defaultdict[date, list[tuple[float, int]]] = defaultdict(list)
    for bought_on, again_on, count in queries.buyers(first, first - GONE_AFTER, last + WEEK - GONE_AFTER):
        entries[monday(bought_on)] += count
        given_up_on = bought_on + GONE_AFTER
        if given_up_on <= today and (again_on is None or again_on > given_up_on):
            gone[monday(given_up_on)] += count
        if again_on is not None:
            waits[monday(again_on)].append(((again_on - bought_on).days, count))
    return {
        on: Run(entries[on], sum(n for _, n in waits[on]), 0, gone[on], 0, median(waits[on]))
        for on in _mondays(first, last)
    }


def _mondays(first: date, last: date) -> list[date]:
    return [first + n * WEEK for n in range((last - first).days // 7 + 1)]
