"""What is said about surveys: their kinds, occasions and states in words, scores as people read them, and a client's
name put into a text.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from babel.dates import format_date

from portal import formats
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.language import spoken
from portal.surveys.scales import SCALES
from portal.surveys.scoring import Score

PLACE = "{name}"
_WITHOUT_NAME = re.compile(r"\{name\}\s*[,;:]\s*|\s*,\s*\{name\}|\s*\{name\}")
_GREETED = re.compile(r"^\{name\}\s*[,;:]\s*")
_GAP = re.compile(r"\{+\s*[^\W\d][\w .-]*\}+")
"""What somebody meant to be filled in: a word in braces."""
SHOWN_NAME = "Ana"
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


def after_greeting(text: str) -> str:
    """The text as it follows a "Hello Ana,": it does not begin with the name once more."""
    rest = _GREETED.sub("", text)
    return text if rest in ("", text) else _with_capital(rest)


def addressed_otherwise(text: str, known: Sequence[str] = (PLACE,)) -> list[str]:
    """The gaps of a text that nothing fills, each once: "{nombre}", "{ name }", "{{name}}"."""
    return list(dict.fromkeys(gap for gap in _GAP.findall(text) if gap not in known))


def _with_capital(text: str) -> str:
    """The text with its first letter a capital, also behind "¿"."""
    at = next((place for place, letter in enumerate(text[:3]) if letter.isalpha()), None)
    return text if at is None else text[:at] + text[at].upper() + text[at + 1 :]


def words_of(texts: Mapping[str, Mapping[str, str]], locale: str) -> dict[str, str]:
    """What a survey says in that language, of its texts by language; what is not written there, as it is in another."""
    own = {name: text for name, text in texts.get(locale, {}).items() if text}
    others = (said for other, said in texts.items() if other != locale)
    return {name: text for said in others for name, text in said.items()} | own


def called(contact_name: str | None, customer_name: str) -> str:
    """How somebody is spoken to: a person by the first name, a customer by its whole one."""
    return first_name(contact_name or "") or customer_name


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
    if occasion == "after_purchase" and days == 0:
        return _("on the day of a purchase")
    if occasion == "after_purchase":
        return ngettext("%(num)d day after a purchase", "%(num)d days after a purchase", days)
    if occasion == "after_recovery":
        return _("when a recovery is kept")
    if occasion == "every":
        return ngettext("every day", "every %(num)d days", days)
    return _("by hand")


def occasions() -> dict[str, str]:
    """When a survey can be asked, as a choice."""
    return {
        "by_hand": _("By hand"),
        "after_purchase": _("After a purchase"),
        "after_recovery": _("When a recovery is kept"),
        "every": _("Every so many days"),
    }


def occasion(survey: Any) -> str:
    """When it is asked: "7 days after a purchase"."""
    return _occasion(survey.occasion, survey.days, spoken())


def state(survey: Any) -> tuple[str, str]:
    """(tone, words) of a survey's state."""
    return {"active": ("good", _("asked")), "paused": ("due", _("paused")), "closed": ("plain", _("closed"))}[
        survey.state
    ]


def _with_sign(value: float) -> str:
    return ("+" if value > 0 else "") + _plain(value)


def _plain(value: float) -> str:
    return formats.number(round(value, 1)).replace("-", "−")


def scored(score: Score | None) -> str:
    """A score as it is said: "+33.3", "90 %", "5.6"."""
    if score is None:
        return "–"
    return {"nps": _with_sign, "csat": percent, "ces": _plain}[score.kind](score.value)


def percent(value: float | None) -> str:
    """A share: "90 %"; a dash where there is none."""
    return "–" if value is None else formats.percent(value)


def between(score: Score | None) -> str:
    """Between what the true score probably lies: "4.8 to 55.8"; for CES with the share that this is of."""
    if score is None:
        return ""
    if score.kind == "ces":
        return _(
            "%(share)s gave 5 or more; 95 %% interval %(low)s to %(high)s",
            share=percent(score.share), low=_plain(score.low), high=_plain(score.high),
        )  # fmt: skip
    return _("95 %% interval %(low)s to %(high)s", low=_plain(score.low), high=_plain(score.high))


def span(score: Score) -> str:
    """The bare interval of the score: "4.8 – 55.8"."""
    low, high = score.around
    return f"{_plain(low)} – {percent(high) if score.kind == 'csat' else _plain(high)}"


def feeling(kind: str, score: int) -> tuple[str, str]:
    """(tone, word) of one answer: ("late", "detractor")."""
    return _feelings(kind, spoken())[SCALES[kind].feeling(score)]


def feelings(kind: str) -> dict[str, tuple[str, str]]:
    """(tone, word) of each feeling, for many answers."""
    return _feelings(kind, spoken())


@lru_cache(maxsize=16)
def _feelings(kind: str, locale: str) -> dict[str, tuple[str, str]]:
    if kind == "nps":
        return {
            "unhappy": ("late", _("detractor")),
            "neutral": ("plain", _("passive")),
            "happy": ("good", _("promoter")),
        }
    return {"unhappy": ("late", _("unhappy")), "neutral": ("plain", _("neutral")), "happy": ("good", _("happy"))}


def crowds(kind: str) -> dict[str, tuple[str, str]]:
    """(tone, name) of all who feel alike, as a figure is named."""
    if kind == "nps":
        return {"unhappy": ("late", _("Detractors")), "happy": ("good", _("Promoters"))}
    return {"unhappy": ("late", _("Unhappy")), "happy": ("good", _("Happy"))}


def month(day: date) -> str:
    """A month: "Nov 2026"."""
    return str(format_date(day, "MMM y", locale=spoken()))
