"""Newton's method for the few parameters of a likelihood, safe far away from the answer.

The curvature is taken by its eigenvalues' size, so that every step leads downhill also where the surface bends the
wrong way (Nocedal and Wright 2006, *Numerical Optimization*, section 3.4: modified Hessians), and a step is halved
until it improves.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from portal.retention.statistics import Floats

Surface = Callable[[Floats], tuple[float, Floats, Floats]]
"""Of a point, the value to be made small, its gradient and its Hessian."""

LONGEST_STEP = 1.5
FARTHEST = 16.0
"""How far from 0 a coordinate may go: parameters are searched by their logarithms, so about 1e-7 to 1e7."""


@dataclass(frozen=True, eq=False)
class Found:
    """Where the search has ended. `converged` is False where it went on to the edge, or on and on."""

    at: Floats
    value: float
    gradient: Floats
    hessian: Floats
    converged: bool
    rounds: int


def descend(surface: Surface, start: Floats, *, tolerance: float = 1e-12, rounds: int = 80) -> Found:
    """The nearest minimum from `start`, where one more step would improve the value by less than `tolerance`."""
    at = np.asarray(start, dtype=np.float64)
    value, gradient, hessian = surface(at)
    for done in range(rounds):
        step = _step(gradient, hessian)
        promised = -float(gradient @ step)
        if promised < tolerance:
            return Found(at, value, gradient, hessian, _inside(at), done)
        further = _improve(surface, at, value, step, promised)
        if further is None:  # no better point along a downhill step: as good as the arithmetic gets
            return Found(at, value, gradient, hessian, _inside(at) and promised < 1e-6, done)
        at, value, gradient, hessian = further
    return Found(at, value, gradient, hessian, False, rounds)


def _step(gradient: Floats, hessian: Floats) -> Floats:
    values, vectors = np.linalg.eigh(hessian)
    sizes = np.maximum(np.abs(values), 1e-10 * max(1e-6, float(np.abs(values).max())))
    step: Floats = -(vectors @ ((vectors.T @ gradient) / sizes))
    longest = float(np.abs(step).max())
    return step if longest <= LONGEST_STEP else step * (LONGEST_STEP / longest)


def _improve(
    surface: Surface, at: Floats, value: float, step: Floats, promised: float
) -> tuple[Floats, float, Floats, Floats] | None:
    share = 1.0
    for _ in range(25):
        to = np.clip(at + share * step, -FARTHEST, FARTHEST)
        reached, gradient, hessian = surface(to)
        if np.isfinite(reached) and reached < value - 1e-4 * share * promised:
            return to, reached, gradient, hessian
        share /= 2
    return None


def _inside(at: Floats) -> bool:
    return bool(np.abs(at).max() < FARTHEST - 1e-3)
