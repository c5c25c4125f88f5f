"""Whom the demo's clients recommend: most are called, some become customers of the story, some do not work out. And
what of theirs may be quoted. By a chance of its own, so that the rest of the story is the same.
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
from portal.extensions import db
from portal.testimonials import queries as testimonials
from portal.testimonials import quoting
from portal.users.models import User

CALLED, CLOSED = 0.85, 0.3
"""How many of those who were named are called, and of how many of these nothing comes."""
QUOTED, TAKEN_BACK = 0.6, 0.12
"""How many comments that may be quoted become testimonials, and how many of these are taken back."""
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

    def allowed(self, response_id: int) -> None:
        """A comment may be quoted: some days later somebody keeps it as a testimonial."""
        if self.chance.random() < QUOTED:
            self._in((2, 5, 9), lambda: self._quote(response_id))

    def _quote(self, response_id: int) -> None:
        response = testimonials.answer_to_quote(response_id)
        if response is None or response.state != "standing" or response.customer.is_archived:
            return
        name = response.contact.name if response.contact else ""
        made = quoting.quote_answer(response, response.customer, name, self.users["marketing"])
        db.session.flush()
        id = made.id
        if self.chance.random() < TAKEN_BACK:
            self._in((20, 60), lambda: self._take_back(id))

    def _take_back(self, testimonial_id: int) -> None:
        testimonial = testimonials.testimonial_for_change(testimonial_id)
        if testimonial is not None:
            testimonial.withdraw(self.users["marketing"], self.words.taken_back)

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
