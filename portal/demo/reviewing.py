"""How the demo's legs back each other, and what they promise themselves on Mondays. By a chance of its own, so that the
rest of the story is the same.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from random import Random

from portal import clock
from portal.backing import queries as backing
from portal.backing.asking import Asked, ask
from portal.customers.queries import customer_for_change
from portal.demo.words import Words
from portal.extensions import db
from portal.relay.legs import OF_ROLE, leg_of
from portal.review import improving
from portal.review import queries as review
from portal.review.running import WEEK, monday
from portal.users.models import User

WEEKS = 6
"""For so long the firm has looked back on its weeks."""
ASKED_EVERY = 2
"""Days from one request to the next."""
DECLINED, TAKEN = 0.15, 0.5


class Backing:
    """Asks for support on some of these customers (their ids), and writes down what to do better."""

    def __init__(
        self,
        words: Words,
        users: dict[str, User],
        customers: Iterable[int],
        on: Callable[[date, Callable[[], None]], bool],
    ) -> None:
        self.words, self.users, self.customers, self.on = words, users, customers, on
        self.of_leg = {OF_ROLE[role]: user for role, user in users.items() if role in OF_ROLE}
        self.chance = Random("backing")  # noqa: S311 - a story, not a secret

    def plan(self, today: date) -> None:
        """Requests now and then, improvements each Monday."""
        for days in range(1, 7 * WEEKS, ASKED_EVERY):
            self.on(today - timedelta(days=days), self.ask)
        for number in range(WEEKS):
            self.on(monday(today) - number * WEEK, lambda number=number: self.improve(number))  # type: ignore[misc]

    def ask(self) -> None:
        """One leg asks another for something; mostly it is answered within days."""
        leg, text, answer = self.chance.choice(self.words.requests)
        customer = customer_for_change(self.chance.choice([*self.customers]))
        if customer is None or customer.is_archived:
            return
        holder = next((user for user in self.users.values() if user.id == customer.assignee_id), self.users["sales"])
        by = self.users["sales"] if leg_of(holder.role, customer.leg) == leg else holder
        to = self.of_leg[leg] if self.chance.random() < TAKEN else None
        if by is self.of_leg[leg]:
            return
        due_on = clock.today() + timedelta(days=self.chance.choice((2, 3, 5, 7)))
        request_id = ask(customer, Asked(text, due_on, leg), by, to).id
        word = answer if self.chance.random() > DECLINED else ""
        self._in(self.chance.choice((1, 3, 6, 9, 14)), lambda: self.answer(request_id, leg, word))

    def answer(self, request_id: int, leg: str, word: str) -> None:
        """It is taken first, or answered at once; some are declined."""
        asked = backing.request_for_change(request_id)
        if asked is None or not asked.is_waiting:
            return
        by = self.of_leg[leg]
        if not word:
            asked.decline(by, self.chance.choice(self.words.undone))
        elif asked.state == "open" and self.chance.random() < TAKEN:
            asked.take(by)
            self._in(2, lambda: self.answer(request_id, leg, word))
        else:
            asked.answer_with(by, word)

    def improve(self, number: int) -> None:
        """Write something down; what was written down a week ago is kept, or dropped."""
        step, text = self.words.better[number % len(self.words.better)]
        user = self.of_leg.get(step, self.users["sales"])
        written = improving.write(improving.Better(text, step, clock.today() + WEEK, user.id), self.users["owner"])
        db.session.flush()
        improvement_id = written.id
        self._in(self.chance.choice((4, 6, 7)), lambda: self.look_at(improvement_id))

    def look_at(self, improvement_id: int) -> None:
        """Was it done?"""
        improvement = review.improvement_for_change(improvement_id)
        if improvement is None or not improvement.is_open:
            return
        if self.chance.random() < 0.7:
            improvement.keep(self.users["owner"])
        elif self.chance.random() < 0.5:
            improvement.drop(self.users["owner"], self.chance.choice(self.words.undone))

    def _in(self, days: int, happen: Callable[[], None]) -> None:
        self.on(clock.today() + timedelta(days=days), happen)
