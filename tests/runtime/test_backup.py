"""A backup made under load is the database as it was at one instant, and restores elsewhere to equal content."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, select

from portal import backup, clock
from portal.config import Settings
from portal.extensions import db
from portal.mail.models import Heartbeat
from portal.objections.models import Document
from tests.cast import Cast
from tests.conftest import ON_POSTGRESQL
from tests.sample import make_sample

WRITERS = 4


@pytest.fixture(autouse=True)
def client_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own client programs are on the PATH, as an operator would have them."""
    from tests.postgres import pg_dump

    monkeypatch.setenv("PATH", f"{pg_dump().parent}{os.pathsep}{os.environ['PATH']}")


@contextmanager
def writers(app: Flask) -> Iterator[list[int]]:
    """Threads that write pairs of rows, a pair in each transaction; yields the numbers that were acknowledged."""
    acknowledged: list[int] = []
    stop = threading.Event()

    def write(first: int) -> None:
        number = first
        while not stop.is_set():
            with app.app_context():
                db.session.add_all(
                    Heartbeat(name=f"{side}-{number}", beat_at=clock.now()) for side in ("left", "right")
                )
                db.session.commit()
            acknowledged.append(number)
            number += WRITERS

    threads = [threading.Thread(target=write, args=(first,)) for first in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        yield acknowledged
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def restored(copy: Path, folder: Path) -> Engine:
    """The backup as a database elsewhere, restored as the README says."""
    if not ON_POSTGRESQL:
        shutil.copy(copy, folder / "portal.db")
        return create_engine(f"sqlite:///{folder / 'portal.db'}")
    from tests.postgres import pg_restore, server_url

    url = server_url(f"restored_{os.getpid()}_{copy.stem}")
    plain = url.replace("+psycopg", "")
    subprocess.run([pg_restore(), "--clean", "--if-exists", "--no-owner", f"--dbname={plain}", copy], check=True)
    return create_engine(url)


def content(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in db.metadata.sorted_tables
        }


def test_restores_to_one_instant_under_load(app: Flask, settings: Settings, tmp_path: Path) -> None:
    with writers(app) as acknowledged:
        while len(acknowledged) < 20:
            threading.Event().wait(0.01)
        before = set(acknowledged)
        backup.save(settings.database_url, tmp_path / "under_load.backup")
    engine = restored(tmp_path / "under_load.backup", tmp_path)
    names = {str(name) for name, _ in content(engine)["heartbeats"]}
    engine.dispose()
    left = {int(name.removeprefix("left-")) for name in names if name.startswith("left-")}
    right = {int(name.removeprefix("right-")) for name in names if name.startswith("right-")}
    assert left == right
    assert before <= left


def test_restores_to_equal_content(app: Flask, settings: Settings, cast: Cast, tmp_path: Path) -> None:
    make_sample(cast)
    db.session.commit()
    backup.save(settings.database_url, tmp_path / "all.backup")
    engine = restored(tmp_path / "all.backup", tmp_path)
    assert content(engine) == content(db.engine)
    engine.dispose()
    assert (tmp_path / "all.backup").stat().st_mode & 0o077 == 0


def test_never_writes_over_a_file(app: Flask, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("mine")
    with pytest.raises(backup.BackupFailed, match="there already"):
        backup.save(settings.database_url, tmp_path / "kept")
    with pytest.raises(backup.BackupFailed, match="no folder"):
        backup.save(settings.database_url, tmp_path / "nowhere" / "file")
    assert (tmp_path / "kept").read_text() == "mine"


def test_uploaded_files_stand_beside_the_copy(app: Flask, settings: Settings, cast: Cast, tmp_path: Path) -> None:
    make_sample(cast)
    told = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "all.backup"), "--json"])
    beside = tmp_path / "all.backup.uploads.tar"
    assert json.loads(told.output)["uploads"] == str(beside)
    assert beside.stat().st_mode & 0o077 == 0
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    subprocess.run(["tar", "-xf", beside, "-C", elsewhere], check=True)
    named = db.session.scalars(select(Document.stored_as)).one()
    assert (elsewhere / "uploads" / "documents" / named).read_bytes() == b"Ten years of guarantee."
    assert backup.save_uploads(tmp_path / "none", tmp_path / "other") is None
    with pytest.raises(backup.BackupFailed, match="there already"):
        backup.save_uploads(settings.instance / "uploads", tmp_path / "all.backup")


def test_the_command_reports(app: Flask, tmp_path: Path) -> None:
    runner = app.test_cli_runner()
    told = runner.invoke(args=["backup", str(tmp_path / "file"), "--json"])
    assert told.exit_code == 0, told.output
    assert f'"bytes": {(tmp_path / "file").stat().st_size}' in told.output
    again = runner.invoke(args=["backup", str(tmp_path / "file")])
    assert again.exit_code == 1
    assert "there already" in again.output


def test_a_password_is_not_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "$@" "$PGPASSWORD" > {tmp_path}/told\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(backup.BackupFailed):
        backup.save("postgresql+psycopg://portal:p%40ss@host/firm?sslmode=require", tmp_path / "file")
    told = (tmp_path / "told").read_text()
    assert "--dbname=postgresql://portal@host/firm?sslmode=require p@ss" in told
    assert not list(tmp_path.glob("*file*"))
