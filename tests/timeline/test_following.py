"""Followers see every event once and in order: two at once, with numbers that are seen out of order, and killed."""

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Row, insert, select

from portal import clock, followers, jobs
from portal.extensions import db
from portal.settings.models import Firm
from portal.timeline import following
from portal.timeline.following import Follower, follow, settled_event_id
from portal.timeline.models import Event, EventCursor, record
from tests.dying import survives

KINDS = ("list.saved", "list.renamed")


def happen(*kinds: str) -> None:
    """Write these events, each in a transaction of its own."""
    for kind in kinds:
        record(kind, by=None)
        db.session.commit()


def note(events: Sequence[Row[Any]]) -> None:
    """What a follower of these tests does: write down, in the same transaction, what it has seen."""
    for event in events:
        record("list.deleted", by=None, seen=event.id)


def noted() -> list[int]:
    db.session.rollback()
    query = select(Event.data).where(Event.kind == "list.deleted").order_by(Event.id)
    return [data["seen"] for data in db.session.scalars(query)]


def place() -> int:
    db.session.rollback()
    return db.session.scalar(select(EventCursor.last_event_id).where(EventCursor.name == "tests")) or 0


def test_a_follower_sees_its_kinds_once_and_in_order_and_no_event_twice(app: Flask) -> None:
    happen("list.saved", "list.assigned", "list.renamed", "list.saved")
    assert follow("tests", KINDS, note, 2) == 3
    assert noted() == [1, 3, 4]
    assert follow("tests", KINDS, note, 2) == 0
    assert place() == 7
    happen("list.renamed")
    assert follow("tests", KINDS, note, leaving=lambda: True) == 0
    assert follow("other", KINDS, note) == 4
    assert follow("tests", KINDS, note) == 1
    assert noted() == [1, 3, 4, 1, 3, 4, 8, 8]


def test_what_fails_is_tried_again(app: Flask) -> None:
    happen("list.saved")

    def fail(events: Sequence[Row[Any]]) -> None:
        note(events)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        follow("tests", KINDS, fail)
    db.session.rollback()
    assert (place(), noted()) == (0, [])
    assert follow("tests", KINDS, note) == 1


def test_two_workers_at_once_see_each_event_once(app: Flask) -> None:
    happen(*KINDS * 20)
    together = threading.Barrier(3)

    def work() -> None:
        with app.app_context():
            together.wait()
            follow("tests", KINDS, note, 3)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    follow("tests", KINDS, note)
    assert noted() == list(range(1, 41))


@pytest.mark.postgresql
def test_an_event_that_is_seen_later_than_a_newer_one_is_not_missed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"at": clock.now(), "happened_on": clock.today(), "kind": "list.saved", "data": {}}
    with db.engine.connect() as slow:
        slow.execute(insert(Event), values)
        happen("list.saved")
        monkeypatch.setattr(following, "PATIENCE_SECONDS", 0.2)
        assert settled_event_id() == 0
        assert follow("tests", KINDS, note) == 0
        monkeypatch.setattr(following, "PATIENCE_SECONDS", 20)
        threading.Timer(0.3, slow.commit).start()
        assert follow("tests", KINDS, note) == 2
    assert noted() == [1, 2]


def test_a_killed_follower_goes_on_where_it_was(app: Flask) -> None:
    happen(*KINDS * 5)
    for step in (3, 4, 3):  # killed right before its second commit, and right after it
        assert not survives(lambda: follow("tests", KINDS, note, 1), step)
    assert follow("tests", KINDS, note) == 6
    assert noted() == list(range(1, 11))


def test_all_followers_are_asked_to_look_and_one_in_trouble_keeps_no_other(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(events: Sequence[Row[Any]]) -> None:
        raise ZeroDivisionError

    both = (Follower("bad", KINDS, fail), Follower("good", KINDS, note, 1))
    monkeypatch.setattr(followers, "FOLLOWERS", both)
    happen("list.saved", "list.saved")
    followers.follow_soon()
    jobs.run_waiting()
    assert noted() == [1, 2]
