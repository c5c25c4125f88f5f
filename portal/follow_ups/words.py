"""How channels, purposes, outcomes and next steps are called in the language of the page."""

from functools import lru_cache

from flask_babel import gettext as _

from portal.language import spoken

Choices = tuple[tuple[str, str], ...]


def channels() -> Choices:
    """(value, word) of each channel."""
    return _channels(spoken())


def outcomes() -> Choices:
    """(value, word) of each outcome."""
    return _outcomes(spoken())


def purposes() -> Choices:
    """(value, word) of each purpose."""
    return _purposes(spoken())


def steps() -> Choices:
    """(value, word) of each next step."""
    return _steps(spoken())


def word(choices: Choices, value: str | None) -> str:
    """The word for a value, or nothing."""
    return dict(choices).get(value or "", "")


@lru_cache(maxsize=4)
def _channels(locale: str) -> Choices:
    return (("call", _("Call")), ("whatsapp", "WhatsApp"), ("email", _("E-mail")), ("visit", _("Visit")))


@lru_cache(maxsize=4)
def _outcomes(locale: str) -> Choices:
    return (("reached", _("Reached")), ("no_answer", _("No answer")), ("left_message", _("Left message")))


@lru_cache(maxsize=4)
def _purposes(locale: str) -> Choices:
    return (
        ("care", _("Care")),
        ("reassurance", _("Reassurance")),
        ("issue", _("Issue")),
        ("meeting", _("Meeting")),
        ("referral", _("Referral")),
        ("offer", _("Offer")),
    )


@lru_cache(maxsize=4)
def _steps(locale: str) -> Choices:
    return (
        ("none", _("None")),
        ("tomorrow", _("Tomorrow")),
        ("3_days", _("3 days")),
        ("1_week", _("1 week")),
        ("1_month", _("1 month")),
        ("date", _("A date")),
    )
