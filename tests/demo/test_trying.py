"""The demo firm tries what its calls change."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from portal import clock
from portal.demo.trying import ENDED, RUNNING, Trials
from portal.extensions import db
from portal.retention import refreshing
from portal.trials.models import Trial
from tests.cast import Cast
from tests.trials.listed import a_list


class Quiet:
    """A customer to whom nothing happens by itself."""

    alone_until: date | None = None

    def care(self) -> None:
        """Nothing."""

    def buy(self, *, extra: bool = False) -> None:
        """Nothing."""


def test_one_has_ended(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = a_list(cast, 40, "silent")
    monkeypatch.setattr(refreshing, "refresh", lambda day: None)
    lives, coming = {id: Quiet() for id in ids}, list[tuple[date, Callable[[], None]]]()

    def on(day: date, happen: Callable[[], None]) -> bool:
        coming.append((day, happen))
        return True

    trials = Trials(cast.owner, lives, on)
    trials.plan(clock.today())
    assert [day for day, _ in coming] == [clock.today() - timedelta(days=days) for days in (ENDED, RUNNING)]
    trials.begin()
    trial = db.session.get_one(Trial, 1)
    assert [life.alone_until for life in lives.values()].count(trial.ends_on) == trial.untouched == 16
    last, finish = coming[-1]
    assert last == trial.ends_on + timedelta(days=1)
    finish()
    finish()
    assert trial.is_done
