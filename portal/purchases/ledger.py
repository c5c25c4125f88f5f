"""What is done to the ledger by hand: record, correct, void and restore a purchase.

Each brings the customer's figures up to date, writes its event, and plans or takes back the reassurance touch, all in
the transaction of the change.
"""

from datetime import date
from typing import TYPE_CHECKING, Any

from portal import clock
from portal.extensions import db
from portal.follow_ups.reassurance import drop_reassurance, plan_reassurance
from portal.purchases import figures
from portal.purchases.models import Purchase
from portal.rules import N_, BrokenRule
from portal.timeline.models import record as record_event

if TYPE_CHECKING:
    from portal.users.models import User


class InTheFuture(BrokenRule):
    """A purchase is something that has happened."""

    message = N_("A purchase can't be dated in the future.")


class Voided(BrokenRule):
    """A voided purchase must be restored before it is corrected."""

    message = N_("This purchase is voided. Restore it first.")


def record(
    *,
    customer_id: int,
    on: date,
    amount_minor: int,
    currency: str,
    by: "User | None",
    number: str = "",
    description: str = "",
    form_id: str | None = None,
) -> Purchase:
    """Enter a purchase; `amount_minor` in minor units of `currency`, `on` the firm's day. Raises InTheFuture."""
    _refuse_future(on)
    purchase = Purchase(
        customer_id=customer_id,
        purchased_on=on,
        amount_minor=amount_minor,
        currency=currency,
        number=number,
        description=description,
        form_id=form_id,
        created_at=clock.now(),
    )
    db.session.add(purchase)
    _write(purchase, "recorded", by)
    plan_reassurance(customer_id, purchase.id, on, by)
    return purchase


def correct(
    purchase: Purchase, *, on: date, amount_minor: int, currency: str, number: str, description: str, by: "User"
) -> bool:
    """Change what was entered wrongly; the event keeps what stood before. False when nothing differs. Raises Voided,
    InTheFuture.
    """
    if purchase.is_voided:
        raise Voided
    _refuse_future(on)
    stood = _facts(purchase) | {"on": purchase.purchased_on.isoformat()}
    before = (purchase.purchased_on, purchase.amount_minor, purchase.currency, purchase.number, purchase.description)
    if before == (on, amount_minor, currency, number, description):
        return False
    purchase.purchased_on, purchase.amount_minor, purchase.currency = on, amount_minor, currency
    purchase.number, purchase.description = number, description
    purchase.version += 1
    _write(purchase, "changed", by, before=stood)
    return True


def void(purchase: Purchase, *, by: "User", reason: str = "") -> None:
    """Let a purchase count no longer; it stays in the ledger, and its reassurance touch is taken back."""
    if not purchase.is_voided:
        purchase.voided_at = clock.now()
        purchase.version += 1
        _write(purchase, "voided", by, reason=reason)
        drop_reassurance(purchase.customer_id, purchase.id)


def restore(purchase: Purchase, *, by: "User") -> None:
    """Let a voided purchase count again."""
    if purchase.is_voided:
        purchase.voided_at = None
        purchase.version += 1
        _write(purchase, "restored", by)
        plan_reassurance(purchase.customer_id, purchase.id, purchase.purchased_on, by)


def _write(purchase: Purchase, verb: str, by: "User | None", **more: Any) -> None:
    """The event and the figures of a change."""
    record_event(
        f"purchase.{verb}",
        by=by,
        customer_id=purchase.customer_id,
        subject=purchase,
        on=purchase.purchased_on if verb == "recorded" else None,
        **_facts(purchase),
        **more,
    )
    figures.refresh([purchase.customer_id])


def _facts(purchase: Purchase) -> dict[str, Any]:
    """What a line of the timeline shows of a purchase."""
    facts: dict[str, Any] = {"amount_minor": purchase.amount_minor, "currency": purchase.currency}
    if purchase.number:
        facts["number"] = purchase.number
    if purchase.description:
        facts["description"] = purchase.description
    return facts


def _refuse_future(on: date) -> None:
    if on > clock.today():
        raise InTheFuture
