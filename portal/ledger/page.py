"""What the page of promises says of each: how it stands, both sides' days, what was said, and what can be said now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from portal import clock
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.ledger.holder import Seen
from portal.responses.page import long_day

SHOWN_FOR = timedelta(days=365)
"""How long a settled promise stays in sight."""
RECENT = timedelta(days=30)
"""What was settled before stands under "Earlier", unless the client has not said how they see it."""
MOST_RECENT = 5


@dataclass(frozen=True)
class Card:
    """One promise. `asks` is what can be said: "kept" (with "not_kept") or "done", or nothing."""

    id: int
    version: int
    text: str | Markup
    state: Markup
    tone: str
    days: Markup
    said: Markup | None
    words: str
    answer: str
    asks: str
    is_agreed: bool


@dataclass(frozen=True)
class Side:
    """The promises of one side: those that matter now, and earlier ones."""

    now: Sequence[Card]
    earlier: Sequence[Card]


def sides(promises: Sequence[Seen]) -> dict[str, Side]:
    """The promises by side, in the order they come."""
    return {side: _side([each for each in promises if each.side == side]) for side in ("ours", "theirs")}


def _side(promises: Sequence[Seen]) -> Side:
    since = clock.today() - RECENT
    settled = [each for each in promises if each.settled_on]
    recent = {each.id for each in [each for each in settled if _is_fresh(each, since)][:MOST_RECENT]}
    now = [each for each in promises if each.settled_on is None or each.id in recent]
    return Side([_card(each) for each in now], [_card(each) for each in settled if each.id not in recent])


def _is_fresh(promise: Seen, since: date) -> bool:
    """Was it settled lately, or does it still wait for what the client says?"""
    lately = promise.settled_on is not None and promise.settled_on >= since
    return lately or bool(promise.sayable and not promise.client_says)


def _card(promise: Seen) -> Card:
    (tone, state), another = _state(promise), promise.by_another
    return Card(
        id=promise.id, version=promise.version,
        text=_("Make right what you were not happy with") if promise.origin == "recovery" else promise.text,
        state=state, tone=tone, days=_days(promise), said=_said_by_another(promise) if another else _said(promise),
        words="" if another else promise.client_words, answer="" if another else promise.our_answer,
        asks=promise.sayable[0] if promise.sayable else "", is_agreed=promise.is_agreed,
    )  # fmt: skip


def _state(promise: Seen) -> tuple[str, Markup]:
    if promise.state == "kept":
        day = _short(promise.settled_on)
        ours = promise.side == "ours"
        return "good", _("We say: kept on %(day)s", day=day) if ours else _("Done, noted by us on %(day)s", day=day)
    if promise.state == "broken":
        return "late", _("We did not keep it") if promise.side == "ours" else _("It was not done")
    if promise.state == "withdrawn":
        return "plain", _("No longer needed since %(day)s", day=_short(promise.settled_on))
    days = (promise.due_on - clock.today()).days
    if days < 0:
        return "late", ngettext("%(num)d day late", "%(num)d days late", -days)
    if days == 0:
        return "due", _("due today")
    return "plain", ngettext("due tomorrow", "due in %(num)d days", days)


def _days(promise: Seen) -> Markup:
    """When it was promised, and for when: first, and now."""
    about = {"made": _short(clock.day_of(promise.created_at)), "day": _short(promise.original_due_on)}
    if not promise.times_moved:
        return _("Promised on %(made)s for %(day)s.", **about)
    return ngettext(
        "Promised on %(made)s for %(day)s; moved once, to %(now)s.",
        "Promised on %(made)s for %(day)s; moved %(num)d times, now to %(now)s.",
        promise.times_moved,
        now=_short(promise.due_on),
        **about,
    )


def _said(promise: Seen) -> Markup | None:
    """What the client said last, and what came of it."""
    day, is_open = _short(promise.client_said_on), promise.state == "open"
    said = {
        ("kept", False): _("You said on %(day)s: it was kept.", day=day),
        ("not_kept", True): _("You said on %(day)s that it was not kept. It is open again, and we are told.", day=day),
        ("not_kept", False): _("You said on %(day)s that it was not kept.", day=day),
        ("done", True): _("You said on %(day)s that it is done. We look at it.", day=day)
        if promise.unheard
        else _("You said on %(day)s that it is done. For us something is still missing.", day=day),
    }
    return said.get((promise.client_says, is_open))


def _said_by_another(promise: Seen) -> Markup | None:
    """The same, where another person of the customer said it; their words are between them and us."""
    day, is_open = _short(promise.client_said_on), promise.state == "open"
    said = {
        ("kept", False): _("Someone else on your side said on %(day)s: it was kept.", day=day),
        ("not_kept", True): _(
            "Someone else on your side said on %(day)s that it was not kept. It is open again, and we are told.",
            day=day,
        ),
        ("not_kept", False): _("Someone else on your side said on %(day)s that it was not kept.", day=day),
        ("done", True): _("Someone else on your side said on %(day)s that it is done. We look at it.", day=day)
        if promise.unheard
        else _(
            "Someone else on your side said on %(day)s that it is done. For us something is still missing.", day=day
        ),
    }
    return said.get((promise.client_says, is_open))


def _short(day: date | None) -> Markup:
    return long_day(day, with_weekday=False) if day else Markup()
