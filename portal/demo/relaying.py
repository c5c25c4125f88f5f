"""How the demo's customers are handed on: marketing offers them to sales, the first purchase to service. Most are
accepted, some declined; lately some wait, and a few lie on the ground. By a chance of its own, so that the rest of the
story is the same.
"""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from portal import clock
from portal.customers.models import Customer
from portal.demo.words import Words
from portal.relay import handing, queries
from portal.relay.models import HandOff
from portal.rules import BrokenRule
from portal.settings.models import Firm
from portal.users.models import User

ACCEPTED, DECLINED = 0.84, 0.07
"""Of hand-offs; what is left, nobody answers."""
SINCE = timedelta(days=130)
"""For so long the firm has handed its customers on."""
LATELY, FORGOTTEN = 0.06, 0.03
"""The share of sales' customers who were offered to service yesterday; and last week, when nobody answered."""
RUNNERS = {"marketing": "marketing", "sales": "sales", "service": "support"}


class Baton:
    """One customer's way through the relay."""

    def __init__(
        self,
        customer_id: int,
        words: Words,
        users: dict[str, User],
        on: Callable[[date, Callable[[], None]], bool],
        look: Callable[[], Customer | None],
    ) -> None:
        self.id, self.words, self.users, self.on, self.look = customer_id, words, users, on, look
        self.chance = Random(f"baton {customer_id}")  # noqa: S311 - a story, not a secret

    def begin(self, today: date) -> None:
        """Marketing passes on whom it has found; `today` is the last day of the story."""
        self.today = today
        if clock.today() > today - SINCE:
            self._in(self.chance.uniform(4, 20), lambda: self.offer("sales", of="marketing"))
        if self.chance.random() < LATELY:
            self.on(today - timedelta(days=1), lambda: self.offer("service", of="sales"))
        if self.chance.random() < FORGOTTEN:
            self.on(today - timedelta(days=6), lambda: self.offer("service", of="sales", answered=False))

    def bought(self, firm: Firm) -> None:
        """The portal offers whoever has just bought for the first time to service."""
        since = clock.today() > self.today - SINCE
        if since and handing.offer_first({self.id: clock.today()}, firm.hand_off_days):
            self._wait_for_answer()

    def _in(self, days: float, happen: Callable[[], None]) -> None:
        self.on(clock.today() + timedelta(days=max(1, round(days))), happen)

    def offer(self, leg: str, of: str = "", answered: bool = True) -> None:
        """Whoever holds the customer (if in that leg) offers it, with a word about them."""
        customer = self.look()
        if customer is None or customer.leg == leg or (of and customer.leg != of):
            return
        by = next((user for user in self.users.values() if user.id == customer.assignee_id), self.users["owner"])
        said = handing.Offer(leg, note=self.chance.choice(self.words.hand_off_notes))
        try:
            handing.offer(customer, said, by, 2)
        except BrokenRule:
            return
        if answered:
            self._wait_for_answer()
        else:
            self._in(3, self._drop)

    def _wait_for_answer(self) -> None:
        what = self.chance.choices(
            (self._accept, self._decline, self._drop), (ACCEPTED, DECLINED, 1 - ACCEPTED - DECLINED)
        )[0]
        self._in(3 if what == self._drop else self.chance.choice((1, 1, 2)), what)

    def _offered(self) -> tuple[HandOff, Customer] | None:
        standing = queries.offered_of(self.id)
        return queries.hand_off_for_change(standing.id) if standing is not None and self.look() is not None else None

    def _accept(self) -> None:
        found = self._offered()
        if found is not None:
            handing.accept(*found, self.users[RUNNERS[found[0].to_leg]])

    def _decline(self) -> None:
        found = self._offered()
        if found is not None:
            hand_off, _ = found
            hand_off.decline(self.users[RUNNERS[hand_off.to_leg]], self.chance.choice(self.words.declines))
            leg = hand_off.to_leg
            self._in(self.chance.uniform(5, 12), lambda: self.offer(leg))

    def _drop(self) -> None:
        """Nobody answers; the owner sees it some days later, and it is offered anew."""
        found = self._offered()
        if found is not None:
            found[0].drop()
            leg = found[0].to_leg
            self._in(self.chance.uniform(4, 9), lambda: self.offer(leg))
