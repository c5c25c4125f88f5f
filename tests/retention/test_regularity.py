"""How regular buyers are, and their cadence."""

import numpy as np
import pytest

from portal.retention import regularity
from portal.retention.statistics import BadStatistics


@pytest.mark.parametrize("shape", [1.0, 2.0, 5.0])
def test_the_shape_of_simulated_gaps_is_found(shape: float) -> None:
    chance = np.random.default_rng(5)
    pace = chance.gamma(2, 20, 20_000)
    earlier, later = (chance.gamma(shape, pace / shape) for _ in range(2))
    found = regularity.of_pairs(earlier, later)
    assert found.shape == pytest.approx(shape, rel=0.05)
    assert found.low is not None
    assert found.high is not None
    assert found.low < shape < found.high
    assert found.regular is (shape > 1.5)


def test_too_few_buyers_say_nothing() -> None:
    found = regularity.of_pairs([7] * 29, [7] * 29)
    assert (found.buyers, found.shape, found.regular) == (29, None, False)
    assert regularity.of_purchases([], []).buyers == 0


def test_buyers_like_clockwork_are_regular() -> None:
    who = np.repeat(np.arange(40), 5)
    days = np.tile(np.arange(5) * 30, 40) + who
    found = regularity.of_purchases(who, days)
    assert found.buyers == 40
    assert found.regular
    assert found.shape == regularity.ALIKE


def test_of_each_buyer_the_last_two_gaps_count() -> None:
    who = np.concatenate([np.repeat(np.arange(50), 3), [98, 99, 99]])
    days = np.concatenate([np.tile([0, 10, 40], 50), [3, 4, 9]])
    assert regularity.of_purchases(who, days).buyers == 50
    longer = regularity.of_purchases(np.append(who, np.arange(50)), np.append(days, np.full(50, 70)))
    assert longer.shape == regularity.ALIKE


def test_a_cadence_is_the_median_gap() -> None:
    found = regularity.cadences([4, 4, 4, 4, 2, 2, 2, 9], [30, 0, 10, 100, 50, 20, 50, 8])
    assert found.customer.tolist() == [2, 4]
    assert found.purchase_days.tolist() == [2, 4]
    assert found.median_gap.tolist() == [30, 20]
    assert found.expected_day.tolist() == [80, 120]


def test_a_long_pause_says_more_of_a_regular_buyer() -> None:
    assert regularity.still_coming([0, 30, 60], 30, 1.0) == pytest.approx(np.exp([0, -1, -2]))
    assert regularity.still_coming(60, 30, 5.0) < regularity.still_coming(60, 30, 1.0)


def test_broken_gaps_are_refused() -> None:
    with pytest.raises(BadStatistics, match="no length"):
        regularity.of_pairs([0.0], [0.0])
    with pytest.raises(BadStatistics, match="missing"):
        regularity.of_pairs([float("nan")], [1.0])
    with pytest.raises(BadStatistics, match="pairs"):
        regularity.of_pairs([1.0, 2.0], [1.0])
    with pytest.raises(BadStatistics, match="shape"):
        regularity.still_coming(1, 1, 0)
