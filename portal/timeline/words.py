"""What the values in events are called: `email` is *E-mail* where it is a channel."""

from markupsafe import Markup, escape

from portal.language import page_gettext
from portal.rules import N_

CHANNELS = {"call": N_("Call"), "whatsapp": "WhatsApp", "email": N_("E-mail"), "visit": N_("Visit")}
OUTCOMES = {"reached": N_("reached"), "no_answer": N_("no answer"), "left_message": N_("left message")}
PURPOSES = {
    "care": N_("care"),
    "reassurance": N_("reassurance"),
    "issue": N_("issue"),
    "meeting": N_("meeting"),
    "referral": N_("referral"),
    "offer": N_("offer"),
}
FIELDS = {
    "name": N_("name"),
    "email": N_("e-mail"),
    "phone": N_("phone"),
    "city": N_("city"),
    "external_id": N_("number in other systems"),
    "notes": N_("notes"),
    "title": N_("what the person does"),
    "accent": N_("colour"),
    "locale": N_("language"),
    "time_zone": N_("time zone"),
    "currency": N_("currency"),
    "region": N_("country"),
    "touch_every_days": N_("rhythm of touches"),
    "reassure_after_days": N_("days until reassurance"),
}
TONES = {
    "commitment.kept": "good",
    "commitment.broken": "late",
    "commitment.made": "calm",
    "commitment.renegotiated": "calm",
    "commitment.reopened": "calm",
    "purchase.recorded": "good",
}
"""The colour of an event's dot; it repeats what the words say."""


def _named(words: dict[str, str], value: str) -> Markup:
    return page_gettext(words[value]) if value in words else escape(value)


def channel(value: str) -> Markup:
    """A channel, in the language of the page; one that nobody knows, as it is written. The others alike."""
    return _named(CHANNELS, value)


def outcome(value: str) -> Markup:
    """An outcome."""
    return _named(OUTCOMES, value)


def purpose(value: str) -> Markup:
    """A purpose."""
    return _named(PURPOSES, value)


def field_name(value: str) -> Markup:
    """A field of a record."""
    return _named(FIELDS, value)


def tone(kind: str) -> str:
    """The tone of a kind of event."""
    return TONES.get(kind, "plain")


FILTERS = (channel, outcome, purpose, field_name, tone)
