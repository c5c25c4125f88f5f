"""A worker that has computed the books leaves when nothing is in hand, and another begins without what that took."""

import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask

from portal import jobs, worker
from portal.extensions import huey
from portal.serving import WANTS_SUCCESSOR, WorkerKeeper
from portal.worker import LIVES_SECONDS, Worker


@pytest.fixture
def grown(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """One that has lived for long enough and holds NumPy."""
    monkeypatch.setitem(sys.modules, "numpy", ModuleType("numpy"))
    monkeypatch.setattr(jobs, "_in_hand", set())
    found = Worker(huey)
    found._born -= LIVES_SECONDS + 1
    return found


def test_only_one_that_has_grown_and_rests_wants_a_successor(grown: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    assert grown.has_grown()
    seen: list[bool] = []
    jobs.in_app("a job", lambda: seen.append(grown.has_grown()))()
    assert seen == [False]
    assert grown.has_grown()
    grown._born += LIVES_SECONDS
    assert not grown.has_grown()
    grown._born -= LIVES_SECONDS
    monkeypatch.delitem(sys.modules, "numpy")
    assert not grown.has_grown()


@pytest.mark.parametrize("is_watched", [True, False])
def test_it_leaves_only_where_another_is_started(is_watched: bool, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_leaving", threading.Event())
    monkeypatch.setattr(Worker, "has_grown", lambda self: True)
    monkeypatch.setattr(Worker, "start", lambda self: None)
    monkeypatch.setattr(Worker, "stop", lambda self, graceful=False: self.stop_flag.set())
    if not is_watched:
        monkeypatch.setattr(Worker, "_beat", lambda self: self.stop_flag.set())
    assert worker.run(app, is_watched=is_watched) == is_watched


def test_its_keeper_starts_the_successor_at_once(tmp_path: Path) -> None:
    begun, over = tmp_path / "begun", threading.Event()

    def work() -> None:
        with begun.open("a") as file:
            file.write("x")
        if len(begun.read_text()) < 4:
            sys.exit(WANTS_SUCCESSOR)

    WorkerKeeper(work, give_up=over.set).watch()
    assert over.wait(30)  # the fourth was asked to leave
    assert begun.read_text() == "xxxx"
