"""Touching a customer: logging it, planning the next step, taking it back. Each does all it does in one transaction."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from portal import bulk, clock, due
from portal.buying_centre import rhythm
from portal.customers.models import Customer, IsArchived
from portal.extensions import db
from portal.follow_ups import queries
from portal.follow_ups.clocks import set_clocks
from portal.follow_ups.models import FollowUp, Touch
from portal.one_statement import one_statement
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User

LONGEST_REMINDER = 200


@dataclass(frozen=True)
class Plan:
    """A touch to come: a planned meeting is one with an objective."""

    due_on: date
    purpose: str = "care"
    channel: str = "call"
    objective: str = ""
    method: str = ""
    contact_id: int | None = None
    assignee_id: int | None = None
    form_id: str | None = None


def log(customer: Customer, touch: Touch, by: "User", planned: FollowUp | None = None, contact: str = "") -> FollowUp:
    """Log a touch: a new one, or the planned one that it was opened from, if nobody has done that meanwhile.

    Plans the next step, resets the customer's clocks (unless nobody answered), writes the event. The customer must be
    locked (`customer_for_change`). `contact` is the name of the person, for the record.
    """
    if planned is not None and planned.is_planned:
        follow_up, was = planned, planned.plan()
    else:
        follow_up, was = FollowUp(customer_id=customer.id, created_by_id=by.id, created_at=clock.now()), None
        follow_up.objective = follow_up.method = ""
        follow_up.assignee_id = by.id
    follow_up.finish(touch, by)
    with one_statement():
        if was is None:
            bulk.add(follow_up)
        if touch.next_on is not None:
            _plan_next_step(follow_up, touch, by)
        record(
            "follow_up.logged", by=by, customer_id=customer.id, subject=follow_up, channel=touch.channel,
            purpose=touch.purpose, outcome=touch.outcome, note=touch.note, objective=follow_up.objective,
            contact=contact, next_on=touch.next_on.isoformat() if touch.next_on else None, was=was,
            **_objected(touch),
        )  # fmt: skip
    set_clocks(customer)
    rhythm.keep(follow_up.contact_id, was["contact_id"] if was else None)
    return follow_up


def _objected(touch: Touch) -> dict[str, Any]:
    """What the record says of an objection: nothing, most of the time."""
    return {"objection": touch.heard.text} if touch.heard else {}


def _plan_next_step(follow_up: FollowUp, touch: Touch, by: "User") -> None:
    """The touch after this one. What was noted now is what reminds then."""
    bulk.put(
        FollowUp, customer_id=follow_up.customer_id, contact_id=follow_up.contact_id, assignee_id=by.id,
        channel=touch.channel, purpose=touch.purpose, note=touch.note[:LONGEST_REMINDER], due_on=touch.next_on,
        origin="next", origin_id=follow_up.id, created_by_id=by.id, created_at=clock.now(),
    )  # fmt: skip


def undo(customer: Customer, follow_up: FollowUp, by: "User") -> None:
    """Take a logged touch back with all that it did: the plan stands again, the next step is gone, the clocks go back.

    Doing it twice is doing it once. Raises `NotYours` or `TooLateToUndo`. The customer must be locked.
    """
    if not follow_up.is_done:
        return
    follow_up.check_undo(by)
    contact_id = follow_up.contact_id
    next_step, logged = queries.next_step_of(follow_up), queries.logged_event(follow_up)
    said = dict(logged.data) if logged else {}
    plan = said.pop("was", None)
    if next_step is not None:
        next_step.take_back()
    if plan:
        follow_up.restore(plan)
    else:
        follow_up.take_back()
    set_clocks(customer)
    rhythm.keep(contact_id, follow_up.contact_id)
    record("follow_up.undone", by=by, customer_id=customer.id, subject=follow_up, **said)


def plan(customer: Customer, plan: Plan, by: "User | None", contact: str = "") -> FollowUp:
    """Plan a touch; without a user, the portal does. Raises `DayOutOfReach`. The customer must be locked.

    What a user plans must come up on its day: of a customer in the archive it would not. Raises `IsArchived`.
    """
    if by is not None and customer.is_archived:
        raise IsArchived
    follow_up = FollowUp(
        customer_id=customer.id, due_on=due.checked(plan.due_on), purpose=plan.purpose, channel=plan.channel,
        objective=plan.objective, method=plan.method, contact_id=plan.contact_id, assignee_id=plan.assignee_id,
        form_id=plan.form_id, created_by_id=by.id if by else None, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(follow_up)
    set_clocks(customer)
    rhythm.keep(plan.contact_id)
    record(
        "follow_up.planned", by=by, customer_id=customer.id, subject=follow_up, channel=plan.channel, contact=contact,
        purpose=plan.purpose, objective=plan.objective, method=plan.method, due_on=plan.due_on.isoformat(),
    )  # fmt: skip
    return follow_up


def move(customer: Customer, follow_up: FollowUp, to: date, by: "User") -> None:
    """Put a planned touch off, or forward. Raises `NotPlanned` or `DayOutOfReach`. The customer must be locked."""
    follow_up.move(to, by)
    set_clocks(customer)
    rhythm.keep(follow_up.contact_id)


def drop(customer: Customer, follow_up: FollowUp, by: "User") -> None:
    """Give a planned touch up. Raises `NotPlanned`. The customer must be locked."""
    follow_up.drop(by)
    set_clocks(customer)
    rhythm.keep(follow_up.contact_id)
