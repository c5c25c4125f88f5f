"""What is known of the firm's customers at the end of one day: columns, one entry per customer, to be judged by.

Days are whole numbers as `date.toordinal()` counts them, 0 where there is none; money is in minor units of the
customer's own currency. Nothing that happened after the day is in it, so that lists of days gone by can be graded.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portal.retention.statistics import Floats, Integers

Booleans = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Known:
    """The customers who were there (not archived) at the end of the day `as_of`, ascending by id."""

    as_of: int
    id: Integers
    assignee: Integers
    """The user answerable, 0 for nobody, -1 where it can't be known any more for a day gone by."""
    since: Integers
    """The day on which the customer entered the portal, or first bought, whichever was earlier."""
    currency: NDArray[np.str_]
    """Of the money columns; empty for prospects."""

    purchase_days: Integers
    first: Integers
    second: Integers
    """The second purchase day, 0 for who bought once."""
    last: Integers
    median_gap: Floats
    """Days; NaN below two purchase days."""
    revenue: Integers
    year: Integers
    """What was bought in the 365 days that ended with the last purchase day."""

    last_touch: Integers
    """The last follow-up that reached somebody."""
    recovery_due: Integers
    """The day by which an unhappy answer is to be made right: of the earliest open recovery."""
    unhappy_on: Integers
    """The day of the last unhappy answer that no kept recovery has followed."""
    late_due: Integers
    """The due day of the earliest promise of ours that is open and late."""
    late_promises: Integers
    """How many of ours are late."""
    broken_on: Integers
    """The day on which a promise of ours was last broken."""
    dropped_on: Integers
    """The day on which a hand-off was dropped that nobody had picked up."""
    promoter_on: Integers
    """The day of the last answer, if it was a promoter's and nobody has spoken of a referral since."""

    bought_by: Integers
    """The position in these columns of who bought, one entry per purchase day, ascending by it and by `bought_on`."""
    bought_on: Integers
    spent: Integers

    @property
    def since_last(self) -> Integers:
        """Days since the last purchase day; of prospects, nothing to go by."""
        return self.as_of - self.last

    @property
    def has_bought(self) -> Booleans:
        """Buyers and clients."""
        return self.purchase_days > 0
