"""The log-likelihood of BG/NBD over grouped customers, with its exact first and second derivatives.

Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005), '"Counting Your Customers" the Easy Way: An Alternative to the
Pareto/NBD Model', *Marketing Science* 24(2), equation 6. While active, a customer buys as a Poisson process whose rate
is Gamma(r, α) distributed over the customers, and becomes inactive after any purchase with a probability that is
Beta(a, b) distributed. With x, t_x and T as frequency, recency and age,

    L = B(a, b+x)/B(a, b) · Γ(r+x) αʳ/Γ(r) · [ (α+T)^-(r+x) + (x > 0) · a/(b+x-1) · (α+t_x)^-(r+x) ]

The part in brackets needs a logarithm per group; everything before it depends on the frequency alone.
"""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln, zeta

from portal.retention.statistics import WEEK, Floats, Grouped, Integers

CHUNK = 8_192
"""Groups taken at a time: so many stay in the processor's cache, memory does not grow with the customers, and sums stay
on one processor: NumPy hands longer ones to threads, which wait for each other longer than they work."""


@dataclass(frozen=True, eq=False)
class Surface:
    """Groups made ready: what the likelihood asks of them again and again is counted once."""

    n: float
    """Customers."""
    frequencies: Floats
    """The frequencies that occur, ascending."""
    of_frequency: Floats
    """Customers with each of them."""
    once_ages: Integers
    """Days, of the groups with frequency 0."""
    once: Floats
    """Customers in these groups."""
    position: NDArray[np.intp]
    """Of each group with repeat purchases: where its frequency stands in `frequencies`."""
    recency: Integers
    age: Integers
    weight: Floats
    """Customers in each group with repeat purchases."""
    days: int
    """The highest age."""

    @classmethod
    def of(cls, grouped: Grouped) -> "Surface":
        """The groups, which are sorted by frequency."""
        frequencies, position = _runs(grouped.frequency)
        weight = grouped.customers.astype(np.float64)
        again = int(np.searchsorted(grouped.frequency, 1))
        return cls(
            n=float(weight.sum()),
            frequencies=frequencies.astype(np.float64),
            of_frequency=np.bincount(position, weight, len(frequencies)).astype(np.float64),
            once_ages=grouped.age_days[:again],
            once=weight[:again],
            position=position[again:],
            recency=grouped.recency_days[again:],
            age=grouped.age_days[again:],
            weight=weight[again:],
            days=int(grouped.age_days.max(initial=0)),
        )

    def thinned(self, step: int) -> "Surface":
        """Each `step`-th group of repeat buyers with as much more weight: a fair and much smaller picture."""
        taken = slice(step // 2, None, step)
        weight = self.weight[taken] * (self.weight.sum() / self.weight[taken].sum())
        once = self.of_frequency[self.frequencies == 0]
        of_frequency = np.bincount(self.position[taken], weight, len(self.frequencies)).astype(np.float64)
        of_frequency[self.frequencies == 0] = once
        return Surface(
            n=self.n,
            frequencies=self.frequencies,
            of_frequency=of_frequency,
            once_ages=self.once_ages,
            once=self.once,
            position=self.position[taken],
            recency=self.recency[taken],
            age=self.age[taken],
            weight=weight,
            days=self.days,
        )

    def value(self, r: float, alpha: float, a: float, b: float) -> tuple[float, Floats, Floats]:
        """The log-likelihood, its gradient (4) and its Hessian (4 × 4) by r, α, a and b. α is in weeks."""
        total, gradient, hessian = self._by_frequency(r, alpha, a, b)
        later = alpha + np.arange(self.days + 1) / WEEK
        log_age, per_age = np.log(later), 1 / later
        # Those who bought once are active: -r ln(α+T)
        logs, rates = float(self.once @ log_age[self.once_ages]), float(self.once @ per_age[self.once_ages])
        total -= r * logs
        gradient[:2] -= logs, r * rates
        hessian[0, 1] -= rates
        hessian[1, 0] -= rates
        hessian[1, 1] += r * float(self.once @ per_age[self.once_ages] ** 2)
        for start in range(0, len(self.weight), CHUNK):
            part = slice(start, start + CHUNK)
            value, slope, bend = self._repeaters(part, (r, a, b), log_age, per_age)
            total += value
            gradient += slope
            hessian += bend
        return total, gradient, hessian

    def by_logarithms(self, at: Floats) -> tuple[float, Floats, Floats]:
        """What is made small: minus the log-likelihood per customer, by the logarithms of the parameters."""
        parameters = np.exp(at)
        value, gradient, hessian = self.value(*parameters)
        slope = parameters * gradient
        bend = hessian * np.outer(parameters, parameters) + np.diag(slope)
        return -value / self.n, -slope / self.n, -bend / self.n

    def _by_frequency(self, r: float, alpha: float, a: float, b: float) -> tuple[float, Floats, Floats]:
        """The factors before the bracket: ln Γ(r+x) - ln Γ(r) + r ln α + ln B(a, b+x) - ln B(a, b).

        The first derivative of ln Γ(y) is the digamma function, the second is Hurwitz' zeta(2, y).
        """
        of_r, of_b, of_both = 0, 1, 2
        points = np.array([[r], [b], [a + b]]) + np.append(self.frequencies, 0.0)
        weights = np.append(self.of_frequency, -self.n)
        gammas, slopes, bends = gammaln(points) @ weights, digamma(points) @ weights, zeta(2, points) @ weights
        total = gammas[of_r] + gammas[of_b] - gammas[of_both] + self.n * r * log(alpha)
        gradient = np.array(
            [
                slopes[of_r] + self.n * log(alpha),
                self.n * r / alpha,
                -slopes[of_both],
                slopes[of_b] - slopes[of_both],
            ]
        )
        hessian = np.zeros((4, 4))
        hessian[0, 0] = bends[of_r]
        hessian[0, 1] = hessian[1, 0] = self.n / alpha
        hessian[1, 1] = -self.n * r / alpha**2
        hessian[2:, 2:] = -bends[of_both]
        hessian[3, 3] += bends[of_b]
        return float(total), gradient, hessian

    def _repeaters(
        self, part: slice, shapes: tuple[float, float, float], log_age: Floats, per_age: Floats
    ) -> tuple[float, Floats, Floats]:
        """The bracket, of some groups with repeat purchases: ln(eᵘ + eᵛ), active (u) or inactive since t_x (v)."""
        r, a, b = shapes
        n, position, recency, age = self.weight[part], self.position[part], self.recency[part], self.age[part]
        bought = (r + self.frequencies)[position]
        left = (1 / (b + self.frequencies - 1 + (self.frequencies == 0)))[position]  # 1/(b+x-1), by table
        log_left = np.log(a / (b + self.frequencies - 1 + (self.frequencies == 0)))[position]
        log_now, now, then = log_age[age], per_age[age], per_age[recency]
        longer = log_now - log_age[recency]
        inactive = log_left + bought * longer  # v - u
        small = np.exp(-np.abs(inactive))
        total = n @ (np.maximum(inactive, 0) + np.log1p(small) - bought * log_now)
        w = np.where(inactive >= 0, 1.0, small) / (1 + small)  # the chance that they are inactive
        nw = n * w
        n_rate = n * now + nw * (then - now)
        rates = n_rate @ bought
        gradient = np.array([nw @ longer - n @ log_now, -rates, nw.sum() / a, -(nw @ left)])
        hessian = np.zeros((4, 4))
        hessian[0, 1] = hessian[1, 0] = -n_rate.sum()
        hessian[1, 1] = (n * now * now + nw * (then * then - now * now)) @ bought
        hessian[2, 2] = -nw.sum() / a**2
        hessian[3, 3] = nw @ (left * left)
        between = np.stack([longer, bought * (now - then), np.full_like(n, 1 / a), -left])  # ∇v - ∇u
        return float(total), gradient, hessian + (between * (nw * (1 - w))) @ between.T


def _runs(ascending: Integers) -> tuple[Integers, NDArray[np.intp]]:
    """The unique values of a sorted array, and where each entry's stands among them."""
    new = np.ones(len(ascending), dtype=bool)
    new[1:] = np.diff(ascending) != 0
    return ascending[new], np.cumsum(new) - 1
