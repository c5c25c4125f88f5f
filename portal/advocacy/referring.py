"""Referring: a client names somebody whom we could help, and the colleague who answers for the client is told so."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from portal import clock
from portal.advocacy.models import Referral
from portal.customers.models import Customer, IsArchived
from portal.extensions import db
from portal.follow_ups import touching
from portal.language import DEFAULT, speaking
from portal.rules import N_, BrokenRule
from portal.settings.queries import the_firm
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User

ASK_WITHIN = timedelta(days=1)
"""How soon the client is thanked and asked for the introduction."""
LONGEST_OBJECTIVE = 200
LONGEST_AGO = timedelta(days=3660)


class NotThatDay(BrokenRule):
    """A referral is something that has happened, and not in another century."""

    message = N_("Choose a day that has been, of the last ten years.")


@dataclass(frozen=True)
class Referred:
    """Who is recommended, how to reach them as the client wrote it, and after which answer."""

    name: str
    reach: str = ""
    contact_id: int | None = None
    contact: str = ""
    """The name of the person who recommends us, for the record."""
    response_id: int | None = None
    nonce: str | None = None
    note: str = ""
    on: date | None = None
    """The day of it; today when not said."""
    form_id: str | None = None


def refer(customer: Customer, referred: Referred, by: "User | None" = None) -> Referral:
    """Write a referral down, with its event, all in the transaction.

    The customer must be locked (`customer_for_change`). What the client wrote is answered by a planned call, given to
    whoever answers for the customer; a user who writes it down has just spoken to them. Raises `NotThatDay`, and
    `IsArchived` where a user writes of a customer in the archive.
    """
    today = clock.today()
    on = referred.on or today
    if not today - LONGEST_AGO <= on <= today:
        raise NotThatDay
    if by is not None and customer.is_archived:
        raise IsArchived
    referral = Referral(
        customer_id=customer.id, contact_id=referred.contact_id, response_id=referred.response_id, name=referred.name,
        reach=referred.reach, nonce=referred.nonce, referred_at=clock.now(), referred_on=on, note=referred.note,
        form_id=referred.form_id, created_by_id=by.id if by else None,
    )  # fmt: skip
    db.session.add(referral)
    record(
        "referral.given", by=by, customer_id=customer.id, subject=referral, on=on, name=referred.name,
        contact=referred.contact,
    )  # fmt: skip
    if by is None:
        _plan_the_call(customer, referred)
    return referral


def _plan_the_call(customer: Customer, referred: Referred) -> None:
    plan = touching.Plan(
        due_on=clock.today() + ASK_WITHIN, purpose="referral", objective=_objective(referred),
        contact_id=referred.contact_id, assignee_id=customer.assignee_id,
    )  # fmt: skip
    touching.plan(customer, plan, None, referred.contact)


def _objective(referred: Referred) -> str:
    """In the firm's language, since the client's page may speak another."""
    whom = f"{referred.name}, {referred.reach}" if referred.reach else referred.name
    firm = the_firm()
    with speaking(firm.locale if firm else DEFAULT):
        return str(_("Thank them for recommending %(name)s", name=whom))[:LONGEST_OBJECTIVE]
