"""What a line about an answer says: how the client feels, in small where and when it was said, what became of it."""

from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from portal import clock, formats
from portal.language import page_gettext as _
from portal.language import spoken
from portal.responses.reading import ResponseFilter
from portal.surveys import wording as survey_wording
from portal.surveys.scales import SCALES
from portal.testimonials.quoting import allowed
from portal.testimonials.wording import place

TONES = {"unhappy": "late", "neutral": "plain", "happy": "good"}


def answered(score: int, kind: str) -> tuple[str, str]:
    """(tone, words) of a score: ("late", "Unhappy, 3 of 10")."""
    return _answered(score, kind, spoken())


@lru_cache(maxsize=128)
def _answered(score: int, kind: str, locale: str) -> tuple[str, str]:
    scale = SCALES[kind]
    feeling = scale.feeling(score)
    said = {
        "unhappy": _("Unhappy, %(score)s of %(highest)s", score=score, highest=scale.highest),
        "neutral": _("Neutral, %(score)s of %(highest)s", score=score, highest=scale.highest),
        "happy": _("Happy, %(score)s of %(highest)s", score=score, highest=scale.highest),
    }
    return TONES[feeling], said[feeling]


def counted(wanted: ResponseFilter, assignee: str) -> Markup:
    """To what a list of answers is narrowed that a number of the results counts: "Only score 9, November 2026." """
    parts = [_("score %(score)s", score=wanted.score)] if wanted.score else []
    if wanted.whose:
        parts.append(_("assignee %(name)s", name=assignee) if assignee else _("without an assignee"))
    if wanted.first_of_month:
        parts.append(escape(survey_wording.month(wanted.first_of_month)))
    return _("Only: %(what)s.", what=Markup(", ").join(parts))


def scored(score: int, kind: str) -> str:
    """A score on its scale: "3 of 10"."""
    return _("%(score)s of %(highest)s", score=score, highest=SCALES[kind].highest)


def about(row: Any) -> Markup:
    """In small: the person, the survey, the day, how it was taken, and what the client allows."""
    parts = [formats.typed(row.contact_name)] if row.contact_name else []
    parts += [escape(row.survey_name), formats.day(row.answered_on)]
    if row.source == "staff":
        parts.append(
            _("on the phone, written down by %(name)s", name=row.taken_by) if row.taken_by else _("on the phone")
        )
    if row.was_edited:
        parts.append(_("corrected by the client"))
    if row.may_call:
        parts.append(_("may be called about it"))
    if row.quote:
        parts.append(quotable(row))
    return Markup(" · ").join(parts)


def quotable(row: Any) -> Markup:
    """How and where the comment may be quoted: "may be quoted by name: website, sales talks"."""
    how = _("may be quoted by name") if row.quote == "name" else _("may be quoted without a name")
    return Markup("{}: {}").format(how, ", ".join(place(each) for each in allowed(row)))


def promise(row: Any) -> tuple[str, str]:
    """(tone, words) of the promise that an answer has called forth."""
    if row.commitment_state == "open":
        tone = "late" if row.due_on < clock.today() else "due"
        return tone, _("To be made right: %(when)s", when=formats.due(row.due_on).striptags())
    return _settled(row.commitment_state, spoken())


@lru_cache(maxsize=16)
def _settled(state: str, locale: str) -> tuple[str, str]:
    return {
        "kept": ("good", _("Made right")),
        "broken": ("late", _("Not made right")),
        "withdrawn": ("plain", _("Promise withdrawn")),
    }[state]


def set_aside(state: str) -> tuple[str, str]:
    """(tone, words) for an answer that does not stand."""
    return _set_aside(state, spoken())


@lru_cache(maxsize=16)
def _set_aside(state: str, locale: str) -> tuple[str, str]:
    return {
        "standing": ("good", _("Counts")),
        "quarantined": ("due", _("Set aside: it contradicts the first one")),
        "disavowed": ("due", _("The client says: this was not me")),
        "dismissed": ("plain", _("Put aside")),
    }[state]
