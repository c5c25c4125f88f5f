"""The legs of the relay, which one a colleague runs, and who is asked to take a customer over."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.users.models import User

LEGS = ("marketing", "sales", "service")
OF_ROLE = {"marketing": "marketing", "sales": "sales", "support": "service"}


def leg_of(role: str, now: str | None) -> str:
    """The leg that holds a customer once a user of that role does. An owner runs in every leg: it stays as it is, and
    is sales where there is none.
    """
    return OF_ROLE.get(role) or now or "sales"


def giver_of(hand_off: Any) -> int | None:
    """From whom a hand-off or its line comes: who held the customer, else who offered it."""
    found: int | None = hand_off.from_user_id or hand_off.offered_by_id
    return found


def is_asked(user: "User", hand_off: Any) -> bool:
    """May this user answer a hand-off or its line? Whom it was offered to; of the leg, and of the owners, anybody but
    who gives it: nobody hands on to themselves.
    """
    if user.id in (hand_off.to_user_id, giver_of(hand_off)):
        return bool(user.id == hand_off.to_user_id)
    return user.is_owner or (hand_off.to_user_id is None and OF_ROLE.get(user.role) == hand_off.to_leg)
