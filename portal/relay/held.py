"""What holds a customer where it stands, in words: of one customer, and how many of a phase it holds."""

from datetime import date
from typing import Any

from markupsafe import Markup

from portal import clock, formats
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.relay.counting import HELD
from portal.rules import N_

HELD_WORDS = {
    "dropped": N_("Hand-off dropped"),
    "offered": N_("Hand-off waiting"),
    "nobody": N_("Nobody holds them"),
    "late": N_("Our promise is late"),
    "unhanded": N_("No hand-off to service yet"),
    "untouched": N_("Not touched for too long"),
}
TONES = {"dropped": "late", "offered": "due", "nobody": "late", "late": "late", "unhanded": "due", "untouched": "due"}
ADDRESSES = {
    "dropped": "/relay/hand-offs?show=dropped",
    "offered": "/relay/hand-offs?show=waiting",
    "nobody": "/customers?assignee=nobody&phase=%s",
    "late": "/commitments?side=ours&whose=everybody",
}
"""Where those can be seen whom it holds."""


def by(card: Any, silent_after_days: int) -> tuple[str, Markup]:
    """(tone, words): the most urgent of what holds the customer of a card; where nothing does, what comes next."""
    if card.dropped_on:
        return "late", _dropped(_days(card.dropped_on))
    if card.offered_on:
        return "due", _waiting(_days(card.offered_on))
    if card.assignee_id is None:
        return "late", _("Nobody holds them")
    if card.late_since:
        days = _days(card.late_since)
        return "late", ngettext("Our promise is %(num)d day late", "Our promise is %(num)d days late", days)
    if card.phase in ("loyalty", "retention") and card.leg != "service":
        return "due", _("No hand-off to service yet")
    return _touched(card, silent_after_days)


def _dropped(days: int) -> Markup:
    if days == 0:
        return _("Hand-off dropped today")
    return ngettext("Hand-off dropped %(num)d day ago", "Hand-off dropped %(num)d days ago", days)


def _waiting(days: int) -> Markup:
    if days == 0:
        return _("Hand-off waiting since today")
    return ngettext("Hand-off waiting %(num)d day", "Hand-off waiting %(num)d days", days)


def _touched(card: Any, silent_after_days: int) -> tuple[str, Markup]:
    if card.last_touch_on is None:
        return "due", _("Nobody has spoken to them yet")
    days = _days(card.last_touch_on)
    if days > silent_after_days:
        return "due", ngettext("No touch for %(num)d day", "No touch for %(num)d days", days)
    if card.next_touch_on:
        return "good", _("Next touch: %(when)s", when=formats.due(card.next_touch_on))
    return "good", _("Last touch: %(when)s", when=formats.ago(card.last_touch_on))


def _days(since: date) -> int:
    return (clock.today() - since).days


def many(phase: str, counted: dict[str, int]) -> list[tuple[str, Markup, int, str]]:
    """(tone, words, how many, address or nothing) of what holds customers of a phase, the most urgent first."""
    return [
        (TONES[name], _(HELD_WORDS[name]), counted[name], ADDRESSES.get(name, "").replace("%s", phase))
        for name in HELD
        if counted.get(name, 0) > 0
    ]
