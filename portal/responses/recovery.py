"""Recovery: an unhappy answer becomes a promise to make it right, with a day that the client is told."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portal import bulk, clock
from portal.commitments.models import Commitment
from portal.commitments.promising import Promise, write
from portal.language import words_in
from portal.responses import queries
from portal.responses.asked import Asked
from portal.rules import N_
from portal.timeline.models import Event
from portal.users.queries import first_owner_id

if TYPE_CHECKING:
    from portal.users.models import User

LONGEST = 300
PROMISE = N_("Make it right with %(name)s, who gave %(score)s of %(highest)s")
QUOTED = N_("Make it right with %(name)s, who gave %(score)s of %(highest)s: “%(comment)s”")
CORRECTED = N_("The client has corrected the answer.")
DISAVOWED = N_("The client says that somebody else answered.")
MISTAKEN = N_("The answer was written down by mistake.")
REPLACED = N_("Another answer counts now.")


def open_recovery(asked: Asked, score: int, comment: str, by: "User | None" = None) -> int:
    """Promise to make it right, due so many days from today as the firm has decided; the commitment's id."""
    promised, event = promise(asked, score, comment, by)
    bulk.put(Event, **event)
    return promised


def promise(asked: Asked, score: int, comment: str, by: "User | None" = None) -> tuple[int, dict[str, Any]]:
    """The same, but for its event, which comes back to be written together with that of the answer.

    Whoever is answerable for the customer now is answerable for the promise; where nobody is, who wrote the answer
    down, or else an owner: what stands on nobody's Today would be kept by nobody.
    """
    assignee_id = asked.assignee_id or (by.id if by else first_owner_id())
    said = Promise(
        _text(asked, score, comment), clock.today() + timedelta(days=asked.recover_within_days),
        contact_id=asked.contact_id, assignee_id=assignee_id, origin="recovery",
    )  # fmt: skip
    return write(asked.customer_id, said, by, asked.contact_name or "")


def follow(asked: Asked, score: int, comment: str, why: str = CORRECTED) -> int | None:
    """After a correction: the promise is reworded, withdrawn when nobody is unhappy any more, or newly made. Its id.

    `why` is the reason of a withdrawal.
    """
    commitment = queries.open_recovery(asked.commitment_id)
    if asked.scale.feeling(score) != "unhappy":
        if commitment is not None:
            _withdraw(commitment, words_in(asked.firm_locale, why))
        return asked.commitment_id
    if commitment is None:
        return open_recovery(asked, score, comment)
    commitment.reword(None, _text(asked, score, comment), commitment.contact_id, commitment.assignee_id)
    return commitment.id


def call_off(asked: Asked, why: str = DISAVOWED) -> None:
    """The answer stands no longer, as when somebody else gave it: what was promised for it is withdrawn, while open."""
    commitment = queries.open_recovery(asked.commitment_id)
    if commitment is not None:
        _withdraw(commitment, words_in(asked.firm_locale, why))


def _withdraw(commitment: Commitment, reason: str) -> None:
    commitment.withdraw(None, reason)


def _text(asked: Asked, score: int, comment: str) -> str:
    """The promise in the firm's language, with as much of the comment as fits."""
    about = {"name": asked.name, "score": score, "highest": asked.scale.highest}
    if not comment:
        return words_in(asked.firm_locale, PROMISE, **about)[:LONGEST]
    whole = words_in(asked.firm_locale, QUOTED, comment="", **about)
    quoted, room = " ".join(comment.split()), LONGEST - len(whole)
    if len(quoted) > room:
        quoted = quoted[: room - 1] + "…"
    return words_in(asked.firm_locale, QUOTED, comment=quoted, **about)[:LONGEST]
