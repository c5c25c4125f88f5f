"""How a week is judged: medians, and which step is the weakest and why."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from portal.review.models import STEPS
from portal.review.running import Run, median, monday, weakest, week_of

MONDAY = date(2026, 11, 16)


def steps(**runs: Run) -> dict[str, Run]:
    return {step: runs.get(step, Run()) for step in STEPS}


@pytest.mark.once
def test_medians_of_counted_values() -> None:
    assert median([]) is None
    assert median([(3, 0)]) is None
    assert median([(5, 2), (1, 1)]) == 5
    assert median([(1, 1), (4, 1)]) == 2.5
    assert median([(9, 1), (2, 3)]) == 2


@pytest.mark.once
def test_the_weakest_lost_most_against_its_usual() -> None:
    usual = steps(marketing=Run(onward=30, gone=70), sales=Run(onward=70, back=30), service=Run(onward=10, gone=2))
    now = steps(marketing=Run(onward=1, gone=9), sales=Run(onward=3, gone=7), service=Run(onward=0, gone=9))
    found = weakest(now, usual)  # marketing 2 fewer than usual, sales 4; of service nobody knows what is usual
    assert (found.why, found.step, round(found.missing)) == ("usual", "sales", 4)


@pytest.mark.once
def test_where_none_lost_so_the_lowest_share_is_the_weakest() -> None:
    usual = steps(marketing=Run(onward=30, gone=70), sales=Run(onward=70, back=30))
    now = steps(marketing=Run(onward=3, gone=7), sales=Run(onward=7, gone=3), repurchase=Run(onward=1, gone=3))
    assert (weakest(now, usual).why, weakest(now, usual).step) == ("lowest", "marketing")
    assert weakest(steps(marketing=Run(onward=1, gone=9)), steps()).why == "none"
    assert weakest(steps(marketing=Run(onward=5), sales=Run(onward=6)), steps()).why == "none"
    few = weakest(steps(sales=Run(onward=1, gone=3)), usual)
    assert (few.why, few.step, few.run.exits) == ("few", "", 4)


@pytest.mark.once
def test_a_week_is_held_against_the_one_before_and_its_twelve() -> None:
    def row(week_on: date, onward: int, wait: float) -> Any:
        numbers = {"entries": 1, "onward": onward, "back": 0, "gone": 1, "dropped": 2, "wait_days": wait}
        return SimpleNamespace(week_on=week_on, step="sales", counted_at=week_on, **numbers)

    week = week_of([row(date(2026, 11, 2), 5, 9), row(date(2026, 11, 9), 6, 8), row(MONDAY, 7, 4)], MONDAY)
    assert week.now["sales"] == Run(1, 7, 0, 1, 2, 4)
    assert (week.now["sales"].exits, week.now["sales"].drops, week.until) == (8, 3, date(2026, 11, 22))
    assert (week.before["sales"].onward, week.before["sales"].wait_days) == (6, 8)
    assert (week.usual["sales"].onward, week.usual["sales"].wait_days) == (11, None)
    assert (week.weakest.why, week.weakest.weeks) == ("none", 1)
    assert week_of([], MONDAY).counted_at is None
    few = week_of([row(date(2026, 11, 2), 3, 9), row(MONDAY, 2, 9)], MONDAY).weakest
    assert (few.why, few.weeks, few.run.exits) == ("none", 4, 7)
    assert monday(date(2026, 11, 22)) == MONDAY
