"""How one of the demo's colleagues came to a streak: a promise was broken a month ago, and since then all are kept. By
no chance at all, so that the wall of celebrations always has one.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from portal import clock
from portal.commitments.models import Commitment
from portal.commitments.promising import Promise, promise
from portal.customers.queries import customer_for_change
from portal.demo.words import Words
from portal.extensions import db
from portal.users.models import User

SINCE = timedelta(days=29)
"""So long ago the last one was broken: what was kept before a month celebrates nothing any more."""
KEPT = 10
"""What the first milestone takes."""


class Steady:
    """Promises of one user to these customers (by their ids)."""

    def __init__(
        self,
        words: Words,
        user: User,
        customers: Mapping[int, Any],
        on: Callable[[date, Callable[[], None]], bool],
    ) -> None:
        self.words, self.user, self.customers, self.on = words, user, customers, on

    def plan(self, today: date) -> None:
        """One to be broken, then one every other day to be kept."""
        self.since = today - SINCE
        self.on(self.since - timedelta(days=4), lambda: self._promise(0, self.since, self._break))
        for number in range(1, KEPT + 1):
            day = self.since + timedelta(days=2 * number)
            self.on(day, lambda number=number, day=day: self._promise(number, day + timedelta(days=4), self._keep))  # type: ignore[misc]

    def is_steady(self, commitment: Commitment) -> bool:
        """Is it theirs, and of the days in which they break none?"""
        return commitment.assignee_id == self.user.id and clock.today() >= self.since

    def _promise(self, number: int, due_on: date, settle: Callable[[Commitment], None]) -> None:
        """Promise something to one of the customers, and settle it some days later."""
        ids = [*self.customers]
        at = number % max(len(ids), 1)
        there = (customer_for_change(id) for id in ids[at:] + ids[:at])
        customer = next((each for each in there if each is not None and not each.is_archived), None)
        if customer is None:
            return
        text = self.words.our_promises[number % len(self.words.our_promises)]
        id = promise(customer, Promise(text, due_on, assignee_id=self.user.id), self.user).id
        self.on(min(due_on, clock.today() + timedelta(days=3)), lambda: self._settle(id, settle))

    def _settle(self, id: int, settle: Callable[[Commitment], None]) -> None:
        commitment = db.session.get(Commitment, id)
        if commitment is not None and commitment.is_open:
            settle(commitment)

    def _keep(self, commitment: Commitment) -> None:
        commitment.keep(self.user)

    def _break(self, commitment: Commitment) -> None:
        commitment.break_(self.user, self.words.reasons[0])
