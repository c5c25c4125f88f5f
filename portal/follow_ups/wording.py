"""What a line about a planned touch says: its urgency in words, with a tone, and what it is about."""

from functools import lru_cache
from typing import Any

from markupsafe import Markup

from portal import clock, formats
from portal.follow_ups import words
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.language import spoken


def urgency(row: Any) -> tuple[str, str]:
    """(tone, words) of a line: ("due", "Follow-up today")."""
    if row.state == "purchase":
        return "calm", words.word(words.purposes(), "reassurance")
    return _urgency(row.kind == "meeting", (row.due_on - clock.today()).days, spoken())


@lru_cache(maxsize=1024)
def _urgency(meeting: bool, days: int, locale: str) -> tuple[str, str]:
    if days < 0 and meeting:
        return "due", ngettext("Meeting %(num)d day late", "Meeting %(num)d days late", -days)
    if days < 0:
        return "due", ngettext("Follow-up %(num)d day late", "Follow-up %(num)d days late", -days)
    if days == 0:
        return "due", _("Meeting today") if meeting else _("Follow-up today")
    if meeting:
        return "calm", ngettext("Meeting in %(num)d day", "Meeting in %(num)d days", days)
    return "calm", ngettext("Follow-up in %(num)d day", "Follow-up in %(num)d days", days)


def matter(row: Any) -> str:
    """What it is about: its objective, else what was noted when it was planned, else its purpose."""
    if row.state == "purchase":
        bought = row.last_purchase_on
        return _bought((clock.today() - bought).days, spoken()) if bought else _("ask how it went")
    return row.text or row.note or words.word(words.purposes(), row.kind).lower()


@lru_cache(maxsize=512)
def _bought(days: int, locale: str) -> str:
    if days <= 0:
        return str(_("bought today; ask how it went"))
    return str(ngettext("bought %(num)d day ago; ask how it went", "bought %(num)d days ago; ask how it went", days))


def only_offers(care: int, selling: int) -> bool:
    """Has the customer heard nothing but offers, and more than one? Then it is time to care."""
    return care == 0 and selling >= 2


def person(row: Any) -> Markup:
    """In small: the person, and when the customer was touched last."""
    touched = _touched(formats.ago(row.last_touch_on), spoken()) if row.last_touch_on else _("not touched yet")
    if not row.contact_name:
        return touched
    name = f"{row.contact_name}, {row.contact_title}" if row.contact_title else row.contact_name
    return formats.typed(name) + Markup(" · ") + touched


@lru_cache(maxsize=1024)
def _touched(ago: Markup, locale: str) -> Markup:
    return _("last touch %(ago)s", ago=ago)
