"""Every SELECT about invitations."""

from sqlalchemy import select

from portal.extensions import db
from portal.invitations.models import Invitation


def invitation_by_cause(cause: str) -> Invitation | None:
    """The invitation that this cause has made, or None. By the unique index of cause."""
    return db.session.scalar(select(Invitation).where(Invitation.cause == cause))
