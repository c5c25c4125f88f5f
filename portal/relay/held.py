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
    """(tone, words, how many, where they are) of what holds customers of a phase, the most urgent first."""
    return [
        (TONES[name], word(name), counted[name], f"/relay?phase={phase}&held={name}")
        for name in HELD
        if counted.get(name, 0) > 0
    ]


ELSEWHERE = {
    "": ("/customers?phase=%s", N_("As a list")),
    "dropped": ("/relay/hand-offs?show=dropped", N_("All hand-offs that were dropped")),
    "offered": ("/relay/hand-offs?show=waiting", N_("All hand-offs that wait")),
    "nobody": ("/customers?phase=%s&assignee=nobody", N_("As a list")),
    "late": ("/commitments?side=ours&whose=everybody", N_("All our promises")),
}


def elsewhere(name: str, phase: str) -> tuple[str, Markup] | None:
    """(address, words) of the list on which something is done about it, if there is one."""
    if name not in ELSEWHERE:
        return None
    address, words = ELSEWHERE[name]
    return address.replace("%s", phase), _(words)


def word(name: str) -> Markup:
    """What holds somebody there."""
    return _(HELD_WORDS[name])
