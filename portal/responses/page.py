"""What the public page says: a survey's question as a plain dict for `responses/_question.html`, and long dates."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from babel.dates import format_date
from markupsafe import Markup

from portal import clock
from portal.language import page_gettext as _
from portal.language import spoken
from portal.surveys.scales import Scale
from portal.surveys.wording import addressed

_THIS_YEAR = {"es": "EEEE d 'de' MMMM", "en": "EEEE, MMMM d"}
_DAYS = {"es": "EEEE d 'de' MMMM 'de' y", "en": "EEEE, MMMM d, y"}
FEELINGS = ("unhappy", "neutral", "happy")


def question_page(scale: Scale, words: Mapping[str, str], name: str, **given: Any) -> dict[str, Any]:
    """What `responses/_question.html` needs, before anybody has chosen anything.

    `words` are a survey's texts in one language. `given` may hold what was chosen (`score`), what the address only
    marks (`marked`), what was typed (`comment`, `may_call`), what is wrong (`error`, `comment_error`), a `heading`
    of another rank than h1, and what stands under the question (`about`).
    """
    page: dict[str, Any] = {
        "heading": "h1",
        "question": addressed(words.get("question", ""), name),
        "about": about(None),
        "low": words.get("low", ""),
        "high": words.get("high", ""),
        "scores": _scores(scale),
        "opens": [(feeling, addressed(words.get(f"open_{feeling}", ""), name)) for feeling in FEELINGS],
        "score": None,
        "marked": None,
        "comment": "",
        "may_call": False,
        "error": "",
        "comment_error": "",
    }
    page.update(given)
    seen = page["marked"] if page["score"] is None else page["score"]
    page["shown"] = "neutral" if seen is None else scale.feeling(seen)
    return page


def about(bought_on: date | None) -> Markup:
    """What stands under the question: which purchase it is about, and that it will not take long."""
    if bought_on is None:
        return _("It takes ten seconds.")
    return _("About your purchase of %(day)s. It takes ten seconds.", day=long_day(bought_on, with_weekday=False))


@lru_cache(maxsize=8)
def _scores(scale: Scale) -> list[tuple[int, str]]:
    return [(score, scale.feeling(score)) for score in scale.scores]


def long_day(value: date, *, with_weekday: bool = True) -> Markup:
    """A day as it is said to somebody outside: "Wednesday, November 25"."""
    return _long_day(value, spoken(), value.year == clock.today().year, with_weekday)


@lru_cache(maxsize=512)
def _long_day(value: date, locale: str, this_year: bool, with_weekday: bool) -> Markup:
    """Without its year when it is this one."""
    pattern = _THIS_YEAR[locale] if this_year else _DAYS[locale]
    words = format_date(value, pattern if with_weekday else pattern.replace("EEEE", "").lstrip(" ,"), locale)
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), words)
