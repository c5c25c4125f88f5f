"""Which method speaks of the coming purchases, and why.

BG/NBD from GATE customers, when its fit is to be believed; else each buyer's own cadence, where the buyers are
regular; else how recently they bought. The answer is a code with numbers, for a page to put into words.
"""

from dataclasses import dataclass, field

from portal.retention import bgnbd
from portal.retention.regularity import Regularity
from portal.retention.statistics import Grouped

GATE = 250
"""Customers from which a fit is made."""


@dataclass(frozen=True)
class Choice:
    """The method that speaks, `bgnbd`, `cadence` or `recency`, and why.

    `why` is `fits` for BG/NBD. For the others it says why BG/NBD does not speak: `no_customers`, `few_customers`, or a
    trouble of its fit (`no_repeats`, `ran_away`, `flat`, `not_found`: see `bgnbd.Fit`). `rhythm` says what is known of
    the buyers' regularity: `regular`, `irregular` or `unknown`. `numbers` holds what a sentence may need: `customers`,
    `gate`, `repeat_buyers`, and where they are known `shape`, `shape_low`, `shape_high` and `rhythm_buyers`.
    """

    method: str
    why: str
    rhythm: str
    numbers: dict[str, float]
    fit: bgnbd.Fit | None = field(default=None, compare=False)

    @property
    def parameters(self) -> bgnbd.Parameters | None:
        """Those of BG/NBD, where it speaks."""
        return self.fit.parameters if self.fit and self.method == "bgnbd" else None


def choose(grouped: Grouped, regularity: Regularity) -> Choice:
    """The method for these customers, with BG/NBD's fit if one was made."""
    why, fit = _why(grouped)
    rhythm = "unknown" if regularity.shape is None else "regular" if regularity.regular else "irregular"
    method = "bgnbd" if why == "fits" else "cadence" if rhythm == "regular" else "recency"
    return Choice(method, why, rhythm, _numbers(grouped, regularity), fit)


def _why(grouped: Grouped) -> tuple[str, bgnbd.Fit | None]:
    customers = grouped.total
    if not customers:
        return "no_customers", None
    if customers < GATE:
        return "few_customers", None
    fit = bgnbd.fit(grouped)
    return fit.trouble or "fits", fit


def _numbers(grouped: Grouped, regularity: Regularity) -> dict[str, float]:
    numbers: dict[str, float] = {
        "customers": grouped.total,
        "repeat_buyers": grouped.repeat_buyers,
        "gate": GATE,
        "rhythm_buyers": regularity.buyers,
    }
    known = {"shape": regularity.shape, "shape_low": regularity.low, "shape_high": regularity.high}
    return numbers | {name: value for name, value in known.items() if value is not None}
