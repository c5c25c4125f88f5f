"""Who buys when, for the bench: many customers whose purchases come about as BG/NBD says."""

from typing import Any

import numpy as np

DAYS = 728


def purchases(customers: int, each: int, seed: int = 1) -> tuple[Any, Any]:
    """Whose (0 and up) and on which of the DAYS, in no order; `each` on average, a tenth of them on a day that counts
    once already.
    """
    chance = np.random.default_rng(seed)
    wanted = customers * each
    first = chance.integers(0, DAYS, customers)
    rate = np.maximum(chance.gamma(0.8, 1 / 3.0, customers) / 7, 1e-9)
    leaving = chance.beta(0.5, 6.0, customers)
    who, days = [np.arange(customers)], [first]
    time, active = first.astype(np.float64), np.arange(customers)
    while active.size:
        time[active] += chance.exponential(1 / rate[active])
        active = active[time[active] < DAYS]
        who.append(active)
        days.append(time[active].astype(np.int64))
        active = active[chance.random(active.size) >= leaving[active]]
    whose, when = np.concatenate(who), np.concatenate(days)
    later = customers + chance.permutation(len(whose) - customers)[: max(0, int(wanted * 0.9) - customers)]
    taken = np.concatenate([np.arange(customers), later])
    again = chance.choice(taken, wanted - len(taken))
    taken = chance.permutation(np.concatenate([taken, again]))
    return whose[taken], when[taken]
