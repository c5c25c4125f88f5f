"""The firm's own second-purchase curve."""

import numpy as np
import pytest

from portal.retention.second_purchase import curve
from portal.retention.statistics import BadStatistics
from tests.retention import books

FREIREICH = ([6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35], [1] * 9 + [0] * 12)
"""Weeks of remission of 21 patients (Freireich and others 1963), on which every textbook shows the method."""


def test_the_textbooks_answer() -> None:
    found = curve(*FREIREICH)
    assert found.days.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert found.waiting == pytest.approx([0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=5e-5)
    assert (found.low[0], found.high[0]) == pytest.approx((0.6197, 0.9516), abs=5e-4)
    assert (found.low[-1], found.high[-1]) == pytest.approx((0.1881, 0.6801), abs=5e-4)
    assert (found.customers, found.still_waiting, found.longest, found.median) == (21, 12, 35, 23)
    assert found.day_reached(0.2) == 10
    assert found.day_reached(0.6) is None


def test_without_censoring_it_is_the_share_itself() -> None:
    found = curve([1, 2, 2, 5], [1, 1, 1, 1])
    assert found.waiting.tolist() == [0.75, 0.25, 0.0]
    assert found.waiting_after([0, 1, 3, 5, 99]).tolist() == [1, 0.75, 0.25, 0, 0]
    assert (found.low >= 0).all()
    assert (found.high <= 1).all()


def test_one_time_buyers_are_ranked_by_it() -> None:
    found = curve(*FREIREICH)
    chance = found.chance([0, 10, 21, 30], 7)
    assert chance == pytest.approx([1 - 0.8067, 1 - 0.6275 / 0.7529, 1 - 0.4482 / 0.6275, 0], abs=2e-4)
    assert found.window(0.1, 0.9) == (6, 23)
    assert found.window(0.3, 0.6) == (7, 16)


def test_groups_count_as_their_customers_do() -> None:
    each, grouped = curve([3, 3, 3, 8, 8], [1, 1, 0, 0, 0]), curve([3, 3, 8], [1, 0, 0], [2, 1, 2])
    assert each.waiting.tolist() == grouped.waiting.tolist() == [0.6]
    assert (each.low.tolist(), each.customers) == (grouped.low.tolist(), grouped.customers)
    huge = curve([3, 8], [1, 0], [10**12, 10**12])
    assert huge.waiting.tolist() == [0.5]


def test_nobody_came_back_and_nobody_at_all() -> None:
    found = curve([0, 5, 9], [0, 0, 0])
    assert (found.days.size, found.still_waiting, found.median, found.window()) == (0, 3, None, None)
    assert found.chance([1, 2], 30).tolist() == [0, 0]
    assert curve([], []).chance(3, 30) == 0
    with pytest.raises(BadStatistics, match="days: a number is missing"):
        curve([float("nan")], [1])
    with pytest.raises(BadStatistics, match="equally many"):
        curve([1, 2], [1])


def test_cdnow_waits_for_long() -> None:
    log = books.needed("cdnow_sample")
    who, when = np.unique(np.stack([log.customer, log.day]), axis=1)
    first = np.flatnonzero(np.append(True, np.diff(who) != 0))
    again = np.append(np.diff(who) == 0, False)[first]
    wait = np.where(again, np.append(when[1:], 0)[first], books.LAST) - when[first]
    found = curve(wait, again)
    assert found.customers == 2357
    assert found.still_waiting == int((~again).sum())
    assert 0.4 < found.waiting[-1] < 0.6
