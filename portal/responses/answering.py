"""Answering: what a client said becomes one answer, in one transaction with its event, the promise to make it right
when it is unhappy, and the receipt.

The first answer stands. The browser that gave it may correct it for 24 hours; what contradicts it otherwise is kept
apart for staff to look at. The same form sent twice, or the same answer given again, is one answer.

Whoever calls `answer` holds the invitation's lock (`queries.asked_for_change`, `queries.invited_for_change`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from portal import bulk, clock
from portal.extensions import db
from portal.invitations.models import Invitation
from portal.invitations.tokens import hash_of
from portal.mail import outbox
from portal.one_statement import one_statement
from portal.responses import queries, recovery
from portal.responses.asked import Asked
from portal.responses.models import EDITABLE, TOLD, Response
from portal.responses.proofs import is_editor
from portal.rules import N_, BrokenRule
from portal.surveys import tallies
from portal.surveys.wording import addressed
from portal.testimonials import quoting
from portal.timeline.models import Event, event_of

if TYPE_CHECKING:
    from portal.users.models import User

MOST_SET_ASIDE = 20
"""Quarantined answers that are kept of one invitation."""
MOST_CORRECTIONS_SENT = 5
"""How many corrections on one invitation bring a receipt: whoever plays with a link fills nobody's mailbox."""


class NotAsked(BrokenRule):
    """The time to answer is over, or the survey is."""

    message = N_("This can't be answered any more.")


class NoSuchScore(BrokenRule):
    """A score that the survey does not have."""

    message = N_("Choose one of the numbers.")


class ChangedMeanwhile(BrokenRule):
    """The form is older than the last correction: an earlier one sent again, or another window."""

    message = N_("The answer was changed meanwhile. Look again, then send what you mean.")


class TooManyAnswers(BrokenRule):
    """Somebody plays with the link."""

    message = N_("This link has brought too many answers.")


@dataclass(frozen=True)
class Said:
    """What somebody answers, in which language, and what the form and its browser prove."""

    score: int
    comment: str = ""
    may_call: bool = False
    locale: str = "es"
    nonce: str | None = None
    issued_at: datetime | None = None
    editor: str | None = None
    """What the browser holds since it answered before."""
    next_editor: str = ""
    """What it is going to hold."""


def answer(asked: Asked, said: Said, by: "User | None" = None, link: str = "") -> str:
    """Take an answer: `received`, `corrected`, `quarantined`, or `again` when it says what is known already.

    With `by`, it was said to a colleague, who writes it down: it is labelled, and out of the headline figure. With
    `link`, the public address, the client gets a receipt by mail, and another one of the answer that stands after a
    correction. Raises `NotAsked`, `NoSuchScore`, `ChangedMeanwhile` or `TooManyAnswers`.
    """
    if not asked.is_open:
        raise NotAsked
    if said.score not in asked.scale.scores:
        raise NoSuchScore
    if asked.response_id is None:
        _receive(asked, said, by, link)
        return "received"
    if said.nonce is not None and said.nonce == asked.nonce:
        return "again"
    corrects = by is None and may_correct(asked, said.editor)
    if (asked.score, asked.comment) == (said.score, said.comment) and (asked.may_call == said.may_call or not corrects):
        return "again"
    return _correct(asked, said, link) if corrects else _set_aside(asked, said, by)


def may_correct(asked: Asked, editor: str | None) -> bool:
    """Is this the browser that answered, and can the answer still be changed?"""
    return not asked.tallied and is_the_browser(asked, editor)


def is_the_browser(asked: Asked, editor: str | None) -> bool:
    """Is this the browser that answered, less than a day ago?"""
    if asked.source != "client" or asked.response_at is None:
        return False
    return clock.now() < asked.response_at + EDITABLE and is_editor(editor, asked.editor_hash)


def disavow(asked: Asked) -> bool:
    """The client says that somebody else answered: the answer stands no longer, and the client can give one. False when
    none stands. What was promised for it is withdrawn.
    """
    response = queries.standing_response_for_change(asked.invitation_id)
    if response is None:
        return False
    tallies.take_out(response)
    response.disavow()
    db.session.flush()
    _mark(asked, None)
    recovery.call_off(asked)
    quoting.follow(response)
    note("disavowed", asked, response.id, response.score, response.comment)
    return True


def note(
    verb: str, asked: Asked, response_id: int, score: int, comment: str, by: "User | None" = None, **more: Any
) -> None:
    """Leave the event of an answer."""
    bulk.put(Event, **_event(verb, asked, response_id, Said(score, comment), by, **more))


def _event(
    verb: str, asked: Asked, response_id: int, said: Said, by: "User | None" = None, **more: Any
) -> dict[str, Any]:
    return event_of(
        f"response.{verb}", by=by, customer_id=asked.customer_id, subject_id=response_id, name=asked.survey_name,
        kind=asked.kind, score=said.score, comment=said.comment[:TOLD], source="staff" if by else "client",
        contact=asked.contact_name or "", **more,
    )  # fmt: skip


def _receive(asked: Asked, said: Said, by: "User | None", link: str) -> None:
    """In as few statements as can be: many may be answering at the same moment."""
    with one_statement():
        promised, events = None, []
        if asked.scale.feeling(said.score) == "unhappy":
            promised, event = recovery.promise(asked, said.score, said.comment, by)
            events.append(event)
        response_id = _put(asked, said, by, state="standing", commitment_id=promised)
        bulk.put_each(Event, [*events, _event("received", asked, response_id, said, by)])
        _mark(asked, clock.now())
        if link and asked.email:
            _post_receipt(asked, said, asked.email, link)


def _correct(asked: Asked, said: Said, link: str) -> str:
    """Write the answer anew, and send what stands now. Raises `ChangedMeanwhile` when the form was made before the last
    correction.
    """
    response = queries.standing_response_for_change(asked.invitation_id)
    if response is None or response.tallied:  # counted in the very moment in which its time ran out
        return _set_aside(asked, said, None)
    if asked.edited_at is not None and said.issued_at is not None and said.issued_at < asked.edited_at:
        raise ChangedMeanwhile
    was, comment_was = response.score, response.comment
    response.correct(said.score, said.comment, said.may_call)
    response.commitment_id = recovery.follow(asked, said.score, said.comment)
    quoting.follow(response, comment_was)
    reads_otherwise = (was, comment_was) != (said.score, said.comment)
    if link and asked.email and reads_otherwise and queries.corrections(asked) < MOST_CORRECTIONS_SENT:
        _post_receipt(asked, said, asked.email, link)
    note("corrected", asked, response.id, said.score, said.comment, was=was)
    return "corrected"


def _set_aside(asked: Asked, said: Said, by: "User | None") -> str:
    """Keep an answer that contradicts the one that stands, for staff to look at."""
    known = queries.set_aside(asked)
    if any(
        (score, comment) == (said.score, said.comment) or nonce == (said.nonce or "") for score, comment, nonce in known
    ):
        return "quarantined"
    if len(known) >= MOST_SET_ASIDE:
        raise TooManyAnswers
    response_id = _put(asked, said, by, state="quarantined", commitment_id=None)
    note("quarantined", asked, response_id, said.score, said.comment, by)
    return "quarantined"


def _put(asked: Asked, said: Said, by: "User | None", state: str, commitment_id: int | None) -> int:
    return bulk.put(
        Response, survey_id=asked.survey_id, invitation_id=asked.invitation_id, customer_id=asked.customer_id,
        contact_id=asked.contact_id, assignee_id=asked.assignee_id, score=said.score, comment=said.comment, answers=[],
        locale=said.locale, source="staff" if by else "client", taken_by_id=by.id if by else None, state=state,
        nonce=said.nonce, editor_hash=hash_of(said.next_editor) if said.next_editor else "", may_call=said.may_call,
        answered_at=clock.now(), answered_on=clock.today(), commitment_id=commitment_id,
    )  # fmt: skip


def _post_receipt(asked: Asked, said: Said, email: str, link: str) -> None:
    question = addressed(asked.words(said.locale).get("question", ""), asked.first_name)
    about: dict[str, Any] = {
        "name": asked.first_name,
        "question": question,
        "score": said.score,
        "highest": asked.scale.highest,
        "comment": said.comment,
    }
    try:
        outbox.post("receipt", email, said.locale, **about, link=link, at=clock.now().isoformat())
    except ValueError:  # an address that no mail can be written to: the answer counts all the same
        return


def _mark(asked: Asked, at: datetime | None) -> None:
    """Note on the invitation when it was answered."""
    bulk.change(Invitation, asked.invitation_id, answered_at=at)
