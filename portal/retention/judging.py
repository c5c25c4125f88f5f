"""What is expected of each customer, judged by what was learned of all of them.

What the figures mean depends on the method that speaks:

- `bgnbd`: `p_alive` is the model's probability that a customer with two purchase days or more is still active; `chance`
  is that of at least one purchase within HORIZON days, P(alive) · [1 - ((α+T)/(α+T+t))^(r+x)], since the rate of those
  who are active is Gamma(r+x, α+T) distributed; `expected_purchases` is the model's (equation 10), also for those who
  bought once: their number is right, only their P(alive) = 1 says nothing.
- `cadence`: how many gaps of a buyer with this mean gap, as regular as the firm's buyers are, are longer than the pause
  so far (`regularity.still_coming`), is no P(alive): one pause of two is longer than usual, and nobody is gone for it.
  So `p_alive` is unknown, and gone is who is no longer near the expected day and whose pause is longer than every one
  before and than all but a few of such gaps.
  `chance` is how many of the gaps end within HORIZON days; `expected_purchases` is the share that is longer still times
  the purchases that the mean gap makes of a year.
- `recency`: the same as for cadence with gaps that fall at random (shape 1): the longer the pause, the smaller.

Whoever bought once is judged by the firm's own second-purchase curve with every method: `chance` is that of coming
back within HORIZON days, `p_alive` is unknown. The day expected is the last one and the customer's own median gap; of
who bought once, the day on which half of those who still come will have come, and none beyond the time in which second
purchases come. The usual value is Gamma-Gamma's where it could be fitted and the customer buys in its currency, else
the mean of the customer's own purchase days.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portal.retention import bgnbd, gamma_gamma, statistics
from portal.retention.known import Booleans, Known
from portal.retention.learning import HORIZON, Learned, repeat_values
from portal.retention.regularity import still_coming
from portal.retention.statistics import WEEK, Floats, Integers

YEAR = 365
AT_RANDOM = 1.0
"""The shape of gaps that keep no rhythm."""
GONE = 0.5
"""Below this P(alive), a customer is more likely gone than not."""
RARE = 0.1
"""Where no model speaks: below this share of longer gaps, a pause is no mere long gap."""


@dataclass(frozen=True, eq=False)
class Judged:
    """What is expected of the same customers, in the same order, by what was learned of everybody."""

    learned: Learned
    expected: Integers
    """The day of the next purchase; 0 where nothing can be said."""
    p_alive: Floats
    """The model's chance that a customer still is one, 0 to 1; NaN where no model speaks, for who bought once, and for
    prospects.
    """
    gone: Booleans
    """More likely gone than not."""
    chance: Floats
    """Of buying within the next 90 days, 0 to 1; NaN for prospects."""
    expected_purchases: Floats
    """In the next 365 days; NaN for prospects and where nothing can be said."""
    usual: Integers
    """What the next purchase is expected to be worth."""
    recency: Integers
    frequency: Integers
    monetary: Integers
    """Quintiles, 1 to 5, 5 the best; 0 for prospects."""
    risk: NDArray[np.str_]
    """One of `models.RISKS`; empty for prospects."""


def judge(known: Known, learned: Learned) -> Judged:
    """What to expect of these customers, some of the firm's or all; nothing of them enters but what is known here."""
    size = len(known.id)
    p_alive, chance, purchases = (np.full(size, np.nan) for _ in range(3))
    again, once = known.purchase_days > 1, known.purchase_days == 1
    if learned.method == "bgnbd":
        p_alive[again], chance[again], purchases[again] = _by_bgnbd(known, learned, again)
        purchases[once] = _by_bgnbd(known, learned, once)[2]
        gone = p_alive < GONE
    else:
        longer, chance[again], purchases[again] = _by_pauses(known, learned, again)
        gone = (known.since_last > _longest_gap(known)) & (known.as_of - known.last - known.median_gap > _near(known))
        gone[again] &= longer < RARE
        gone[~again] = False
    chance[once] = _coming_back(known.as_of - known.first[once], learned)
    expected = np.zeros(size, dtype=np.int64)
    expected[again] = known.last[again] + np.rint(known.median_gap[again]).astype(np.int64)
    expected[once] = _second_on(known.first[once], known.as_of, learned)
    return Judged(
        learned=learned,
        expected=expected,
        p_alive=p_alive,
        gone=gone,
        chance=chance,
        expected_purchases=purchases,
        usual=_usual(known, learned),
        recency=_quintile(known.has_bought, known.since_last, learned.cuts["recency"], best_first=True),
        frequency=_quintile(known.has_bought, known.purchase_days, learned.cuts["frequency"]),
        monetary=_quintile(known.has_bought, known.revenue, learned.cuts["monetary"]),
        risk=_risk(known, learned, expected, gone),
    )


def _by_bgnbd(known: Known, learned: Learned, here: Booleans) -> tuple[Floats, Floats, Floats]:
    """P(alive), chance and expected purchases by the model. What depends on frequency and age alone is computed once
    for each pair of them.
    """
    assert learned.params is not None
    parameters = bgnbd.Parameters(*(learned.params[name] for name in ("r", "alpha", "a", "b")))
    first, x = known.first[here], known.purchase_days[here] - 1
    age = known.as_of - first
    alive = bgnbd.p_alive(parameters, x, (known.last[here] - first) / WEEK, age / WEEK)
    times, days, of = statistics.pairs(x, age)
    weeks = days / WEEK
    expected = bgnbd.expected_if_active(parameters, YEAR / WEEK, times, weeks)
    buys = -np.expm1(-(parameters.r + times) * np.log1p(HORIZON / WEEK / (parameters.alpha + weeks)))
    return alive, alive * buys[of], alive * expected[of]


def _by_pauses(known: Known, learned: Learned, here: Booleans) -> tuple[Floats, Floats, Floats]:
    """How many gaps are longer still, and the rest, by how long the pause is, against the customer's own gaps."""
    shape = learned.numbers["shape"] if learned.method == "cadence" else AT_RANDOM
    gap = (known.last[here] - known.first[here]) / (known.purchase_days[here] - 1)
    pause = known.since_last[here]
    longer = still_coming(pause, gap, shape)
    return longer, longer - still_coming(pause + HORIZON, gap, shape), longer * YEAR / gap


def _longest_gap(known: Known) -> Integers:
    """Of each customer, the most days from one purchase day to the next; 0 below two."""
    longest = np.zeros(len(known.id), dtype=np.int64)
    inside = known.bought_by[1:] == known.bought_by[:-1]
    np.maximum.at(longest, known.bought_by[1:][inside], np.diff(known.bought_on)[inside])
    return longest


def _coming_back(age: Integers, learned: Learned) -> Floats:
    """Of who bought once, so many days ago: the chance to come back within HORIZON days, by the firm's own curve."""
    now, then = _waiting(age, learned), _waiting(age + HORIZON, learned)
    return np.where(now > 0, 1 - then / np.where(now > 0, now, 1), 0.0)


def _waiting(days: Integers, learned: Learned) -> Floats:
    shares = np.concatenate([[1.0], learned.second["waiting"]])
    return np.asarray(shares[np.searchsorted(learned.second["days"], days, side="right")])


def _second_on(first: Integers, as_of: int, learned: Learned) -> Integers:
    """The day on which half of those who still come will have come; 0 beyond the time in which they come."""
    days, waiting = np.array(learned.second["days"], dtype=np.int64), np.array(learned.second["waiting"])
    window = learned.second["window"]
    if window is None:
        return np.zeros(len(first), dtype=np.int64)
    age = as_of - first
    half = (_waiting(age, learned) + waiting[-1]) / 2
    reached = np.searchsorted(-waiting, -half - 1e-12, side="left")
    day = first + days[np.minimum(reached, len(days) - 1)]
    return np.where(age <= window[1], np.maximum(day, as_of), 0)


def _usual(known: Known, learned: Learned) -> Integers:
    """What a purchase day of theirs is worth, in minor units."""
    own = known.revenue / np.maximum(known.purchase_days, 1)
    if learned.value is not None:
        parameters = gamma_gamma.Parameters(**learned.value)
        repeats, mean = repeat_values(known)
        expected = gamma_gamma.expected_value(parameters, repeats, mean)
        own = np.where(known.has_bought & (known.currency == learned.currency), expected, own)
    return np.rint(own).astype(np.int64)


def _quintile(bought: Booleans, values: Integers, cuts: list[float], *, best_first: bool = False) -> Integers:
    """1 to 5 for who has bought, 5 the best; 0 for the others. Those who are alike stand together."""
    if best_first:  # few days are the best
        above = 5 - np.searchsorted(cuts, values, side="left")
    else:
        above = 1 + np.searchsorted(cuts, values, side="left")
    return np.where(bought, above, 0).astype(np.int64)


def _near(known: Known) -> Floats:
    """How many days before and after the expected one still count as near it; see `definitions.due`."""
    return np.nan_to_num(np.clip(known.median_gap / 4, 7, 30))


def _risk(known: Known, learned: Learned, expected: Integers, gone: Booleans) -> NDArray[np.str_]:
    """How each buyer stands; see `models.RISKS`."""
    near = _near(known)
    beyond = known.as_of - expected
    window = learned.second["window"]
    late = known.since_last > window[1] if window else np.zeros(len(expected), dtype=bool)
    again = known.purchase_days > 1
    return np.select(
        [
            ~known.has_bought,
            ~again & late,
            ~again,
            gone & (beyond > 0),
            beyond > near,
            beyond >= -near,
        ],
        ["", "late", "waiting", "slipping", "overdue", "due"],
        "on_time",
    )
