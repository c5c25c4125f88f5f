"""What the relay does when something has happened: after a first purchase, the customer is offered to service."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.relay import handing
from portal.settings.queries import the_firm
from portal.timeline.following import Follower


def after_purchases(events: Sequence[Any]) -> None:
    """Offer whoever has just bought for the first time to service; the firm's limit holds from today on. A voided
    purchase was none: what it offered is taken back, and offered anew when it counts again.
    """
    firm = the_firm()
    if firm is None:
        return
    handing.take_back_first({event.customer_id for event in events if event.kind == "purchase.voided"}, firm.locale)
    bought: dict[int, date | None] = {}
    for event in events:  # a file may tell the newest first
        if event.kind == "purchase.recorded":
            bought[event.customer_id] = min(bought.get(event.customer_id) or date.max, event.happened_on)
    bought |= dict.fromkeys(event.customer_id for event in events if event.kind == "purchase.restored")
    handing.offer_first(bought, firm.hand_off_days)


FIRST_PURCHASE = Follower(
    "relay.first_purchase", ("purchase.recorded", "purchase.voided", "purchase.restored"), after_purchases
)
