"""PRODUCT.md's known answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.surveys.scales import SCALES
from portal.surveys.scoring import score


def rounded(kind: str, counts: dict[int, int]) -> tuple[float, float, float]:
    found = score(kind, counts)
    assert found is not None
    return round(found.value, 1), round(found.low, 1), round(found.high, 1)


@pytest.mark.parametrize(
    ("kind", "counts", "expected"),
    [
        ("nps", {9: 10, 10: 5, 8: 10, 0: 1, 6: 4}, (33.3, 4.8, 55.8)),
        ("nps", {10: 3, 7: 1, 3: 1}, (40.0, -29.8, 79.8)),
        ("csat", {5: 30, 4: 15, 3: 3, 1: 2}, (90.0, 78.6, 95.7)),
    ],
)
def test_known_answers(kind: str, counts: dict[int, int], expected: tuple[float, float, float]) -> None:
    assert rounded(kind, counts) == expected


def test_ces_is_a_mean_with_the_share_of_five_and_more() -> None:
    found = score("ces", {7: 2, 5: 1, 4: 1, 1: 1})
    assert found is not None
    assert (found.value, found.share, found.n) == (4.8, 60.0, 5)
    assert found.low < 60 < found.high
    assert [round(end, 2) for end in found.around] == [2.52, 6.39]
    alike = score("ces", {7: 1})
    assert alike is not None
    assert alike.around[0] < 3 < alike.around[1] == 7  # one answer says little


def test_no_answers_have_no_score() -> None:
    assert all(score(kind, {}) is None for kind in SCALES)


@given(st.sampled_from(sorted(SCALES)), st.lists(st.integers(0, 10_000), min_size=11, max_size=11))
def test_the_interval_stays_within_the_scale(kind: str, counts: list[int]) -> None:
    of = dict(zip(SCALES[kind].scores, counts, strict=False))
    found = score(kind, of)
    if found is None:
        assert not any(of.values())
    else:
        least = -100 if kind == "nps" else 0
        assert least <= found.low <= found.high <= 100
        low, high = found.around
        assert low <= found.value + 1e-9
        assert high >= found.value - 1e-9
