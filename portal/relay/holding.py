"""Who holds a customer: the leg and the stretches of the relay, kept true whenever somebody is made answerable.

One customer at a time, or many in a few statements. Each runs in the transaction of what caused it, whose event it
shares.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, insert, literal, select, update

from portal import bulk, clock
from portal.extensions import db
from portal.relay.legs import LEGS, OF_ROLE, leg_of
from portal.relay.models import OFFERED, HandOff, Holding

if TYPE_CHECKING:
    from portal.customers.models import Customer
    from portal.users.models import User


def begin(customer: "Customer", to: "User | None") -> None:
    """A new customer, which is in the database, is held from today on."""
    if to is not None:
        leg = leg_of(to.role, None)
        bulk.put(Holding, customer_id=customer.id, leg=leg, user_id=to.id, from_on=clock.today())


def first_leg(to: "User | None") -> dict[str, Any]:
    """The columns of a customer that is about to be made: the leg, and since when."""
    return {"leg": leg_of(to.role, None) if to else None, "leg_since": clock.today()}


def pass_on(customer: "Customer", to: "User | None", hand_off: HandOff | None = None) -> None:
    """Let a user hold the customer, for the leg that the user runs, or nobody: then the leg stays as it is.

    An offer that stands comes to its end by it, and what was dropped is picked up.
    """
    today, before, since = clock.today(), customer.leg, customer.leg_since
    ended = "let_go" if to is None else "passed" if hand_off is None else "handed_off"
    db.session.execute(
        update(Holding)
        .where(Holding.customer_id == customer.id, Holding.until_on.is_(None))
        .values(until_on=today, ended=ended)
    )
    _settle([customer.id], besides=hand_off)
    if to is not None:
        leg = _next_leg(to, before, hand_off)
        if leg != before:
            customer.leg, customer.leg_since = leg, today
        bulk.put(
            Holding, customer_id=customer.id, leg=leg, user_id=to.id, from_on=today, came_from=before,
            waited_since=since, hand_off_id=hand_off.id if hand_off else None,
        )  # fmt: skip


def _next_leg(to: "User", before: str | None, hand_off: HandOff | None) -> str:
    """A hand-off leads to its own leg, also when an owner runs it."""
    return hand_off.to_leg if hand_off is not None and to.role not in OF_ROLE else leg_of(to.role, before)


def pass_on_many(customers: Any, ids: Sequence[int], to: "User | None") -> None:
    """The same for many, whose rows (of the table `customers`) are locked and still as they were. Four statements."""
    today = clock.today()
    held = update(Holding).where(Holding.customer_id.in_(ids), Holding.until_on.is_(None))
    db.session.execute(held.values(until_on=today, ended="passed" if to else "let_go"))
    _settle(ids)
    if to is None:
        return
    now = customers.c.leg
    leg: Any = literal(OF_ROLE[to.role]) if to.role in OF_ROLE else case((now.in_(LEGS), now), else_="sales")
    stretch = select(customers.c.id, leg, literal(to.id), literal(today), literal(""), now, customers.c.leg_since)
    columns = ["customer_id", "leg", "user_id", "from_on", "ended", "came_from", "waited_since"]
    db.session.execute(insert(Holding).from_select(columns, stretch.where(customers.c.id.in_(ids))))
    since = case((now == leg, customers.c.leg_since), else_=literal(today))
    db.session.execute(update(customers).where(customers.c.id.in_(ids)).values(leg=leg, leg_since=since))


def _settle(ids: Sequence[int], besides: HandOff | None = None) -> None:
    """Offers for these customers are moot, and what was dropped is picked up."""
    today = clock.today()
    mine = HandOff.customer_id.in_(ids)
    offered = update(HandOff).where(mine, OFFERED)
    if besides is not None:
        offered = offered.where(HandOff.id != besides.id)
    db.session.execute(offered.values(state="withdrawn", answered_on=today, version=HandOff.version + 1))
    lying = update(HandOff).where(mine, HandOff.dropped_on.is_not(None), HandOff.picked_up_on.is_(None))
    db.session.execute(lying.values(picked_up_on=today, version=HandOff.version + 1))
