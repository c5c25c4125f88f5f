"""Every SELECT about the books of a day: the books themselves, and what is known of customers at the end of a day.

The latter are statements of whole numbers, to be read by `columns.read`: customers by their ids, days as ordinals (0
for none), money in minor units. They hold what was known then: written down before `end` (the instant at which the day
ends), and not taken back since; what was is put right afterwards (`promised`, `bought`). Purchases count by their day,
whenever they were written down: history is imported. With `ids`, only of these customers.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.advocacy.models import Referral
from portal.commitments.models import Commitment
from portal.customers.models import Customer
from portal.extensions import db, rows_of
from portal.follow_ups.models import FollowUp
from portal.paging import most
from portal.purchases.models import Purchase
from portal.relay.models import HandOff
from portal.responses.models import Response
from portal.retention.days import epoch, ordinal
from portal.retention.models import Books, Economics, ListEntry, Standing
from portal.surveys.models import Survey
from portal.surveys.scales import SCALES
from portal.timeline.models import Event
from portal.trials.models import Trial

Ids = Sequence[int] | None
Rows = Select[*tuple[Any, ...]]
HANDED = ("customer.assigned", "hand_off.accepted")
"""The events by which somebody else is answerable for a customer."""
DAYS = 1 << 20
"""More than any day's number: a customer's id and a day share one number."""
SHOWN = (
    Books.id, Books.as_of, Books.created_at, Books.ended_at, Books.seconds, Books.method, Books.why, Books.customers,
    Books.learned, Books.lists, Books.measures, Books.last_event_id,
)  # fmt: skip


class Newest(NamedTuple):
    """The newest books that are done, and the newest of all, which may be the same, under way, or failed."""

    done: Row[Any] | None
    last: Row[Any] | None

    @property
    def under_way(self) -> Row[Any] | None:
        """Those that are being computed, or about to be."""
        return self.last if self.last is not None and self.last.state in ("waiting", "running") else None

    @property
    def failed(self) -> Row[Any] | None:
        """Those that could not be computed, if nothing newer could."""
        return self.last if self.last is not None and self.last.state == "failed" else None


def the_books() -> Row[Any] | None:
    """The books that pages speak of, the newest that are done, or None. Rides on ix_books_state_id."""
    return rows_of(select(*SHOWN).where(Books.state == "done").order_by(Books.id.desc()).limit(most(1))).first()


def newest_books() -> Row[Any] | None:
    """The newest books, whatever became of them: (id, day, state). By primary key, backwards."""
    return rows_of(select(Books.id, Books.as_of, Books.state).order_by(Books.id.desc()).limit(most(1))).first()


def unfinished_books(now: datetime) -> Sequence[int]:
    """Ids of books that are to be computed and that nobody has, in order. Rides on ix_books_state_id."""
    free = or_(Books.lease_until.is_(None), Books.lease_until < now)
    query = select(Books.id).where(Books.state.in_(("waiting", "running")), free).order_by(Books.id)
    return db.session.scalars(query).all()


def books_for_change() -> Books | None:
    """The books that pages speak of, locked until the transaction ends. Rides on ix_books_state_id."""
    query = select(Books).where(Books.state == "done").order_by(Books.id.desc()).limit(most(1)).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def running_books(books_id: int) -> Books | None:
    """These books, locked until the transaction ends, unless they are computed already. By primary key."""
    query = select(Books).where(Books.id == books_id, Books.state == "running").with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def changed_customers(after_event_id: int, limit: int) -> Sequence[int]:
    """The customers of later events, at most so many, in order. By primary key."""
    query = select(Event.customer_id).where(Event.id > after_event_id, Event.customer_id.is_not(None)).distinct()
    return sorted(id for id in db.session.scalars(query.limit(limit)) if id is not None)


def assigned_after(event_id: int, end: datetime) -> Select[int | None]:
    """The ids of the customers who have been given to somebody, or to nobody, since that event or that instant; to
    stand inside a statement. Rides on ix_events_kind_id.
    """
    later = or_(Event.id > event_id, Event.at >= end)
    return select(Event.customer_id).where(Event.kind.in_(HANDED), later)


def standings_of(ids: Sequence[int]) -> Rows:
    """The standings of these customers, all their columns. By primary key."""
    return select(*Standing.__table__.c).where(Standing.customer_id.in_(ids))


def entries_of(ids: Sequence[int]) -> Rows:
    """The list entries of these customers, all their columns. Rides on uq_list_entries_customer_id_list."""
    return select(*ListEntry.__table__.c).where(ListEntry.customer_id.in_(ids))


def newest() -> Newest:
    """The books that pages speak of, those that are under way or have failed, without what was computed, and whether
    a trial is running. By primary key, ix_books_state_id and ix_trials_state_ends_on.
    """
    found = rows_of(_newest()).all()
    done = next((row for row in found if row.state == "done"), None)
    return Newest(done, found[-1] if found else None)


@cache
def _newest() -> Rows:
    of_all = select(func.max(Books.id)).scalar_subquery()
    of_done = select(func.max(Books.id)).where(Books.state == "done").scalar_subquery()
    trying = exists().where(Trial.state == "running").label("trying")
    return select(
        Books.id, Books.as_of, Books.state, Books.step, Books.share, Books.error, Books.ended_at, Books.last_event_id,
        trying,
    ).where(or_(Books.id == of_all, Books.id == of_done)).order_by(Books.id)  # fmt: skip


def waiting_books(day: date) -> Books | None:
    """Books of that day that nobody has begun yet, or None. Rides on ix_books_state_id."""
    query = select(Books).where(Books.state == "waiting", Books.as_of == day).order_by(Books.id.desc()).limit(most(1))
    return db.session.scalar(query)


def days_of_purchases() -> tuple[date, date] | None:
    """The first and the last day with a purchase that counts, or None. Rides on ix_purchases_purchased_on_id."""
    counting = select(Purchase.purchased_on).where(Purchase.voided_at.is_(None)).limit(most(1))
    first = counting.order_by(Purchase.purchased_on, Purchase.id).scalar_subquery()
    last = counting.order_by(Purchase.purchased_on.desc(), Purchase.id.desc()).scalar_subquery()
    found = db.session.execute(select(first, last)).one()
    return None if found[0] is None else (found[0], found[1])


def economics() -> Economics | None:
    """What the firm says of its own money, or None. By primary key."""
    return db.session.get(Economics, 1)


def economics_for_change() -> Economics | None:
    """The same, locked to the transaction's end. By primary key."""
    query = select(Economics).where(Economics.id == 1).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def last_event_id() -> int:
    """The newest event's id; 0 before the first. By primary key."""
    return int(rows_of(select(func.coalesce(func.max(Event.id), 0))).scalar_one())


# What is known of customers at the end of a day


def customers(day: date, end: datetime, ids: Ids = None) -> Rows:
    """(id, assignee or 0, when made in seconds of the epoch, last touch as of now), by id. Who has gone into another
    since is known as that one.
    """
    there = or_(Customer.created_at < end, Customer.first_purchase_on <= day)
    not_archived = or_(Customer.archived_at.is_(None), Customer.archived_at >= end)
    return (
        select(
            Customer.id,
            func.coalesce(Customer.assignee_id, 0),
            epoch(Customer.created_at),
            ordinal(Customer.last_touch_on),
        )
        .where(there, not_archived, Customer.merged_into_id.is_(None), *_of(Customer.id, ids))
        .order_by(Customer.id)
    )


def purchases(day: date, ids: Ids = None) -> Rows:
    """(customer · DAYS + day, amount, currency), in no order: by the first, customers and their days can be sorted."""
    known = (Purchase.voided_at.is_(None), Purchase.purchased_on <= day)
    key = Purchase.customer_id * DAYS + ordinal(Purchase.purchased_on)
    return select(key, Purchase.amount_minor, Purchase.currency).where(*known, *_of(Purchase.customer_id, ids))


def record_of_purchases_changed_since(end: datetime, ids: Ids = None) -> Rows:
    """(id, customer, day, amount, currency, when voided, kind, what stood before a correction) of what has happened
    since to purchases that were written down by then, in its order. Rides on ix_events_kind_id.
    """
    kinds = ("purchase.voided", "purchase.restored", "purchase.changed")
    return (
        select(
            Purchase.id, Purchase.customer_id, Purchase.purchased_on, Purchase.amount_minor, Purchase.currency,
            Purchase.voided_at, Event.kind, Event.data["before"].label("before"),
        )
        .join(Event, Event.subject_id == Purchase.id)
        .where(Event.kind.in_(kinds), Event.at >= end, Purchase.created_at < end, *_of(Purchase.customer_id, ids))
        .order_by(Event.id)
    )  # fmt: skip


def newest_purchase() -> date | None:
    """The day of the newest purchase. Rides on ix_purchases_purchased_on_id."""
    query = select(Purchase.purchased_on).where(Purchase.voided_at.is_(None))
    return db.session.scalar(query.order_by(Purchase.purchased_on.desc(), Purchase.id.desc()).limit(most(1)))


def highest(key: Any) -> int:
    """The highest number that a primary key has come to; 0 of an empty table."""
    return int(rows_of(select(func.coalesce(func.max(key), 0))).scalar_one())


def earlier_touches(day: date, end: datetime, ids: Ids = None) -> Rows:
    """(customer, last touch that reached somebody by that day), of those who have been touched since."""
    known = (FollowUp.done_on <= day, _not_undone(end), FollowUp.outcome != "no_answer")
    return (
        select(FollowUp.customer_id, ordinal(func.max(FollowUp.done_on)))
        .join(Customer, Customer.id == FollowUp.customer_id)
        .where(Customer.last_touch_on > day, *known, *_of(FollowUp.customer_id, ids))
        .group_by(FollowUp.customer_id)
    )


def recoveries(day: date, end: datetime, ids: Ids = None) -> Rows:
    """(customer, day by which the earliest open recovery is due)."""
    return (
        select(Commitment.customer_id, ordinal(func.min(Commitment.due_on)))
        .where(Commitment.origin == "recovery", *_open(day, end), *_of(Commitment.customer_id, ids))
        .group_by(Commitment.customer_id)
    )


def late_promises(day: date, end: datetime, ids: Ids = None) -> Rows:
    """(customer, day on which the earliest late promise of ours was due, how many are late); not the recoveries."""
    late = (_OURS, Commitment.due_on < day, *_open(day, end))
    return (
        select(Commitment.customer_id, ordinal(func.min(Commitment.due_on)), func.count())
        .where(*late, *_of(Commitment.customer_id, ids))
        .group_by(Commitment.customer_id)
    )


def broken_promises(day: date, end: datetime, ids: Ids = None) -> Rows:
    """(customer, day on which a promise of ours was last broken)."""
    broken = (_OURS, Commitment.state == "broken", Commitment.settled_on <= day, ~_changed_since(end))
    return (
        select(Commitment.customer_id, ordinal(func.max(Commitment.settled_on)))
        .where(*broken, *_of(Commitment.customer_id, ids))
        .group_by(Commitment.customer_id)
    )


def dropped_hand_offs(day: date, ids: Ids = None) -> Rows:
    """(customer, day on which a hand-off was last dropped that nobody had picked up by that day). Few were ever
    dropped.
    """
    lying = or_(HandOff.picked_up_on.is_(None), HandOff.picked_up_on > day)
    return (
        select(HandOff.customer_id, ordinal(func.max(HandOff.dropped_on)))
        .where(HandOff.dropped_on <= day, lying, *_of(HandOff.customer_id, ids))
        .group_by(HandOff.customer_id)
    )


def unhappy_answers(day: date, end: datetime, ids: Ids = None) -> Rows:
    """(customer, day of the last unhappy answer that no kept recovery has followed)."""
    made_right = exists().where(
        Commitment.customer_id == Response.customer_id,
        Commitment.origin == "recovery",
        Commitment.state == "kept",
        Commitment.settled_on.between(Response.answered_on, day),
        ~_changed_since(end),
    )
    unhappy = Response.score <= case({kind: scale.unhappy for kind, scale in SCALES.items()}, value=Survey.kind)
    return (
        select(Response.customer_id, ordinal(func.max(Response.answered_on)))
        .join(Survey, Survey.id == Response.survey_id)
        .where(*_standing(Response, day), unhappy, ~made_right, *_of(Response.customer_id, ids))
        .group_by(Response.customer_id)
    )


def promoters(day: date, end: datetime, ids: Ids = None) -> Rows:
    """(customer, day of the last answer), where that was a promoter's, and nobody has named somebody or been asked to
    since. Rides on ix_survey_responses_customer_id_answered_on.
    """
    later, of_later = aliased(Response), aliased(Survey)
    newer = or_(
        later.answered_on > Response.answered_on,
        and_(later.answered_on == Response.answered_on, later.id > Response.id),
    )
    overtaken = exists().where(
        later.customer_id == Response.customer_id, *_standing(later, day), newer,
        of_later.id == later.survey_id, of_later.kind == "nps",
    )  # fmt: skip
    spoken = exists().where(
        FollowUp.customer_id == Response.customer_id, FollowUp.purpose == "referral", _not_undone(end),
        FollowUp.created_at < end, or_(FollowUp.done_on.is_(None), FollowUp.done_on >= Response.answered_on),
    )  # fmt: skip
    named = exists().where(
        Referral.customer_id == Response.customer_id, Referral.referred_at.between(Response.answered_at, end)
    )
    return (
        select(Response.customer_id, ordinal(func.max(Response.answered_on)))
        .join(Survey, Survey.id == Response.survey_id)
        .where(
            Survey.kind == "nps", Response.score >= SCALES["nps"].happy, *_standing(Response, day),
            ~overtaken, ~spoken, ~named, *_of(Response.customer_id, ids),
        )
        .group_by(Response.customer_id)
    )  # fmt: skip


def promises_changed_since(end: datetime, ids: Ids = None) -> Rows:
    """(id, customer, origin, first due day) of promises of ours that were there then and were moved or opened again
    since. By the events of ix_events_kind_id.
    """
    ours = (Commitment.side == "ours", Commitment.created_at < end, _changed_since(end))
    return select(Commitment.id, Commitment.customer_id, Commitment.origin, Commitment.original_due_on).where(
        *ours, *_of(Commitment.customer_id, ids)
    )


def record_of_promises_changed_since(end: datetime, ids: Ids = None) -> Rows:
    """(promise, kind, day, due day as text) of what had happened to these by then, in its order. Rides on
    ix_events_customer_id_happened_on_id.
    """
    changed = promises_changed_since(end, ids).subquery()
    due_on = Event.data["due_on"].as_string().label("due_on")
    return (
        select(Event.subject_id, Event.kind, Event.happened_on, due_on)
        .join(changed, and_(changed.c.customer_id == Event.customer_id, changed.c.id == Event.subject_id))
        .where(Event.kind.like("commitment.%"), Event.at < end)
        .order_by(Event.id)
    )


def restored_since(end: datetime, ids: Ids = None) -> Rows:
    """(customer) who was in the archive then, and has been taken out of it since. Rides on ix_events_kind_id."""
    before = aliased(Event)
    put_away = exists().where(
        before.customer_id == Event.customer_id, before.kind == "customer.archived", before.at >= end,
        before.id < Event.id,
    )  # fmt: skip
    restored = (Event.kind == "customer.restored", Event.at >= end, ~put_away)
    return select(Event.customer_id).where(*restored, *_of(Event.customer_id, ids)).distinct()


def assigned_since(end: datetime, ids: Ids = None) -> Rows:
    """(customer) whose assignee has changed since: who it was on that day is known no longer. Rides on
    ix_events_kind_id.
    """
    return (
        select(Event.customer_id)
        .where(Event.kind.in_(HANDED), Event.at >= end, *_of(Event.customer_id, ids))
        .distinct()
    )


_OURS = and_(Commitment.side == "ours", Commitment.origin != "recovery")


def _of(column: Any, ids: Ids) -> list[ColumnElement[bool]]:
    return [] if ids is None else [column.in_(ids)]


def _open(day: date, end: datetime) -> tuple[ColumnElement[bool], ...]:
    unsettled = or_(Commitment.settled_on.is_(None), Commitment.settled_on > day)
    return Commitment.created_at < end, unsettled, ~_changed_since(end)


def _not_undone(end: datetime) -> ColumnElement[bool]:
    return or_(FollowUp.undone_at.is_(None), FollowUp.undone_at >= end)


def _changed_since(end: datetime) -> ColumnElement[bool]:
    """A promise that was moved or opened again since: what it says now is not what it said then (`promised`)."""
    if end > clock.now():
        return false()
    kinds = ("commitment.renegotiated", "commitment.reopened", "commitment.disputed")
    return Commitment.id.in_(select(Event.subject_id).where(Event.kind.in_(kinds), Event.at >= end))


def _standing(response: Any, day: date) -> tuple[ColumnElement[bool], ...]:
    return response.state == "standing", response.answered_on <= day
