"""Surveys, invitations and answers for the tests of what they add up to."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from portal import clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.invitations.models import Invitation
from portal.invitations.tokens import hash_of, new_seed
from portal.responses.models import Response
from portal.surveys import ready
from portal.surveys.models import Survey

_causes = count()
LONG_AGO = timedelta(hours=26)


def a_survey(key: str = "nps") -> Survey:
    """A ready-made survey."""
    survey = ready.add(key, "en", None)
    db.session.flush()
    return survey


def an_invitation(survey: Survey, customer: Customer, at: datetime | None = None, channel: str = "link") -> Invitation:
    """Somebody asked, and reached, at that instant: more than a day ago unless said otherwise."""
    at, seed = at or clock.now() - LONG_AGO, new_seed()
    invitation = Invitation(
        survey_id=survey.id, customer_id=customer.id, assignee_id=customer.assignee_id, cause=f"test:{next(_causes)}",
        channel=channel, locale="en", seed=seed, token_hash=hash_of(seed), send_on=clock.day_of(at),
        sent_on=clock.day_of(at), sent_at=at, delivered_at=at, expires_on=clock.day_of(at) + timedelta(days=30),
        created_at=at,
    )  # fmt: skip
    db.session.add(invitation)
    db.session.flush()
    return invitation


def an_answer(
    survey: Survey, customer: Customer, score: int, comment: str = "", at: datetime | None = None, **more: Any
) -> Response:
    """An answer given at that instant: more than a day ago unless said otherwise."""
    at = at or clock.now() - LONG_AGO
    invitation = an_invitation(survey, customer, at, "phone" if more.get("source") == "staff" else "link")
    response = Response(
        survey_id=survey.id, invitation_id=invitation.id, customer_id=customer.id, assignee_id=customer.assignee_id,
        score=score, comment=comment, locale="en", answered_at=at, answered_on=clock.day_of(at), **more,
    )  # fmt: skip
    db.session.add(response)
    db.session.flush()
    return response
