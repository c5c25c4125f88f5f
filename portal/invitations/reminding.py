"""Reminding: one person who is silent, or all the silent of a survey in one act."""

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import CursorResult, update

from portal import clock
from portal.contacts.queries import contact_of
from portal.customers.queries import customer_by_id
from portal.extensions import db
from portal.invitations import asking
from portal.invitations.inviting import NotAsking
from portal.invitations.models import Invitation
from portal.invitations.queries import remindable
from portal.rules import N_, BrokenRule
from portal.settings.models import Firm
from portal.surveys.models import Survey
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User


class NoRoom(BrokenRule):
    """The contact budget has room too late."""

    message = N_("The contact budget has no room for a reminder as long as this can be answered.")


def remind(invitation: Invitation, survey: Survey, firm: Firm) -> date:
    """Have one person reminded, as soon as the contact budget has room: that day. The invitation must be locked.

    Raises `NotAsking`, `NotReminded`, `DoesNotWant` or `NoRoom`.
    """
    if not survey.is_active:
        raise NotAsking
    customer = customer_by_id(invitation.customer_id)
    contact = contact_of(invitation.customer_id, invitation.contact_id) if invitation.contact_id else None
    if customer is not None:
        asking.check_wish(customer, contact)
    invitation.ask_to_remind()
    day = asking.room_on(firm, invitation)
    if day > invitation.expires_on:
        raise NoRoom
    return day


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
