"""Playbooks, what starts them, and what the worker does with them, for tests."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from portal import clock, followers
from portal.extensions import db
from portal.jobs import run_waiting
from portal.playbooks import jobs
from portal.playbooks.models import Playbook, PlaybookRun, RunStep
from portal.playbooks.writing import Step, Written, write
from portal.purchases import ledger
from portal.purchases.models import Purchase
from tests.cast import Cast

CALL = Step("follow_up", 3, "Ask how it went")


def a_playbook(*steps: Step, trigger: str = "purchase", name: str = "After a sale", calendar: str = "days") -> Playbook:
    """A playbook, on, committed."""
    playbook = write(Written(name, trigger, calendar, steps or (CALL,)), None)
    db.session.commit()
    return playbook


def a_sale(cast: Cast, customer_id: int, on: date | None = None) -> Purchase:
    """A purchase, committed; nobody has read its event yet."""
    purchase = ledger.record(
        customer_id=customer_id, on=on or clock.today(), amount_minor=100, currency="MXN", by=cast.sales
    )
    db.session.commit()
    return purchase


def look() -> None:
    """What the worker does each minute with what has happened."""
    db.session.rollback()
    followers.follow_soon()
    run_waiting()
    db.session.rollback()
    db.session.expire_all()


def make() -> None:
    """What the worker does each minute with what falls due."""
    db.session.rollback()
    jobs.make_due()
    db.session.expire_all()


def runs() -> Sequence[PlaybookRun]:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(PlaybookRun).order_by(PlaybookRun.id)).all()


def steps() -> Sequence[RunStep]:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(RunStep).order_by(RunStep.due_on, RunStep.id)).all()


def became() -> list[tuple[Any, ...]]:
    """What became of each step: (state, what it made, why it was skipped)."""
    return [(step.state, step.made, step.why) for step in steps()]
