"""The relay in words, in the language of the page: legs and phases, and what a line about a hand-off says."""

from typing import Any

from markupsafe import Markup, escape

from portal import clock, formats
from portal.customers.models import PHASES
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.relay.legs import OF_ROLE, is_asked
from portal.rules import N_

LEG_WORDS = {"marketing": N_("marketing"), "sales": N_("sales"), "service": N_("service")}
ANYBODY = {
    "marketing": N_("anybody in marketing"),
    "sales": N_("anybody in sales"),
    "service": N_("anybody in service"),
}
PHASE_WORDS = {
    "acquisition": N_("Acquisition"),
    "activation": N_("Activation"),
    "loyalty": N_("Loyalty"),
    "retention": N_("Retention"),
}
MEANINGS = {
    "acquisition": N_("Nobody sells to them yet."),
    "activation": N_("On the way to the first purchase."),
    "loyalty": N_("Bought on one day: the second one makes a client."),
    "retention": N_("Clients: bought on two days or more."),
}
GOALS = {
    "month": N_("Clients made this month"),
    "quarter": N_("Clients made this quarter"),
    "year": N_("Clients made this year"),
}
ENDED_WORDS = {
    "passed": N_("given to somebody else"),
    "handed_off": N_("handed off"),
    "let_go": N_("given to nobody"),
}
ANSWERS = {
    "accepted": ("good", N_("Accepted by %(name)s")),
    "declined": ("due", N_("Declined by %(name)s")),
    "withdrawn": ("plain", N_("Taken back by %(name)s")),
}


def leg(name: str | None) -> Markup:
    """A leg; empty for none."""
    return _(LEG_WORDS[name]) if name in LEG_WORDS else escape(name or "")


def anybody(name: str) -> Markup:
    """Anybody who runs in a leg."""
    return _(ANYBODY[name])


def runs(role: str) -> Markup:
    """Where a user of that role runs: a leg, or all of them."""
    return leg(OF_ROLE[role]) if role in OF_ROLE else _("owner")


def phase(name: str) -> Markup:
    """A phase."""
    return _(PHASE_WORDS[name])


def phases() -> list[tuple[str, Markup]]:
    """The four phases in their order, each with its word."""
    return [(name, phase(name)) for name in PHASES]


def meaning(name: str) -> Markup:
    """What it is to be in a phase, in one sentence."""
    return _(MEANINGS[name])


def goal(period: str) -> Markup:
    """What is counted towards the goal."""
    return _(GOALS[period])


def ended(name: str) -> Markup:
    """How a stretch of the relay ended."""
    return _(ENDED_WORDS[name])


def state(row: Any) -> tuple[str, Markup]:
    """(tone, words) of a hand-off: how long it may still wait, or what became of it."""
    if row.state == "offered":
        return _waiting((row.due_on - clock.today()).days)
    if row.state == "dropped":
        return _dropped(row)
    if row.state == "merged":
        return "plain", _("Over: two customers became one")
    if row.state == "withdrawn" and not row.answered_name:
        if row.reason:
            return "plain", _("Over: %(why)s", why=row.reason)
        return "plain", _("Over: the customer was given to somebody by hand")
    tone, words = ANSWERS[row.state]
    return tone, _(words, name=row.answered_name)


def _waiting(days: int) -> tuple[str, Markup]:
    if days < 0:
        return "late", _("Nobody has answered in time")
    if days == 0:
        return "due", _("To be answered today")
    return "calm", ngettext("To be answered by tomorrow", "To be answered within %(num)d days", days)


def _dropped(row: Any) -> tuple[str, Markup]:
    if row.picked_up_on is not None:
        return "plain", _("Dropped, and picked up on %(day)s", day=formats.day(row.picked_up_on))
    days = (clock.today() - row.dropped_on).days
    if days == 0:
        return "late", _("Dropped today: nobody answered")
    return "late", ngettext("Dropped yesterday: nobody answered", "Dropped %(num)d days ago: nobody answered", days)


def of_line(row: Any) -> tuple[str, Markup]:
    """(tone, words) of a line on Today: a hand-off that waits, or one that was dropped."""
    if row.state == "dropped":
        days = (clock.today() - row.settled_on).days
        if days == 0:
            return "late", _("Hand-off dropped today")
        return "late", ngettext("Hand-off dropped %(num)d day ago", "Hand-off dropped %(num)d days ago", days)
    tone, words = _waiting((row.due_on - clock.today()).days)
    return tone, _("Hand-off to %(leg)s: %(words)s", leg=leg(row.kind), words=words[:1].lower() + words[1:])


def offered(row: Any, me: int) -> Markup:
    """Who offered the hand-off of a line on Today, in small."""
    day = formats.day(clock.day_of(row.created_at))
    if row.by_id is None:
        return _("offered by the portal on %(day)s, after the first purchase", day=day)
    if row.by_id == me:
        return _("offered by you on %(day)s", day=day)
    return _("offered by %(name)s on %(day)s", name=row.by_name, day=day)


def way(row: Any) -> Markup:
    """From whom to whom: "Saúl Sales, sales → anybody in service"."""
    return Markup("{} → {}").format(_runner(row.from_name, row.from_leg), to(row))


def to(row: Any) -> Markup:
    """Whom it was offered to."""
    return _runner(row.to_name, row.to_leg) if row.to_name else anybody(row.to_leg)


def _runner(name: str | None, leg_name: str | None) -> Markup:
    if not name:
        return _("nobody")
    return Markup("{}, {}").format(name, leg(leg_name)) if leg_name else escape(name)


def origin(row: Any, me: int) -> Markup:
    """Who offered it and when, in small."""
    day = formats.day(row.offered_on)
    if row.offered_by_id is None:
        return _("offered by the portal on %(day)s, after the first purchase", day=day)
    if row.offered_by_id == me:
        return _("offered by you on %(day)s", day=day)
    return _("offered by %(name)s on %(day)s", name=row.by_name, day=day)


def may_answer(row: Any, user: Any) -> bool:
    """May this user answer the hand-off of a line? The view asks the hand-off itself."""
    return bool(row.state == "offered" and is_asked(user, row))


def may_withdraw(row: Any, user: Any) -> bool:
    """May this user take it back?"""
    return bool(row.state == "offered" and (user.id in (row.offered_by_id, row.from_user_id) or user.is_owner))


def may_hand_back(row: Any, user: Any) -> bool:
    """Has this user taken the customer over today, from somebody, and holds it still?"""
    taken = row.state == "accepted" and row.answered_on == clock.today() and row.assignee_id == user.id
    return bool(taken and row.from_user_id not in (None, user.id))


def is_lying(row: Any) -> bool:
    """Was it dropped, and has nobody picked it up?"""
    return row.dropped_on is not None and row.picked_up_on is None
