"""What a line about a referral says: what became of it, with a tone, and who recommended whom when."""

from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from portal import formats
from portal.language import page_gettext as _
from portal.language import spoken


def state(word: str) -> tuple[str, str]:
    """(tone, words) of one of `queries.SHOWN`: ("good", "Has bought")."""
    return _states(spoken())[word]


@lru_cache(maxsize=4)
def _states(locale: str) -> dict[str, tuple[str, str]]:
    return {
        "given": ("due", _("To be contacted")),
        "contacted": ("calm", _("Contacted")),
        "customer": ("calm", _("A customer, no purchase yet")),
        "credited": ("good", _("Has bought")),
        "bought_before": ("plain", _("Had bought before")),
        "closed": ("plain", _("Did not work out")),
    }


def from_whom(row: Any) -> str:
    """Who recommends: "Ana Robles, Hotel Sierra Azul"."""
    return f"{row.contact_name}, {row.customer_name}" if row.contact_name else row.customer_name


def history(row: Any) -> Markup:
    """In small: how to reach them, when they were recommended, and when we spoke to them."""
    parts = [escape(row.reach)] if row.reach else []
    if row.referred_on:
        parts.append(_("recommended on %(day)s", day=formats.day(row.referred_on)))
    if row.contacted_on:
        parts.append(_("contacted on %(day)s", day=formats.day(row.contacted_on)))
    if row.state == "closed":
        parts.append(_("closed on %(day)s", day=formats.day(row.settled_on)))
    return Markup(" · ").join(parts)


def became(row: Any) -> Markup:
    """What became of them, in words, where something did; empty otherwise."""
    if row.state == "closed":
        return escape(f"“{row.reason}”")
    if row.state == "credited":
        bought = {"day": formats.day(row.purchased_on), "amount": formats.money(row.amount_minor, row.currency)}
        return _("first purchase on %(day)s: %(amount)s", **bought)
    if row.state == "bought_before":
        return _("had bought before they were recommended, on %(day)s", day=formats.day(row.purchased_on))
    return Markup()
