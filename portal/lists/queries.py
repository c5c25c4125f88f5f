"""Every SELECT about lists: their pages, what is counted, who is saved and acted on."""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Float,
    Row,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    tuple_,
)

from portal.customers.lines import Matter, line_by_id
from portal.customers.models import Customer
from portal.customers.queries import CHOICES_BESIDE, IS_STILL, TAG_NAMES, Choices, choices_of, filter_choices
from portal.extensions import UtcDateTime, db, rows_of
from portal.invitations.models import OptOut
from portal.lists.catalogue import BY_NAME
from portal.lists.filters import ListFilter
from portal.lists.models import ListBatch, SavedList
from portal.paging import PAGE_ROWS, Page, decode, most, page_of
from portal.retention.models import ON_TODAY, Books, ListEntry
from portal.texts import number_in
from portal.trials.members import hidden_from
from portal.trials.models import Trial
from portal.users.models import User

MOST_COUNTED = 1000
"""Of a narrowed list no more are counted."""
EXPORT_ROWS = 500
COLUMNS: tuple[Any, ...] = (
    ListEntry.id,
    ListEntry.urgency,
    ListEntry.customer_id,
    Customer.name,
    ListEntry.list,
    ListEntry.kind,
    ListEntry.number,
    ListEntry.on_day,
    ListEntry.at_stake_minor,
    ListEntry.currency,
    User.name.label("assignee_name"),
    Customer.last_touch_on,
    Customer.phone,
    Customer.email,
)


def _shown(name: str) -> tuple[Any, ...]:
    """Whom that list shows. Who is kept apart by a trial is shown to nobody, counted nowhere and acted on by nobody.

    The name is no parameter: the lists differ so much in length that PostgreSQL would make a plan anew each time.
    """
    ours: Any = literal_column(f"'{BY_NAME[name].name}'")
    return ListEntry.list == ours, ~ListEntry.untouched, Customer.archived_at.is_(None), IS_STILL


# The books, and one list of them


@lru_cache(maxsize=32)
def _head(name: str) -> Select[Any]:
    hiding = exists().where(or_(*(Trial.list == other for other in hidden_from(name))), Trial.state == "running")
    return (
        select(
            Books.as_of,
            Books.ended_at,
            Books.lists[name].label("list"),
            Books.currency,
            hiding.label("some_apart"),
            Trial.id.label("trial_id"),
            Trial.untouched.label("left_alone"),
            Trial.ends_on.label("trial_until"),
            CHOICES_BESIDE.column,
        )
        .outerjoin(Trial, and_(Trial.list == name, Trial.state == "running"))
        .where(Books.state == "done")
        .order_by(Books.id.desc())
        .limit(most(1))
    )


def head(name: str) -> Row[Any] | None:
    """What the newest books say of a list: their day, its counts and its grade, their currency; the trial that runs on
    it, if one does, and whether any hides somebody here; and by what a list may be narrowed (`choices`). None before
    the first books. Rides on ix_books_state_id and uq_trials_running.
    """
    return rows_of(_head(name)).first()


def choices(head: Row[Any] | None) -> Choices:
    """By whom and by what a list may be narrowed: what its head tells, or else one query."""
    return choices_of(CHOICES_BESIDE.rows(head.choices)) if head is not None else filter_choices()


@lru_cache(maxsize=256)
def _rows(name: str, shape: ListFilter, after: bool) -> Select[Any]:
    query = (
        select(*COLUMNS)
        .join(Customer, Customer.id == ListEntry.customer_id)
        .outerjoin(User, User.id == ListEntry.assignee_id)
        .where(*_shown(name), *shape.conditions())
        .order_by(ListEntry.urgency, ListEntry.id)
        .limit(most(PAGE_ROWS + 1))
    )
    if after:
        key = tuple_(bindparam("after_urgency", type_=Float), bindparam("after_id", type_=BigInteger))
        query = query.where(tuple_(ListEntry.urgency, ListEntry.id) > key)
    return query


def page(name: str, wanted: ListFilter, user: User, after: str | None) -> Page[Row[Any]]:
    """The entries of a list with their customers, most urgent first, as the columns that it shows.

    Rides on ix_list_entries_urgency, or for one user's on ix_list_entries_assignee.
    """
    key = decode(after, float, int)
    values = wanted.values(user)
    if key:
        values |= {"after_urgency": key[0], "after_id": key[1]}
    found = rows_of(_rows(name, wanted.shape, key is not None), values).all()
    return page_of(found, lambda row: (float(row.urgency), row.id), first=key is None)


@lru_cache(maxsize=256)
def _counted(name: str, shape: ListFilter) -> Select[Any]:
    some = (
        select(ListEntry.at_stake_minor, ListEntry.currency)
        .join(Customer, Customer.id == ListEntry.customer_id)
        .where(*_shown(name), *shape.conditions())
        .limit(most(MOST_COUNTED + 1))
        .subquery()
    )
    theirs = case((some.c.currency == bindparam("money"), some.c.at_stake_minor), else_=0)
    both: tuple[Any, ...] = (func.count().label("customers"), func.sum(theirs).label("at_stake_minor"))
    return select(*both).select_from(some)


def counted(name: str, wanted: ListFilter, user: User, currency: str) -> tuple[int, int]:
    """(how many a narrowed list shows, what is at stake in that currency); beyond `MOST_COUNTED` it is not counted."""
    values = {"money": currency, **wanted.values(user)}
    found = rows_of(_counted(name, wanted.shape), values).one()
    return int(found.customers), int(found.at_stake_minor or 0)


def all_entries(name: str, wanted: ListFilter, user: User) -> Iterator[Row[Any]]:
    """The same entries as the page's, every one, in its order and with more of the customer, read in pieces."""
    more = (
        Customer.status, Customer.external_id, Customer.city, Customer.last_purchase_on, ListEntry.due_on,
        TAG_NAMES.label("tag_names"),
    )  # fmt: skip
    values = wanted.values(user)
    rows = rows_of(_rows(name, wanted.shape, False).add_columns(*more).limit(most(EXPORT_ROWS)), values).all()
    following = _rows(name, wanted.shape, True).add_columns(*more).limit(most(EXPORT_ROWS))
    while rows:
        yield from rows
        key = {"after_urgency": float(rows[-1].urgency), "after_id": rows[-1].id}
        rows = rows_of(following, values | key).all()


def customers_of(name: str, wanted: ListFilter, user: User, most: int, only: Sequence[int] = ()) -> Sequence[int]:
    """Ids of the customers whom a list shows, ascending, no more than `most`; of these only, where some are named."""
    query = (
        select(ListEntry.customer_id)
        .join(Customer, Customer.id == ListEntry.customer_id)
        .where(*_shown(name), *wanted.shape.conditions())
        .order_by(ListEntry.customer_id)
        .limit(most)
    )
    if only:
        query = query.where(ListEntry.customer_id.in_(only))
    return db.session.scalars(query, wanted.values(user)).all()


# Today's lines


LINE = (
    ListEntry.id,
    ListEntry.due_on,
    ListEntry.on_day.label("settled_on"),
    ListEntry.customer_id,
    cast(null(), BigInteger).label("contact_id"),
    cast(null(), BigInteger).label("by_id"),
    ListEntry.kind,
    ListEntry.list.label("state"),
    cast(ListEntry.number, String).label("text"),
    literal("").label("note"),
    literal(0).label("moved"),
    literal(0).label("version"),
    cast(null(), UtcDateTime).label("created_at"),
)
"""An entry as `lines.COLUMNS`: its state is the list, and what its reason is made of stands in kind, text (the number)
and settled_on (the day)."""
MATTER = Matter("list_entries", "lists/_lines.html", LINE)
QUIET = or_(Customer.last_touch_on.is_(None), Customer.last_touch_on < ListEntry.due_on)
"""Nobody has touched the customer since it has been so."""


def on_today(name: str, assignee_id: Any, _today: Any) -> Any:
    """(due_on, id) of the entries of a list that belong on Today: of customers whom nobody has touched since, one
    user's or, when None, everybody's. To be ordered by due_on and id: rides on ix_list_entries_today_assignee and
    _today.
    """
    # Not as EXISTS: of that PostgreSQL makes a join, and reads all customers for the first twenty-five entries.
    quiet = select(and_(Customer.archived_at.is_(None), QUIET)).where(Customer.id == ListEntry.customer_id)
    query = select(ListEntry.due_on, ListEntry.id).where(
        ListEntry.list == literal_column(f"'{name}'"), ON_TODAY, quiet.scalar_subquery()
    )
    return query if assignee_id is None else query.where(ListEntry.assignee_id == assignee_id)


def line(entry_id: int) -> Any:
    """One entry as its line on Today shows it, or None. By primary key."""
    return line_by_id(select(*LINE).where(ListEntry.id == entry_id, ~ListEntry.untouched))


# Saved lists


def saved_lists() -> Sequence[Row[int, str, str]]:
    """(id, name, list) of every saved list, by name. A firm has tens of them."""
    return rows_of(_saved_lists()).all()


@cache
def _saved_lists() -> Select[int, str, str]:
    return select(SavedList.id, SavedList.name, SavedList.list).order_by(SavedList.folded)


def saved_list(id: int) -> SavedList | None:
    """One saved list, or None. By primary key."""
    return db.session.get(SavedList, id)


def opened_list(asked: str, name: str) -> SavedList | None:
    """The saved list that an address asks for by its id, if it is one of that list. It may have been narrowed further
    since, and then it is that list no longer. By primary key.
    """
    wanted = number_in(asked)
    saved = saved_list(wanted) if wanted else None
    return saved if saved is not None and saved.list == name else None


def saved_list_named(folded: str) -> SavedList | None:
    """The saved list of that folded name. By its unique index."""
    return db.session.scalar(select(SavedList).where(SavedList.folded == folded))


def saved_list_by_form(form_id: str) -> SavedList | None:
    """The list that this form has saved before. By the unique index of form ids."""
    return db.session.scalar(select(SavedList).where(SavedList.form_id == form_id))


# Acts on many


def batch_for_change(batch_id: int) -> ListBatch | None:
    """One act as it is now, locked until the transaction ends. By primary key."""
    query = select(ListBatch).where(ListBatch.id == batch_id).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def batch_to_show(batch_id: int) -> Row[ListBatch, str | None] | None:
    """(ListBatch, the name of who is to answer or to follow up), or None. By primary key."""
    query = select(ListBatch, User.name).outerjoin(User, User.id == ListBatch.to_id).where(ListBatch.id == batch_id)
    return db.session.execute(query).first()


def batch_by_form(form_id: str) -> ListBatch | None:
    """The act that this form has asked for before. By the unique index of form ids."""
    return db.session.scalar(select(ListBatch).where(ListBatch.form_id == form_id))


def running_batches() -> Sequence[int]:
    """Ids of the acts that are under way, the oldest first. Rides on ix_list_batches_state."""
    return db.session.scalars(select(ListBatch.id).where(ListBatch.state == "running").order_by(ListBatch.id)).all()


def customers_to_act_on(name: str, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """(id, name, assignee_id, is_archived, is_there) of these customers, by id, their rows locked: whether they are
    in the archive, and whether the list still shows them. By primary key, and by uq_list_entries_customer_id_list.
    """
    there = select(ListEntry.id).where(
        ListEntry.customer_id == Customer.id, ListEntry.list == name, ~ListEntry.untouched
    )
    query = (
        select(
            Customer.id, Customer.name, Customer.assignee_id, Customer.archived_at.is_not(None).label("is_archived"),
            there.exists().label("is_there"),
        )
        .where(Customer.id.in_(ids))
        .order_by(Customer.id)
        .with_for_update(of=Customer)
    )  # fmt: skip
    found: Sequence[Row[Any]] = db.session.execute(query).all()  # type: ignore[assignment]
    return found


def without_offers(ids: Sequence[int]) -> set[int]:
    """Which of these customers do not want to be written to at all. Rides on ix_opt_outs_customer_id_contact_id."""
    query = select(OptOut.customer_id).where(
        OptOut.customer_id.in_(ids), OptOut.contact_id.is_(None), OptOut.scope == "all", OptOut.withdrawn_at.is_(None)
    )
    return set(db.session.scalars(query))
