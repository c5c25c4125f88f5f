"""What the values in events are called: `email` is *E-mail* where it is a channel."""

from markupsafe import Markup, escape

from portal.formats import money, phone
from portal.language import LANGUAGES, page_gettext
from portal.rules import N_
from portal.surveys.scales import SCALES

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
FEELINGS = {"unhappy": N_("unhappy"), "neutral": N_("neutral"), "happy": N_("happy")}
FIELDS = {
    "name": N_("name"),
    "email": N_("e-mail"),
    "phone": N_("phone"),
    "city": N_("city"),
    "external_id": N_("number in other systems"),
    "notes": N_("notes"),
    "title": N_("what the person does"),
    "roles": N_("roles"),
    "level": N_("level"),
    "stance": N_("stance"),
    "text": N_("words"),
    "link": N_("link"),
    "accent": N_("colour"),
    "locale": N_("language"),
    "time_zone": N_("time zone"),
    "currency": N_("currency"),
    "region": N_("country"),
    "touch_every_days": N_("rhythm of touches"),
    "reassure_after_days": N_("days until reassurance"),
    "silent_after_days": N_("days until a customer is silent"),
    "ledger_days": N_("days in which a link to the promises works"),
    "hand_off_days": N_("days in which a hand-off is answered"),
    "goal": N_("what everybody runs for"),
    "goal_clients": N_("clients to be made"),
    "goal_period": N_("period of the goal"),
    "digest_hour": N_("hour of the digest"),
    "digest_days": N_("days of the digest"),
    "holidays": N_("holidays"),
    "books_on": N_("day of the books"),
    "winning_minor": N_("spent on winning"),
    "keeping_minor": N_("spent on keeping"),
    "margin_percent": N_("margin in per cent"),
    "new_offer_percent": N_("offer to new customers in per cent"),
    "loyal_offer_percent": N_("what loyal clients get in per cent"),
}
TONES = {
    "commitment.kept": "good",
    "commitment.broken": "late",
    "commitment.made": "calm",
    "commitment.renegotiated": "calm",
    "commitment.reopened": "calm",
    "commitment.confirmed": "good",
    "commitment.disputed": "late",
    "commitment.said_done": "due",
    "purchase.recorded": "good",
    "response.received": "calm",
    "response.corrected": "calm",
    "response.quarantined": "due",
    "response.disavowed": "due",
    "referral.given": "good",
    "referral.won": "good",
    "referral.came": "good",
    "referral.credited": "good",
    "support.asked": "due",
    "support.answered": "good",
    "hand_off.offered": "calm",
    "hand_off.accepted": "good",
    "hand_off.declined": "due",
    "hand_off.dropped": "late",
    "testimonial.given": "good",
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


def field_value(value: object, name: str, currency: str = "") -> str:
    """What a field of that name held, as pages write it elsewhere; nothing of nothing. An amount whose currency was not
    written down is told in units of a hundred.
    """
    if value is None:
        return ""
    if name.endswith("_minor") and isinstance(value, int):
        return money(value, currency) if currency else f"{value / 100:,.2f}"
    if name == "locale":
        return dict(LANGUAGES).get(str(value), str(value))
    return phone(str(value)) if name == "phone" else str(value)


def scored(score: object, kind: str) -> Markup:
    """A score and its scale: "3 of 10"; without a scale that we know, the score."""
    return (
        page_gettext("%(score)s of %(highest)s", score=score, highest=SCALES[kind].highest)
        if kind in SCALES
        else escape(score)
    )


def feeling(score: object, kind: str) -> str:
    """`unhappy`, `neutral` or `happy`; empty for what is no score of that scale."""
    scale = SCALES.get(kind)
    return scale.feeling(score) if scale and isinstance(score, int) else ""


def feeling_word(value: str) -> Markup:
    """A feeling, in the language of the page."""
    return _named(FEELINGS, value)


def tone(kind: str) -> str:
    """The tone of a kind of event."""
    return TONES.get(kind, "plain")


FILTERS = (channel, outcome, purpose, field_name, field_value, scored, feeling, feeling_word, tone)
