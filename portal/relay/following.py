"""What the relay does when something has happened: after a first purchase, the customer is offered to service."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.relay import handing
from portal.settings.queries import the_firm
from portal.timeline.following import Follower


def after_purchases(events: Sequence[Any]) -> None:
    """Offer whoever has just bought for the first time to service; the firm's limit holds from today on."""
    firm = the_firm()
    if firm is not None:
        bought: dict[int, date] = {}
        for event in events:  # a file may tell the newest first
            bought[event.customer_id] = min(bought.get(event.customer_id, date.max), event.happened_on)
        handing.offer_first(bought, firm.hand_off_days)


FIRST_PURCHASE = Follower("relay.first_purchase", ("purchase.recorded",), after_purchases)
