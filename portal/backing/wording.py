"""What a line about a request says: how urgent it is, who asked, and what came of it."""

from datetime import date
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from portal import clock, formats
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.language import spoken
from portal.relay.wording import leg


def urgency(row: Any) -> tuple[str, str]:
    """(tone, words) of a line: ("late", "Support 3 days late")."""
    return urgency_of(row.state, row.due_on)


def urgency_of(state: str, due_on: date) -> tuple[str, str]:
    """The same for a state and a due day."""
    return _urgency(state, (due_on - clock.today()).days, spoken())


@lru_cache(maxsize=1024)
def _urgency(state: str, days: int, locale: str) -> tuple[str, str]:
    settled = {
        "done": ("good", _("Support given")),
        "declined": ("late", _("Declined")),
        "withdrawn": ("plain", _("Withdrawn")),
    }
    if state in settled:
        return settled[state]
    if days < 0:
        return "late", ngettext("Support %(num)d day late", "Support %(num)d days late", -days)
    if days == 0:
        return "due", _("Support asked for today")
    return "calm", ngettext("Support asked for, %(num)d day left", "Support asked for, %(num)d days left", days)


def history(row: Any, user_id: int) -> Markup:
    """In small: who asked whom and when, who has it, and what was answered."""
    parts = [_asked("" if row.by_id == user_id else row.by_name or "", row.kind, clock.day_of(row.created_at))]
    name = None if row.moved == user_id else getattr(row, "assignee_name", None)
    if row.moved == user_id and row.state in ("open", "taken", "done"):
        parts.append(_("to you") if row.state == "open" else _("taken by you"))
    elif name and row.state in ("taken", "done"):
        parts.append(_("taken by %(name)s", name=name))
    elif name and row.state == "open":
        parts.append(_("to %(name)s", name=name))
    if row.settled_on:
        parts.append(formats.day(row.settled_on))
    if row.note:
        parts.append(escape(f"“{row.note}”"))
    return Markup(" · ").join(parts)


def _asked(who: str, name: str, day: date) -> Markup:
    whom, on = leg(name), formats.day(day)
    if who:
        return _("%(name)s asked %(leg)s on %(day)s", name=who, leg=whom, day=on)
    return _("you asked %(leg)s on %(day)s", leg=whom, day=on)
