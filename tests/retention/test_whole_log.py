"""The whole log of CDNOW, its books closed on the last day of week 39: the lists, their grades and the fit, each held
against the log itself in plain Python.
"""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.lists.catalogue import LISTS
from portal.retention import queries, refreshing
from portal.retention.models import ListEntry
from tests.browser import Browser
from tests.retention import books, ledger, plain

CLOSED = date(1997, 9, 30)
UNTIL = CLOSED + timedelta(days=90)


@pytest.mark.long
def test_every_list_opens_with_reasons_and_its_grade(app: Flask, owner: Browser) -> None:
    log = books.needed("cdnow")
    ledger.pour(log)
    refreshing.refresh(CLOSED)
    shown = queries.the_books()
    assert shown is not None
    days: dict[int, set[int]] = {}
    for customer, day in zip(log.customer.tolist(), log.day.tolist(), strict=True):
        days.setdefault(customer, set()).add(day)
    closed, until = CLOSED.toordinal(), UNTIL.toordinal()
    before = {id: sorted(day for day in their if day <= closed) for id, their in days.items()}
    before = {id: their for id, their in before.items() if their}
    came = {id for id, their in days.items() if any(closed < day <= until for day in their)}
    assert (shown.method, shown.customers) == ("bgnbd", len(before))

    overdue = {id for id, their in before.items() if _gap(their) and closed - their[-1] > 2 * _gap(their)}
    named = {
        name: set(db.session.scalars(select(ListEntry.customer_id).where(ListEntry.list == name)))
        for name in (each.name for each in LISTS)
    }
    assert named["overdue"] == overdue
    assert named["nobodys"] == set(before)
    assert named["unhappy"] == named["promises"] == named["referral"] == set()
    window = shown.learned["second"]["window"]
    assert named["second-purchase"] == {
        id for id, their in before.items() if len(their) == 1 and window[0] <= closed - their[0] <= window[1]
    }
    assert not named["second-purchase"]  # all of them first bought in spring: half a year ago, and more
    for name in ("due", "overdue"):
        grade = shown.lists[name]["grade"]
        assert (grade["on"], grade["until"]) == (CLOSED.isoformat(), UNTIL.isoformat())
        assert (grade["named"], grade["bought"]) == (len(named[name]), len(named[name] & came))
        others = set(before) - named[name]
        assert (grade["others"], grade["others_bought"]) == (len(others), len(others & came))
    assert all(named[name] for name in ("due", "slipping", "silent", "thank"))
    for each in LISTS:
        page = owner.get(f"/retention/{each.name}").get_data(as_text=True)
        assert f"{len(named[each.name]):,}" in page

    found = plain.fit([(x, recency, age, n) for (x, recency, age), n in Counter(map(_triple, before.values())).items()])
    params = shown.learned["params"]
    assert [params[name] for name in ("r", "alpha", "a", "b")] == pytest.approx(found, rel=0.01)


def _gap(days: list[int]) -> float:
    return median(later - earlier for earlier, later in pairwise(days)) if len(days) > 2 else 0


def _triple(days: list[int]) -> tuple[int, float, float]:
    return len(days) - 1, (days[-1] - days[0]) / 7, (CLOSED.toordinal() - days[0]) / 7
