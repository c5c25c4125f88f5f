"""Whom the demo's clients recommend: most are called, some become customers of the story, some do not work out. By a
chance of its own, so that the rest of the story is the same.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from portal import clock
from portal.advocacy import crediting, queries, wording
from portal.customers.models import Customer
from portal.demo.people import Invented
from portal.demo.words import Words
from portal.users.models import User

CALLED, CLOSED = 0.85, 0.3
"""How many of those who were named are called, and of how many of these nothing comes."""
OF_THE_LAST = timedelta(days=150)
"""Who was called longer ago does not come any more."""


class Friends:
    """Whom the clients name, from the call to the purchase."""

    def __init__(self, words: Words, users: dict[str, User], on: Callable[[date, Callable[[], None]], bool]) -> None:
        self.words, self.users, self.on = words, users, on
        self.chance = Random("friends")  # noqa: S311 - a story, not a secret
        self.called: list[int] = []
        self.brought: set[int] = set()

    def named(self, referral_id: int) -> None:
        """Somebody has been named: they are called some days later."""
        if self.chance.random() < CALLED:
            self._in((1, 2, 2, 4), lambda: self._call(referral_id))

    def coming(self, found: Invented) -> tuple[Invented, int | None]:
        """Is the firm that comes now one that somebody was called at? Then its first person is who was named."""
        if not self.called or not found.contacts:
            return found, None
        row = queries.line(self.called.pop(0))
        if row is None or row.state != "contacted" or row.contacted_on < clock.today() - OF_THE_LAST:
            return found, None
        first, *others = found.contacts
        return replace(found, contacts=[replace(first, name=row.name), *others]), row.id

    def came(self, customer: Customer, referral_id: int | None) -> None:
        """They are a customer now."""
        referral = queries.referral_for_change(referral_id) if referral_id else None
        row = queries.line(referral.id) if referral is not None else None
        if referral is not None and row is not None:
            referral.win(customer, self.users["sales"], wording.from_whom(row))
            self.brought.add(customer.id)

    def bought(self, customer_id: int) -> None:
        """Whoever brought them is credited and thanked."""
        if customer_id in self.brought:
            for referral in queries.won_for_change([customer_id]):
                crediting.settle(referral)

    def _call(self, referral_id: int) -> None:
        referral = queries.referral_for_change(referral_id)
        if referral is None or not referral.is_waiting:
            return
        referral.approach(self.users["sales"])
        if self.chance.random() < CLOSED:
            self._in((3, 8, 15), lambda: self._close(referral_id))
        else:
            self.called.append(referral_id)

    def _close(self, referral_id: int) -> None:
        referral = queries.referral_for_change(referral_id)
        if referral is not None and referral.is_waiting:
            referral.close(self.users["sales"], self.chance.choice(self.words.no_friends))

    def _in(self, days: tuple[int, ...], happen: Callable[[], None]) -> None:
        self.on(clock.today() + timedelta(days=self.chance.choice(days)), happen)
