"""The demo's trials: one that has ended, one that runs. Those who are worked are called, and some buy because of it."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Protocol

from portal import clock
from portal.extensions import db
from portal.trials import members, queries, trying
from portal.trials.models import Trial
from portal.users.models import User

LISTS = ("silent", "overdue", "second-purchase")
ENOUGH = 20
"""Customers of a list from which the firm tries something."""
CALLED, BOUGHT = 0.9, 0.45
"""How many of the worked are called, and how many buy once more for it."""
DAYS, SHARE = 80, 40
ENDED, RUNNING = 104, 25
"""How many days ago each began."""


class Life(Protocol):
    """What a trial does to a customer of the story."""

    alone_until: date | None

    def care(self) -> None:
        """A call."""

    def buy(self, *, extra: bool = False) -> None:
        """A purchase."""


class Trials:
    """Tries what calls change, on whichever list is long enough."""

    def __init__(self, owner: User, lives: Mapping[int, Life], on: Callable[[date, Callable[[], None]], bool]) -> None:
        self.owner, self.lives, self.on = owner, lives, on
        self.chance = Random("trials")  # noqa: S311 - a story, not a secret
        self.left = [*LISTS]

    def plan(self, today: date) -> None:
        """They begin on their days."""
        for days in (ENDED, RUNNING):
            self.on(today - timedelta(days=days), self.begin)

    def begin(self) -> None:
        """The books are closed, and the longest list is split, if it is long enough."""
        from portal.retention import refreshing

        db.session.commit()
        refreshing.refresh(clock.today())
        counts = {name: queries.count_to_take_part(name, members.hidden_from(name)) for name in self.left}
        name = max(counts, key=lambda each: counts[each])
        if counts[name] < ENOUGH:
            return
        self.left.remove(name)
        form, lot = f"demo:{clock.today().isoformat()}", f"{self.chance.getrandbits(128):032x}"
        trial = trying.start(name, SHARE, DAYS, self.owner, form, lot=lot)
        self._work(trial)
        trial_id = trial.id
        db.session.commit()
        self.on(trial.ends_on + timedelta(days=1), lambda: self._finish(trial_id))

    def _work(self, trial: Trial) -> None:
        for customer_id, untouched in sorted(queries.members_of(trial.id).items()):
            life = self.lives[customer_id]
            if untouched:
                life.alone_until = trial.ends_on
                continue
            called = clock.today() + timedelta(days=self.chance.randrange(1, 15))
            if self.chance.random() < CALLED:
                self.on(called, life.care)
            if self.chance.random() < BOUGHT:
                self.on(called + timedelta(days=self.chance.randrange(2, 50)), partial(life.buy, extra=True))

    def _finish(self, trial_id: int) -> None:
        trial = queries.trial_for_change(trial_id)
        if trial is not None and trial.is_running:
            trying.finish(trial)
