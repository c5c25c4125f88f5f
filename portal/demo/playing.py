"""The demo's playbooks: written down some months ago, for sales and unhappy answers, and lived by since."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Protocol

from sqlalchemy import select

from portal import clock
from portal.commitments.models import Commitment
from portal.contacts.models import Contact
from portal.demo.listening import Listener
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.invitations.models import Invitation
from portal.playbooks import causes, making, ready, starting
from portal.surveys.models import Survey
from portal.timeline.following import follow
from portal.users.models import User

BEGUN = 150
"""How many days ago."""
CHOSEN = ("first_sale", "unhappy")


class Life(Protocol):
    """What a playbook asks of those who look after a customer of the story."""

    def settle_by(self, commitment_id: int, due_on: date) -> None:
        """A promise is kept by its day, or so."""

    def come_back(self, on: date) -> None:
        """A planned touch is made on its day, or so."""


class Playbooks:
    """Written on their day, and looked after on every day since."""

    def __init__(self, owner: User, lives: Mapping[int, Life], listener: Listener) -> None:
        self.owner, self.lives, self.listener = owner, lives, listener
        self.last: dict[type, int] = {Commitment: 0, FollowUp: 0}

    def plan(self, today: date, on: Callable[[date, Callable[[], None]], bool]) -> None:
        """Let it all happen on its days."""
        on(today - timedelta(days=BEGUN), self.begin)
        for days in range(BEGUN):
            on(today - timedelta(days=days), self.go_on)

    def begin(self) -> None:
        """What happened before starts nothing."""
        follow("playbooks", causes.KINDS, starting.react, starting.AT_ONCE)
        for key in CHOSEN:
            ready.add(key, self.listener.firm.locale, self.owner)

    def go_on(self) -> None:
        """What the worker does, once a day; and somebody does what is asked of them."""
        follow("playbooks", causes.KINDS, starting.react, starting.AT_ONCE)
        making.make_due(self.listener.asking())
        self._send()
        for id, customer_id in self._made(Commitment):
            self.lives[customer_id].settle_by(id, clock.today())
        for _id, customer_id in self._made(FollowUp):
            self.lives[customer_id].come_back(clock.today())

    def _send(self) -> None:
        """The surveys that were asked leave the same day."""
        waiting = select(Invitation, Survey, Contact).join(Survey).outerjoin(Contact)
        for invitation, survey, person in db.session.execute(waiting.where(Invitation.sent_at.is_(None))).all():
            self.listener.sent(invitation, survey, person)

    def _made(self, model: type[Commitment] | type[FollowUp]) -> list[tuple[int, int]]:
        query = select(model.id, model.customer_id).where(model.origin == "playbook", model.id > self.last[model])
        found = [(row[0], row[1]) for row in db.session.execute(query.order_by(model.id))]
        self.last[model] = found[-1][0] if found else self.last[model]
        return found
