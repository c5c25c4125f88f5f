"""The firm's own second purchases: when they come, and how many customers still wait with theirs.

Most customers have bought once and may yet come back, so what is seen of them is censored: the share still waiting is
Kaplan and Meier's (1958, *Journal of the American Statistical Association* 53, equation 2b), and its interval that of
Greenwood's variance on the scale of ln(-ln S) (Kalbfleisch and Prentice 1980, section 1.3). By this curve those who
bought once are ranked: BG/NBD calls every one of them active, P(alive) = 1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from portal.retention.statistics import BadStatistics, Floats, Integers, finite, whole

Z = 1.959963984540054


@dataclass(frozen=True, eq=False)
class Curve:
    """The share of customers without a second purchase, day after day from the first purchase.

    The arrays have one entry per day on which a second purchase came, ascending; before the first of them, the share
    waiting is 1. `customers` entered the curve, and `still_waiting` of them have bought once so far.
    """

    days: Integers
    at_risk: Integers
    second_purchases: Integers
    waiting: Floats
    low: Floats
    high: Floats
    customers: int
    still_waiting: int
    longest: int
    """Days that the customer watched longest has been seen: the curve says nothing of what comes later."""

    def waiting_after(self, days: ArrayLike) -> Floats:
        """The share still waiting so many days after the first purchase; an array of any shape."""
        asked = finite(days, "days")
        shares = np.concatenate([[1.0], self.waiting])
        return np.asarray(shares[np.searchsorted(self.days, asked, side="right")])

    def chance(self, age_days: ArrayLike, within_days: ArrayLike) -> Floats:
        """The chance that who bought once, `age_days` ago, comes back in the next `within_days`: 1 - S(T+h)/S(T).

        Arrays that broadcast. Beyond the longest that the firm has seen, nobody is known to come: 0.
        """
        age, ahead = np.broadcast_arrays(finite(age_days, "age"), finite(within_days, "days"))
        now, then = self.waiting_after(age), self.waiting_after(age + ahead)
        return np.where(now > 0, 1 - then / np.where(now > 0, now, 1), 0.0)

    def day_reached(self, share: float) -> int | None:
        """The day on which this share of all customers had come back; None while it has not been reached."""
        if not 0 < share < 1:
            raise BadStatistics("share: between 0 and 1")
        there = np.flatnonzero(1 - self.waiting >= share - 1e-12)
        return int(self.days[there[0]]) if there.size else None

    @property
    def median(self) -> int | None:
        """The day on which half of the customers had come back; None as long as fewer have."""
        return self.day_reached(0.5)

    def window(self, earliest: float = 0.1, latest: float = 0.9) -> tuple[int, int] | None:
        """The days between which second purchases usually come: these shares of those seen to come; None of none."""
        if not self.days.size:
            return None
        came = 1 - self.waiting
        inside = np.searchsorted(came, np.array([earliest, latest]) * came[-1] - 1e-12)
        return int(self.days[inside[0]]), int(self.days[inside[1]])


def curve(days: ArrayLike, came: ArrayLike, customers: ArrayLike | None = None) -> Curve:
    """The curve from what is known of each customer, or of each group of `customers` alike.

    Takes arrays of n entries: for those who `came` back (1), the days from the first purchase to the second; for the
    others (0), the days that they have been waiting up to the day of the books. BadStatistics for missing or negative
    numbers.
    """
    waited, back = whole(days, "days"), whole(came, "came back") > 0
    counts = np.ones(len(waited), dtype=np.int64) if customers is None else whole(customers, "number of customers")
    if not len(waited) == len(back) == len(counts):
        raise BadStatistics("days and customers are not equally many")
    times, of = np.unique(waited, return_inverse=True)
    everybody = np.bincount(of, counts, len(times)).astype(np.int64)
    events = np.bincount(of[back], counts[back], len(times)).astype(np.int64)
    at_risk = np.cumsum(everybody[::-1])[::-1]
    seen = events > 0
    share = np.cumprod(1 - events[seen] / at_risk[seen]).astype(np.float64)
    low, high = _interval(share, events[seen], at_risk[seen])
    return Curve(
        days=times[seen],
        at_risk=at_risk[seen],
        second_purchases=events[seen],
        waiting=share,
        low=low,
        high=high,
        customers=int(counts.sum()),
        still_waiting=int(counts[~back].sum()),
        longest=int(times[-1]) if times.size else 0,
    )


def _interval(share: Floats, events: Integers, at_risk: Integers) -> tuple[Floats, Floats]:
    """At 95 %. Where nobody is left the variance has no end, and the interval begins at 0."""
    left = (at_risk - events).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(events / (at_risk * left))
        reach = Z * np.sqrt(variance) / -np.log(share)
        low, high = share ** np.exp(reach), share ** np.exp(-reach)
    return np.where(left > 0, low, 0.0), np.where(left > 0, high, share)
