"""Who decides at the demo's firms, how they see us, where we stand there, and whom our people mean to see how often.

Through the verbs of the views, by a chance of its own, so that the rest of the story is the same.
"""

from collections.abc import Callable
from random import Random

from portal import clock
from portal.buying_centre import placing, positioning, rhythm
from portal.buying_centre.terms import POSITIONS
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.demo.listening import Later
from portal.extensions import db
from portal.users.models import User

LEVELS = {"owner": "board", "sales": "management", "support": "operations", "marketing": "management"}
"""Of our own users, by role."""
PARTS: dict[str, tuple[tuple[str, ...], str]] = {
    "Director": (("decider", "approver"), "board"), "Dirección": (("decider", "approver"), "board"),
    "Manager": (("decider",), "management"), "Gerencia": (("decider",), "management"),
    "Purchasing": (("buyer",), "management"), "Compras": (("buyer",), "management"),
    "Office": (("buyer", "gatekeeper"), "operations"), "Administración": (("buyer", "gatekeeper"), "operations"),
    "Front desk": (("gatekeeper",), "operations"), "Recepción": (("gatekeeper",), "operations"),
    "Projects": (("initiator", "influencer"), "operations"), "Proyectos": (("initiator", "influencer"), "operations"),
    "Maintenance": (("initiator", "user"), "operations"), "Mantenimiento": (("initiator", "user"), "operations"),
}  # fmt: skip
"""The part that somebody takes, and their level, by what they do there."""
STANCES = {"advocate": 15, "supporter": 35, "neutral": 25, "sceptic": 12, "detractor": 4, "": 9}
KNOWN, CLIMBS, LEAVES, RHYTHM = 0.8, 0.7, 0.25, 0.4
"""The share of firms whose people we know; how often we climb there, somebody leaves, and a rhythm is planned."""


class Centre:
    """What we learn about one firm's people. `contacts` are those of the story: whoever leaves is taken from them."""

    def __init__(
        self, customer_id: int, later: Later, find: Callable[[], Customer | None], who: Callable[[Customer], User]
    ) -> None:
        self.chance = Random(-customer_id)  # noqa: S311 - a story, not a secret
        self.later, self.find, self.who, self.share = later, find, who, self.chance.randrange(5, 45)

    def begin(self, contacts: list[tuple[int | None, str]]) -> None:
        """Some weeks after they came we know who is who."""
        if contacts[0][0] and self.chance.random() < KNOWN:
            self.later(self.chance.uniform(10, 60), lambda: self._learn(contacts))

    def _learn(self, contacts: list[tuple[int | None, str]]) -> None:
        customer = self.find()
        if customer is None:
            return
        by = self.who(customer)
        for id, _ in contacts:
            [stance] = self.chance.choices(list(STANCES), list(STANCES.values()))
            contact = db.session.get_one(Contact, id)
            roles, level = PARTS.get(contact.title, ((), ""))
            placing.place(contact, customer, placing.Part(roles, level, stance), by)
        self._say(customer, 1)
        to = db.session.get(User, customer.assignee_id) if customer.assignee_id else None
        if to is not None and self.chance.random() < RHYTHM:
            days = self.chance.choice((90, 120, 180))
            rhythm.plan(customer, db.session.get_one(Contact, contacts[0][0]), to, days, by)
        if self.chance.random() < CLIMBS:
            self.later(self.chance.uniform(60, 200), lambda: self._climb(2))
        if len(contacts) > 1 and self.chance.random() < LEAVES:
            self.later(self.chance.uniform(90, 400), lambda: self._lose(contacts))

    def _climb(self, place: int) -> None:
        customer = self.find()
        if customer is None or not customer.purchase_days:
            return
        self._say(customer, place)
        if place + 1 < len(POSITIONS) and self.chance.random() < CLIMBS / 2:
            self.later(self.chance.uniform(90, 250), lambda: self._climb(place + 1))

    def _say(self, customer: Customer, place: int) -> None:
        """We stand there; how much of what they buy is ours, not everybody knows."""
        self.share = min(95, self.share + self.chance.randrange(0, 15))
        share = self.share if self.chance.random() < 0.6 else None
        positioning.say(customer, positioning.Standing(POSITIONS[place], share, clock.today()), self.who(customer))

    def _lose(self, contacts: list[tuple[int | None, str]]) -> None:
        customer = self.find()
        if customer is None or len(contacts) < 2:
            return
        id, _ = contacts.pop()
        contact = db.session.get_one(Contact, id)
        part = placing.Part(contact.roles.split(), contact.level, contact.stance, clock.today())
        placing.place(contact, customer, part, self.who(customer))
