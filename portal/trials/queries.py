"""Every SELECT about trials."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, case, exists, func, select
from sqlalchemy.orm import aliased

from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.paging import PAGE_ROWS, Page, decode, most, page_of
from portal.purchases.models import Purchase
from portal.retention.models import Books, ListEntry
from portal.trials.models import Trial, TrialMember
from portal.users.models import User

EXPORTED_AT_ONCE = 2000
SHOWN = (
    Trial.id, Trial.list, Trial.share, Trial.days, Trial.started_on, Trial.ends_on, Trial.sealed, Trial.state,
    Trial.worked, Trial.untouched, Trial.worked_bought, Trial.untouched_bought, Trial.untouched_called,
    Trial.created_at, Trial.ended_at, User.name.label("by"),
    case((Trial.state == "done", Trial.seed), else_="").label("seed"),
)  # fmt: skip
"""What pages may know of a trial: its seed only once it has come to its end."""


_NOW = func.coalesce(Customer.merged_into_id, TrialMember.customer_id)
"""Who a member is now: the customer itself, or the one into whom it was merged."""


class Counts(NamedTuple):
    """What became of both groups."""

    worked_bought: int
    untouched_bought: int
    untouched_called: int


def untouched_of(trial_id: int) -> Select[int]:
    """The ids of the customers whom a trial leaves untouched, to stand inside a statement; of one that was merged into
    another, the other's. By primary keys.
    """
    query = select(_NOW.label("customer_id")).join_from(TrialMember, Customer, Customer.id == TrialMember.customer_id)
    return query.where(TrialMember.trial_id == trial_id, TrialMember.untouched)


def page_of_trials(after: str | None) -> Page[Any]:
    """Trials as SHOWN, the newest first. By primary key."""
    query = select(*SHOWN).outerjoin(User, User.id == Trial.created_by_id).order_by(Trial.id.desc())
    key = decode(after, int)
    if key:
        query = query.where(Trial.id < key[0])
    rows = db.session.execute(query.limit(most(PAGE_ROWS + 1))).all()
    return page_of(rows, lambda row: (row.id,), first=key is None)


def trial_to_show(trial_id: int) -> Row[Any] | None:
    """One trial as SHOWN, or None. By primary key."""
    query = select(*SHOWN).outerjoin(User, User.id == Trial.created_by_id)
    return db.session.execute(query.where(Trial.id == trial_id)).first()


def trial_for_change(trial_id: int) -> Trial | None:
    """One trial as it is now, locked to the transaction's end. By primary key."""
    query = select(Trial).where(Trial.id == trial_id).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def trial_by_form(form_id: str) -> Trial | None:
    """The trial that this very form has started. By the unique index of form ids."""
    return db.session.scalar(select(Trial).where(Trial.form_id == form_id))


def running_of(name: str) -> Row[Any] | None:
    """The trial that runs on the list of that name, as SHOWN, or None. By uq_trials_running."""
    query = select(*SHOWN).outerjoin(User, User.id == Trial.created_by_id)
    return db.session.execute(query.where(Trial.list == name, Trial.state == "running")).first()


def running() -> Sequence[Row[int, str]]:
    """(id, list) of the trials that run, the oldest first; there are no more of them than lists."""
    return db.session.execute(select(Trial.id, Trial.list).where(Trial.state == "running").order_by(Trial.id)).all()


def over(today: date) -> Sequence[int]:
    """Ids of the trials whose last day has gone by. Rides on ix_trials_state_ends_on."""
    query = select(Trial.id).where(Trial.state == "running", Trial.ends_on < today)
    return db.session.scalars(query.order_by(Trial.id)).all()


def books_of_lists() -> Row[Any] | None:
    """(as_of, lists) of the books that lists are of, or None. By ix_books_state_id."""
    query = select(Books.as_of, Books.lists).where(Books.state == "done").order_by(Books.id.desc()).limit(most(1))
    return db.session.execute(query).first()


def may_take_part(name: str, besides: Sequence[str]) -> Select[int]:
    """Ids of the customers who are on that list, and who take part in no trial that runs on it or on one `besides`.
    Rides on ix_list_entries_urgency and the members' primary key.
    """
    member, trial = aliased(TrialMember), aliased(Trial)
    taken = exists().where(
        member.customer_id == ListEntry.customer_id, trial.id == member.trial_id, trial.state == "running",
        trial.list.in_([name, *besides]),
    )  # fmt: skip
    return select(ListEntry.customer_id).where(ListEntry.list == name, ~taken)


def count_to_take_part(name: str, besides: Sequence[str]) -> int:
    """How many that are."""
    return db.session.scalar(select(func.count()).select_from(may_take_part(name, besides).subquery())) or 0


def ids_to_take_part(name: str, besides: Sequence[str]) -> list[int]:
    """Who they are, in no order."""
    return list(db.session.scalars(may_take_part(name, besides)))


def members_of(trial_id: int) -> dict[int, bool]:
    """Of each customer who took part, whether they were left untouched. By primary key."""
    query = select(TrialMember.customer_id, TrialMember.untouched).where(TrialMember.trial_id == trial_id)
    return {row[0]: row[1] for row in db.session.execute(query)}


def counts_of(trial: Trial) -> Counts:
    """Who bought after the first day and up to the last, in each group, and which untouched ones were reached by
    somebody all the same. Archived customers count too. Rides on ix_purchases_customer_id_purchased_on and
    ix_follow_ups_customer_id_done_on.
    """
    bought, touched = _bought(trial).label("bought"), _touched(trial).label("touched")
    each = select(TrialMember.untouched, bought, touched).join(Customer, Customer.id == TrialMember.customer_id)
    members = each.where(TrialMember.trial_id == trial.id).subquery()
    worked_bought, untouched_bought, called = (
        func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
        for condition in (
            members.c.bought & ~members.c.untouched,
            members.c.bought & members.c.untouched,
            members.c.touched & members.c.untouched,
        )
    )
    return Counts(*(int(count) for count in db.session.execute(select(worked_bought, untouched_bought, called)).one()))


def _bought(trial: Any) -> Any:
    return exists().where(
        Purchase.customer_id == _NOW, Purchase.purchased_on > trial.started_on,
        Purchase.purchased_on <= trial.ends_on, Purchase.voided_at.is_(None),
    )  # fmt: skip


def _touched(trial: Any) -> Any:
    return exists().where(
        FollowUp.customer_id == _NOW, FollowUp.done_on >= trial.started_on,
        FollowUp.done_on <= trial.ends_on, FollowUp.done_at >= trial.created_at, FollowUp.undone_at.is_(None),
        FollowUp.outcome != "no_answer",
    )  # fmt: skip


def all_members(trial: Any) -> Iterator[Row[Any]]:
    """(customer id, name, untouched, bought, touched) of a trial that has ended, by customer id, read in pieces."""
    query = (
        select(
            TrialMember.customer_id, Customer.name, TrialMember.untouched, _bought(trial).label("bought"),
            _touched(trial).label("touched"),
        )
        .join(Customer, Customer.id == TrialMember.customer_id)
        .where(TrialMember.trial_id == trial.id)
        .order_by(TrialMember.customer_id)
    )  # fmt: skip
    after = 0
    while rows := db.session.execute(query.where(TrialMember.customer_id > after).limit(most(EXPORTED_AT_ONCE))).all():
        yield from rows
        after = rows[-1].customer_id
