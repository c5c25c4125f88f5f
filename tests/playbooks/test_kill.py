"""kill -9 while an import's playbooks are started and their steps made: as many of each, and nothing twice."""

import random
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from portal import bulk, clock
from portal.commitments.models import Commitment
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.followers import FOLLOWERS
from portal.playbooks import jobs, making, starting
from portal.playbooks.models import PlaybookRun, RunStep
from portal.playbooks.writing import Step
from portal.timeline.following import follow
from portal.timeline.models import Event
from tests.cast import Cast
from tests.dying import survives
from tests.imports.running import import_text
from tests.playbooks.written import CALL, a_playbook

ROWS, AT_ONCE, KILLS = 120, 17, 8
MINE = next(each for each in FOLLOWERS if each.name == "playbooks")


def work() -> None:
    follow(MINE.name, MINE.kinds, MINE.handle, AT_ONCE)
    jobs.make_due()


def count(model: type[Any], *where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def test_killed_at_any_step_nothing_is_doubled_and_nothing_is_missing(
    app: Flask, cast: Cast, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(making, "AT_ONCE", AT_ONCE)
    a_playbook(Step("commitment", 0, "Check"), CALL, Step("follow_up", 0, "Write", channel="email"))
    day = clock.today().isoformat()
    rows = "".join(f"C{number},{day},10.00\n" for number in range(ROWS))
    import_text(tmp_path, f"customer,date,amount\n{rows}")
    chance, deaths = random.Random(3), 0
    while deaths < KILLS:
        assert not survives(work, chance.randrange(1, 16), (bulk, "insert"))
        deaths += 1
    clock.use_zone("America/Mexico_City")
    assert count(PlaybookRun) > 0
    work()
    work()
    db.session.rollback()
    assert count(PlaybookRun) == count(Event, Event.kind == "playbook.started") == ROWS
    assert count(RunStep) == 3 * ROWS
    made = select(RunStep.state, RunStep.made, func.count()).group_by(RunStep.state, RunStep.made)
    assert sorted(map(tuple, db.session.execute(made))) == [
        ("made", "commitment", ROWS), ("made", "follow_up", ROWS), ("waiting", "", ROWS),
    ]  # fmt: skip
    assert count(Commitment) == count(Event, Event.kind == "commitment.made") == ROWS
    assert count(FollowUp, FollowUp.origin == "playbook") == ROWS
    assert MINE.at_once == starting.AT_ONCE
