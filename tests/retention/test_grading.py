"""How good the lists were."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from portal.retention import grading, refreshing
from portal.retention.judging import Judged
from portal.retention.known import Known
from portal.retention.wording import grade
from tests.cast import Cast
from tests.lists.test_definitions import LEARNED, ONCE, PLAIN, PROSPECT, TODAY
from tests.retention import books
from tests.retention.ledger import pour

ON = date.fromordinal(TODAY)
SINCE = ON - timedelta(days=1)


def standing(*crowds: tuple[int, dict[str, Any]]) -> tuple[Known, Judged]:
    """So many of each kind of customer."""
    people = [PLAIN | facts for count, facts in crowds for _ in range(count)]
    columns = {key: np.array([each[key] for each in people]) for key in PLAIN}
    own = ("expected", "p_alive", "gone", "chance", "usual")
    nothing = np.zeros(len(people), dtype=np.int64)
    known = Known(
        TODAY, id=np.arange(1, len(people) + 1), bought_by=nothing, bought_on=nothing, spent=nothing,
        **{key: column for key, column in columns.items() if key not in own},
    )  # fmt: skip
    judged = Judged(
        LEARNED, expected_purchases=nothing.astype(float), recency=nothing, frequency=nothing, monetary=nothing,
        risk=nothing.astype(str), **{key: columns[key] for key in own},
    )  # fmt: skip
    return known, judged


DUE = {"expected": TODAY}
OVERDUE = {"last": TODAY - 300, "expected": TODAY - 200}


def test_counts_who_bought_of_the_named_their_peers_and_the_rest() -> None:
    known, judged = standing((20, DUE), (30, {}), (40, ONCE), (10, PROSPECT))
    bought = np.isin(known.id, [*range(1, 15), *range(21, 30), 60, 61])
    found = grading.grades(known, judged, bought)
    assert found["due"] == {
        "on": "2026-05-15", "until": "2026-08-13", "named": 20, "bought": 14, "others": 70, "others_bought": 11,
        "peers": 30, "peers_bought": 9,
    }  # fmt: skip
    assert found["overdue"] == {
        "on": "2026-05-15", "until": "2026-08-13", "too_little": "named", "named": 0, "needed": 20
    }  # fmt: skip


def test_nobodys_knows_prospects_and_leaves_out_whom_it_cannot_know() -> None:
    known, judged = standing((15, {"assignee": 0}), (9, PROSPECT | {"assignee": 0}), (30, {"assignee": -1}), (6, {}))
    found = grading.grades(known, judged, np.isin(known.id, [1, 2, 59]))["nobodys"]
    assert (found["named"], found["bought"], found["others"], found["others_bought"]) == (24, 2, 6, 1)
    assert "peers" not in found


@pytest.mark.parametrize(
    ("newest", "graded"),
    [(ON, ON - timedelta(days=90)), (ON + timedelta(days=89), ON - timedelta(days=90)), (ON + timedelta(days=90), ON)],
)
def test_the_day_itself_is_graded_where_the_ledger_goes_on(newest: date, graded: date) -> None:
    assert grading.day_graded(ON, newest) == graded


def test_too_little_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "bought_between", lambda after, until: iter(()))
    before = grading.look_back(ON, None, lambda day: standing((3, PROSPECT)))
    assert before.grades["due"]["too_little"] == "history"
    silence = grading.look_back(ON, ON - timedelta(days=90), lambda day: standing((30, DUE)))
    assert silence.grades["due"]["too_little"] == "silence"
    found = grading.look_back(ON, ON, lambda day: standing((30, DUE), (5, {})))
    assert (found.grades["due"]["bought"], found.holdout) == (0, None)


def test_the_books_hold_grades_and_hold_out(cast: Cast) -> None:
    log = books.needed("shop")
    pour(log, cast.sales.id)
    for as_of, on in ((date(1997, 9, 30), "1997-09-30"), (date(1998, 6, 30), "1998-04-01")):
        closed = refreshing.refresh(as_of)
        graded = closed.lists["silent"]["grade"]
        until = (date.fromisoformat(on) + timedelta(days=90)).isoformat()
        assert (graded["on"], graded["until"]) == (on, until)
        assert graded["named"] + graded["others"] == len({*log.customer[log.day <= date.fromisoformat(on).toordinal()]})
        assert 0 < graded["bought"] < graded["named"]
        assert closed.measures["holdout"]["on"] == on
        assert grade("silent", graded).text
    few = refreshing.refresh(date(1997, 2, 1)).lists["due"]["grade"]
    assert (few["too_little"], few["on"], few["named"] < few["needed"]) == ("named", "1997-02-01", True)
