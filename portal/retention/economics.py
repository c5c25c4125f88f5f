"""What winning a customer costs and brings, against keeping one. Arithmetic on the firm's own inputs and the books.

The ledger's side is of the 365 days that end with the day of the books: customers won, clients kept (who bought
again), and what first and later purchase days brought. Everything is in minor units of one currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class Inputs(Protocol):
    """What the firm says of its own money; None for what it has not said."""

    winning_minor: int | None
    keeping_minor: int | None
    margin_percent: int | None
    new_offer_percent: int | None
    loyal_offer_percent: int | None


@dataclass(frozen=True)
class Side:
    """One side of the scales: how many customers, what one cost, and what one brought."""

    customers: int
    cost_minor: int | None
    """Per customer; None while nothing is known of it."""
    brought_minor: int | None
    left_minor: int | None
    """Of what one brought, the margin less the cost."""


@dataclass(frozen=True)
class Warned:
    """The offer to new customers beats what loyal clients get."""

    new_percent: int
    loyal_percent: int
    clients: int
    total_minor: int
    """What clients would have paid less in a year, had they been offered what new customers are."""
    each_minor: int


@dataclass(frozen=True)
class Scales:
    """Winning against keeping."""

    winning: Side
    keeping: Side
    times: float | None
    """How many times what keeping costs, winning does."""
    warning: Warned | None


def weigh(said: Inputs, found: Mapping[str, Any], *, same_currency: bool) -> Scales:
    """The two sides of the scales; `found` is `measures["economics"]`. What the ledger holds in another currency than
    the firm's own is not set against the firm's costs.
    """
    winning = _side(
        said.winning_minor, found["new_customers"], found["new_revenue_minor"], found["new_paying"],
        said.margin_percent, same_currency,
    )  # fmt: skip
    keeping = _side(
        said.keeping_minor, found["kept_clients"], found["kept_revenue_minor"], found["kept_paying"],
        said.margin_percent, same_currency,
    )  # fmt: skip
    costs = winning.cost_minor, keeping.cost_minor
    times = costs[0] / costs[1] if costs[0] is not None and costs[1] else None
    return Scales(winning, keeping, times, warning(said, found))


def _side(
    spent: int | None, customers: int, revenue: int, paying: int, margin: int | None, same_currency: bool
) -> Side:
    cost = round(spent / customers) if spent is not None and customers else None
    brought = round(revenue / paying) if paying else None
    known = cost is not None and brought is not None and margin is not None and same_currency
    left = round((brought or 0) * (margin or 0) / 100) - (cost or 0) if known else None
    return Side(customers, cost, brought, left)


def warning(said: Inputs, found: Mapping[str, Any]) -> Warned | None:
    """Does a stranger pay less than a friend, and what does that cost the friends?

    What clients paid holds their own discount already: 5 % off 100 is 95, and with 20 % off it would have been 80.
    """
    new, loyal = said.new_offer_percent or 0, said.loyal_offer_percent or 0
    if new <= loyal:
        return None
    total = round(found["kept_revenue_minor"] * (new - loyal) / (100 - loyal))
    clients = found["kept_paying"]
    return Warned(new, loyal, clients, total, round(total / clients) if clients else 0)
