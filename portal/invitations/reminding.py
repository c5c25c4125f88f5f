"""Reminding all the silent of a survey in one act."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import CursorResult, update

from portal import clock
from portal.extensions import db
from portal.invitations.inviting import NotAsking
from portal.invitations.models import Invitation
from portal.invitations.queries import remindable
from portal.surveys.models import Survey
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User


def remind_all(survey: Survey, by: "User") -> int:
    """Have everybody reminded whom this survey has reached by mail, who can still answer, and who was not reminded yet;
    how many. Each hears of it when the contact budget has room. Raises `NotAsking`.
    """
    if not survey.is_active:
        raise NotAsking
    silent = update(Invitation).where(*remindable(survey.id, clock.today())).values(remind_on=clock.today())
    result: CursorResult[Any] = db.session.execute(silent.execution_options(synchronize_session=False))  # type: ignore[assignment]
    if result.rowcount:
        record("survey.all_reminded", by=by, subject=survey, name=survey.name, count=result.rowcount)
    return result.rowcount
