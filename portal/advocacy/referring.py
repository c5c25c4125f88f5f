"""Referring: a client names somebody whom we could help, and the colleague who answers for the client is told so."""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _

from portal import clock
from portal.advocacy.models import Referral
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups import touching
from portal.language import DEFAULT, speaking
from portal.settings.queries import the_firm
from portal.timeline.models import record

ASK_WITHIN = timedelta(days=1)
"""How soon the client is thanked and asked for the introduction."""
LONGEST_OBJECTIVE = 200


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


def refer(customer: Customer, referred: Referred) -> Referral:
    """Write a referral down, with its event, and plan the call that follows it, all in the transaction.

    The customer must be locked (`customer_for_change`). Whoever answers for it is given the call.
    """
    referral = Referral(
        customer_id=customer.id, contact_id=referred.contact_id, response_id=referred.response_id, name=referred.name,
        reach=referred.reach, nonce=referred.nonce, referred_at=clock.now(),
    )  # fmt: skip
    db.session.add(referral)
    record(
        "referral.given", by=None, customer_id=customer.id, subject=referral, name=referred.name,
        contact=referred.contact,
    )  # fmt: skip
    plan = touching.Plan(
        due_on=clock.today() + ASK_WITHIN, purpose="referral", objective=_objective(referred),
        contact_id=referred.contact_id, assignee_id=customer.assignee_id,
    )  # fmt: skip
    touching.plan(customer, plan, None, referred.contact)
    return referral


def _objective(referred: Referred) -> str:
    """In the firm's language, since the client's page may speak another."""
    whom = f"{referred.name}, {referred.reach}" if referred.reach else referred.name
    firm = the_firm()
    with speaking(firm.locale if firm else DEFAULT):
        return str(_("Thank them for recommending %(name)s", name=whom))[:LONGEST_OBJECTIVE]
