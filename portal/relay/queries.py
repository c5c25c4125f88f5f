"""Every SELECT about the relay."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Row, Select, select

from portal.customers.lines import together
from portal.customers.models import PHASES, Customer
from portal.extensions import rows_of
from portal.paging import most
from portal.relay.models import Holding
from portal.users.models import User

CARDS_AT_ONCE = 8
STRETCHES = 100


def board() -> dict[str, Sequence[Row[Any]]]:
    """The customers who have been in each phase the longest, a few of each, in one go. Rides on
    ix_customers_live_phase.
    """
    found: dict[str, list[Row[Any]]] = {phase: [] for phase in PHASES}
    for row in rows_of(_board()):
        found[row.phase].append(row)
    return dict(found)


@cache
def _board() -> Select[Any] | CompoundSelect[Any]:
    cards = together([_cards(phase).limit(most(CARDS_AT_ONCE)) for phase in PHASES])
    return (
        select(cards, User.name.label("assignee_name"))
        .outerjoin(User, User.id == cards.c.assignee_id)
        .order_by(cards.c.phase_since, cards.c.id)
    )


def _cards(phase: str) -> Any:
    columns = (Customer.id, Customer.name, Customer.phase, Customer.phase_since, Customer.leg, Customer.assignee_id)
    here = select(*columns).where(Customer.archived_at.is_(None), Customer.phase == phase)
    return here.order_by(Customer.phase_since, Customer.id)


def holdings_of(customer_id: int) -> Sequence[Row[Any]]:
    """Who held a customer, the newest first, a hundred at most. Rides on ix_holdings_customer_id_id."""
    query = (
        select(Holding.id, Holding.leg, Holding.from_on, Holding.until_on, Holding.ended, User.name.label("user_name"))
        .join(User, User.id == Holding.user_id)
        .where(Holding.customer_id == customer_id)
        .order_by(Holding.id.desc())
        .limit(STRETCHES)
    )
    return rows_of(query).all()
