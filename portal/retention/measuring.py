"""The figures of all customers together, kept in the books: how many come back, when, and what that is worth.

Counted from what is known of each customer at the end of a day, and nothing later. Everything comes with how many
customers it is counted of. Money is only in the currency in which most customers buy, since sums of several say
nothing; how many customers buy in others is said beside it.
"""

from datetime import date
from typing import Any

import numpy as np

from portal.retention import second_purchase
from portal.retention.days import MONTHS
from portal.retention.judging import Judged
from portal.retention.known import Booleans, Known
from portal.retention.segments import SEGMENTS
from portal.retention.statistics import Integers

WINDOWS = (30, 60, 90, 180, 365)
"""Days after the first purchase within which a customer came back, or not."""
YEAR = 365
QUARTER = 90
MOST_COHORTS = 24
MOST_POINTS = 60
EPOCH = 719_163  # date(1970, 1, 1).toordinal()
STEPS = (1, 2, 5, 10, 15, 30, 60, 90, 180, 365)
"""Days between two points of the curve as it is shown."""


def measures(known: Known, judged: Judged) -> dict[str, Any]:
    """All figures of one day as plain JSON; see `Books.measures`. Days are whole, money in minor units."""
    currency, bought = judged.learned.currency, known.has_bought
    ours = bought & (known.currency == currency) if currency else np.zeros_like(bought)
    clients = int((known.purchase_days > 1).sum())
    customers = int(bought.sum())
    return {
        "customers": customers,
        "buyers": customers - clients,
        "clients": clients,
        "newest_on": date.fromordinal(int(known.last.max())).isoformat() if customers else None,
        "currency": currency,
        "other_currencies": int((bought & ~ours).sum()),
        "repeat": _repeat(known, known.as_of),
        "repeat_before": _repeat(known, known.as_of - QUARTER),
        "windows": [_window(known, days) for days in WINDOWS],
        "second": _second(known),
        "revenue": _revenue(known, ours),
        "cohorts": _cohorts(known),
        "rfm": _rfm(known, judged, ours),
        "economics": _economics(known, ours),
    }


def _repeat(known: Known, day: int) -> dict[str, Any] | None:
    """Of those who had bought by that day, how many had come back by then; None where nobody had bought."""
    there = known.has_bought & (known.first <= day)
    customers = int(there.sum())
    if not customers:
        return None
    again = int((there & (known.second > 0) & (known.second <= day)).sum())
    return {"customers": customers, "again": again, "share": again / customers}


def _window(known: Known, days: int) -> dict[str, int]:
    """Of those whose first purchase is so many days ago or more, how many came back within them."""
    complete = known.has_bought & (known.first + days <= known.as_of)
    again = complete & (known.second > 0) & (known.second <= known.first + days)
    return {"days": days, "customers": int(complete.sum()), "again": int(again.sum())}


def _second(known: Known) -> dict[str, Any]:
    """The share still waiting for the second purchase, at evenly spaced days, with its interval and how many were
    still watched on each.
    """
    bought = known.has_bought
    first, second = known.first[bought], known.second[bought]
    came = second > 0
    waited = np.where(came, second, known.as_of) - first
    curve = second_purchase.curve(waited, came)
    step = next((step for step in STEPS if curve.longest <= step * MOST_POINTS), STEPS[-1])
    days = np.arange(0, min(curve.longest, step * MOST_POINTS) + 1, step)
    at = np.searchsorted(curve.days, days, side="right")
    watched = len(waited) - np.searchsorted(np.sort(waited), days, side="left")
    shares = [np.concatenate([[1.0], each])[at] for each in (curve.waiting, curve.low, curve.high)]
    waiting, low, high = (np.round(share, 4).tolist() for share in shares)
    return {
        "median": curve.median, "still_waiting": curve.still_waiting, "customers": curve.customers,
        "days": days.tolist(), "waiting": waiting, "low": low, "high": high, "watched": watched.tolist(),
    }  # fmt: skip


def _revenue(known: Known, ours: Booleans) -> dict[str, int]:
    """What the last twelve months brought from clients and from buyers, as they are on the day."""
    recent = (known.bought_on > known.as_of - YEAR) & ours[known.bought_by]
    from_clients = known.purchase_days[known.bought_by] > 1
    return {
        "months": 12,
        "clients_minor": int(known.spent[recent & from_clients].sum()),
        "buyers_minor": int(known.spent[recent & ~from_clients].sum()),
    }


def _cohorts(known: Known) -> list[dict[str, Any]]:
    """By the month of the first purchase, newest first: how many came back within so many months after it (`again`),
    and how many bought in each of them (`active`). A month counts once it is over for everybody of the cohort.
    """
    names, cohort = _by_month(known)
    here = cohort >= 0
    customers = np.bincount(cohort[here], minlength=len(names))
    newest = np.zeros(len(names), dtype=np.int64)
    np.maximum.at(newest, cohort[here], known.first[here])
    back = here & (known.second > 0)
    again = np.cumsum(_counted(cohort[back], (known.second - known.first)[back], len(names)), axis=1)
    active = _active(known, cohort, len(names))
    over = newest[:, None] + np.array(MONTHS) <= known.as_of
    return [
        {
            "month": name, "customers": int(customers[at]),
            "again": _where(over[at], again[at]), "active": _where(over[at], active[at]),
        }
        for at, name in reversed(list(enumerate(names)))
    ]  # fmt: skip


def _by_month(known: Known) -> tuple[list[str], Integers]:
    """The newest months in which customers first bought, oldest first; and of each customer which, or below 0."""
    bought = np.flatnonzero(known.has_bought)
    begun = (known.first[bought] - EPOCH).astype("datetime64[D]").astype("datetime64[M]")
    months, place = np.unique(begun, return_inverse=True)
    cohort = np.full(len(known.id), -1, dtype=np.int64)
    cohort[bought] = place - max(0, len(months) - MOST_COHORTS)
    return [str(month) for month in months[-MOST_COHORTS:]], cohort


def _counted(cohort: Integers, age: Integers, cohorts: int) -> Integers:
    """How many ages (days, above 0) of each cohort fall into each of the twelve months."""
    month = np.searchsorted(MONTHS, age)
    width = len(MONTHS) + 1
    return np.bincount(cohort * width + month, minlength=cohorts * width).reshape(cohorts, width)[:, :-1]


def _active(known: Known, cohort: Integers, cohorts: int) -> Integers:
    """How many customers of each cohort bought in each month after their first purchase, each counted once a month."""
    age = known.bought_on - known.first[known.bought_by]
    later = (age > 0) & (age <= MONTHS[-1]) & (cohort[known.bought_by] >= 0)
    who, age = known.bought_by[later], age[later]
    key = who * len(MONTHS) + np.searchsorted(MONTHS, age)
    once = np.ones(len(key), dtype=bool)
    once[1:] = key[1:] != key[:-1]  # the purchase days of a customer stand together, in their order
    return _counted(cohort[who[once]], age[once], cohorts)


def _where(over: Booleans, counts: Integers) -> list[int | None]:
    return [int(count) if known else None for known, count in zip(over, counts, strict=True)]


def _rfm(known: Known, judged: Judged, ours: Booleans) -> dict[str, Any]:
    """How many customers stand in each quintile of recency (row) and frequency (column), the worst first; and the
    segments that these make, with what they have bought so far.
    """
    bought = known.has_bought
    place = (judged.recency - 1) * 5 + judged.frequency - 1
    cells = np.bincount(place[bought], minlength=25)
    spent = np.zeros(25, dtype=np.int64)
    np.add.at(spent, place[ours], known.revenue[ours])
    since = known.since_last
    found = []
    for segment in SEGMENTS:
        at = [(recency - 1) * 5 + frequency - 1 for recency, frequency in segment.cells]
        here = bought & np.isin(place, at)
        customers = int(here.sum())
        found.append(
            {
                "name": segment.name, "customers": customers, "revenue_minor": int(spent[at].sum()),
                "median_days_since": float(np.median(since[here])) if customers else None,
            }
        )  # fmt: skip
    return {"cells": cells.reshape(5, 5).tolist(), "segments": found}


def _economics(known: Known, ours: Booleans) -> dict[str, int]:
    """Of the last 365 days: customers won and clients kept (who bought again), and what first purchase days and later
    ones brought; the money with how many customers it came from.
    """
    start = known.as_of - YEAR
    new, kept = known.first > start, (known.purchase_days > 1) & (known.last > start)
    recent = (known.bought_on > start) & ours[known.bought_by]
    first = known.bought_on == known.first[known.bought_by]
    return {
        "new_customers": int(new.sum()),
        "kept_clients": int(kept.sum()),
        "new_revenue_minor": int(known.spent[recent & first].sum()),
        "kept_revenue_minor": int(known.spent[recent & ~first].sum()),
        "new_paying": int((new & ours).sum()),
        "kept_paying": int((kept & ours).sum()),
    }
