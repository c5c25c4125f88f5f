"""The ten lists: what each means, whom it names and why, in which order, and what is at stake.

A definition reads what is known of all customers on a day, and what is expected of them, as columns (NumPy arrays, see
`retention.known`), and marks who is on the list. It is the same for today and for a day gone by, by which the list is
graded. Its reason is three things, kept with each entry: a day (`on`), a number and a word (`kind`), whose meaning
stands with each definition; `lists.wording` makes the sentence of them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from portal.retention.judging import Judged
from portal.retention.known import Booleans, Known
from portal.retention.statistics import Floats, Integers

RECENT = 365
"""Days since the last purchase within which a buyer or client counts as recent."""
JUST = 14
"""Days for which a thank-you is still in time."""
REMEMBERED = 90
"""Days after which a broken promise is no longer brought up by itself."""
RHYTHM = 3
"""Purchase days from which a customer has a rhythm: two gaps."""
MILESTONES = (5, 10, 25, 50, 100, 250, 500, 1000)


@dataclass(frozen=True, eq=False)
class Named:
    """Whom a list names (`here`), and for each customer what the reason, the order and the value are."""

    here: Booleans
    due: Integers
    """Since which day it has been so."""
    urgency: Floats
    """The smallest comes first."""
    at_stake: Integers
    on: Integers
    number: Floats
    kind: Any


def due(known: Known, judged: Judged) -> Named:
    """Three purchase days or more, and within a quarter of their gap (a week at least, a month at most) of the day on
    which the next purchase is expected. The day expected; the gap in days.
    """
    near = np.nan_to_num(np.clip(known.median_gap / 4, 7, 30)).astype(np.int64)
    regular = (known.purchase_days >= RHYTHM) & (judged.expected > 0)
    here = regular & (np.abs(known.as_of - judged.expected) <= near)
    return _named(
        here, judged.expected - near, judged.expected, judged.usual, on=judged.expected, number=known.median_gap
    )


def overdue(known: Known, judged: Judged) -> Named:
    """Three purchase days or more, and the gap beyond twice the usual one. The last purchase day; how many times the
    usual gap it has been.
    """
    times = known.since_last / np.maximum(known.median_gap, 1)
    here = (known.purchase_days >= RHYTHM) & (times > 2)
    since = known.last + np.nan_to_num(2 * known.median_gap).astype(np.int64) + 1
    return _named(here, since, -known.year, known.year, on=known.last, number=times)


def second(known: Known, judged: Judged) -> Named:
    """Bought on one day, and inside the window in which this firm's second purchases usually come. The day of the
    first purchase; the chance to come back within 90 days.
    """
    window = judged.learned.second["window"] or (1, 0)
    waited = known.since_last
    here = (known.purchase_days == 1) & (waited >= window[0]) & (waited <= window[1])
    return _named(here, known.first + window[0], -judged.chance, judged.usual, on=known.first, number=judged.chance)


def slipping(known: Known, judged: Judged) -> Named:
    """Among the most valuable fifth, and more likely gone than not. The last purchase day; P(alive), or where no model
    speaks (`pause`), the median gap.
    """
    valuable = (known.purchase_days > 1) & (known.year >= judged.learned.high_minor)
    pause = np.isnan(judged.p_alive)
    number = np.where(pause, known.median_gap, judged.p_alive)
    kind = np.where(pause, "pause", "")
    return _named(valuable & judged.gone, known.last, -known.year, known.year, on=known.last, number=number, kind=kind)


def unhappy(known: Known, _judged: Judged) -> Named:
    """An unhappy answer that has not been made right. The day by which it is to be (of the answer, where nothing was
    promised); days late; `late`, `open` or `missing`.
    """
    promised = known.recovery_due > 0
    on = np.where(promised, known.recovery_due, known.unhappy_on)
    late = np.maximum(known.as_of - on, 0)
    kind = np.where(~promised, "missing", np.where(known.recovery_due < known.as_of, "late", "open"))
    here = promised | (known.unhappy_on > 0)
    return _named(here, known.unhappy_on, on, known.year, on=on, number=late, kind=kind)


def promises(known: Known, _judged: Judged) -> Named:
    """A promise of ours that is late, or was broken lately and nobody has spoken to them since. The day it was due
    (broken); how many are late; `late` or `broken`.
    """
    late = known.late_promises > 0
    broken = (known.broken_on > known.as_of - REMEMBERED) & (known.broken_on > known.last_touch)
    on = np.where(late, known.late_due, known.broken_on)
    kind = np.where(late, "late", "broken")
    return _named(late | broken, on + 1, on, known.year, on=on, number=known.late_promises, kind=kind)


def silent(known: Known, judged: Judged) -> Named:
    """Bought within a year, and nobody has touched them, nor sold to them, for as long as the firm calls silent. The
    last touch; days since then, or since the purchase where there was none; `never` where there was none.
    """
    heard = np.maximum(known.last_touch, known.last)
    quiet = known.as_of - heard
    recent = known.has_bought & (known.since_last <= RECENT)
    here = recent & (quiet > judged.learned.silent_after_days)
    kind = np.where(known.last_touch > 0, "", "never")
    since = heard + judged.learned.silent_after_days + 1
    return _named(here, since, -known.year, known.year, on=heard, number=quiet, kind=kind)


def thank(known: Known, _judged: Judged) -> Named:
    """Something to be thankful for in the last two weeks, and nobody has spoken to them since. Its day; which one
    (years, purchase days); `client` (the second purchase day), `milestone`, or `anniversary` of the first purchase.
    """
    years, anniversary = _anniversary(known)
    client = known.purchase_days == 2
    milestone = np.isin(known.purchase_days, MILESTONES)
    kind = np.where(client, "client", np.where(milestone, "milestone", "anniversary"))
    fresh = (client | milestone) & (known.since_last <= JUST)
    on = np.where(fresh, known.last, anniversary)
    kind = np.where(fresh, kind, "anniversary")
    number = np.where(fresh, known.purchase_days, years)
    here = known.has_bought & (on > known.as_of - JUST) & (number > 0) & (known.last_touch < on)
    return _named(here, on, -on, known.year, on=on, number=number, kind=kind)


def referral(known: Known, _judged: Judged) -> Named:
    """A promoter whom nobody has asked for a referral since. The day of the answer."""
    nothing = np.zeros(len(known.id), dtype=np.int64)
    return _named(known.promoter_on > 0, known.promoter_on, -known.promoter_on, nothing, on=known.promoter_on)


def nobodys(known: Known, _judged: Judged) -> Named:
    """Nobody is answerable, or a hand-off was dropped and nobody has picked it up. The day of that, else the last
    purchase day (of a prospect, the day they came); purchase days; `dropped`, `prospect`.
    """
    dropped = known.dropped_on > 0
    on = np.where(dropped, known.dropped_on, np.where(known.has_bought, known.last, known.since))
    kind = np.where(dropped, "dropped", np.where(known.has_bought, "", "prospect"))
    here = dropped | (known.assignee == 0)
    return _named(here, on, -known.year, known.year, on=on, number=known.purchase_days, kind=kind)


def _anniversary(known: Known) -> tuple[Integers, Integers]:
    """How many years ago the first purchase was, and the day on which these were complete."""
    epoch = 719_163  # date(1970, 1, 1).toordinal()
    first = (known.first - epoch).astype("datetime64[D]")
    month, day = first.astype("datetime64[M]"), first - first.astype("datetime64[M]")
    today = np.datetime64(known.as_of - epoch, "D")
    years = today.astype("datetime64[Y]").astype(np.int64) - first.astype("datetime64[Y]").astype(np.int64)

    def on(years: Integers) -> Any:
        later = month + 12 * years
        return np.minimum(later.astype("datetime64[D]") + day, (later + 1).astype("datetime64[D]") - 1)

    years = np.where(on(years) > today, years - 1, years)
    return years, on(years).astype(np.int64) + epoch


def _named(
    here: Booleans, due: Any, urgency: Any, at_stake: Any, *, on: Any, number: Any = np.nan, kind: Any = ""
) -> Named:
    size = len(here)
    return Named(
        here,
        np.asarray(due, dtype=np.int64),
        np.asarray(urgency, dtype=np.float64),
        np.asarray(at_stake, dtype=np.int64),
        np.asarray(on, dtype=np.int64),
        np.broadcast_to(np.asarray(number, dtype=np.float64), size),
        np.broadcast_to(np.asarray(kind), size),
    )
