"""What a testimonial says about itself: where it may be quoted, how that was allowed, and its words to copy."""

from functools import lru_cache
from typing import Any

from markupsafe import Markup

from portal import formats
from portal.language import page_gettext as _
from portal.language import spoken
from portal.testimonials.models import PLACES


def place(word: str) -> str:
    """One of `PLACES` in words: "website"."""
    return _places(spoken())[word]


@lru_cache(maxsize=4)
def _places(locale: str) -> dict[str, str]:
    return {"website": _("website"), "printed": _("paper"), "social": _("social networks"), "talks": _("sales talks")}


def places(row: Any) -> list[str]:
    """Where it may be quoted, in words; nowhere once it was withdrawn."""
    return [] if row.withdrawn_on else [place(each) for each in PLACES if getattr(row, each)]


def to_copy(row: Any) -> str:
    """Its words with what stands under them, as they go into a page or a letter."""
    return f"“{row.text}”" + (f"\n— {row.signed}" if row.signed else "")


def allowed(row: Any) -> Markup:
    """In small: since when, and how they allowed it; or since when no more."""
    if row.withdrawn_on:
        return _("withdrawn on %(day)s: %(reason)s", day=formats.day(row.withdrawn_on), reason=row.reason)
    return _("allowed on %(day)s: %(how)s", day=formats.day(row.consented_on), how=row.evidence)
