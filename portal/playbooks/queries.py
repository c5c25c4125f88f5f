"""Every SELECT about playbooks, their runs, and what starts and stops them."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import joinedload

from portal.commitments.models import Commitment
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.customers.queries import found_by
from portal.extensions import db, rows_of
from portal.follow_ups.models import OPEN, FollowUp
from portal.invitations.models import Invitation, OptOut
from portal.paging import Page, decode, page_of
from portal.playbooks.models import Playbook, PlaybookRun, PlaybookStep, RunStep
from portal.purchases.models import Purchase
from portal.responses.models import Response
from portal.settings.holidays import days_off
from portal.settings.models import FIRM_ID, Firm
from portal.surveys.models import Survey
from portal.users.models import User

YEARS = 10_000
"""The number of an anniversary is the customer's and the year's in one."""
RUNS_SHOWN = 10


class Active(NamedTuple):
    """A playbook that is on, with its steps in order."""

    playbook: Playbook
    steps: Sequence[PlaybookStep]


# Playbooks


def playbooks() -> Sequence[Any]:
    """Every playbook that is not retired, by name, with how many steps it has. A firm has few."""
    steps = select(func.count(PlaybookStep.id)).where(
        PlaybookStep.playbook_id == Playbook.id, PlaybookStep.retired_at.is_(None)
    )
    query = select(
        Playbook.id, Playbook.name, Playbook.folded, Playbook.trigger, Playbook.calendar, Playbook.is_on,
        Playbook.started, steps.scalar_subquery().label("steps"),
    )  # fmt: skip
    return db.session.execute(query.where(Playbook.retired_at.is_(None)).order_by(Playbook.folded)).all()


def playbooks_on() -> list[Active]:
    """The playbooks that can be started, each with its steps. Two queries; a firm has few."""
    query = select(Playbook).where(Playbook.is_on, Playbook.retired_at.is_(None)).order_by(Playbook.id)
    found = db.session.scalars(query.execution_options(populate_existing=True)).all()
    steps: dict[int, list[PlaybookStep]] = {each.id: [] for each in found}
    for step in steps_of(list(steps)) if steps else ():
        steps[step.playbook_id].append(step)
    return [Active(each, steps[each.id]) for each in found]


def steps_of(playbook_ids: Collection[int]) -> Sequence[PlaybookStep]:
    """The steps of these playbooks, in order. Rides on ix_playbook_steps_playbook_id_position."""
    query = select(PlaybookStep).where(
        PlaybookStep.playbook_id.in_(playbook_ids), PlaybookStep.retired_at.is_(None)
    )  # fmt: skip
    return db.session.scalars(query.order_by(PlaybookStep.playbook_id, PlaybookStep.position)).all()


def all_steps_of(playbook_id: int) -> Sequence[PlaybookStep]:
    """The steps of a playbook, those that were taken out too. Rides on ix_playbook_steps_playbook_id_position."""
    return db.session.scalars(select(PlaybookStep).where(PlaybookStep.playbook_id == playbook_id)).all()


def playbook_by_id(playbook_id: int) -> Playbook | None:
    """One playbook that is not retired, or None. By primary key."""
    return db.session.scalar(select(Playbook).where(Playbook.id == playbook_id, Playbook.retired_at.is_(None)))


def playbook_for_change(playbook_id: int) -> Playbook | None:
    """The same as it is now, locked until the transaction ends. By primary key."""
    query = select(Playbook).where(Playbook.id == playbook_id, Playbook.retired_at.is_(None)).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def playbook_by_form(form_id: str) -> Playbook | None:
    """The playbook that this form has made before. By the unique index of form ids."""
    return db.session.scalar(select(Playbook).where(Playbook.form_id == form_id))


def playbook_by_folded(folded: str) -> Playbook | None:
    """The playbook of that name, retired ones aside. Rides on uq_playbooks_standing_folded."""
    return db.session.scalar(select(Playbook).where(Playbook.folded == folded, Playbook.retired_at.is_(None)))


def playbook_with_steps(playbook_id: int) -> Active | None:
    """One playbook that is not retired and its steps in order, or None. Rides on
    ix_playbook_steps_playbook_id_position.
    """
    of_it = and_(PlaybookStep.playbook_id == Playbook.id, PlaybookStep.retired_at.is_(None))
    query: Any = (
        select(Playbook, PlaybookStep)
        .outerjoin(PlaybookStep, of_it)
        .where(Playbook.id == playbook_id, Playbook.retired_at.is_(None))
        .order_by(PlaybookStep.position)
    )
    rows = db.session.execute(query).all()
    return Active(rows[0][0], [row[1] for row in rows if row[1] is not None]) if rows else None


def customer_to_try(asked: str) -> Any:
    """The living customer that this finds, else the one who bought last: (id, name, first purchase day, assignee's id,
    who reads its mail, at which address, whether they do not want to be asked, and whether a reassurance is open), or
    None. Found as while typing; else rides on ix_customers_live_last_purchase.
    """
    living = select(Customer.id).where(Customer.archived_at.is_(None)).limit(1)
    if asked.strip():
        return _tried(living.where(found_by(asked)).order_by(Customer.sort_name, Customer.id))
    bought = living.where(Customer.last_purchase_on.is_not(None)).order_by(Customer.last_purchase_on.desc())
    return _tried(bought) or _tried(living.order_by(Customer.id.desc()))


def _tried(one: Any) -> Any:
    """The same of the customer whose id this selects."""
    with_address = Contact.customer_id == Customer.id, Contact.email.is_not(None), Contact.archived_at.is_(None)
    first = select(Contact.id).where(*with_address).order_by(Contact.id).limit(1).correlate(Customer).scalar_subquery()
    address = func.coalesce(Contact.email, Customer.email, "")
    said_so = or_(
        and_(OptOut.customer_id == Customer.id, OptOut.contact_id.is_not_distinct_from(Contact.id)),
        and_(OptOut.address != "", OptOut.address == func.lower(address)),
    )
    silenced = exists().where(OptOut.withdrawn_at.is_(None), said_so)
    reassured = exists().where(FollowUp.customer_id == Customer.id, FollowUp.purpose == "reassurance", OPEN)
    query = (
        select(
            Customer.id, Customer.name, Customer.first_purchase_on, Customer.assignee_id, Contact.name.label("reads"),
            address.label("address"), silenced.label("silenced"), reassured.label("reassured"),
        )
        .outerjoin(Contact, Contact.id == first)
        .where(Customer.id == one.scalar_subquery())
    )  # fmt: skip
    return db.session.execute(query).first()


def surveys_to_ask() -> Sequence[Row[int, str, str]]:
    """(id, name, state) of the surveys that are not closed, by name. A firm has few."""
    query = select(Survey.id, Survey.name, Survey.state).where(Survey.state != "closed")
    return db.session.execute(query.order_by(Survey.folded)).all()


def holidays() -> frozenset[date]:
    """The days on which the firm does not work. By primary key."""
    return days_off(db.session.scalar(select(Firm.holidays).where(Firm.id == FIRM_ID)) or "")


# What starts and stops them


def purchases(ids: Collection[int], since: date) -> Sequence[Any]:
    """(id, customer id, day, the customer's first purchase day) of those of these purchases that count and are not
    older. By primary key.
    """
    query = (
        select(Purchase.id, Purchase.customer_id, Purchase.purchased_on, Customer.first_purchase_on)
        .join(Customer, Customer.id == Purchase.customer_id)
        .where(Purchase.id.in_(ids), Purchase.voided_at.is_(None), Purchase.purchased_on >= since)
    )
    return db.session.execute(query).all()


def voided_purchases(ids: Collection[int]) -> Sequence[int]:
    """Those of these purchases that are voided. By primary key."""
    return db.session.scalars(select(Purchase.id).where(Purchase.id.in_(ids), Purchase.voided_at.is_not(None))).all()


def answers(ids: Collection[int]) -> Sequence[Any]:
    """(id, customer id, day, state, score, kind of survey) of these answers. By primary key."""
    query = select(
        Response.id, Response.customer_id, Response.answered_on, Response.state, Response.score, Survey.kind
    ).join(Survey, Survey.id == Response.survey_id)
    return db.session.execute(query.where(Response.id.in_(ids))).all()


def living_among(customer_ids: Collection[int]) -> set[int]:
    """Those of these customers who are not archived. By primary key."""
    query = select(Customer.id).where(Customer.id.in_(customer_ids), Customer.archived_at.is_(None))
    return set(db.session.scalars(query))


def started_by_cause(keys: Collection[tuple[str, int]]) -> set[tuple[int, str, int]]:
    """(playbook, cause, its id) of what these causes have started. Rides on
    uq_playbook_runs_cause_id_cause_playbook_id.
    """
    ids = {id for _, id in keys}
    query = select(PlaybookRun.playbook_id, PlaybookRun.cause, PlaybookRun.cause_id)
    return {(row[0], row[1], row[2]) for row in db.session.execute(query.where(PlaybookRun.cause_id.in_(ids)))}


def started_by_day(customer_ids: Collection[int], since: date) -> set[tuple[int, int, date]]:
    """(playbook, customer, day) of what purchases of these customers have started from that day on, but for those that
    were voided. Rides on ix_playbook_runs_customer_id_id.
    """
    query = select(PlaybookRun.playbook_id, PlaybookRun.customer_id, PlaybookRun.began_on).where(
        PlaybookRun.customer_id.in_(customer_ids), PlaybookRun.cause == "purchase", PlaybookRun.began_on >= since,
        PlaybookRun.why != "voided",
    )  # fmt: skip
    return {(row[0], row[1], row[2]) for row in db.session.execute(query)}


_STOPPABLE = select(PlaybookRun.id, PlaybookRun.customer_id, PlaybookRun.playbook_id, Playbook.name).join(
    Playbook, Playbook.id == PlaybookRun.playbook_id
)


def running_by_cause(keys: Collection[tuple[str, int]]) -> Sequence[Any]:
    """(id, customer id, playbook's id and name) of the runs under way that these causes have started, locked. Rides on
    uq_playbook_runs_cause_id_cause_playbook_id.
    """
    if not keys:
        return []
    query = _STOPPABLE.where(
        PlaybookRun.cause_id.in_([id for _, id in keys]), PlaybookRun.cause == next(iter(keys))[0],
        PlaybookRun.state == "running",
    )  # fmt: skip
    return db.session.execute(query.order_by(PlaybookRun.id).with_for_update(of=PlaybookRun)).all()


def running_of_archived(customer_ids: Collection[int]) -> Sequence[Any]:
    """The same of those of these customers who are archived. Rides on ix_playbook_runs_customer_id_id."""
    query = _STOPPABLE.join(Customer, Customer.id == PlaybookRun.customer_id).where(
        PlaybookRun.customer_id.in_(customer_ids), PlaybookRun.state == "running", Customer.archived_at.is_not(None)
    )
    return db.session.execute(query.order_by(PlaybookRun.id).with_for_update(of=PlaybookRun)).all()


_RESUMABLE = select(
    PlaybookRun.id, PlaybookRun.customer_id, PlaybookRun.playbook_id, PlaybookRun.cause, PlaybookRun.began_on,
    Playbook.name,
).join(Playbook, Playbook.id == PlaybookRun.playbook_id)  # fmt: skip


def stopped_by_cause(why: str, keys: Collection[tuple[str, int]]) -> Sequence[Any]:
    """(id, customer id, playbook's id, cause, day, playbook's name) of the runs that these causes have started and that
    were stopped by that, locked; of living customers. Rides on uq_playbook_runs_cause_id_cause_playbook_id.
    """
    if not keys:
        return []
    query = _RESUMABLE.where(PlaybookRun.cause_id.in_([id for _, id in keys]), PlaybookRun.cause == next(iter(keys))[0])
    return db.session.execute(_stopped(query, why)).all()


def stopped_of_restored(customer_ids: Collection[int]) -> Sequence[Any]:
    """The same of those of these customers who were archived and are so no longer; not of purchases that have been
    voided meanwhile. Rides on ix_playbook_runs_customer_id_id.
    """
    voided = exists().where(Purchase.id == PlaybookRun.cause_id, Purchase.voided_at.is_not(None))
    query = _RESUMABLE.where(PlaybookRun.customer_id.in_(customer_ids), ~and_(PlaybookRun.cause == "purchase", voided))
    return db.session.execute(_stopped(query, "archived")).all()


def _stopped(query: Any, why: str) -> Any:
    lives = exists().where(Customer.id == PlaybookRun.customer_id, Customer.archived_at.is_(None))
    query = query.where(PlaybookRun.state == "stopped", PlaybookRun.why == why, lives)
    return query.order_by(PlaybookRun.id).with_for_update(of=PlaybookRun)


def with_steps_since(run_ids: Collection[int], since: date) -> set[int]:
    """Those of these runs that have stopped steps which were not due before that day. Rides on ix_run_steps_run_id."""
    query = select(RunStep.run_id).where(
        RunStep.run_id.in_(run_ids), RunStep.state == "stopped", RunStep.due_on >= since
    )
    return set(db.session.scalars(query))


def customers_of_days(playbook_id: int, days: Collection[date], year: int, limit: int) -> Sequence[int]:
    """Ids of living customers whose first purchase was on one of these days and for whom this playbook has not been
    started that year, in order. Rides on ix_customers_live_first_purchase.
    """
    started = exists().where(
        PlaybookRun.cause_id == Customer.id * YEARS + year, PlaybookRun.cause == "anniversary",
        PlaybookRun.playbook_id == playbook_id,
    )  # fmt: skip
    query = select(Customer.id).where(Customer.first_purchase_on.in_(days), Customer.archived_at.is_(None), ~started)
    return db.session.scalars(query.order_by(Customer.id).limit(limit)).all()


# What falls due


def due_steps(today: date, limit: int) -> Sequence[Any]:
    """Steps whose day has come, the oldest first, locked, each with its run, its step of the playbook and its customer;
    not of archived customers, nor of purchases that have been voided: their runs are about to be stopped. Rides on
    ix_run_steps_waiting.
    """
    voided = exists().where(Purchase.id == PlaybookRun.cause_id, Purchase.voided_at.is_not(None))
    query = (
        select(
            RunStep.id, RunStep.run_id, PlaybookRun.customer_id, PlaybookRun.cause, PlaybookRun.cause_id,
            Customer.assignee_id, PlaybookStep,
        )
        .join(PlaybookRun, PlaybookRun.id == RunStep.run_id)
        .join(PlaybookStep, PlaybookStep.id == RunStep.step_id)
        .join(Customer, Customer.id == PlaybookRun.customer_id)
        .where(RunStep.state == "waiting", RunStep.due_on <= today, Customer.archived_at.is_(None))
        .where(~and_(PlaybookRun.cause == "purchase", voided))
        .order_by(RunStep.due_on, RunStep.id)
        .limit(limit)
        .with_for_update(of=RunStep)
    )  # fmt: skip
    return db.session.execute(query).all()


def ended_runs(run_ids: Collection[int]) -> Sequence[int]:
    """Those of these runs of which nothing waits any more. Rides on ix_run_steps_run_id."""
    waits = exists().where(RunStep.run_id == PlaybookRun.id, RunStep.state == "waiting")
    return db.session.scalars(select(PlaybookRun.id).where(PlaybookRun.id.in_(run_ids), ~waits)).all()


def reassured(customer_ids: Collection[int], purchase_ids: Collection[int]) -> tuple[set[int], set[int]]:
    """The customers of these for whom a reassurance is open, and the purchases of these that one was planned after,
    whatever became of it. Rides on ix_follow_ups_customer_id_due_on.
    """
    query = select(FollowUp.customer_id, FollowUp.origin, FollowUp.origin_id, OPEN.label("open")).where(
        FollowUp.customer_id.in_(customer_ids), FollowUp.purpose == "reassurance", FollowUp.undone_at.is_(None)
    )
    rows = db.session.execute(query).all()
    after = {row.origin_id for row in rows if row.origin == "purchase"}
    return {row.customer_id for row in rows if row.open}, after & set(purchase_ids)


def surveys_by_id(ids: Collection[int]) -> dict[int, Survey]:
    """These surveys by id. By primary key."""
    return {each.id: each for each in db.session.scalars(select(Survey).where(Survey.id.in_(ids)))}


def invitations_by_cause(causes: Collection[str]) -> dict[str, int]:
    """The ids of the invitations that these causes have made, by cause. By the unique index of cause."""
    query = select(Invitation.cause, Invitation.id).where(Invitation.cause.in_(causes))
    return {row[0]: row[1] for row in db.session.execute(query)}


def active_users() -> Sequence[Row[int, str, str]]:
    """(id, name, role) of the users who may be given work, the first made first. A firm has tens."""
    query = select(User.id, User.name, User.role).where(User.disabled_at.is_(None)).order_by(User.id)
    return rows_of(query).all()


def work_due(user_ids: Collection[int], today: date) -> dict[int, int]:
    """How many of our promises and planned touches wait for each of these users until today. Rides on
    ix_commitments_open_assignee and ix_follow_ups_planned_assignee.
    """
    promised = select(Commitment.assignee_id).where(
        Commitment.state == "open", Commitment.side == "ours", Commitment.due_on <= today,
        Commitment.assignee_id.in_(user_ids),
    )  # fmt: skip
    planned = select(FollowUp.assignee_id).where(OPEN, FollowUp.due_on <= today, FollowUp.assignee_id.in_(user_ids))
    both = union_all(promised, planned).subquery()
    query = select(both.c.assignee_id, func.count()).group_by(both.c.assignee_id)
    return {row[0]: row[1] for row in db.session.execute(query)}


# With a customer


def runs_of(customer_id: int, after: str | None) -> Page[Row[Any]]:
    """(PlaybookRun, name of the playbook) of a customer, the newest first. Rides on ix_playbook_runs_customer_id_id."""
    query: Any = (
        select(PlaybookRun, Playbook.name)
        .join(Playbook, Playbook.id == PlaybookRun.playbook_id)
        .where(PlaybookRun.customer_id == customer_id)
        .order_by(PlaybookRun.id.desc())
        .limit(RUNS_SHOWN + 1)
    )
    key = decode(after, int)
    query = query.where(PlaybookRun.id < key[0]) if key else query
    rows = db.session.execute(query).all()
    return page_of(rows, lambda row: (row.PlaybookRun.id,), first=key is None, size=RUNS_SHOWN)


def run_to_show(customer_id: int, run_id: int) -> Any:
    """One of them, or None. By primary key."""
    query = select(PlaybookRun, Playbook.name).join(Playbook, Playbook.id == PlaybookRun.playbook_id)
    return db.session.execute(query.where(PlaybookRun.id == run_id, PlaybookRun.customer_id == customer_id)).first()


def steps_of_runs(run_ids: Collection[int]) -> Sequence[Any]:
    """(RunStep, PlaybookStep, name of its survey, name of the colleague it is given to) of these runs, by day. Rides on
    ix_run_steps_run_id.
    """
    query = (
        select(RunStep, PlaybookStep, Survey.name.label("survey_name"), User.name.label("user_name"))
        .join(PlaybookStep, PlaybookStep.id == RunStep.step_id)
        .outerjoin(Survey, Survey.id == PlaybookStep.survey_id)
        .outerjoin(User, User.id == PlaybookStep.user_id)
        .where(RunStep.run_id.in_(run_ids))
        .order_by(RunStep.due_on, PlaybookStep.position, RunStep.id)
    )
    return db.session.execute(query).all()


def run_for_change(customer_id: int, run_id: int) -> PlaybookRun | None:
    """A customer's run with its playbook, locked until the transaction ends, or None. By primary key."""
    query = (
        select(PlaybookRun)
        .options(joinedload(PlaybookRun.playbook))
        .where(PlaybookRun.id == run_id, PlaybookRun.customer_id == customer_id)
        .with_for_update(of=PlaybookRun)
    )
    return db.session.scalar(query.execution_options(populate_existing=True))


def words_of_step(step_id: int) -> str:
    """What a playbook's step does, in its own words, or the name of the survey that it asks. By primary keys."""
    words = func.coalesce(Survey.name, PlaybookStep.text)
    query = (
        select(words)
        .select_from(PlaybookStep)
        .outerjoin(Survey, Survey.id == PlaybookStep.survey_id)
        .where(PlaybookStep.id == step_id)
    )
    return db.session.scalar(query) or ""


def run_step_for_change(run: PlaybookRun, step_id: int) -> RunStep | None:
    """A step of a run that is at hand, locked until the transaction ends, or None. By primary key."""
    query = (
        select(RunStep)
        .options(joinedload(RunStep.run).joinedload(PlaybookRun.playbook))
        .where(RunStep.id == step_id, RunStep.run_id == run.id)
    )
    return db.session.scalar(query.with_for_update(of=RunStep).execution_options(populate_existing=True))
