"""Gamma-Gamma against what its authors published."""

from math import lgamma, log

import numpy as np
import pytest

from portal.retention import gamma_gamma
from portal.retention.gamma_gamma import Parameters
from portal.retention.statistics import BadStatistics
from tests.retention import books


def test_the_published_fit() -> None:
    log = books.needed("cdnow_sample")
    found = gamma_gamma.fit(*books.repeat_values(log))
    assert found.parameters
    assert (found.repeat_buyers, found.trouble) == (946, None)
    fitted = found.parameters
    assert [round(one, 2) for one in (fitted.p, fitted.q, fitted.gamma)] == [6.25, 3.74, 15.44]


def by_hand(parameters: Parameters, x: list[int], mean: list[float]) -> float:
    p, q, gamma = parameters.p, parameters.q, parameters.gamma
    return sum(
        lgamma(p * n + q) - lgamma(p * n) - lgamma(q) + q * log(gamma)
        + (p * n - 1) * log(m) + p * n * log(n) - (p * n + q) * log(gamma + n * m)
        for n, m in zip(x, mean, strict=True)
    )  # fmt: skip


def test_the_likelihood_is_the_papers_and_the_fit_its_summit() -> None:
    log = books.needed("shop")
    x, mean = gamma_gamma.repeat_buyers(*books.repeat_values(log))
    found = gamma_gamma.fit(x, mean)
    assert found.parameters
    assert found.trouble is None
    at = by_hand(found.parameters, x.astype(int).tolist(), mean.tolist())
    assert found.log_likelihood == pytest.approx(at, rel=1e-9)
    assert gamma_gamma.log_likelihood(found.parameters, x, mean) == pytest.approx(at, rel=1e-9)
    p, q, gamma = found.parameters.p, found.parameters.q, found.parameters.gamma
    for beside in ((p * 1.02, q, gamma), (p * 0.98, q, gamma), (p, q * 1.02, gamma), (p, q, gamma * 0.98)):
        assert gamma_gamma.log_likelihood(Parameters(*beside), x, mean) < at


def test_the_unit_of_money_does_not_matter() -> None:
    log = books.needed("shop")
    x, mean = books.repeat_values(log)
    one, other = gamma_gamma.fit(x, mean).parameters, gamma_gamma.fit(x, mean * 100).parameters
    assert one
    assert other
    assert (other.p, other.q, other.gamma) == pytest.approx((one.p, one.q, 100 * one.gamma), rel=1e-5)


def test_a_value_is_drawn_towards_the_usual_one_the_less_is_known() -> None:
    parameters = Parameters(6.25, 3.74, 15.44)
    found = gamma_gamma.expected_value(parameters, [0, 1, 5, 1000], [0, 100, 100, 100])
    assert parameters.usual == pytest.approx(35.22, abs=0.01)
    assert found[0] == pytest.approx(parameters.usual)
    assert (np.diff(found) > 0).all()
    assert found[-1] == pytest.approx(100, rel=0.01)


def test_what_cannot_be_fitted_says_why() -> None:
    assert gamma_gamma.fit([0, 0], [0, 0]).trouble == "no_repeats"
    assert gamma_gamma.fit([2, 3, 4], [10, 10, 10]).trouble == "alike"
    assert gamma_gamma.fit([2], [10]).trouble == "alike"
    assert gamma_gamma.fit([1, 1], [1, 1_000_000]).trouble
    with pytest.raises(BadStatistics, match="value: a number is missing"):
        gamma_gamma.fit([1, 2], [10, float("nan")])
    with pytest.raises(BadStatistics, match="value: a number is negative"):
        gamma_gamma.fit([1, 2], [10, -1])
    with pytest.raises(BadStatistics, match="without a mean"):
        gamma_gamma.expected_value(Parameters(1, 0.9, 10), 1, 10)
    assert Parameters(1, 0.9, 10).usual is None
