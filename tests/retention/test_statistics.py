"""Customers counted in groups."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.retention.statistics import BadStatistics, from_purchases, group, purchase_days
from tests.retention import books

pytestmark = pytest.mark.once

customer = st.integers(0, 6).flatmap(
    lambda x: st.tuples(st.just(x), st.integers(x, 30) if x else st.just(0), st.integers(30, 40))
)


@given(st.lists(customer, max_size=60))
def test_every_customer_is_in_one_group(customers: list[tuple[int, int, int]]) -> None:
    columns = [[one[number] for one in customers] for number in range(3)]
    grouped = group(*columns, indexed=True)
    assert grouped.total == len(customers)
    assert grouped.repeat_buyers == sum(x > 0 for x, _, _ in customers)
    triples = list(
        zip(grouped.frequency.tolist(), grouped.recency_days.tolist(), grouped.age_days.tolist(), strict=True)
    )
    assert triples == sorted(set(customers))
    assert grouped.of is not None
    assert [triples[number] for number in grouped.of.tolist()] == customers
    again = group(grouped.frequency, grouped.recency_days, grouped.age_days, grouped.customers)
    assert again.customers.tolist() == grouped.customers.tolist() == group(*columns).customers.tolist()


def test_time_is_in_weeks() -> None:
    grouped = group([2], [213], [272])
    assert (round(float(grouped.recency[0]), 2), round(float(grouped.age[0]), 2)) == (30.43, 38.86)


def test_huge_counts_are_exact() -> None:
    grouped = group([1, 1, 0], [5, 5, 0], [9, 9, 9], [2**52, 2**52 + 1, 1])
    assert grouped.customers.tolist() == [1, 2**53 + 1]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (([1.0, float("nan")], [1, 1], [1, 1]), "frequency: a number is missing or infinite"),
        (([1], [float("inf")], [1]), "recency: a number is missing or infinite"),
        (([1], [1], [None]), "age: a list of numbers is needed"),
        (([-1], [1], [1]), "frequency: a number is negative"),
        (([1.5], [2], [2]), "frequency: whole numbers are needed"),
        (([1], [3], [2]), "recency: a last purchase after the day of the books"),
        (([3], [2], [2]), "frequency: more purchase days than days"),
        (([0], [2], [2]), "recency: a last purchase after the first, but no second purchase day"),
        (([0], [0], [10**7]), "age: more than 100,000 days"),
        (([0, 0], [0], [1]), "not equally many"),
    ],
)
def test_impossible_numbers_are_refused(columns: tuple[list[int], ...], words: str) -> None:
    with pytest.raises(BadStatistics, match=words):
        group(*columns)


def test_purchases_of_one_day_count_once_and_later_ones_not_at_all() -> None:
    found = from_purchases([7, 7, 7, 3, 7, 9], [10, 10, 24, 12, 90, 80], as_of=31)
    assert found.customer.tolist() == [3, 7]
    assert found.frequency.tolist() == [0, 1]
    assert found.recency_days.tolist() == [0, 14]
    assert found.age_days.tolist() == [19, 21]
    who, when = purchase_days([7, 7, 7, 3], [24, 10, 10, 12])
    assert (who.tolist(), when.tolist()) == ([3, 7, 7], [12, 10, 24])


def test_cdnow_has_its_customers() -> None:
    log = books.needed("cdnow_sample")
    grouped = log.grouped()
    assert grouped.total == 2357
    assert int((grouped.customers * grouped.frequency).sum()) == 2457
    assert int(np.max(grouped.age_days)) == (date(1997, 9, 30) - date(1997, 1, 1)).days
