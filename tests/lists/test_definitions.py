"""Whom each list names, and why: one customer per line, told by a word, on a day in the middle of May."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from portal.lists import definitions
from portal.lists.catalogue import BY_NAME, LISTS
from portal.retention.judging import Judged
from portal.retention.known import Known
from portal.retention.learning import Learned
from portal.retention.writing import entries

TODAY = date(2026, 5, 15).toordinal()
NEVER = 0
SECOND = {"window": [20, 60], "days": [20, 60], "waiting": [0.9, 0.5], "median": 60}
LEARNED = Learned(
    "bgnbd", "fits", "irregular", {}, None, None, "MXN", 50_000, SECOND,
    high_minor=100_000, silent_after_days=60, cuts={},
)  # fmt: skip
PLAIN: dict[str, Any] = {
    "assignee": 1, "since": TODAY - 900, "currency": "MXN", "purchase_days": 4, "first": TODAY - 500,
    "second": TODAY - 400, "last": TODAY - 10, "median_gap": 100.0, "revenue": 90_000, "year": 50_000,
    "last_touch": TODAY - 5, "recovery_due": 0, "unhappy_on": 0, "late_due": 0, "late_promises": 0, "broken_on": 0,
    "dropped_on": 0,
    "promoter_on": 0,
    "expected": TODAY + 90, "p_alive": 0.9, "gone": False, "chance": 0.5, "usual": 12_000,
}  # fmt: skip
"""A regular client with nothing to be said of."""
ONCE = {"purchase_days": 1, "second": NEVER, "median_gap": np.nan, "p_alive": np.nan, "expected": NEVER}
PROSPECT = ONCE | {"purchase_days": 0, "first": NEVER, "last": NEVER, "chance": np.nan, "year": 0, "revenue": 0}


def named(name: str, **people: dict[str, Any]) -> dict[str, tuple[int, float, str]]:
    """Of these customers, whom the list names: how many days ago its day was, its number and its word; in its order."""
    _, found = asked(name, people)
    here = [at for at in np.argsort(found.urgency, kind="stable").tolist() if found.here[at]]
    names = list(people)
    return {
        names[at]: (TODAY - int(found.on[at]), round(float(found.number[at]), 2), str(found.kind[at])) for at in here
    }


def asked(name: str, people: dict[str, dict[str, Any]]) -> tuple[Known, definitions.Named]:
    """What is known of these customers, and what the list says of them."""
    columns = {key: np.array([(PLAIN | facts)[key] for facts in people.values()]) for key in PLAIN}
    own = ("expected", "p_alive", "chance", "usual")
    nothing = np.zeros(len(people), dtype=np.int64)
    known = Known(
        TODAY, id=np.arange(len(people)), bought_by=nothing, bought_on=nothing, spent=nothing,
        **{key: column for key, column in columns.items() if key not in (*own, "gone")},
    )  # fmt: skip
    judged = Judged(
        LEARNED, gone=columns["gone"].astype(bool), expected_purchases=nothing.astype(float), recency=nothing,
        frequency=nothing, monetary=nothing, risk=nothing.astype(str),
        **{key: columns[key] for key in own},
    )  # fmt: skip
    return known, getattr(definitions, name)(known, judged)


@pytest.mark.parametrize("each", LISTS, ids=lambda each: each.name)
def test_nobody_is_named_without_a_reason(each: Any) -> None:
    assert named(each.definition, plain={}) == {}
    assert named(each.definition) == {}


def test_due_names_regular_buyers_near_the_expected_day() -> None:
    found = named(
        "due",
        later={"expected": TODAY + 26},
        soon={"expected": TODAY + 25},
        past={"expected": TODAY - 25},
        weekly={"expected": TODAY + 8, "median_gap": 7.0},
        yearly={"expected": TODAY + 30, "median_gap": 365.0},
        twice={"expected": TODAY, "purchase_days": 2},
        once=ONCE,
    )
    assert found == {"past": (25, 100, ""), "soon": (-25, 100, ""), "yearly": (-30, 365, "")}


def test_overdue_names_who_is_gone_for_more_than_twice_the_usual_gap() -> None:
    found = named(
        "overdue",
        on_the_edge={"last": TODAY - 200},
        small={"last": TODAY - 201, "year": 10},
        large={"last": TODAY - 250},
        twice={"last": TODAY - 900, "purchase_days": 2},
        daily={"last": TODAY - 5, "median_gap": 1.0, "year": 5},
        prospect=PROSPECT,
    )
    assert found == {"large": (250, 2.5, ""), "small": (201, 2.01, ""), "daily": (5, 5, "")}


def test_second_purchase_names_who_bought_once_inside_the_window() -> None:
    def bought(days: int, chance: float) -> dict[str, Any]:
        return ONCE | {"first": TODAY - days, "last": TODAY - days, "chance": chance}

    found = named(
        "second",
        early=bought(19, 0.9),
        opens=bought(20, 0.3),
        closes=bought(60, 0.4),
        late=bought(61, 0.9),
        client={"last": TODAY - 30},
        prospect=PROSPECT,
    )
    assert found == {"closes": (60, 0.4, ""), "opens": (20, 0.3, "")}


def test_slipping_away_names_the_valuable_who_are_more_likely_gone() -> None:
    found = named(
        "slipping",
        valuable={"year": 100_000, "p_alive": 0.49, "gone": True},
        most={"year": 900_000, "p_alive": 0.1, "last": TODAY - 300, "gone": True},
        unmodelled={"year": 800_000, "p_alive": np.nan, "last": TODAY - 300, "gone": True},
        there={"year": 100_000, "p_alive": 0.5},
        small={"year": 99_999, "p_alive": 0.1, "gone": True},
        once=ONCE | {"year": 900_000},
    )
    assert found == {"most": (300, 0.1, ""), "unmodelled": (300, 100, "pause"), "valuable": (10, 0.49, "")}


def test_unhappy_stands_until_it_is_made_right() -> None:
    found = named(
        "unhappy",
        open={"unhappy_on": TODAY - 2, "recovery_due": TODAY},
        late={"unhappy_on": TODAY - 9, "recovery_due": TODAY - 7},
        nothing_promised={"unhappy_on": TODAY - 3},
        prospect=PROSPECT | {"unhappy_on": TODAY - 1, "recovery_due": TODAY + 1},
    )
    assert found == {
        "late": (7, 7, "late"), "nothing_promised": (3, 3, "missing"), "open": (0, 0, "open"),
        "prospect": (-1, 0, "open"),
    }  # fmt: skip


def test_promises_names_the_late_and_the_lately_broken() -> None:
    found = named(
        "promises",
        late={"late_due": TODAY - 3, "late_promises": 2},
        very_late={"late_due": TODAY - 30, "late_promises": 1},
        broken={"broken_on": TODAY - 4},
        spoken_to={"broken_on": TODAY - 6},
        long_ago={"broken_on": TODAY - 90, "last_touch": NEVER},
    )
    assert found == {"very_late": (30, 1, "late"), "broken": (4, 0, "broken"), "late": (3, 2, "late")}


def test_silent_names_recent_buyers_whom_nobody_has_touched() -> None:
    quiet = {"last": TODAY - 100, "last_touch": TODAY - 61}
    found = named(
        "silent",
        quiet=quiet,
        never=quiet | {"last_touch": NEVER, "year": 80_000},
        touched=quiet | {"last_touch": TODAY - 60},
        sold_to=quiet | {"last": TODAY - 60},
        long_gone=quiet | {"last": TODAY - 366},
        prospect=PROSPECT | {"last_touch": NEVER},
    )
    assert found == {"never": (100, 100, "never"), "quiet": (61, 61, "")}


def test_thank_names_new_clients_milestones_and_anniversaries() -> None:
    today = date.fromordinal(TODAY)
    found = named(
        "thank",
        client={"purchase_days": 2, "last": TODAY - 6, "last_touch": NEVER},
        tenth={"purchase_days": 10, "last": TODAY - 13},
        too_late={"purchase_days": 10, "last": TODAY - 14, "last_touch": NEVER},
        thanked={"purchase_days": 5, "last": TODAY - 6},
        sixth={"purchase_days": 6, "last": TODAY - 1, "last_touch": NEVER},
        two_years={"first": today.replace(year=2024).toordinal()},
        this_year=ONCE | {"first": TODAY - 3, "last": TODAY - 3, "last_touch": NEVER},
        prospect=PROSPECT,
    )
    assert found == {"two_years": (0, 2, "anniversary"), "client": (6, 2, "client")}
    tenth = named("thank", tenth={"purchase_days": 10, "last": TODAY - 13, "last_touch": NEVER})
    assert tenth == {"tenth": (13, 10, "milestone")}


def test_the_anniversary_of_a_leap_day_is_the_last_of_february() -> None:
    first = date(2024, 2, 29).toordinal()
    known = type("", (), {"first": np.array([first, first]), "as_of": date(2026, 3, 1).toordinal()})
    years, on = definitions._anniversary(known)  # type: ignore[arg-type]
    assert years.tolist() == [2, 2]
    assert date.fromordinal(int(on[0])) == date(2026, 2, 28)


def test_referral_names_promoters_nobody_has_asked_the_latest_first() -> None:
    assert list(named("referral", older={"promoter_on": TODAY - 9}, newer={"promoter_on": TODAY - 1})) == [
        "newer",
        "older",
    ]


def test_nobodys_names_whom_nobody_answers_for_and_not_who_cannot_be_known() -> None:
    found = named(
        "nobodys",
        client={"assignee": 0},
        prospect=PROSPECT | {"assignee": 0, "since": TODAY - 7},
        not_known={"assignee": -1},
        dropped={"dropped_on": TODAY - 2},
    )
    assert found == {"client": (10, 4, ""), "prospect": (7, 0, "prospect"), "dropped": (2, 4, "dropped")}


def test_only_whom_nobody_has_touched_since_belongs_on_today() -> None:
    gone = {"last": TODAY - 260, "gone": True}
    people = {"waits": gone | {"last_touch": TODAY - 250}, "called": gone, "never": gone | {"last_touch": NEVER}}
    known, found = asked("overdue", people)
    on_today = [entries(BY_NAME["overdue"], known, found, today=day)["on_today"].tolist() for day in (TODAY, TODAY + 1)]
    assert on_today == [[True, False, True], [False, False, False]]
