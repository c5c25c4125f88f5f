"""BG/NBD once more, in plain Python and straight from the paper, for the tests to compare with.

Fader, Hardie and Lee (2005), *Marketing Science* 24(2): equations 6, 9 and 10 as they are printed, a customer (or a
group of customers alike) at a time, with nothing taken from the portal. The summit is looked for by Nelder and Mead.
"""

from collections.abc import Callable, Sequence
from math import exp, inf, lgamma, log, log1p

Triple = tuple[int, float, float, int]
"""Frequency, recency and age (weeks), and how many customers share them."""


def log_likelihood(parameters: Sequence[float], triples: Sequence[Triple]) -> float:
    """Equation 6, by logarithms."""
    r, alpha, a, b = parameters
    total = 0.0
    before = {}  # the bracket, by frequency
    for x in {x for x, _, _, _ in triples}:
        gammas = lgamma(r + x) - lgamma(r) + r * log(alpha)
        before[x] = gammas + lgamma(a + b) + lgamma(b + x) - lgamma(b) - lgamma(a + b + x)
    for x, recency, age, customers in triples:
        active = -(r + x) * log(alpha + age)
        if x == 0:
            bracket = active
        else:
            inactive = log(a) - log(b + x - 1) - (r + x) * log(alpha + recency)
            top = max(active, inactive)
            bracket = top + log1p(exp(active + inactive - 2 * top))
        total += customers * (before[x] + bracket)
    return total


def fit(triples: Sequence[Triple]) -> list[float]:
    """The r, α, a and b that make the customers most likely."""
    customers = sum(n for _, _, _, n in triples)

    def badness(at: Sequence[float]) -> float:
        return -log_likelihood([exp(one) for one in at], triples) / customers if max(map(abs, at)) < 12 else inf

    return [exp(one) for one in nelder_mead(badness, [0.0, 1.5, 0.0, 1.0])]


def nelder_mead(badness: Callable[[Sequence[float]], float], start: Sequence[float]) -> list[float]:
    """The usual simplex, until its corners agree."""
    corners = [list(start)]
    for number in range(len(start)):
        corner = list(start)
        corner[number] += 0.7
        corners.append(corner)
    rated = sorted((badness(corner), corner) for corner in corners)
    for _ in range(2000):
        if rated[-1][0] - rated[0][0] < 1e-9:
            break
        middle = [sum(corner[n] for _, corner in rated[:-1]) / len(start) for n in range(len(start))]

        def along(share: float, middle: list[float] = middle, worst: list[float] = rated[-1][1]) -> list[float]:
            return [m + share * (m - w) for m, w in zip(middle, worst, strict=True)]

        mirrored = along(1.0)
        value = badness(mirrored)
        if value < rated[0][0]:
            further = along(2.0)
            beyond = badness(further)
            rated[-1] = (beyond, further) if beyond < value else (value, mirrored)
        elif value < rated[-2][0]:
            rated[-1] = (value, mirrored)
        else:
            nearer = along(0.5 if value < rated[-1][0] else -0.5)
            closer = badness(nearer)
            if closer < min(value, rated[-1][0]):
                rated[-1] = (closer, nearer)
            else:
                best = rated[0][1]
                shrunk = [[(n + m) / 2 for n, m in zip(corner, best, strict=True)] for _, corner in rated[1:]]
                rated[1:] = [(badness(corner), corner) for corner in shrunk]
        rated.sort()
    return rated[0][1]


def hypergeometric(a: float, b: float, c: float, z: float) -> float:
    """The Gaussian series, term after term; for z well below 1."""
    total = term = 1.0
    number = 0
    while abs(term) > 1e-17 * abs(total):
        term *= (a + number) * (b + number) / (c + number) * z / (number + 1)
        total += term
        number += 1
    return total


def p_alive(parameters: Sequence[float], x: int, recency: float, age: float) -> float:
    """Of the second paper (2008)."""
    r, alpha, a, b = parameters
    odds = a / (b + x - 1) * exp((r + x) * log((alpha + age) / (alpha + recency))) if x else 0.0
    return 1 / (1 + odds)


def expected_purchases(parameters: Sequence[float], weeks: float, x: int, recency: float, age: float) -> float:
    """Equation 10."""
    r, alpha, a, b = parameters
    series = hypergeometric(r + x, b + x, a + b + x - 1, weeks / (alpha + age + weeks))
    bracket = 1 - exp((r + x) * log((alpha + age) / (alpha + age + weeks))) * series
    return (a + b + x - 1) / (a - 1) * bracket * p_alive(parameters, x, recency, age)


def expected_of_anyone(parameters: Sequence[float], weeks: float) -> float:
    """Equation 9."""
    r, alpha, a, b = parameters
    series = hypergeometric(r, b, a + b - 1, weeks / (alpha + weeks))
    return (a + b - 1) / (a - 1) * (1 - exp(r * log(alpha / (alpha + weeks))) * series)
