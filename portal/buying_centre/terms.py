"""The words of the buying centre, in their order. They stand by themselves, since contacts and users hold them too."""

from collections.abc import Collection

ROLES = ("initiator", "user", "influencer", "decider", "approver", "buyer", "gatekeeper")
LEVELS = ("operations", "management", "board")
"""From the lowest up: operations translate a decision into work, management documents it, the board decides."""
STANCES = ("advocate", "supporter", "neutral", "sceptic", "detractor")
AGAINST = ("sceptic", "detractor")
POSITIONS = ("prospect", "listed", "supplying", "preferred", "development_partner", "strategic_partner")
"""The ladder of our firm at a customer, from its foot."""

STAND_OUTS = ("thread", "below", "unmet", "unanswered")
"""What can stand out at a customer: one thread, somebody met below their level, deciders not reached, and those against
us whom nobody has answered."""


def in_order(roles: Collection[str]) -> str:
    """These buying roles as a contact's column holds them: each once, in the order of `ROLES`."""
    return " ".join(role for role in ROLES if role in roles)


def rank(level: str) -> int:
    """How high a level is, from 1; 0 for one that nobody knows."""
    return LEVELS.index(level) + 1 if level in LEVELS else 0
