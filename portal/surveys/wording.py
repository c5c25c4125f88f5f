"""What is said about surveys: their kinds, occasions and states in words, scores as people read them, and a client's
name put into a text.
"""

import re
from functools import lru_cache
from typing import Any

from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.language import spoken

PLACE = "{name}"
_WITHOUT_NAME = re.compile(r"\{name\}\s*[,;:]\s*|\s*,\s*\{name\}|\s*\{name\}")
SHOWN_NAME = {"es": "Ana", "en": "Ana"}
"""Who is addressed where nobody is asked yet."""


def addressed(text: str, name: str) -> str:
    """The text with the client's first name in the place of `{name}`; without one, the sentence closes over the gap.

    Nothing else in the text means anything: `{{7*7}}` stays what it is.
    """
    if PLACE not in text:
        return text
    if name:
        return text.replace(PLACE, name)
    closed = _WITHOUT_NAME.sub("", text).strip()
    return _with_capital(closed)


def _with_capital(text: str) -> str:
    """The text with its first letter a capital, also behind "¿"."""
    at = next((place for place, letter in enumerate(text[:3]) if letter.isalpha()), None)
    return text if at is None else text[:at] + text[at].upper() + text[at + 1 :]


def first_name(name: str) -> str:
    """How a person is addressed: "Ana Robles" → "Ana"."""
    return name.split(maxsplit=1)[0] if name.strip() else ""


def kind(word: str) -> str:
    """The short name of a kind."""
    return word.upper()


@lru_cache(maxsize=64)
def _kinds(locale: str) -> dict[str, str]:
    return {
        "nps": _("NPS: would they recommend us? 0 to 10"),
        "csat": _("CSAT: are they satisfied? 1 to 5"),
        "ces": _("CES: was it easy? 1 to 7"),
    }


def kinds() -> dict[str, str]:
    """What each kind asks, in a line."""
    return _kinds(spoken())


@lru_cache(maxsize=512)
def _occasion(occasion: str, days: int, locale: str) -> str:
    if occasion == "after_purchase":
        return ngettext("%(num)d day after a purchase", "%(num)d days after a purchase", days)
    if occasion == "after_recovery":
        return _("when a recovery is kept")
    if occasion == "every":
        return ngettext("every day", "every %(num)d days", days)
    return _("by hand")


def occasion(survey: Any) -> str:
    """When it is asked: "7 days after a purchase"."""
    return _occasion(survey.occasion, survey.days, spoken())


def state(survey: Any) -> tuple[str, str]:
    """(tone, words) of a survey's state."""
    return {"active": ("good", _("asked")), "paused": ("due", _("paused")), "closed": ("plain", _("closed"))}[
        survey.state
    ]
