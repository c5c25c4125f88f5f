"""Starting and stopping playbooks by what happens: many at once, each exactly once per cause.

What stops because its cause was taken back (a purchase voided, a customer archived, an answer that counts no longer)
goes on where it stopped when the cause stands again: it is the same run, and what it had made is not made twice.
Everything happens in the caller's transaction, in a number of statements that does not grow with the causes.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import Row, Table, update

from portal import bulk, clock
from portal.bulk import Same, Stored
from portal.extensions import db
from portal.playbooks import queries
from portal.playbooks.calendar import A_DAY, later, same_days
from portal.playbooks.causes import RECENT, Cause, news_of
from portal.playbooks.models import PlaybookRun, PlaybookStep, RunStep
from portal.playbooks.queries import Active
from portal.timeline.models import Event, event_of

RUNS, STEPS = cast("Table", PlaybookRun.__table__), cast("Table", RunStep.__table__)
EVENTS = cast("Table", Event.__table__)
AT_ONCE = 2000
OLDEST = 60
"""Years: nobody has been a customer for longer."""


def react(events: Sequence[Row[Any]]) -> None:
    """Start what these events call for, and stop what they end: what the follower does."""
    bulk.hold("playbooks")
    on = queries.playbooks_on()
    news = news_of(events, {each.playbook.trigger for each in on})
    start(news.causes, on)
    for why, keys in news.gone.items():
        _stop(queries.running_by_cause(keys), why)
    if news.archived:
        _stop(queries.running_of_archived(news.archived), "archived")
    for why, keys in news.back.items():
        stopped = queries.stopped_by_cause(why, keys)
        _resume(_alone_on_their_day(stopped) if why == "voided" else stopped)
    if news.restored:
        _resume(queries.stopped_of_restored(news.restored))


def start(causes: Sequence[Cause], on: Sequence[Active]) -> int:
    """Start each of these playbooks for each cause that sets it off, unless it has been started for it before; of
    several purchases on a day the first one counts. How many were started.
    """
    wanted = [(each, cause) for cause in causes for each in on if each.playbook.trigger in cause.triggers]
    wanted = _new(wanted) if wanted else []
    if not wanted:
        return 0
    ids = list(bulk.next_ids(RUNS, len(wanted)))
    _write_runs(ids, wanted)
    _write_steps(ids, wanted)
    _write_events(wanted)
    for each in on:
        each.playbook.started += sum(1 for other, _ in wanted if other is each)
    return len(wanted)


def _new(wanted: Iterable[tuple[Active, Cause]]) -> list[tuple[Active, Cause]]:
    """Those that have not been started for their cause, nor for a purchase of the same customer on the same day; living
    customers' only.
    """
    wanted = list(wanted)
    causes = [cause for _, cause in wanted]
    known = queries.started_by_cause({cause.key for cause in causes})
    buyers = {cause.customer_id for cause in causes if cause.kind == "purchase"}
    days = queries.started_by_day(buyers, min(cause.on for cause in causes)) if buyers else set()
    living = queries.living_among({cause.customer_id for cause in causes})
    found = []
    for each, cause in wanted:
        id, day = each.playbook.id, (each.playbook.id, cause.customer_id, cause.on)
        if cause.customer_id not in living or (id, *cause.key) in known:
            continue
        if cause.kind == "purchase" and day in days:
            continue
        known.add((id, *cause.key))
        days.add(day)
        found.append((each, cause))
    return found


def _write_runs(ids: Sequence[int], wanted: Sequence[tuple[Active, Cause]]) -> None:
    bulk.insert(
        RUNS,
        len(wanted),
        {
            "id": ids,
            "playbook_id": [each.playbook.id for each, _ in wanted],
            "customer_id": [cause.customer_id for _, cause in wanted],
            "cause": [cause.kind for _, cause in wanted],
            "cause_id": [cause.id for _, cause in wanted],
            "began_on": [cause.on for _, cause in wanted],
            "created_at": Same(clock.now()),
        },
    )


def _write_steps(ids: Sequence[int], wanted: Sequence[tuple[Active, Cause]]) -> None:
    """The steps of each run with their days; one whose day has gone by is due today."""
    plan = Plan()
    steps = [(id, step.id, day) for id, each in zip(ids, wanted, strict=True) for step, day in plan.of(*each)]
    run_ids, step_ids, days = zip(*steps, strict=True) if steps else ((), (), ())
    bulk.insert(STEPS, len(steps), {"run_id": run_ids, "step_id": step_ids, "due_on": days})


class Plan:
    """The days of steps, by the firm's calendar; each is worked out once."""

    def __init__(self) -> None:
        self._holidays, self._today = queries.holidays(), clock.today()
        self._known: dict[tuple[int, date], list[tuple[PlaybookStep, date]]] = {}

    def of(self, each: Active, cause: Cause) -> list[tuple[PlaybookStep, date]]:
        """Each step of the playbook with its day."""
        key = each.playbook.id, cause.on
        if key not in self._known:
            calendar = each.playbook.calendar
            days = [later(cause.on, step.after_days, calendar, self._holidays) for step in each.steps]
            today = later(self._today, 0, calendar, self._holidays)
            self._known[key] = [(step, max(day, today)) for step, day in zip(each.steps, days, strict=True)]
        return self._known[key]


def _write_events(wanted: Sequence[tuple[Active, Cause]]) -> None:
    told = {
        each.playbook.id: json.dumps({"name": each.playbook.name, "trigger": each.playbook.trigger}, ensure_ascii=False)
        for each, _ in wanted
    }
    bulk.insert(
        EVENTS,
        len(wanted),
        {
            "at": Same(clock.now()),
            "happened_on": Same(clock.today()),
            "kind": Same("playbook.started"),
            "user_id": Same(None),
            "customer_id": [cause.customer_id for _, cause in wanted],
            "subject_id": [each.playbook.id for each, _ in wanted],
            "data": Stored([told[each.playbook.id] for each, _ in wanted]),
        },
    )


def _stop(runs: Sequence[Any], why: str) -> None:
    """End these runs (id, customer id, playbook's id and name) and what still waits of them."""
    if not runs:
        return
    ids, now = [run.id for run in runs], clock.now()
    stopped = update(PlaybookRun).where(PlaybookRun.id.in_(ids)).values(state="stopped", why=why, ended_at=now)
    db.session.execute(stopped.execution_options(synchronize_session=False))
    stop_waiting(ids)
    _note_each(runs, "stopped", why=why)


def _resume(runs: Sequence[Any]) -> None:
    """Let these runs (id, customer id, playbook's id, cause, day, playbook's name) go on with what was still to come.

    What was due more than 30 days ago is past making; a run with nothing else left stays stopped.
    """
    since = clock.today() - RECENT
    left = queries.with_steps_since([run.id for run in runs], since) if runs else set()
    again = [run for run in runs if run.id in left]
    if not again:
        return
    ids = [run.id for run in again]
    running = update(PlaybookRun).where(PlaybookRun.id.in_(ids)).values(state="running", why="", ended_at=None)
    db.session.execute(running.execution_options(synchronize_session=False))
    waiting = update(RunStep).where(RunStep.run_id.in_(ids), RunStep.state == "stopped", RunStep.due_on >= since)
    db.session.execute(waiting.values(state="waiting").execution_options(synchronize_session=False))
    _note_each(again, "resumed")


def _alone_on_their_day(runs: Sequence[Any]) -> list[Any]:
    """Those of a purchase on whose day no other one has started the same meanwhile."""
    days = queries.started_by_day({run.customer_id for run in runs}, min(run.began_on for run in runs)) if runs else ()
    return [run for run in runs if (run.playbook_id, run.customer_id, run.began_on) not in days]


def _note_each(runs: Sequence[Any], verb: str, **told: Any) -> None:
    """The events of these runs."""
    events = [
        event_of(
            f"playbook.{verb}", by=None, customer_id=run.customer_id, subject_id=run.playbook_id, name=run.name, **told
        )
        for run in runs
    ]
    bulk.put_each(Event, events)


def stop_waiting(run_ids: Sequence[int]) -> None:
    """What still waits of these runs will not be made."""
    waiting = update(RunStep).where(RunStep.run_id.in_(run_ids), RunStep.state == "waiting").values(state="stopped")
    db.session.execute(waiting.execution_options(synchronize_session=False))


# Anniversaries


def start_anniversaries() -> bool:
    """Start a playbook for customers whose first purchase has its day, of the days since it was last looked at; some
    thousands at a time. False when there is nothing more to do. Does not commit.
    """
    bulk.hold("playbooks")
    today = clock.today()
    waiting = (each for each in queries.playbooks_on() if each.playbook.trigger == "anniversary")
    late = next((each for each in waiting if each.playbook.looked_on < today), None)
    if late is None:
        return False
    day = max(late.playbook.looked_on + A_DAY, today - RECENT)
    ids = queries.customers_of_days(late.playbook.id, same_days(day, OLDEST), day.year, AT_ONCE)
    start([Cause("anniversary", id * queries.YEARS + day.year, id, day, ("anniversary",)) for id in ids], [late])
    if len(ids) < AT_ONCE:
        late.playbook.looked_on = day
    return True
