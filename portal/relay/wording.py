"""The relay in words: legs and phases, in the language of the page."""

from markupsafe import Markup, escape

from portal.customers.models import PHASES
from portal.language import page_gettext as _
from portal.rules import N_

LEG_WORDS = {"marketing": N_("marketing"), "sales": N_("sales"), "service": N_("service")}
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

ENDED_WORDS = {
    "passed": N_("given to somebody else"),
    "handed_off": N_("handed off"),
    "let_go": N_("given to nobody"),
}


def leg(name: str | None) -> Markup:
    """A leg; empty for none."""
    return _(LEG_WORDS[name]) if name in LEG_WORDS else escape(name or "")


def phase(name: str) -> Markup:
    """A phase."""
    return _(PHASE_WORDS[name])


def phases() -> list[tuple[str, Markup]]:
    """The four phases in their order, each with its word."""
    return [(name, phase(name)) for name in PHASES]


def ended(name: str) -> Markup:
    """How a stretch of the relay ended."""
    return _(ENDED_WORDS[name])


def meaning(name: str) -> Markup:
    """What it is to be in a phase, in one sentence."""
    return _(MEANINGS[name])
