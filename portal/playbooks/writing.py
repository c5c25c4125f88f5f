"""Writing playbooks: a playbook with its steps, in one transaction with its event."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from portal import clock
from portal.customers.search import fold
from portal.extensions import db
from portal.playbooks import queries
from portal.playbooks.models import Playbook, PlaybookStep
from portal.rules import N_, BrokenRule
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User

LONGEST_NAME = 120
MOST_STEPS = 12


class NameTaken(BrokenRule):
    """Two playbooks of one name would be taken for each other."""

    message = N_("There is a playbook of that name already.")


@dataclass(frozen=True)
class Step:
    """A step as it is written. `id` is its own when it stands already."""

    kind: str
    after_days: int
    text: str = ""
    purpose: str = "care"
    channel: str = "call"
    survey_id: int | None = None
    given_to: str = "assignee"
    user_id: int | None = None
    id: int | None = None


@dataclass(frozen=True)
class Written:
    """All that somebody writes of a playbook; its steps in their order."""

    name: str
    trigger: str
    calendar: str
    steps: tuple[Step, ...]
    form_id: str | None = None


def write(said: Written, by: "User | None") -> Playbook:
    """Write a new playbook down, to be started by what happens from now on. Raises `NameTaken`."""
    _free(said.name, None)
    playbook = Playbook(
        name=said.name, folded=folded(said.name), trigger=said.trigger, calendar=said.calendar,
        looked_on=clock.today() - timedelta(days=1), form_id=said.form_id, created_by_id=by.id if by else None,
        created_at=clock.now(),
    )  # fmt: skip
    db.session.add(playbook)
    record("playbook.made", by=by, subject=playbook, name=playbook.name)
    _write_steps(playbook, [], said.steps)
    return playbook


def rewrite(playbook: Playbook, said: Written, by: "User") -> None:
    """Write it anew. What it has started goes on with the steps as they are now. Raises `IsRetired` or `NameTaken`."""
    _free(said.name, playbook.id)
    steps_changed = _write_steps(playbook, queries.steps_of([playbook.id]), said.steps)
    playbook.change(
        by, steps_changed, name=said.name, folded=folded(said.name), trigger=said.trigger, calendar=said.calendar
    )


def remove(playbook: Playbook, by: "User") -> bool:
    """Delete it when it has never been started, else retire it. Whether it was deleted."""
    if playbook.started:
        playbook.retire(by)
        return False
    record("playbook.deleted", by=by, subject=playbook, name=playbook.name)
    for step in queries.all_steps_of(playbook.id):
        db.session.delete(step)
    db.session.flush()
    db.session.delete(playbook)
    return True


def as_written(playbook: Playbook, steps: Sequence[PlaybookStep]) -> Written:
    """A playbook as it stands."""
    return Written(playbook.name, playbook.trigger, playbook.calendar, tuple(_said(step) for step in steps))


def folded(name: str) -> str:
    """A name as it is compared with others."""
    return fold(name)[:LONGEST_NAME]


def _said(step: PlaybookStep) -> Step:
    return Step(**{name: getattr(step, name) for name in Step.__dataclass_fields__})


def _free(name: str, id: int | None) -> None:
    taken = queries.playbook_by_folded(folded(name))
    if taken is not None and taken.id != id:
        raise NameTaken


def _write_steps(playbook: Playbook, stood: Sequence[PlaybookStep], wanted: Sequence[Step]) -> bool:
    """Bring the steps to what is wanted; what is taken out is retired. Tells whether anything changed."""
    known = {step.id: step for step in stood}
    before = [_said(step) for step in stood]
    after = []
    for position, said in enumerate(wanted):
        step = known.pop(said.id, None) if said.id else None
        if step is None:
            step = PlaybookStep(playbook_id=playbook.id)
            db.session.add(step)
        step.position = position
        for name, value in asdict(said).items():
            if name != "id":
                setattr(step, name, value)
        after.append(step)
    for step in known.values():
        step.retired_at = clock.now()
    return bool(known) or before != [_said(step) for step in after]
