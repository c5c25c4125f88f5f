"""BG/NBD against what its authors published, and against the paper's formulas in plain Python."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.retention import bgnbd, statistics
from portal.retention.bgnbd import Parameters
from tests.retention import books, plain

pytestmark = pytest.mark.once

PUBLISHED = Parameters(0.242593, 4.413532, 0.792886, 2.425749)
"""As the authors' spreadsheet has them: .243, 4.414, .793 and 2.426."""

shapes = st.floats(0.05, 20).map(lambda value: round(value, 3))
parameters = st.builds(Parameters, shapes, st.floats(0.2, 60).map(lambda value: round(value, 2)), shapes, shapes)
histories = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 300), st.integers(0, 300), st.integers(1, 50)), min_size=1, max_size=30
)


def grouped_of(rows: list[tuple[int, int, int, int]]) -> statistics.Grouped:
    """Any numbers, made into those of customers."""
    kept = [(x if recency >= x and x else 0, recency, pause, n) for x, recency, pause, n in rows]
    x = [row[0] for row in kept]
    recency = [row[1] if row[0] else 0 for row in kept]
    age = [before + row[2] for before, row in zip(recency, kept, strict=True)]
    return statistics.group(x, recency, age, [row[3] for row in kept])


def triples_of(grouped: statistics.Grouped) -> list[plain.Triple]:
    columns = (grouped.frequency, grouped.recency, grouped.age, grouped.customers)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_the_published_fit() -> None:
    log = books.needed("cdnow_sample")
    found = bgnbd.fit(log.grouped())
    assert found.trouble is None
    assert found.parameters
    assert (found.customers, found.repeat_buyers) == (2357, 946)
    assert round(found.log_likelihood, 1) == -9582.4
    fitted = found.parameters
    assert [round(one, 3) for one in (fitted.r, fitted.alpha, fitted.a, fitted.b)] == [0.243, 4.414, 0.793, 2.426]


def test_the_published_expectations() -> None:
    assert float(bgnbd.expected_purchases(PUBLISHED, 39, 2, 30.43, 38.86)) == pytest.approx(1.226, abs=5e-4)
    assert float(bgnbd.p_alive(PUBLISHED, 2, 30.43, 38.86)) == pytest.approx(0.7266, abs=5e-5)
    assert float(bgnbd.expected_purchases(PUBLISHED, 52, 26, 30.86, 31)) == pytest.approx(25.76, abs=5e-3)
    assert float(bgnbd.p_alive(PUBLISHED, 26, 30.86, 31)) == pytest.approx(0.969, abs=5e-4)
    weeks = bgnbd.expected_of_anyone(PUBLISHED, [1, 3, 32, 78])
    assert weeks == pytest.approx([0.0532, 0.1506, 1.0437, 1.8576], abs=5e-4)


@pytest.mark.parametrize("name", ["shop", "cdnow_sample", "cdnow"])
def test_the_fit_agrees_with_the_paper_in_plain_python(name: str) -> None:
    log = books.needed(name)
    grouped = log.grouped()
    found = bgnbd.fit(grouped)
    assert found.parameters
    assert found.trouble is None
    ours = (found.parameters.r, found.parameters.alpha, found.parameters.a, found.parameters.b)
    triples = triples_of(grouped)
    theirs = plain.fit(triples)
    assert ours == pytest.approx(theirs, rel=0.01)
    assert found.log_likelihood == pytest.approx(plain.log_likelihood(theirs, triples), rel=1e-7)
    alive, expected = bgnbd.scores(found.parameters, grouped, 13)
    for number, (x, recency, age, _) in list(enumerate(triples))[:: max(1, len(triples) // 200)]:
        assert alive[number] == pytest.approx(plain.p_alive(theirs, x, recency, age), rel=0.01)
        assert expected[number] == pytest.approx(plain.expected_purchases(theirs, 13, x, recency, age), rel=0.01)


@given(parameters, histories)
@settings(max_examples=40, deadline=None)
def test_the_likelihood_is_the_papers(chosen: Parameters, rows: list[tuple[int, int, int, int]]) -> None:
    grouped = grouped_of(rows)
    four = (chosen.r, chosen.alpha, chosen.a, chosen.b)
    expected = plain.log_likelihood(four, triples_of(grouped))
    assert bgnbd.log_likelihood(chosen, grouped) == pytest.approx(expected, rel=1e-10, abs=1e-9)


@given(parameters, histories)
@settings(max_examples=40, deadline=None)
def test_the_gradient_is_the_likelihoods(chosen: Parameters, rows: list[tuple[int, int, int, int]]) -> None:
    grouped = grouped_of(rows)
    four = np.array([chosen.r, chosen.alpha, chosen.a, chosen.b])
    exact = bgnbd.gradient(chosen, grouped)
    scale = max(1.0, abs(bgnbd.log_likelihood(chosen, grouped)))
    for number, name in enumerate(("r", "alpha", "a", "b")):
        width = 1e-4 * four[number]
        around = []
        for share in (-2, -1, 1, 2):
            moved = four.copy()
            moved[number] += share * width
            around.append(bgnbd.log_likelihood(Parameters(*moved), grouped))
        slope = (around[0] - 8 * around[1] + 8 * around[2] - around[3]) / (12 * width)
        assert exact[number] == pytest.approx(slope, rel=1e-5, abs=1e-10 * scale / width), name


@given(parameters, st.integers(0, 60), st.floats(0, 200), st.floats(0, 100), st.floats(0.1, 60))
@settings(max_examples=60, deadline=None)
def test_expectations_are_the_papers(chosen: Parameters, x: int, recency: float, pause: float, weeks: float) -> None:
    recency = recency if x else 0.0
    four = (chosen.r, chosen.alpha, chosen.a, chosen.b)
    assume_calm = abs(chosen.a - 1) > 0.01 and (x or abs(chosen.a + chosen.b - 1) > 0.01)
    if not assume_calm or weeks / (chosen.alpha + recency + pause + weeks) > 0.9:
        return  # where the printed formula has no value, or its series does not end
    expected = plain.expected_purchases(four, weeks, x, recency, recency + pause)
    found = float(bgnbd.expected_purchases(chosen, weeks, x, recency, recency + pause))
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-9)
    alive = float(bgnbd.p_alive(chosen, x, recency, recency + pause))
    assert alive == pytest.approx(plain.p_alive(four, x, recency, recency + pause), rel=1e-9)
    assert 0 <= alive <= 1


def test_a_of_one_and_a_pole_are_passed_smoothly() -> None:
    for beside, at in (((0.3, 5, 1 + 1e-4, 2.0), (0.3, 5, 1.0, 2.0)), ((0.3, 5, 0.4, 0.6 + 1e-6), (0.3, 5, 0.4, 0.6))):
        near = bgnbd.expected_purchases(Parameters(*beside), [1, 30, 900], [0, 2, 9], [0, 5, 20], 30)
        found = bgnbd.expected_purchases(Parameters(*at), [1, 30, 900], [0, 2, 9], [0, 5, 20], 30)
        assert np.isfinite(found).all()
        assert found == pytest.approx(near, rel=1e-3)


def test_nobody_comes_in_no_time_and_more_in_more() -> None:
    weeks = np.concatenate([[0], np.geomspace(1e-3, 1e5, 60)])
    expected = bgnbd.expected_purchases(PUBLISHED, weeks, 7, 30, 39)
    assert expected[0] == pytest.approx(0, abs=1e-12)
    assert (np.diff(expected) > 0).all()
    assert bgnbd.expected_purchases(PUBLISHED, 10, 7, 0.5, 0.5).shape == ()


def test_very_frequent_buyers_have_finite_numbers() -> None:
    found = bgnbd.expected_purchases(PUBLISHED, 52, [1_000, 100_000], [999.0, 99_999.0], [1_000.0, 100_000.0])
    assert np.isfinite(found).all()
    assert found[0] == pytest.approx(52 * 1000.24 / 1004.41, rel=0.03)
    assert bgnbd.p_alive(PUBLISHED, 100_000, 10.0, 5_000.0) == pytest.approx(0, abs=1e-300)


def test_one_time_buyers_are_called_alive() -> None:
    assert (bgnbd.p_alive(PUBLISHED, 0, 0, [0.0, 10.0, 500.0]) == 1).all()


def test_scores_are_those_of_each_customer() -> None:
    log = books.needed("shop")
    grouped, found = log.grouped(), log.histories()
    alive, expected = bgnbd.scores(PUBLISHED, grouped, 26)
    assert grouped.of is not None
    each = (found.frequency, found.recency_days / 7, found.age_days / 7)
    assert alive[grouped.of] == pytest.approx(bgnbd.p_alive(PUBLISHED, *each))
    assert expected[grouped.of] == pytest.approx(bgnbd.expected_purchases(PUBLISHED, 26, *each))


def test_a_large_firm_is_fitted_from_a_part_of_it_first_and_to_the_same_end() -> None:
    x, recency, age = books.simulated(40_000, seed=4)
    grouped = statistics.group(x, recency, age)
    found = bgnbd.fit(grouped)
    assert found.trouble is None
    assert found.parameters
    assert np.abs(bgnbd.gradient(found.parameters, grouped)).max() < 1e-3 * np.sqrt(40_000)
    assert found.parameters.r == pytest.approx(0.243, rel=0.1)
    assert found.parameters.a / (found.parameters.a + found.parameters.b) == pytest.approx(0.2463, rel=0.1)


# Customers of whom nothing can be said


def test_one_time_buyers_alone_have_no_fit() -> None:
    found = bgnbd.fit(statistics.group([0] * 500, [0] * 500, range(500)))
    assert (found.parameters, found.trouble, found.repeat_buyers) == (None, "no_repeats", 0)


def test_one_customer_has_no_believable_fit() -> None:
    assert bgnbd.fit(statistics.group([3], [20], [30])).trouble
    assert bgnbd.fit(statistics.group([0], [0], [0])).trouble == "no_repeats"


def test_customers_who_are_all_alike_have_no_believable_fit() -> None:
    assert bgnbd.fit(statistics.group([4] * 1000, [200] * 1000, [210] * 1000)).trouble


def test_customers_who_never_leave_have_no_believable_fit() -> None:
    chance = np.random.default_rng(3)
    rate, age = chance.gamma(2, 1 / 14, 2000), 400
    x = np.minimum(chance.poisson(rate * age), 300)
    recency = np.where(x > 0, age - np.minimum(chance.exponential(1 / rate), age - x).astype(int), 0)
    found = bgnbd.fit(statistics.group(x, np.maximum(recency, x), np.full(2000, age)))
    assert found.trouble in {"ran_away", "flat", "not_found"}


def test_new_customers_of_today_count_for_nothing() -> None:
    log = books.needed("shop")
    found = log.histories()
    more = [np.concatenate([column, np.zeros(50, dtype=int)]) for column in columns(found)]
    one, other = bgnbd.fit(statistics.group(*columns(found))), bgnbd.fit(statistics.group(*more))
    assert one.parameters
    assert other.parameters
    assert one.parameters.r == pytest.approx(other.parameters.r, rel=1e-4)
    assert other.customers == one.customers + 50


def columns(found: statistics.Histories) -> list[statistics.Integers]:
    return [found.frequency, found.recency_days, found.age_days]


def test_no_customers_and_missing_numbers_are_refused() -> None:
    with pytest.raises(statistics.BadStatistics, match="no customers"):
        bgnbd.fit(statistics.group([], [], []))
    with pytest.raises(statistics.BadStatistics, match="weeks: a number is missing"):
        bgnbd.expected_of_anyone(PUBLISHED, float("nan"))
    with pytest.raises(statistics.BadStatistics, match="recency: a last purchase after"):
        bgnbd.p_alive(PUBLISHED, 1, 5, 4)
