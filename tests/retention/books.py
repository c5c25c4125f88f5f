"""The purchases that prediction is tested with: CDNOW's log where it is at hand, and a small file of our own."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from portal.retention import statistics
from portal.retention.statistics import Floats, Grouped, Histories, Integers

HERE = Path(__file__).parent
SHARED = HERE.parent.parent.parent / "shared" / "data"
CLOSED = date(1997, 9, 30).toordinal()
"""The end of week 39 of CDNOW's log."""
LAST = date(1998, 6, 30).toordinal()
"""The end of its week 78."""


@dataclass(frozen=True, eq=False)
class Log:
    customer: Integers
    day: Integers
    amount: Floats

    def histories(self, as_of: int = CLOSED) -> Histories:
        return statistics.from_purchases(self.customer, self.day, as_of)

    def grouped(self, as_of: int = CLOSED) -> Grouped:
        found = self.histories(as_of)
        return statistics.group(found.frequency, found.recency_days, found.age_days, indexed=True)


@cache
def read(name: str) -> Log | None:
    """A log by its name; None where it is not at hand. `shop` is always there."""
    path = HERE / "shop.csv" if name == "shop" else SHARED / f"{name}.csv"
    if not path.exists():
        return None
    with path.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    return Log(
        np.array([int(row["customer"]) for row in rows]),
        np.array([date.fromisoformat(row["date"]).toordinal() for row in rows]),
        np.array([float(row["amount_usd"]) for row in rows]),
    )


def needed(name: str) -> Log:
    """The same for a test that stands or falls with it: skipped where the log is not at hand, since it is not ours to
    commit.
    """
    log = read(name)
    return log if log is not None else pytest.skip(f"{SHARED.name}/{name}.csv is not at hand")


def repeat_values(log: Log, as_of: int = CLOSED) -> tuple[Integers, Floats]:
    """Each customer's frequency, and the mean value of the purchase days after the first (0 without one)."""
    known = log.day <= as_of
    days, of = np.unique(np.stack([log.customer[known], log.day[known]]), axis=1, return_inverse=True)
    spent = np.bincount(of.ravel(), log.amount[known])
    _, first, count = np.unique(days[0], return_index=True, return_counts=True)
    spent[first] = 0.0
    return count - 1, np.add.reduceat(spent, first) / np.maximum(1, count - 1)


def simulated(customers: int, seed: int, days: int = 728) -> tuple[Integers, Integers, Integers]:
    """Frequency, recency and age (days) of customers such as CDNOW's, as the model says that they come about."""
    chance = np.random.default_rng(seed)
    age = chance.integers(0, days, customers)
    rate = np.maximum(chance.gamma(0.243, 1 / 4.414, customers) / 7, 1e-300)
    leaving = chance.beta(0.793, 2.426, customers)
    x, recency = np.zeros(customers, dtype=np.int64), np.zeros(customers, dtype=np.int64)
    time, active = np.zeros(customers), np.arange(customers)
    while active.size:
        time[active] += chance.exponential(1 / rate[active])
        active = active[time[active] < age[active] + 1]
        today = time[active].astype(np.int64)
        new = today > recency[active]
        x[active[new]] += 1
        recency[active[new]] = today[new]
        active = active[chance.random(active.size) >= leaving[active]]
    return x, recency, age
