"""What a contact says about promises: kept apart from what we say, in one transaction with its event.

A promise that is disputed is open again, and whoever answers for it is told by mail. Whoever calls `say` holds the
link's lock (`queries.holder_for_change`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from portal import clock
from portal.commitments.models import Commitment
from portal.extensions import db
from portal.invitations.asking import not_recovered
from portal.ledger import queries
from portal.ledger.holder import Holder
from portal.ledger.models import Statement
from portal.mail import outbox
from portal.rules import N_, BrokenRule
from portal.users.models import User

MOST_SAID = 20
"""Statements that are kept about one promise."""


class SaidMeanwhile(BrokenRule):
    """The promise is not as the page showed it."""

    message = N_("This has changed since you opened the page. Look at it again before you send it.")


class TooMuchSaid(BrokenRule):
    """Somebody plays with the link."""

    message = N_("A lot has been said about this promise already. Write to us or call, and we look at it together.")


class CannotBeSaid(BrokenRule):
    """What of all that was sent can't be taken: a rule for each promise by its id. Nothing of it is."""

    def __init__(self, rules: dict[int, BrokenRule]) -> None:
        self.rules = rules
        super().__init__()


@dataclass(frozen=True)
class Said:
    """What is said about one promise (one of `models.WORDS`), as the page of that version showed it."""

    word: str
    words: str = ""
    version: int = 0


def say(holder: Holder, said: dict[int, Said], nonce: str, public_url: str) -> int:
    """Take down what the contact says, by the ids of the promises; of how many. The same form twice says it once.

    All of it or nothing. Without a `public_url` nobody is told by mail. Raises `CannotBeSaid`.
    """
    promises, before = queries.commitments_for_change(holder, said), queries.said_before(said)
    wrong: dict[int, BrokenRule] = {}
    taken = []
    for id, each in sorted(said.items()):
        promise = promises.get(id)
        if promise is not None and (nonce in before[id][1] or _is_known(promise, each)):
            continue
        try:
            taken.append(_take(holder, promise, each, before[id][0]))
        except BrokenRule as rule:
            wrong[id] = rule
    if wrong:
        raise CannotBeSaid(wrong)
    for promise in taken:
        each = said[promise.id]
        db.session.add(
            Statement(
                commitment_id=promise.id, link_id=holder.link_id, contact_id=holder.contact_id, word=each.word,
                words=each.words, nonce=nonce, said_at=clock.now(), said_on=clock.today(),
            )
        )  # fmt: skip
    users = _give(holder, [promise for promise in taken if promise.unheard])
    if public_url:
        _tell(holder, [promise for promise in taken if promise.client_says == "not_kept"], said, public_url, users)
    return len(taken)


def _give(holder: Holder, promises: Sequence[Commitment]) -> dict[int, User]:
    """What somebody has to look at stands on somebody's Today: what nobody answers for any more is given to who answers
    for the customer. The colleagues who do, by id.
    """
    ids = {id for promise in promises for id in (promise.assignee_id, holder.assignee_id) if id}
    users = queries.active_users_by_id(ids) if ids else {}
    for promise in promises:
        if promise.assignee_id not in users and holder.assignee_id in users:
            promise.assignee_id = holder.assignee_id
    return users


def _is_known(promise: Commitment, said: Said) -> bool:
    """Is it what was said last, and still waits or stands?"""
    waits = promise.unheard or said.word == "kept"
    return waits and promise.client_says == said.word and said.words in ("", promise.client_words)


def _take(holder: Holder, promise: Commitment | None, said: Said, n: int) -> Commitment:
    if promise is None or promise.version != said.version or said.word not in promise.sayable:
        raise SaidMeanwhile
    if n >= MOST_SAID:
        raise TooMuchSaid
    if said.word == "done":
        promise.say_done(holder.contact_name, said.words)
    elif said.word == "kept":
        promise.confirm(holder.contact_name, said.words)
    else:
        promise.dispute(holder.contact_name, said.words)
        not_recovered(promise)
    return promise


def _tell(
    holder: Holder, disputed: Sequence[Commitment], said: dict[int, Said], public_url: str, users: dict[int, User]
) -> None:
    """One mail to each of these colleagues who answers for what is disputed."""
    told: dict[int, list[Commitment]] = {}
    for promise in disputed:
        if promise.assignee_id in users:
            told.setdefault(promise.assignee_id, []).append(promise)
    for id, promises in told.items():
        outbox.post(
            "disputed", users[id].email, users[id].locale or holder.firm_locale, customer=holder.customer_name,
            contact=holder.contact_name, link=f"{public_url}/customers/{holder.customer_id}",
            promises=[{"text": each.text, "words": said[each.id].words} for each in promises],
        )  # fmt: skip
