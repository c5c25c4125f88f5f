"""How good the lists were: as of a day gone by, with only what was known then, against what came in the 90 days after.

A list is graded as of 90 days before the day of the books, so that what came up to that day tells; where the ledger
holds the 90 days after the day of the books as well (an old export, looked at as of a day within it), as of that day
itself. The firm's own prediction is held against the same days (`holdout.measured`).
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np

from portal.lists import definitions
from portal.lists.catalogue import LISTS
from portal.purchases.queries import bought_between
from portal.retention import bgnbd, holdout
from portal.retention.judging import Judged
from portal.retention.known import Booleans, Known
from portal.retention.learning import HORIZON
from portal.retention.statistics import Integers, purchase_days

AHEAD = timedelta(days=HORIZON)
ENOUGH = 20
"""Named from which a list is graded: below, a share says nothing."""
WITH_PROSPECTS = ("unhappy", "promises", "referral", "nobodys")
"""Lists that name prospects too: the rest of these is everybody else, of the others everybody else who had bought."""

PEERS: dict[str, Callable[[Known, Judged], Booleans]] = {
    "due": lambda known, _: known.purchase_days >= definitions.RHYTHM,
    "overdue": lambda known, _: known.purchase_days >= definitions.RHYTHM,
    "second-purchase": lambda known, _: known.purchase_days == 1,
    "slipping": lambda known, judged: (known.purchase_days > 1) & (known.year >= judged.learned.high_minor),
}
"""Whom such a list chooses from. Regular buyers who are overdue still come more often than who bought once; whether the
list tells something is seen beside regular buyers who are not.
"""

Standing = Callable[[date], tuple[Known, Judged]]
"""What was known and expected of everybody as of a day."""


Between = Callable[[date, date], tuple[Integers, Integers]]


class LookedBack(NamedTuple):
    """The grade of each list by its name, and what the prediction was worth; None where none was made."""

    grades: dict[str, dict[str, Any]]
    holdout: dict[str, Any] | None


def look_back(as_of: date, newest: date | None, standing: Standing, between: Between | None = None) -> LookedBack:
    """Grade the lists of books of the day `as_of`, in a ledger whose newest purchase is of the day `newest`.

    `between` gives the purchase days after one day, up to and with another, where they are at hand.
    """
    on = day_graded(as_of, newest)
    known, judged = standing(on)
    if newest is None or not known.has_bought.any():
        return LookedBack({each.name: {"too_little": "history", "named": 0} for each in LISTS}, None)
    if newest <= on:
        return LookedBack({each.name: {"too_little": "silence", "named": 0} for each in LISTS}, None)
    who, when = (between or bought_days)(on, on + AHEAD)
    found = grades(known, judged, np.isin(known.id, who))
    params = judged.learned.params if judged.learned.method == "bgnbd" else None
    if params is None:
        return LookedBack(found, None)
    parameters = bgnbd.Parameters(*(params[name] for name in ("r", "alpha", "a", "b")))
    buyers = known.has_bought
    told = holdout.Told(known.id[buyers], known.purchase_days[buyers] - 1, known.first[buyers], known.last[buyers])
    return LookedBack(found, holdout.measured(parameters, told, who, when, known.as_of, HORIZON))


def day_graded(as_of: date, newest: date | None) -> date:
    """The day itself where the ledger goes on for 90 days after it, else 90 days before."""
    return as_of if newest is not None and newest >= as_of + AHEAD else as_of - AHEAD


def grades(known: Known, judged: Judged, bought: Booleans) -> dict[str, dict[str, Any]]:
    """The grade of each list by its name, as the books keep it; `bought` marks who of the known bought in the days
    after. Of nobody's, those are left out of whom it can't be known any more whether somebody was answerable.
    """
    on, until = (date.fromordinal(known.as_of + days) for days in (0, HORIZON))
    days = {"on": on.isoformat(), "until": until.isoformat()}
    found = {}
    for each in LISTS:
        here = getattr(definitions, each.definition)(known, judged).here
        among = np.ones_like(here) if each.name in WITH_PROSPECTS else known.has_bought
        if each.name == "nobodys":
            among = among & (known.assignee >= 0)
        rests = {"others": among & ~here}
        if each.name in PEERS:
            rests["peers"] = PEERS[each.name](known, judged) & ~here
        found[each.name] = days | _grade(here & among, rests, bought)
    return found


def _grade(named: Booleans, rests: dict[str, Booleans], bought: Booleans) -> dict[str, Any]:
    n = int(named.sum())
    if n < ENOUGH:
        return {"too_little": "named", "named": n, "needed": ENOUGH}
    counted = {"bought": int((named & bought).sum())}
    for name, rest in rests.items():
        counted |= {name: int(rest.sum()), f"{name}_bought": int((rest & bought).sum())}
    return {"named": n} | counted


def bought_days(after: date, until: date) -> tuple[Integers, Integers]:
    """The purchase days after one day, up to and with another: whose, and which."""
    return purchase_days(*_columns(bought_between(after, until)))


def _columns(rows: Iterable[tuple[int, date]]) -> tuple[Integers, Integers]:
    pairs: Any = np.fromiter(((id, day.toordinal()) for id, day in rows), dtype=np.dtype((np.int64, 2)))
    return pairs[:, 0], pairs[:, 1]
