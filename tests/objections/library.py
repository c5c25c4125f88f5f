"""Objections, answers and follow-ups that recorded them, for the tests of the library."""

from datetime import date
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.objections import library
from portal.objections.models import Answer, Objection
from portal.timeline.models import Event
from tests.cast import Cast


def an_objection(cast: Cast, text: str = "It is too expensive", *answers: str) -> Objection:
    """In the library, with these answers."""
    objection = library.write_down(text, cast.sales)
    for each in answers:
        library.answer(objection, each, cast.sales)
    db.session.flush()
    return objection


def answers_to(objection: Objection) -> list[Answer]:
    """Its answers, the first first."""
    return list(db.session.scalars(select(Answer).where(Answer.objection_id == objection.id).order_by(Answer.id)))


def heard_from(
    customer: Customer, on: date, objection: Objection, answer: Answer | None = None, **more: Any
) -> FollowUp:
    """A follow-up of that day that recorded it."""
    follow_up = FollowUp(
        customer_id=customer.id, channel="call", purpose="offer", outcome="reached", done_on=on, done_at=clock.now(),
        done_by_id=customer.assignee_id, objection_id=objection.id, answer_id=answer.id if answer else None,
        created_at=clock.now(), **more,
    )  # fmt: skip
    db.session.add(follow_up)
    db.session.flush()
    return follow_up


def verbs() -> list[str]:
    """What the record says of the library, in order."""
    found = db.session.scalars(select(Event.kind).where(Event.kind.startswith("objection.")).order_by(Event.id))
    return [kind.partition(".")[2] for kind in found]
