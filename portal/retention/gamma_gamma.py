"""Gamma-Gamma: what a customer's purchases are worth, drawn towards what is usual the less often they have bought.

Fader, P. S. and Hardie, B. G. S. (2013), *The Gamma-Gamma Model of Monetary Value*. A customer's purchases vary as
Gamma(p, ν) around their own mean, and ν varies between customers as Gamma(q, γ). Fitted to repeat buyers only, by the
mean value of their repeat purchase days; customers without repeat purchases are expected to be usual.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln, polygamma

from portal.retention import newton
from portal.retention.statistics import BadStatistics, Floats, finite, whole

ENOUGH = 8_192
"""Customers from which a first fit is made of a fair part of them; also how many are taken at a time."""

BELIEVABLE = (1e-3, 1e4)
"""Between these, p and q say something of the customers; γ likewise, in units of the mean value."""


@dataclass(frozen=True)
class Parameters:
    """p and q have no unit; γ has that of the values."""

    p: float
    q: float
    gamma: float

    @property
    def usual(self) -> float | None:
        """The mean value of a purchase over all customers, pγ/(q-1); None where q ≤ 1 leaves it without a mean."""
        return self.p * self.gamma / (self.q - 1) if self.q > 1 else None


@dataclass(frozen=True)
class Fit:
    """The most likely parameters, and whether to believe them.

    `trouble` is None for a fit that speaks, else a code: `no_repeats`, `alike` (all means are the same), `ran_away`
    (a parameter without bounds), `no_mean` (q ≤ 1), `flat` (no clear summit), `not_found` (the search did not end).
    """

    parameters: Parameters | None
    log_likelihood: float
    repeat_buyers: int
    trouble: str | None = None


def log_likelihood(parameters: Parameters, frequency: ArrayLike, value: ArrayLike) -> float:
    """Of all repeat buyers together; the paper's equation 1a. Two arrays, as for `fit`."""
    x, mean = repeat_buyers(frequency, value)
    found, _, _ = _value(_Buyers.of(x, mean), parameters.p, parameters.q, parameters.gamma)
    return found


def fit(frequency: ArrayLike, value: ArrayLike) -> Fit:
    """The parameters by maximum likelihood.

    Takes two arrays with one entry per customer: purchase days after the first, and the mean value of these days in
    any unit of money. Customers without repeat purchases, or whose mean is 0, are passed over. Raises BadStatistics
    for numbers that are missing or negative.
    """
    x, mean = repeat_buyers(frequency, value)
    if not x.size:
        return Fit(None, 0.0, 0, trouble="no_repeats")
    if float(np.ptp(mean)) <= 1e-9 * float(mean.max()):
        return Fit(None, 0.0, x.size, trouble="alike")
    unit = float(mean.mean())
    mean = mean / unit
    step = x.size // ENOUGH
    some = slice(step // 2, None, step) if step > 1 else slice(None)
    starts = [np.log([p, q, max(q - 1, 0.5) / p]) for p, q in ((1.0, 3.0), (6.0, 4.0), (20.0, 2.0))]
    fair = _surface(_Buyers.of(x[some], mean[some]))
    best = min((newton.descend(fair, start, tolerance=1e-6) for start in starts), key=lambda one: one.value)
    found = newton.descend(_surface(_Buyers.of(x, mean)), best.at)
    p, q, gamma = (float(one) for one in np.exp(found.at))
    likelihood = float(-found.value * x.size - x.size * np.log(unit))
    return Fit(Parameters(p, q, gamma * unit), likelihood, x.size, _trouble(found, q))


def expected_value(parameters: Parameters, frequency: ArrayLike, value: ArrayLike) -> Floats:
    """What a purchase of each customer is worth, p(γ + x·m)/(px + q - 1); the paper's equation 5.

    Arrays that broadcast: purchase days after the first, and the mean value of these days; the answer has their unit.
    Raises BadStatistics for parameters without a mean (q ≤ 1).
    """
    if parameters.q <= 1:
        raise BadStatistics("values without a mean: q is not above 1")
    x, mean = finite(frequency, "frequency"), finite(value, "value")
    p, q, gamma = parameters.p, parameters.q, parameters.gamma
    return np.asarray(p * (gamma + x * mean) / (p * x + q - 1))


def repeat_buyers(frequency: ArrayLike, value: ArrayLike) -> tuple[Floats, Floats]:
    """Frequency and mean value of those who have both."""
    x, mean = whole(frequency, "frequency"), np.atleast_1d(finite(value, "value"))
    if x.shape != mean.shape:
        raise BadStatistics("frequencies and values are not equally many")
    there = (x > 0) & (mean > 0)
    return x[there].astype(np.float64), mean[there]


@dataclass(frozen=True, eq=False)
class _Buyers:
    """Repeat buyers made ready: what the likelihood asks of them again and again is worked out once."""

    times: Floats
    spent: Floats
    """In all repeat purchases."""
    frequencies: Floats
    count: Floats
    """Of buyers with each of the frequencies."""
    logs: tuple[float, float]
    """The logarithms of what was spent, weighted by frequency, and of the mean values; summed."""

    @classmethod
    def of(cls, x: Floats, mean: Floats) -> "_Buyers":
        """From their frequencies and mean values."""
        frequencies, count = np.unique(x, return_counts=True)
        spent = x * mean
        logs = float(x @ np.log(spent)), float(np.log(mean).sum())
        return cls(x, spent, frequencies, count.astype(np.float64), logs)


def _surface(buyers: _Buyers) -> newton.Surface:
    """Minus the log-likelihood per customer, by the logarithms of p, q and γ."""
    n = buyers.times.size

    def surface(at: Floats) -> tuple[float, Floats, Floats]:
        parameters = np.exp(at)
        value, gradient, hessian = _value(buyers, *parameters)
        slope = parameters * gradient
        bend = hessian * np.outer(parameters, parameters) + np.diag(slope)
        return -value / n, -slope / n, -bend / n

    return surface


def _value(buyers: _Buyers, p: float, q: float, gamma: float) -> tuple[float, Floats, Floats]:
    """The log-likelihood, its gradient (3) and its Hessian (3 × 3) by p, q and γ."""
    found, gradient, hessian = _by_frequency(buyers.frequencies, buyers.count, p, q)
    n = buyers.times.size
    of_spent, of_values = buyers.logs
    found += n * q * np.log(gamma) + p * of_spent - of_values
    gradient += [of_spent, n * np.log(gamma), n * q / gamma]
    hessian[1, 2] += n / gamma
    hessian[2, 2] -= n * q / gamma**2
    for start in range(0, n, ENOUGH):
        times, spent = buyers.times[start : start + ENOUGH], buyers.spent[start : start + ENOUGH]
        all_of_it = gamma + spent
        log_all, per = np.log(all_of_it), 1 / all_of_it
        shape = p * times + q
        found -= shape @ log_all
        gradient -= [times @ log_all, log_all.sum(), shape @ per]
        hessian[0, 2] -= times @ per
        hessian[1, 2] -= per.sum()
        hessian[2, 2] += shape @ (per * per)
    hessian[2, :2] = hessian[:2, 2]
    return float(found), gradient, hessian


def _by_frequency(x: Floats, n: Floats, p: float, q: float) -> tuple[float, Floats, Floats]:
    """ln Γ(px+q) - ln Γ(px) - ln Γ(q), which depend on the frequency alone."""
    both, own = digamma(p * x + q), digamma(p * x)
    bend, of_own = polygamma(1, p * x + q), polygamma(1, p * x)
    nx = n * x
    found = n @ (gammaln(p * x + q) - gammaln(p * x) - gammaln(q))
    gradient = np.array([nx @ (both - own), n @ (both - digamma(q)), 0.0])
    hessian = np.zeros((3, 3))
    hessian[0, 0] = (nx * x) @ (bend - of_own)
    hessian[0, 1] = hessian[1, 0] = nx @ bend
    hessian[1, 1] = n @ (bend - polygamma(1, q))
    return float(found), gradient, hessian


def _trouble(found: newton.Found, q: float) -> str | None:
    low, high = BELIEVABLE
    if not all(low <= one <= high for one in np.exp(found.at)):
        return "ran_away"
    if not found.converged:
        return "not_found"
    if np.linalg.eigvalsh(found.hessian).min() <= 1e-8:
        return "flat"
    return None if q > 1 else "no_mean"
