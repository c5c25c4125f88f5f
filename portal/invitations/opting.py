"""Opting out: a person who does not want to be asked is left alone, everywhere we know the same address, until they say
otherwise.
"""

from typing import Any

from sqlalchemy import update

from portal import clock
from portal.extensions import db
from portal.invitations import queries
from portal.invitations.models import Invitation, OptOut
from portal.invitations.sending import LOOK_AGAIN
from portal.timeline.models import record

SCOPES = ("surveys", "all")
"""No more surveys; or no surveys, reminders and offers."""


def standing(holder: Any) -> str:
    """What the holder of a link has said so far: one of `SCOPES`, or nothing."""
    scopes = {each.scope for each in queries.opt_outs_of(*_person(holder))}
    return "all" if "all" in scopes else "surveys" if scopes else ""


def opt_out(holder: Any, scope: str) -> None:
    """Leave the person alone from now on; what waited for them waits. Said twice, it is said once."""
    said = queries.opt_outs_of(*_person(holder))
    if any(each.scope == scope for each in said):
        return
    for each in said:
        each.withdraw()
    customer_id, contact_id, address = _person(holder)
    db.session.add(
        OptOut(
            customer_id=customer_id,
            contact_id=contact_id,
            address=address,
            scope=scope,
            opted_out_at=clock.now(),
        )
    )
    later = clock.today() + LOOK_AGAIN
    _change_waiting(holder, "", {"held": "opted_out", "held_until": later, "send_on": later})
    _note("opted_out", holder, scope=scope)


def come_back(holder: Any) -> None:
    """Ask the person again; what waited is due."""
    said = queries.opt_outs_of(*_person(holder))
    for each in said:
        each.withdraw()
    if said:
        _change_waiting(holder, "opted_out", {"held": "", "held_until": None, "send_on": clock.today()})
        _note("opted_in", holder)


def _person(holder: Any) -> tuple[int, int | None, str]:
    address = holder.contact_email or holder.customer_email or ""
    return holder.Invitation.customer_id, holder.Invitation.contact_id, address.lower()


def _change_waiting(holder: Any, held: str, values: dict[str, Any]) -> None:
    """Change the mails that wait to be sent to the person, whichever survey asks."""
    customer_id, contact_id, _ = _person(holder)
    waiting = update(Invitation).where(
        Invitation.customer_id == customer_id, Invitation.contact_id.is_not_distinct_from(contact_id),
        Invitation.sent_at.is_(None), Invitation.ended_at.is_(None), Invitation.channel == "email",
        Invitation.held == held,
    )  # fmt: skip
    db.session.execute(waiting.values(values).execution_options(synchronize_session=False))


def _note(verb: str, holder: Any, **more: Any) -> None:
    record(
        f"survey.{verb}", by=None, customer_id=holder.Invitation.customer_id, subject=holder.Invitation,
        name=holder.survey_name, contact=holder.contact_name or "", **more,
    )  # fmt: skip
