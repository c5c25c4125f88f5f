"""Opting out: a person who does not want to be asked is left alone, everywhere we know the same address, until they say
otherwise.
"""

from typing import Any

from sqlalchemy import update

from portal import clock
from portal.extensions import db
from portal.invitations import queries
from portal.invitations.budget import Person
from portal.invitations.models import Invitation, OptOut
from portal.invitations.sending import LOOK_AGAIN
from portal.responses.asked import Asked
from portal.timeline.models import record

WISHES = ("surveys", "all", "ask")
"""No more surveys; no surveys, reminders and offers; or to be asked again."""


def standing(asked: Asked) -> str:
    """What the person has wished so far: one of `WISHES`."""
    scopes = {each.scope for each in _said(asked)}
    return "all" if "all" in scopes else "surveys" if scopes else "ask"


def say(asked: Asked, wish: str) -> None:
    """Do as the person wishes from now on. Said twice, it is said once. The invitation must be locked."""
    if wish == "ask":
        _come_back(asked)
    elif wish != standing(asked):
        _opt_out(asked, wish)


def _opt_out(asked: Asked, scope: str) -> None:
    """Leave the person alone; what waits for them waits on."""
    for each in _said(asked):
        each.withdraw()
    (customer_id, contact_id), address = _person(asked), _address(asked)
    db.session.add(
        OptOut(
            customer_id=customer_id, contact_id=contact_id, address=address, scope=scope, opted_out_at=clock.now()
        )
    )  # fmt: skip
    later = clock.today() + LOOK_AGAIN
    _change_waiting(asked, "", {"held": "opted_out", "held_until": later, "send_on": later})
    _note("opted_out", asked, scope=scope)


def _come_back(asked: Asked) -> None:
    """Ask the person again; what waited for that is due."""
    said = _said(asked)
    for each in said:
        each.withdraw()
    if said:
        _change_waiting(asked, "opted_out", {"held": "", "held_until": None, "send_on": clock.today()})
        _note("opted_in", asked)


def _said(asked: Asked) -> Any:
    return queries.opt_outs_of(*_person(asked), _address(asked))


def _person(asked: Asked) -> Person:
    return asked.customer_id, asked.contact_id


def _address(asked: Asked) -> str:
    return (asked.contact_email or asked.customer_email or "").lower()


def _change_waiting(asked: Asked, held: str, values: dict[str, Any]) -> None:
    """Change the mails that wait to be sent to the person, whichever survey asks."""
    waiting = update(Invitation).where(
        Invitation.customer_id == asked.customer_id, Invitation.contact_id.is_not_distinct_from(asked.contact_id),
        Invitation.sent_at.is_(None), Invitation.ended_at.is_(None), Invitation.channel == "email",
        Invitation.held == held,
    )  # fmt: skip
    db.session.execute(waiting.values(values).execution_options(synchronize_session=False))


def _note(verb: str, asked: Asked, **more: Any) -> None:
    record(
        f"survey.{verb}", by=None, customer_id=asked.customer_id, name=asked.survey_name,
        contact=asked.contact_name or "", **more,
    )  # fmt: skip
