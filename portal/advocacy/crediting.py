"""Crediting: whoever recommended a customer is credited with that customer's first purchase, and thanked for it once.

The credit itself is read from the ledger wherever it is shown (`queries.CREDITED`). Here the record is brought to say
the same: when a purchase is written down, moved, voided or restored, and when a referral is settled or reopened.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from portal import clock
from portal.advocacy import queries
from portal.advocacy.models import Referral
from portal.customers.queries import customer_for_change
from portal.follow_ups import touching
from portal.follow_ups.clocks import set_clocks
from portal.language import DEFAULT, words_in
from portal.rules import N_
from portal.settings.queries import the_firm

if TYPE_CHECKING:
    from portal.users.models import User

THANK_WITHIN = timedelta(days=1)
LONGEST_OBJECTIVE = 200
THANKS = N_("Thank them: %(name)s, whom they recommended, has bought")
ARE_ONE = N_("Who recommends and who is recommended are the same customer")
KINDS = ("purchase.recorded", "purchase.changed", "purchase.voided", "purchase.restored")
"""The events after which somebody may be credited, or no longer."""


def follow(events: Sequence[Row[Any]]) -> None:
    """These purchases were written down, changed, voided or restored: credit whoever recommended the customer."""
    for referral in queries.won_for_change({event.customer_id for event in events}):
        settle(referral)


def close_own(customer_id: int, by: "User") -> None:
    """Something was merged into this customer: where it would have brought itself now, nobody is brought, and nobody
    thanked. The reason is written in the firm's language, as the thanks are.
    """
    own = [each for each in queries.won_for_change([customer_id]) if each.customer_id == customer_id]
    firm = the_firm() if own else None
    for referral in own:
        referral.fold(by, words_in(firm.locale if firm else DEFAULT, ARE_ONE))
        settle(referral)


def settle(referral: Referral) -> None:
    """Let the record say what the ledger says. The referral must be locked. Twice is once."""
    credit = queries.credit_of(referral.id)
    if credit is None and referral.credited_on is not None:
        referral.note_credit(None)
        _take_thanks_back(referral)
    elif credit is not None and referral.credited_on is None:
        referral.note_credit(credit.on, amount_minor=credit.amount_minor, currency=credit.currency)
        _thank(referral)
    elif credit is not None and referral.credited_on != credit.on:
        referral.credited_on = credit.on


def _thank(referral: Referral) -> None:
    """Plan the thanks, unless they have been planned or said before."""
    customer = customer_for_change(referral.customer_id)
    if referral.thank_id is not None or customer is None or customer.is_archived:
        return
    firm = the_firm()
    objective = words_in(firm.locale if firm else DEFAULT, THANKS, name=referral.name)[:LONGEST_OBJECTIVE]
    plan = touching.Plan(
        due_on=clock.today() + THANK_WITHIN, purpose="care", objective=objective, contact_id=referral.contact_id,
        assignee_id=customer.assignee_id,
    )  # fmt: skip
    referral.thank_id = touching.plan(customer, plan, None).id


def _take_thanks_back(referral: Referral) -> None:
    """There is nothing to thank for after all. What was said was said."""
    customer, planned = customer_for_change(referral.customer_id), queries.planned_thanks(referral)
    if customer is not None and planned is not None:
        planned.take_back()
        set_clocks(customer)
        referral.thank_id = None
