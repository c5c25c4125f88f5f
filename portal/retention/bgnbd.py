"""BG/NBD: how many purchases to expect of a customer, and whether they are still active.

Fader, Hardie and Lee (2005), *Marketing Science* 24(2), 275-284; the likelihood stands in `likelihood.py`. Time is in
weeks throughout: so are α, recency, age and the time ahead.
"""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, hyp2f1

from portal.retention import newton
from portal.retention.likelihood import Surface
from portal.retention.statistics import BadStatistics, Floats, Grouped, finite

ENOUGH_GROUPS = 6_000
"""Groups of repeat buyers from which a first fit is made of a fair part of them, and the full one begins there."""

BELIEVABLE = {"r": (1e-3, 1e3), "alpha": (1e-3, 1e5), "a": (1e-3, 1e3), "b": (1e-3, 1e4)}
"""Between these, a fit says something of its customers; beyond, a parameter has run away. α in weeks."""


@dataclass(frozen=True)
class Parameters:
    """Of the rate of purchase, Gamma(r, α) with α in weeks, and of becoming inactive after one, Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float


@dataclass(frozen=True)
class Fit:
    """The most likely parameters, and whether to believe them.

    `trouble` is None for a fit that speaks, else a code: `no_repeats` (nobody bought on a second day), `ran_away` (a
    parameter left BELIEVABLE, `which`), `flat` (the likelihood has no clear summit), `not_found` (the search did not
    end). Where there are no repeat purchases there is nothing to fit, and `parameters` is None.
    """

    parameters: Parameters | None
    log_likelihood: float
    customers: int
    repeat_buyers: int
    trouble: str | None = None
    which: str | None = None
    rounds: int = 0


def log_likelihood(parameters: Parameters, grouped: Grouped) -> float:
    """Of all customers together; equation 6, summed."""
    return Surface.of(grouped).value(*_four(parameters))[0]


def gradient(parameters: Parameters, grouped: Grouped) -> Floats:
    """The log-likelihood's derivatives by r, α, a and b."""
    return Surface.of(grouped).value(*_four(parameters))[1]


def fit(grouped: Grouped) -> Fit:
    """The parameters by maximum likelihood, from several starts. BadStatistics where there are no customers."""
    if not grouped.total:
        raise BadStatistics("there are no customers")
    customers, repeat_buyers = grouped.total, grouped.repeat_buyers
    if not repeat_buyers:
        return Fit(None, 0.0, customers, 0, trouble="no_repeats")
    surface = Surface.of(grouped)
    step = len(surface.weight) // ENOUGH_GROUPS
    smaller = surface.thinned(step) if step > 1 else surface
    tried = [newton.descend(smaller.by_logarithms, start, tolerance=1e-4) for start in _starts(grouped)]
    best = min(tried, key=lambda found: found.value)
    found = newton.descend(surface.by_logarithms, best.at)
    parameters = Parameters(*(float(value) for value in np.exp(found.at)))
    trouble, which = _trouble(found, parameters)
    rounds = found.rounds + best.rounds
    return Fit(parameters, float(-found.value * surface.n), customers, repeat_buyers, trouble, which, rounds)


def p_alive(parameters: Parameters, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
    """The probability that a customer is still active at the end of their `age`.

    Arrays that broadcast; weeks. Fader, Hardie and Lee (2008), *Computing P(alive) Using the BG/NBD Model*. Of those
    who bought once the model knows no way to have left: it says 1, and they are ranked otherwise (second_purchase.py).
    """
    x, recent, old = _histories(frequency, recency, age)
    return np.asarray(expit(-_inactive(parameters, x, recent, old)))


def expected_purchases(
    parameters: Parameters, weeks: ArrayLike, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
) -> Floats:
    """How many purchases to expect of a customer in the next `weeks`, given their history; equation 10.

    Arrays that broadcast; weeks. Where frequency and age repeat, the costly function is computed once.
    """
    ahead = finite(weeks, "weeks")
    x, recent, old = _histories(frequency, recency, age)
    found = _if_it_were_active(parameters, *np.broadcast_arrays(ahead, x, old))
    return np.asarray(found * expit(-_inactive(parameters, x, recent, old)))


def expected_of_anyone(parameters: Parameters, weeks: ArrayLike) -> Floats:
    """How many repeat purchases to expect of a random customer in the `weeks` after the first; equation 9."""
    return expected_purchases(parameters, weeks, 0, 0, 0)


def expected_if_active(parameters: Parameters, weeks: float, frequency: ArrayLike, age: ArrayLike) -> Floats:
    """How many purchases to expect in the next `weeks` of customers who are active, given how often they have bought
    and for how long; arrays of one length. Without the share of those who have left: the numerator of equation 10.
    """
    x, old = finite(frequency, "frequency"), finite(age, "age")
    return _numerator(parameters, np.full(x.shape, float(finite(weeks, "weeks"))), x, old)


def scores(parameters: Parameters, grouped: Grouped, weeks: float) -> tuple[Floats, Floats]:
    """P(alive) and expected purchases in the next `weeks`, one entry per group; `[grouped.of]` is one per customer."""
    x, old = grouped.frequency.astype(np.float64), grouped.age
    alive = expit(-_inactive(parameters, x, grouped.recency, old))
    ahead = finite(weeks, "weeks")
    return alive, alive * _if_it_were_active(parameters, *np.broadcast_arrays(ahead, x, old))


def _inactive(parameters: Parameters, x: Floats, recency: Floats, age: Floats) -> Floats:
    """The logarithm of the odds of having left, a/(b+x-1) · ((α+T)/(α+t_x))^(r+x); minus infinity for x = 0."""
    r, alpha, a, b = _four(parameters)
    repeats = np.maximum(x, 1)
    longer = np.log1p((age - recency) / (alpha + recency))
    odds = log(a) - np.log(b + repeats - 1) + (r + x) * longer
    return np.where(x > 0, odds, -np.inf)


def _if_it_were_active(parameters: Parameters, weeks: Floats, x: Floats, age: Floats) -> Floats:
    """The numerator of equation 10, computed once for each triple that occurs."""
    if x.size <= 1:
        return _numerator(parameters, weeks, x, age)
    triples, of = _unique(weeks.ravel(), x.ravel(), age.ravel())
    found: Floats = _numerator(parameters, *triples)[of].reshape(x.shape)
    return found


def _unique(weeks: Floats, x: Floats, age: Floats) -> tuple[tuple[Floats, Floats, Floats], np.ndarray]:
    """Each combination that occurs, and which of them each entry has."""
    key = np.zeros(x.size, dtype=np.int64)
    for column in (weeks, x, age):
        if column.size and (column == column[0]).all():
            continue
        values, position = np.unique(column, return_inverse=True)
        key = key * len(values) + position
    _, first, of = np.unique(key, return_index=True, return_inverse=True)
    return (weeks[first], x[first], age[first]), of


def _numerator(parameters: Parameters, weeks: Floats, x: Floats, age: Floats) -> Floats:
    """(a+b+x-1)/(a-1) · [1 - ((α+T)/(α+T+t))^(r+x) · ₂F₁(r+x, b+x; a+b+x-1; t/(α+T+t))], for any a.

    At a = 1 it has a limit but no value: around it, the mean of the two sides.
    """
    near = 1e-5
    if abs(parameters.a - 1) >= near:
        return _beside_one(parameters, weeks, x, age, parameters.a)
    share = (parameters.a - (1 - near)) / (2 * near)
    sides = [_beside_one(parameters, weeks, x, age, a) for a in (1 - near, 1 + near)]
    return (1 - share) * sides[0] + share * sides[1]


def _beside_one(parameters: Parameters, weeks: Floats, x: Floats, age: Floats, a: float) -> Floats:
    """The numerator for a ≠ 1.

    By Euler's transformation (Abramowitz and Stegun 15.3.3), ₂F₁(r+x, b+x; c; z) with c = a+b+x-1 is
    (1-z)^(a-1-r-x) · ₂F₁(a+b-1-r, a-1; c; z), whose numbers stay small however often a customer has bought. And
    c · ₂F₁(A, B; c; z) = c · ₂F₁(A, B; c+1; z) + A·B·z/(c+1) · ₂F₁(A+1, B+1; c+2; z) has no pole where c = 0.
    """
    r, alpha, _, b = _four(parameters)
    z = weeks / (alpha + age + weeks)
    c = a + b + x - 1
    first, second = a + b - 1 - r, a - 1
    series = c * hyp2f1(first, second, c + 1, z)
    series = series + first * second * z / (c + 1) * hyp2f1(first + 1, second + 1, c + 2, z)
    kept = np.exp((a - 1) * (np.log(alpha + age) - np.log(alpha + age + weeks)))
    return np.asarray(np.maximum(0.0, (c - kept * series) / (a - 1)))


def _starts(grouped: Grouped) -> list[Floats]:
    """Where to begin: the observed rate of purchase, with many or few alike and more or less of them leaving."""
    seen = float((grouped.customers * grouped.age).sum()) + grouped.total / 7
    weeks = seen / float((grouped.customers * grouped.frequency).sum())
    shapes = [(0.25, 0.8, 2.5), (1.0, 0.2, 2.0), (1.0, 2.0, 4.0), (4.0, 0.5, 0.5)]
    return [np.log([r, r * weeks, a, b]) for r, a, b in shapes]


def _trouble(found: newton.Found, parameters: Parameters) -> tuple[str | None, str | None]:
    for name, (low, high) in BELIEVABLE.items():
        if not low <= getattr(parameters, name) <= high:
            return "ran_away", name
    if not found.converged:
        return "not_found", None
    if np.linalg.eigvalsh(found.hessian).min() <= 1e-8:
        return "flat", None
    return None, None


def _histories(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> tuple[Floats, Floats, Floats]:
    x, recent, old = finite(frequency, "frequency"), finite(recency, "recency"), finite(age, "age")
    if (recent > old).any():
        raise BadStatistics("recency: a last purchase after the day of the books")
    return x, recent, old


def _four(parameters: Parameters) -> tuple[float, float, float, float]:
    return parameters.r, parameters.alpha, parameters.a, parameters.b
