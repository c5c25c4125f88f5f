"""What is learned of all customers together, and every one of them is judged by. Kept in the books as plain JSON."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portal.retention import choosing, gamma_gamma, second_purchase, statistics
from portal.retention import regularity as regular
from portal.retention.known import Booleans, Known
from portal.retention.statistics import Floats, Integers
from portal.settings.queries import the_firm

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


def learn(known: Known, silent_after_days: int | None = None) -> Learned:
    """What these customers, all of the firm's, teach of their buying up to the day. What silent means is the firm's to
    say, and is asked for where it is not given.
    """
    if silent_after_days is None:
        firm = the_firm()
        silent_after_days = firm.silent_after_days if firm else 60
    bought = known.has_bought
    days, first, last = known.purchase_days[bought], known.first[bought], known.last[bought]
    regularity = regular.of_pairs(*_last_gaps(known))
    choice = choosing.choose(statistics.group(days - 1, last - first, known.as_of - first), regularity)
    currency = _most_common(known.currency[bought])
    ours = bought & (known.currency == currency) if currency else bought
    spent = known.spent if ours.all() else known.spent[ours[known.bought_by]]
    return Learned(
        method=choice.method,
        why=choice.why,
        rhythm=choice.rhythm,
        numbers=choice.numbers,
        params=_params(choice),
        value=_value(known, ours),
        currency=currency,
        usual_minor=int(np.median(spent)) if len(spent) else 0,
        second=_second(known),
        high_minor=int(np.ceil(np.quantile(known.year[ours], 0.8))) if ours.any() else 0,
        silent_after_days=silent_after_days,
        cuts={
            "recency": _cuts(known.since_last[bought]),
            "frequency": _cuts(days),
            "monetary": _cuts(known.revenue[ours]),
        },
    )


def repeat_values(known: Known) -> tuple[Integers, Floats]:
    """Of each customer, the purchase days after the first, and what they were worth in the mean (0 without one)."""
    bought = known.has_bought
    spent = known.revenue.copy()
    spent[bought] -= known.spent[(np.cumsum(known.purchase_days) - known.purchase_days)[bought]]  # on the first
    repeats = np.maximum(known.purchase_days - 1, 0)
    return repeats, np.maximum(spent, 0) / np.maximum(repeats, 1)


def _last_gaps(known: Known) -> tuple[Integers, Integers]:
    """The last two gaps of each customer with three purchase days or more."""
    end = np.cumsum(known.purchase_days)[known.purchase_days > 2] - 1
    on = known.bought_on
    return on[end - 1] - on[end - 2], on[end] - on[end - 1]


def _params(choice: choosing.Choice) -> dict[str, float] | None:
    if choice.parameters is None or choice.fit is None:
        return None
    return asdict(choice.parameters) | {"log_likelihood": choice.fit.log_likelihood}


def _value(known: Known, ours: Booleans) -> dict[str, float] | None:
    repeats, mean = repeat_values(known)
    fit = gamma_gamma.fit(repeats[ours], mean[ours])
    return asdict(fit.parameters) if fit.parameters and not fit.trouble else None


def _second(known: Known) -> dict[str, Any]:
    bought = known.has_bought
    first, second = known.first[bought], known.second[bought]
    came = second > 0
    curve = second_purchase.curve(np.where(came, second, known.as_of) - first, came)
    window = curve.window()
    return {
        "days": curve.days.tolist(),
        "waiting": curve.waiting.tolist(),
        "window": list(window) if window else None,
        "median": curve.median,
        "customers": curve.customers,
        "still_waiting": curve.still_waiting,
        "longest": curve.longest,
    }


def _most_common(currencies: NDArray[np.str_]) -> str | None:
    if len(currencies) and (currencies == currencies[0]).all():  # as in most firms
        return str(currencies[0])
    names, counts = np.unique(currencies, return_counts=True)
    return str(names[np.argmax(counts)]) if len(names) else None


def _cuts(values: Integers) -> list[float]:
    return [float(cut) for cut in np.quantile(values, (0.2, 0.4, 0.6, 0.8))] if len(values) else []
