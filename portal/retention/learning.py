"""What is learned of all customers together, and every one of them is judged by. Kept in the books as plain JSON."""

from dataclasses import dataclass
from typing import Any

HORIZON = 90
"""Days that a chance looks ahead, and that a list is graded by."""


@dataclass(frozen=True)
class Learned:
    """The method that speaks and why, its parameters, and the firm's own measures of early, late, and much."""

    method: str
    why: str
    rhythm: str
    numbers: dict[str, float]
    """What the sentence about the method needs; see `choosing.Choice`."""
    params: dict[str, float] | None
    """Of BG/NBD, with time in weeks: r, alpha, a, b, log_likelihood; None where it does not speak."""
    value: dict[str, float] | None
    """Of Gamma-Gamma: p, q, gamma, in minor units of `currency`; None where it can't be fitted."""
    currency: str | None
    """The one in which most customers buy."""
    usual_minor: int
    """What a purchase day is worth, in the median."""
    second: dict[str, Any]
    """The second-purchase curve: `days` and `waiting` (the steps), `window` (from, to) or None, `median` or None,
    `customers`, `still_waiting`, `longest`."""
    high_minor: int
    """The value of a year from which a customer is among the most valuable fifth."""
    silent_after_days: int
    """What the firm calls silent."""
    cuts: dict[str, list[float]]
    """The limits of the quintiles of `recency` (days), `frequency` (purchase days) and `monetary` (minor units)."""
