"""Jobs run in the app, on the firm's calendar; the queue may fail without anybody noticing."""

import pickle
from datetime import timedelta

import pytest
import time_machine
from flask import Flask, current_app
from huey.storage import SqliteStorage

from portal import clock, jobs, schedule
from portal.config import Settings
from portal.extensions import db, huey
from portal.queue import Queue
from portal.settings.models import Firm
from portal.users.models import UserSession
from tests.cast import Cast

seen: list[object] = []


@jobs.job("tests.look")
def look(number: int) -> None:
    """Note where it runs."""
    seen.append((number, current_app.name, clock._zone.get().key))


def test_a_job_runs_in_the_app_and_on_the_firms_calendar(firm: Firm) -> None:
    seen.clear()
    clock.use_zone("UTC")
    jobs.soon(look, 7)
    assert seen == []
    assert jobs.run_waiting() == 1
    assert seen == [(7, "portal", "America/Mexico_City")]


def test_a_queue_that_is_out_of_reach_only_means_later(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise OSError("no queue")

    monkeypatch.setattr(huey.storage, "enqueue", broken)
    jobs.soon(look, 7)


def test_a_job_that_somebody_else_wrote_is_not_run(app: Flask) -> None:
    huey.storage.enqueue(pickle.dumps("not signed"))
    with pytest.raises(ValueError, match="Separator"):
        huey.dequeue()


def test_the_queue_is_a_file_of_its_own_beside_the_database(settings: Settings, tmp_path: object) -> None:
    queue = Queue("other", results=False)
    own = Settings(instance=settings.instance, database_url="sqlite:///elsewhere.db", secret_key=settings.secret_key)
    queue.bind(Flask("nothing"), own)
    assert isinstance(queue.storage, SqliteStorage)
    assert (settings.instance / "queue.db").exists()


def test_old_sessions_are_forgotten_at_night(cast: Cast) -> None:
    cast.support.sign_in("an old browser")
    with time_machine.travel(clock.now() + timedelta(days=119)):
        cast.owner.sign_in("a younger browser")
        db.session.commit()
    with time_machine.travel(clock.now() + timedelta(days=121)):
        schedule.forget_old_sessions.call_local()
    assert [session.device for session in db.session.query(UserSession)] == ["a younger browser"]


def test_the_database_is_tidied_at_night(app: Flask) -> None:
    db.session.rollback()
    schedule.tidy_database.call_local()
