"""Improvements: what we promise ourselves in a weekly review, in one transaction with its event."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from portal import clock, due
from portal.extensions import db
from portal.review.models import Improvement
from portal.review.running import monday
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User


@dataclass(frozen=True)
class Better:
    """What to do better, in which step, until when, and who answers for it."""

    text: str
    step: str
    due_on: date
    user_id: int | None = None
    form_id: str | None = None


def write(said: Better, by: "User") -> Improvement:
    """Write an improvement down in the running week. Raises `DayOutOfReach`."""
    due.checked(said.due_on)
    improvement = Improvement(
        week_on=monday(clock.today()), step=said.step, text=said.text, user_id=said.user_id, due_on=said.due_on,
        form_id=said.form_id, created_by_id=by.id, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(improvement)
    told = {"text": said.text, "step": said.step, "due_on": said.due_on.isoformat()}
    record("improvement.written", by=by, subject=improvement, **told)  # type: ignore[arg-type]
    return improvement
