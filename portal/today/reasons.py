"""Why a customer stands on Today: the one list of reasons. A room that has one adds its line.

A reason says how it is called, how urgent it is (a lower rank stands higher), what its matters are, and which of them
are due: for one user or for everybody, by nothing but their due day and id, so that a glance along its index tells how
many there are and which come first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Select

from portal.backing import queries as backing
from portal.buying_centre import queries as buying_centre
from portal.commitments import queries as commitments
from portal.customers.lines import Matter
from portal.follow_ups import queries as follow_ups
from portal.follow_ups.models import PLANNED, REASSURING
from portal.lists import queries as lists
from portal.relay import queries as relay
from portal.rules import N_

MANY = 50
"""Nobody acts on the difference between fifty promises and a thousand."""
SOME = 25
"""Of what the figures propose, as many as Today shows at a time: a list of its own tells of all of them."""


@dataclass(frozen=True)
class Reason:
    """One reason. `due(assignee_id, today)` selects (due_on, id) of its matters; without an assignee, everybody's. What
    no one index finds, it gives as a list of several selects.

    So many of its matters are counted; one more is looked for, to tell "50+".
    """

    key: str
    word: str
    rank: int
    matter: Matter
    due: Callable[[Any, Any], Select[Any] | list[Select[Any]]]
    counted: int = MANY


REASONS = (
    Reason("unhappy", N_("Unhappy, to be made right"), 10, commitments.MATTER, commitments.recovering),
    Reason("said", N_("Clients say"), 15, commitments.MATTER, commitments.unheard),
    Reason("dropped", N_("Dropped hand-offs"), 17, relay.MATTER, relay.dropped),
    Reason("promises", N_("Promises"), 20, commitments.MATTER, partial(commitments.due, "ours")),
    Reason("hand_offs", N_("Hand-offs"), 25, relay.MATTER, relay.due),
    Reason("theirs", N_("They promised"), 30, commitments.MATTER, partial(commitments.due, "theirs")),
    Reason("support", N_("Support asked for"), 35, backing.MATTER, backing.due),
    Reason("follow_ups", N_("Follow-ups"), 40, follow_ups.MATTER, partial(follow_ups.planned, PLANNED)),
    Reason("reassurance", N_("Reassurance"), 60, follow_ups.MATTER, partial(follow_ups.planned, REASSURING)),
    Reason("relations", N_("Keep in touch"), 65, buying_centre.MATTER, buying_centre.due),
    Reason("due", N_("Due to buy again"), 70, lists.MATTER, partial(lists.on_today, "due"), SOME),
    Reason("overdue", N_("Overdue"), 75, lists.MATTER, partial(lists.on_today, "overdue"), SOME),
    Reason("thank", N_("Thank"), 80, lists.MATTER, partial(lists.on_today, "thank"), SOME),
)
"""What was promised and planned comes before what the figures propose."""
BY_RANK = {reason.rank: reason for reason in REASONS}
BY_KEY = {reason.key: reason for reason in REASONS}


def known_of(counts: Mapping[str, int]) -> int:
    """How many matters of these reasons wait at least."""
    return sum(min(many, BY_KEY[key].counted) for key, many in counts.items())


def shown(counts: Mapping[str, int], more: int = 0) -> str:
    """The same in words, with so many more; and a "+" where a reason was not counted to its end."""
    to_the_end = all(many <= BY_KEY[key].counted for key, many in counts.items())
    return f"{known_of(counts) + more}{'' if to_the_end else '+'}"
