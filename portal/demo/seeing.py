"""How the demo's contacts see the promises between us: some hold a link, confirm most of what is kept, dispute a bit of
it, and say what they have done. Through the verbs of their page; only the mails are taken as read.
"""

from datetime import timedelta
from itertools import count
from random import Random

from portal import clock
from portal.commitments.models import Commitment
from portal.demo.listening import Follow, Later, Listener
from portal.extensions import db
from portal.invitations.mailing import Office
from portal.ledger import queries, saying
from portal.ledger.opening import open_to
from portal.rules import BrokenRule

SEES, JUDGES, DISPUTES, SAYS_DONE = 0.5, 0.6, 0.15, 0.7
"""The share of customers who see the promises; and of these, how often they say something."""


class Sight:
    """What one customer's people see and say. By a chance of its own, so that the rest of the story is the same."""

    def __init__(self, customer_id: int, listener: Listener, later: Later, follow: Follow) -> None:
        self.chance = Random(customer_id)  # noqa: S311 - a story, not a secret
        self.listener, self.later, self.follow = listener, later, follow
        self.sees, self.forms = self.chance.random() < SEES, count(1)

    def kept(self, promise: Commitment) -> None:
        """We say that a promise of ours is kept: some days later they may say how they see it."""
        if self.sees and promise.side == "ours" and self.chance.random() < JUDGES:
            id = promise.id
            self.later(self.chance.choice((1, 1, 2, 4)), lambda: self._judge(id))

    def done(self, promise: Commitment) -> None:
        """They may say that a promise of theirs is done."""
        if self.sees and promise.side == "theirs" and not promise.unheard and self.chance.random() < SAYS_DONE:
            self._say(promise, "done")

    def _judge(self, id: int) -> None:
        promise = db.session.get(Commitment, id)
        if promise is None or promise.state != "kept":
            return
        if self.chance.random() >= DISPUTES:
            self._say(promise, "kept")
        elif self._say(promise, "not_kept", self.chance.choice(self.listener.words.disputes)):
            self.follow.settle(id, clock.today() + timedelta(days=2))

    def _say(self, promise: Commitment, word: str, words: str = "") -> bool:
        """Whoever the promise was made with says so; nobody, when it was nobody in particular or they have left."""
        contact = queries.contact_for_change(promise.contact_id) if promise.contact_id else None
        if contact is None:
            return False
        try:
            link = open_to(contact, self.listener.firm, Office("", (self.listener.secret_key,)), None)
            db.session.flush()
            holder = queries.holder_for_change(link.token_hash)
            assert holder is not None
            said = {promise.id: saying.Said(word, words, promise.version)}
            return bool(saying.say(holder, said, f"demo-{next(self.forms)}", public_url=""))
        except BrokenRule:
            return False
