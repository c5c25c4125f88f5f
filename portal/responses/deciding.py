"""Deciding between two answers to one invitation: the first one stands until a colleague lets the other one count."""

from typing import TYPE_CHECKING

from portal.extensions import db
from portal.invitations.models import Invitation
from portal.responses import answering, queries, recovery
from portal.responses.asked import Asked
from portal.responses.models import Response
from portal.rules import N_, BrokenRule
from portal.surveys import tallies
from portal.testimonials import quoting

if TYPE_CHECKING:
    from portal.users.models import User


class NotAside(BrokenRule):
    """Only what was set aside can be decided about."""

    message = N_("This answer is not waiting to be decided about.")


def accept(response: Response, invitation: Invitation, by: "User") -> None:
    """Let it count in the place of the one that stood, which is put aside. Raises `NotAside`. Twice is once.

    What was promised for the other one is reworded for this one, or withdrawn when nobody is unhappy any more. The
    invitation must be locked.
    """
    if response.state == "standing":
        return
    if response.state == "disavowed":
        raise NotAside
    asked = queries.invited_for_change(invitation.id)
    assert asked is not None
    first = queries.standing_response_for_change(invitation.id)
    if first is not None:
        tallies.take_out(first)
        _put_aside(first, asked, by)
    response.stand()
    response.commitment_id = recovery.follow(asked, response.score, response.comment, recovery.REPLACED)
    invitation.answered_at = response.answered_at
    _note("accepted", response, asked, by)


def dismiss(response: Response, invitation: Invitation, by: "User") -> None:
    """Put it aside; the one that stands goes on standing. Raises `NotAside`. Twice is once.

    What a colleague has written down can be put aside while it stands: it was a mistake, and so is the promise.
    """
    if response.state == "dismissed":
        return
    if not can_be_dismissed(response):
        raise NotAside
    asked = queries.invited_for_change(invitation.id)
    assert asked is not None
    if response.state == "standing":
        tallies.take_out(response)
        recovery.call_off(asked, recovery.MISTAKEN)
        invitation.answered_at = None
    _put_aside(response, asked, by)


def can_be_dismissed(response: Response) -> bool:
    """Does it wait for a decision, or did a colleague write it down?"""
    return response.state == "quarantined" or (response.state == "standing" and response.source == "staff")


def _put_aside(response: Response, asked: Asked, by: "User") -> None:
    response.dismiss()
    db.session.flush()  # of the answers to one invitation, one stands
    quoting.follow(response)
    _note("dismissed", response, asked, by)


def _note(verb: str, response: Response, asked: Asked, by: "User") -> None:
    answering.note(verb, asked, response.id, response.score, response.comment, by)
