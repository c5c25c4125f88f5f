"""What the calls changed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.retention.uplift import findable, needed, uplift


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [((56, 70, 48, 80), 5.24, 33.39), ((9, 10, 3, 10), 17.05, 80.90), ((10, 10, 0, 20), 67.91, 100.0)],
)
def test_newcombes_own_examples(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    found = uplift(*counts)
    assert found
    assert (round(found.low, 2), round(found.high, 2)) == (low, high)
    assert found.sure
    assert found.still_needed == 0


def test_how_many_more_are_needed() -> None:
    assert needed(0.6, 0.5, 0.5) == pytest.approx(2 * 388, abs=2)  # every textbook's example
    found = uplift(12, 100, 3, 50)
    assert found
    assert not found.sure
    whole = needed(0.12, 0.06, 50 / 150)
    assert whole
    assert found.still_needed == whole - 150
    same = uplift(10, 100, 5, 50)
    assert same
    assert same.still_needed is None


def test_how_small_a_gain_can_be_found() -> None:
    gain = findable(0.5, 776, 0.5)
    assert gain == pytest.approx(0.1, abs=0.001)
    assert findable(0.7, 20, 0.1) is None
    assert findable(1.0, 1000, 0.5) is None


@settings(deadline=None)
@given(st.floats(0, 0.95), st.integers(20, 5000), st.integers(10, 50))
def test_it_is_the_smallest(share: float, customers: int, untouched: int) -> None:
    gain = findable(share, customers, untouched / 100)
    if gain is None:
        return
    found, less = needed(share + gain, share, untouched / 100), needed(share + 0.95 * gain, share, untouched / 100)
    assert found
    assert found <= customers
    assert less is None or less >= 0.98 * customers


@given(st.integers(0, 500), st.integers(0, 500), st.integers(1, 500), st.integers(1, 500))
def test_the_interval_holds_the_difference(hits: int, others: int, n: int, m: int) -> None:
    found = uplift(min(hits, n), n, min(others, m), m)
    assert found
    assert -100 <= found.low <= found.difference <= found.high <= 100
    assert found.still_needed is None or found.still_needed >= 0


def test_an_empty_group_says_nothing_and_more_buyers_than_customers_are_refused() -> None:
    assert uplift(0, 0, 3, 10) is None
    assert uplift(3, 10, 0, 0) is None
    with pytest.raises(ValueError, match="11 of 10"):
        uplift(11, 10, 0, 5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        needed(0.1, 0.2, 1.0)
