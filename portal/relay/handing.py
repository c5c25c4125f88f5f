"""Handing on: what a hand-off does beyond itself, in one transaction with its event.

Whoever works on a customer's hand-offs has locked the customer first, as everybody does who makes somebody answerable.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from portal import bulk, clock
from portal.customers.models import Customer, IsArchived
from portal.customers.queries import customer_for_change
from portal.extensions import db
from portal.language import words_in
from portal.relay import queries, travelling
from portal.relay.legs import leg_of
from portal.relay.models import HandOff, NotOffered
from portal.rules import N_, BrokenRule
from portal.timeline.models import Event, event_of, record

if TYPE_CHECKING:
    from portal.users.models import User

AT_ONCE = 500
VOIDED = N_("the purchase was voided")


class OfferedAlready(BrokenRule):
    """One baton, one hand that reaches out."""

    message = N_("A hand-off of this customer waits for its answer already. Take it back first.")


class HoldsIt(BrokenRule):
    """Nobody hands on to who holds it."""

    message = N_("%(name)s holds this customer already.")


@dataclass(frozen=True)
class Offer:
    """To whom a customer is offered: a user, or anybody of a leg; and what the next runner should know."""

    to_leg: str
    to_user: "User | None" = None
    note: str = ""
    form_id: str | None = None
    cause: str | None = None


def offer(customer: Customer, said: Offer, by: "User | None", days: int) -> HandOff:
    """Offer a locked customer; it is answered within so many days. What was dropped before is picked up by it.

    Raises `IsArchived`, `HoldsIt` or `OfferedAlready`.
    """
    if customer.is_archived:
        raise IsArchived
    if said.to_user is not None and said.to_user.id == customer.assignee_id:
        raise HoldsIt(name=said.to_user.name)
    if queries.offered_of(customer.id) is not None:
        raise OfferedAlready
    for lying in queries.lying_of(customer.id):
        lying.picked_up_on = clock.today()
    hand_off = HandOff(
        customer_id=customer.id, from_leg=customer.leg, from_user_id=customer.assignee_id, note=said.note,
        to_leg=leg_of(said.to_user.role, said.to_leg) if said.to_user else said.to_leg, to_user=said.to_user,
        to_user_id=said.to_user.id if said.to_user else None,
        offered_on=clock.today(), due_on=clock.today() + timedelta(days=days), offered_by_id=by.id if by else None,
        cause=said.cause, form_id=said.form_id, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(hand_off)
    told: dict[str, Any] = {"note": said.note, "due_on": hand_off.due_on.isoformat()}
    told |= travelling.with_one(customer.id, hand_off.giver_id).told
    told = hand_off.said() | {name: value for name, value in told.items() if value}
    record("hand_off.offered", by=by, customer_id=customer.id, subject=hand_off, **told)
    return hand_off


def accept(hand_off: HandOff, customer: Customer, by: "User") -> None:
    """Take a locked customer over, with what travels along. Raises `NotOffered` or `IsArchived`."""
    if not hand_off.is_offered:
        raise NotOffered
    hand_off.accept(by, travelling.with_one(customer.id, hand_off.giver_id).told)
    customer.pass_on(by, hand_off)
    travelling.give(customer.id, hand_off.giver_id, by)


def drop_due() -> int:
    """Hand-offs that nobody has answered in time are dropped; commits. How many there were."""
    dropped = 0
    while due := queries.overdue_for_change(clock.today(), AT_ONCE):
        for hand_off in due:
            hand_off.drop()
        dropped += len(due)
        db.session.commit()
    db.session.rollback()
    return dropped


def offer_first(bought: Mapping[int, date | None], days: int) -> int:
    """Offer these customers to service, since they have just bought for the first time on that day (None: on whichever
    day that was); uncommitted. How many were offered: who is with service already, is offered to somebody, or has been
    offered for this before, is not.
    """
    today = clock.today()
    new = [
        each
        for each in queries.newly_bought_for_change(list(bought))
        if bought[each.id] in (each.first_purchase_on, None)
    ]
    if not new:
        return 0
    due_on = today + timedelta(days=days)
    about = {"to_leg": "service", "offered_on": today, "due_on": due_on}
    rows = [
        {
            "customer_id": each.id, "from_leg": each.leg, "from_user_id": each.assignee_id, "created_at": clock.now(),
            "cause": first_purchase_of(each.id), **about,
        }
        for each in new
    ]  # fmt: skip
    bulk.put_each(HandOff, rows)
    made = queries.hand_offs_by_cause([row["cause"] for row in rows])
    told: dict[str, Any] = {"leg": "service", "to": "", "due_on": due_on.isoformat()}
    bulk.put_each(
        Event,
        [
            event_of("hand_off.offered", by=None, customer_id=customer_id, subject_id=id, **told)
            for id, customer_id in made
        ],
    )
    return len(rows)


def take_back_first(customer_ids: Collection[int], locale: str) -> None:
    """Take back what the first purchase of these customers has offered, where they have none after all; uncommitted.

    The next one that they make is their first again.
    """
    for id in sorted(customer_ids):
        customer = customer_for_change(id)
        offered = queries.offered_of(id)
        if customer and customer.status == "prospect" and offered and offered.cause == first_purchase_of(id):
            offered.withdraw(None, words_in(locale, VOIDED))
            offered.cause = None


def first_purchase_of(customer_id: int) -> str:
    """What makes the hand-off after a first purchase one and the same."""
    return f"first_purchase:{customer_id}"
