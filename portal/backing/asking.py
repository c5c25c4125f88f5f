"""Asking another leg for support on a customer: the request and its event in one transaction."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from portal import clock, due
from portal.backing.models import SupportRequest
from portal.customers.models import Customer, IsArchived
from portal.extensions import db
from portal.relay.legs import OF_ROLE, leg_of
from portal.rules import N_, BrokenRule
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User


class NobodyAsked(BrokenRule):
    """It has to be asked of somebody else."""

    message = N_("Choose who is asked: another leg, or a colleague.")


@dataclass(frozen=True)
class Asked:
    """What is asked, of whom, until when. A colleague in particular goes before the leg."""

    text: str
    due_on: date
    leg: str = ""
    form_id: str | None = None


def ask(customer: Customer, said: Asked, by: "User", of: "User | None" = None) -> SupportRequest:
    """Write a request down with its event. Raises `DayOutOfReach`, `IsArchived` or `NobodyAsked`."""
    if customer.is_archived:
        raise IsArchived
    due.checked(said.due_on)
    if _is_own_leg(said, by, of):
        raise NobodyAsked
    to_leg = _asked_leg(said, by, of, customer.leg)
    request = SupportRequest(
        customer_id=customer.id, from_leg=leg_of(by.role, customer.leg), to_leg=to_leg,
        assignee_id=of.id if of else None, text=said.text, due_on=said.due_on, form_id=said.form_id,
        created_by_id=by.id, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(request)
    told: dict[str, Any] = {"text": said.text, "leg": to_leg, "due_on": said.due_on.isoformat()}
    told |= {"to": of.name} if of else {}
    record("support.asked", by=by, customer_id=customer.id, subject=request, **told)
    return request


def change(request: SupportRequest, said: Asked, by: "User", of: "User | None" = None) -> None:
    """Ask a locked request otherwise, as long as it waits. Raises `NotWaiting`, `DayOutOfReach` or `NobodyAsked`."""
    if request.is_waiting and said.due_on != request.due_on:
        due.checked(said.due_on)
    if said.leg != request.to_leg and _is_own_leg(said, by, of):
        raise NobodyAsked
    has_it = of is not None and of.id == request.assignee_id
    to_leg = request.to_leg if has_it and said.leg in ("", request.to_leg) else _asked_leg(said, by, of, request.to_leg)
    request.change(by, said.text, said.due_on, to_leg, of)


def _is_own_leg(said: Asked, by: "User", of: "User | None") -> bool:
    """Would they ask their own leg, and nobody in particular? An owner runs in every leg and asks any."""
    return of is None and bool(said.leg) and said.leg == OF_ROLE.get(by.role)


def _asked_leg(said: Asked, by: "User", of: "User | None", now: str | None) -> str:
    """The leg that is asked: of a colleague, the one that they run. Raises `NobodyAsked`."""
    to_leg = leg_of(of.role, said.leg or now) if of else said.leg
    if not to_leg or (of is not None and of.id == by.id):
        raise NobodyAsked
    return to_leg
