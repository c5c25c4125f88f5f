"""`/healthz` says what is well and what is not, to anyone, and writes nothing."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from portal import clock, errors, health
from portal.extensions import db
from portal.mail.models import Heartbeat
from portal.timeline.models import Event
from tests.browser import Browser


def test_all_is_well_while_the_worker_beats(stranger: Browser) -> None:
    health.beat()
    answer = stranger.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "up": True, "database": True, "migrated": True, "worker": True}
    assert answer.headers["Cache-Control"] == "no-store"


def test_is_there_before_the_firm_is(app: Flask) -> None:
    assert app.test_client().get("/healthz").status_code == 503


def test_tells_that_the_worker_is_silent(stranger: Browser) -> None:
    assert (stranger.get("/healthz").json or {})["worker"] is False
    health.beat()
    with time_machine.travel(clock.now() + timedelta(seconds=91)):
        answer = stranger.get("/healthz")
    assert answer.status_code == 503
    assert answer.json == {"status": "not ok", "up": True, "database": True, "migrated": True, "worker": False}


def test_tells_that_a_migration_is_missing(stranger: Browser) -> None:
    health.beat()
    newest = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    db.session.commit()
    try:
        answer = stranger.get("/healthz")
    finally:
        db.session.execute(text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest})
        db.session.commit()
    assert answer.status_code == 503
    assert (answer.json or {})["migrated"] is False


def test_tells_that_the_database_is_gone(stranger: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*args: object, **kwargs: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(db.session, "scalars", gone)
    answer = stranger.get("/healthz")
    assert answer.status_code == 503
    assert answer.json == {"status": "not ok", "up": True, "database": False, "migrated": False, "worker": False}


def test_a_page_tells_that_the_migrations_have_not_run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing table is an OperationalError on SQLite and another one on PostgreSQL, and neither passes by waiting."""
    monkeypatch.setitem(app.error_handler_spec[None][None], Exception, errors._broken)

    def missing(*args: object, **kwargs: object) -> None:
        db.session.execute(text("SELECT 1 FROM a_table_of_the_next_release"))

    monkeypatch.setattr("portal.context.the_firm", missing)
    answer = app.test_client().get("/sign-in")
    assert answer.status_code == 503
    page = answer.get_data(as_text=True)
    assert "flask --app wsgi db upgrade" in page
    assert "try again" not in page


def test_writes_nothing_and_sets_no_cookie(stranger: Browser) -> None:
    before = db.session.scalar(select(func.count()).select_from(Event))
    answer = stranger.get("/healthz")
    assert "Set-Cookie" not in answer.headers
    assert db.session.scalar(select(func.count()).select_from(Event)) == before
    assert db.session.scalar(select(Heartbeat)) is None


def test_beats_again_and_again_on_one_row(app: Flask) -> None:
    health.beat()
    health.beat()
    assert db.session.scalar(select(func.count()).select_from(Heartbeat)) == 1
