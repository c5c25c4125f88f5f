"""The figures of all customers together, counted again in plain Python."""

from datetime import date, timedelta
from statistics import median
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.retention.days import MONTHS
from portal.retention.judging import Judged
from portal.retention.known import Known
from portal.retention.learning import Learned
from portal.retention.measuring import measures
from portal.retention.segments import OF_CELL, SEGMENTS

TODAY = date(2026, 5, 15)
Ledger = list[tuple[str, list[tuple[int, int]]]]
"""Of each customer the currency, and purchase days as (days ago, minor units)."""


def measured(ledger: Ledger, quintiles: list[tuple[int, int]] | None = None) -> dict[str, Any]:
    """The figures of customers who bought on these days; their quintiles of recency and frequency, 3 and 3 if none."""
    today = TODAY.toordinal()
    days = [sorted((today - ago, spent) for ago, spent in bought) for _, bought in ledger]
    columns = {
        "purchase_days": [len(each) for each in days],
        "first": [each[0][0] if each else 0 for each in days],
        "second": [each[1][0] if len(each) > 1 else 0 for each in days],
        "last": [each[-1][0] if each else 0 for each in days],
        "revenue": [sum(spent for _, spent in each) for each in days],
    }
    flat = [(at, day, spent) for at, each in enumerate(days) for day, spent in each]
    purchases = np.array(flat, dtype=np.int64).reshape(-1, 3)
    nothing = np.zeros(len(ledger), dtype=np.int64)
    others = dict.fromkeys(
        ("assignee", "since", "year", "last_touch", "recovery_due", "unhappy_on", "late_due", "late_promises",
         "broken_on", "dropped_on", "promoter_on"), nothing,
    )  # fmt: skip
    known = Known(
        as_of=today, id=np.arange(len(ledger)), currency=np.array([code for code, _ in ledger], dtype=np.str_),
        median_gap=nothing.astype(float), bought_by=purchases[:, 0], bought_on=purchases[:, 1], spent=purchases[:, 2],
        **others, **{name: np.array(column, dtype=np.int64) for name, column in columns.items()},
    )  # fmt: skip
    learned = Learned("recency", "few_customers", "unknown", {}, None, None, "MXN", 0, {}, 0, 0, {})
    places = np.array(quintiles or [(3, 3) if each else (0, 0) for each in days], dtype=np.int64).reshape(-1, 2)
    floats = nothing.astype(float)
    judged = Judged(
        learned, expected=nothing, p_alive=floats, gone=floats > 0, chance=floats, expected_purchases=floats,
        usual=nothing,
        recency=places[:, 0], frequency=places[:, 1], monetary=places[:, 1], risk=nothing.astype(str),
    )  # fmt: skip
    return measures(known, judged)


def test_who_came_back_and_within_which_window() -> None:
    found = measured(
        [
            ("MXN", [(400, 100), (380, 100)]),
            ("MXN", [(200, 100), (100, 100)]),
            ("MXN", [(95, 100), (4, 100)]),
            ("MXN", [(30, 100)]),
            ("MXN", [(29, 100)]),
            ("", []),
        ]
    )
    assert (found["customers"], found["buyers"], found["clients"]) == (5, 2, 3)
    assert found["repeat"] == {"customers": 5, "again": 3, "share": 0.6}
    assert found["repeat_before"] == {"customers": 3, "again": 2, "share": 2 / 3}
    assert [(each["customers"], each["again"]) for each in found["windows"]] == [(4, 1), (3, 1), (3, 1), (2, 2), (1, 1)]
    assert found["newest_on"] == "2026-05-11"


def test_nobody_has_bought_yet() -> None:
    empty: list[Ledger] = [[], [("", [])]]
    for ledger in empty:
        found = measured(ledger)
        assert (found["customers"], found["repeat"], found["repeat_before"], found["cohorts"]) == (0, None, None, [])
        assert found["second"]["median"] is None
        assert found["revenue"] == {"months": 12, "clients_minor": 0, "buyers_minor": 0}


def test_the_share_still_waiting() -> None:
    found = measured(
        [("MXN", [(100, 1), (90, 1)]), ("MXN", [(100, 1), (50, 1)]), ("MXN", [(100, 1)]), ("MXN", [(20, 1)])]
    )
    second = found["second"]
    at = dict(zip(second["days"], zip(second["waiting"], second["watched"], strict=True), strict=True))
    assert second["days"][:3] == [0, 2, 4]
    assert at[0] == (1, 4)
    assert at[8] == (1, 4)
    assert at[10] == (0.75, 4)
    assert at[20] == (0.75, 3)
    assert at[50] == (0.375, 2)
    assert at[100] == (0.375, 1)
    assert (second["median"], second["still_waiting"], second["customers"]) == (50, 2, 4)
    assert all(
        low <= share <= high for low, share, high in zip(second["low"], second["waiting"], second["high"], strict=True)
    )


def test_money_is_only_in_the_books_currency() -> None:
    found = measured(
        [("MXN", [(10, 500), (3, 300)]), ("MXN", [(400, 70), (20, 7)]), ("USD", [(5, 9000)]), ("MXN", [(2, 40)])]
    )
    assert found["revenue"] == {"months": 12, "clients_minor": 807, "buyers_minor": 40}
    assert (found["currency"], found["other_currencies"]) == ("MXN", 1)
    assert found["economics"] == {
        "new_customers": 3, "kept_clients": 2, "new_revenue_minor": 540, "kept_revenue_minor": 307, "new_paying": 2,
        "kept_paying": 2,
    }  # fmt: skip


def test_a_cohort_in_both_readings() -> None:
    """March's two customers: day 45 and day 75 are seen whole for both, the third month only for one."""
    found = measured(
        [("MXN", [(75, 1), (70, 1), (50, 1), (40, 1), (2, 1)]), ("MXN", [(61, 1), (20, 1)]), ("MXN", [(1, 1)])]
    )
    may, march = found["cohorts"]
    assert (may["month"], may["customers"], may["again"], may["active"]) == ("2026-05", 1, [None] * 12, [None] * 12)
    assert (march["month"], march["customers"]) == ("2026-03", 2)
    assert march["again"] == [1, 2] + [None] * 10
    assert march["active"] == [1, 2] + [None] * 10


def test_every_pair_of_quintiles_has_one_name() -> None:
    cells = [cell for segment in SEGMENTS for cell in segment.cells]
    assert sorted(cells) == [(r, f) for r in range(1, 6) for f in range(1, 6)]
    assert not any("lost" in segment.word.lower() for segment in SEGMENTS)


def test_segments_say_how_many_what_they_bought_and_how_long_ago() -> None:
    ledger: Ledger = [("MXN", [(10, 500)]), ("MXN", [(20, 300)]), ("USD", [(40, 1)]), ("", [])]
    found = measured(ledger, [(5, 5), (5, 4), (5, 5), (0, 0)])["rfm"]
    assert found["cells"][4] == [0, 0, 0, 1, 2]
    champions = next(each for each in found["segments"] if each["name"] == "champions")
    assert champions == {"name": "champions", "customers": 3, "revenue_minor": 800, "median_days_since": 20.0}
    assert sum(each["customers"] for each in found["segments"]) == 3


days_ago = st.dictionaries(st.integers(0, 900), st.integers(0, 10**9), max_size=5).map(lambda each: list(each.items()))
ledgers = st.lists(st.tuples(st.sampled_from(["MXN", "MXN", "USD"]), days_ago), max_size=30)


@settings(max_examples=40, deadline=None)
@given(ledgers, st.randoms(use_true_random=False))
def test_counted_again_in_plain_python(ledger: Ledger, chance: Any) -> None:
    ledger = [(code if bought else "", bought) for code, bought in ledger]
    places = [(chance.randint(1, 5), chance.randint(1, 5)) if bought else (0, 0) for _, bought in ledger]
    found = measured(ledger, places)
    people = [
        (code, sorted((-ago, spent) for ago, spent in bought), at) for at, (code, bought) in enumerate(ledger) if bought
    ]
    for each in found["windows"]:
        complete = [days for _, days, _ in people if -days[0][0] >= each["days"]]
        again = [days for days in complete if len(days) > 1 and days[1][0] - days[0][0] <= each["days"]]
        assert (each["customers"], each["again"]) == (len(complete), len(again))
    year = [(len(days) > 1, spent) for code, days, _ in people if code == "MXN" for day, spent in days if day > -365]
    assert found["revenue"]["clients_minor"] == sum(spent for client, spent in year if client)
    assert found["revenue"]["buyers_minor"] == sum(spent for client, spent in year if not client)
    _cohorts_again(found["cohorts"], people)
    for segment in found["rfm"]["segments"]:
        here = [(code, days) for code, days, at in people if OF_CELL[places[at]].name == segment["name"]]
        assert segment["customers"] == len(here)
        assert segment["revenue_minor"] == sum(spent for code, days in here if code == "MXN" for _, spent in days)
        assert segment["median_days_since"] == (median(-days[-1][0] for _, days in here) if here else None)


def _cohorts_again(cohorts: list[dict[str, Any]], people: list[Any]) -> None:
    by_month: dict[str, list[Any]] = {}
    for _, days, _ in people:
        by_month.setdefault((TODAY + timedelta(days[0][0])).isoformat()[:7], []).append(days)
    assert [each["month"] for each in cohorts] == sorted(by_month, reverse=True)[:24]
    for cohort in cohorts:
        members = by_month[cohort["month"]]
        assert cohort["customers"] == len(members)
        for at, end in enumerate(MONTHS):
            start = MONTHS[at - 1] if at else 0
            again = sum(any(0 < day - days[0][0] <= end for day, _ in days) for days in members)
            active = sum(any(start < day - days[0][0] <= end for day, _ in days) for days in members)
            over = all(-days[0][0] >= end for days in members)
            assert cohort["again"][at] == (again if over else None)
            assert cohort["active"][at] == (active if over else None)
