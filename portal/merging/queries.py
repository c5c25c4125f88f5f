"""Every SELECT about duplicates and merging."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from portal.buying_centre.models import Relation
from portal.commitments.models import Commitment
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.customers.queries import TAG_NAMES
from portal.extensions import db, rows_of
from portal.follow_ups.models import FollowUp
from portal.merging.models import Duplicate
from portal.paging import PAGE_ROWS, Page, decode, page_of
from portal.purchases.models import Purchase
from portal.responses.models import Response
from portal.retention.models import ListEntry
from portal.users.models import User

Shared = Iterable[tuple[str, int]]
FIRST, SECOND = aliased(Customer), aliased(Customer)
_LIVE = Customer.archived_at.is_(None)


def merged_into(customer_id: int) -> int | None:
    """The customer into whom this one was merged, or None. By primary key."""
    return db.session.scalar(select(Customer.merged_into_id).where(Customer.id == customer_id))


def _count(model: Any, *conditions: ColumnElement[bool]) -> Any:
    mine = select(func.count()).select_from(model).where(model.customer_id == Customer.id, *conditions)
    return mine.correlate(Customer).scalar_subquery()


def sides(ids: Sequence[int]) -> dict[int, Row[Any]]:
    """What is shown of two customers side by side, by id; who was merged already is left out. By primary key, and by
    the indexes of what is counted, which begin with the customer's id.
    """
    query = (
        select(
            Customer.id, Customer.name, Customer.email, Customer.phone, Customer.city, Customer.external_id,
            Customer.notes, Customer.version, Customer.archived_at, Customer.assignee_id, Customer.created_at,
            Customer.status, Customer.purchase_days, Customer.revenue_minor, Customer.currency, Customer.last_touch_on,
            User.name.label("assignee_name"), TAG_NAMES.label("tag_names"), _count(Contact).label("contacts"),
            _count(Purchase).label("purchases"), _count(FollowUp).label("follow_ups"),
            _count(Commitment).label("commitments"), _count(Response).label("answers"),
        )
        .outerjoin(User, User.id == Customer.assignee_id)
        .where(Customer.id.in_(ids), Customer.merged_into_id.is_(None))
    )  # fmt: skip
    return {row.id: row for row in rows_of(query)}


def both_for_change(ids: Sequence[int]) -> dict[int, Customer]:
    """The two customers by id, merged ones too, locked in the order of their ids to the transaction's end."""
    query = select(Customer).where(Customer.id.in_(ids)).order_by(Customer.id).with_for_update()
    return {each.id: each for each in db.session.scalars(query.execution_options(populate_existing=True))}


def lists_of(customer_id: int) -> Select[str]:
    """The lists on which a customer stands, as part of a statement. Rides on uq_list_entries_customer_id_list."""
    return select(ListEntry.list).where(ListEntry.customer_id == customer_id)


def people_for_change(customer_id: int, ids: Sequence[int]) -> dict[int, Contact]:
    """Those of these contacts of the customer, by id, signposts too, locked in the order of their ids."""
    query = select(Contact).where(Contact.id.in_(ids), Contact.customer_id == customer_id).order_by(Contact.id)
    locked = query.with_for_update().execution_options(populate_existing=True)
    return {each.id: each for each in db.session.scalars(locked)}


def relations_with(contact_id: int) -> Sequence[Relation]:
    """What each of ours means to see of this contact. Rides on uq_relations_contact_id_user_id."""
    return db.session.scalars(select(Relation).where(Relation.contact_id == contact_id)).all()


# Pairs


def page_of_pairs(after: str | None) -> Page[Row[Any]]:
    """Pairs that nobody has told apart, of customers who are not archived, the newest first. Rides on
    ix_duplicates_open.
    """
    columns = [
        column.label(f"{which}_{column.key}")
        for which, each in (("first", FIRST), ("second", SECOND))
        for column in (each.id, each.name, each.status, each.phone, each.email, each.city, each.purchase_days)
    ]
    query = (
        select(Duplicate.id, Duplicate.why, *columns)
        .join(FIRST, FIRST.id == Duplicate.customer_id)
        .join(SECOND, SECOND.id == Duplicate.other_id)
        .where(Duplicate.dismissed_at.is_(None), FIRST.archived_at.is_(None), SECOND.archived_at.is_(None))
        .order_by(Duplicate.id.desc())
        .limit(PAGE_ROWS + 1)
    )
    key = decode(after, int)
    rows = rows_of(query.where(Duplicate.id < key[0]) if key else query).all()
    return page_of(rows, lambda row: (row.id,), first=key is None)


def pair_for_change(pair_id: int) -> tuple[Duplicate, str, str] | None:
    """A pair, locked, and the names of its customers; or None. By primary keys."""
    pair = db.session.scalar(select(Duplicate).where(Duplicate.id == pair_id).with_for_update())
    if pair is None:
        return None
    both = select(Customer.id, Customer.name).where(Customer.id.in_([pair.customer_id, pair.other_id]))
    names = {row.id: row.name for row in db.session.execute(both)}
    return pair, names[pair.customer_id], names[pair.other_id]


def pairs_with(customer_id: int) -> Sequence[Row[int, int, Any, int | None]]:
    """(customer_id, other_id, dismissed_at, dismissed_by_id) of the pairs with that customer. Rides on
    uq_duplicates_customer_id_other_id and ix_duplicates_other_id.
    """
    columns = Duplicate.customer_id, Duplicate.other_id, Duplicate.dismissed_at, Duplicate.dismissed_by_id
    query = select(*columns).where(or_(Duplicate.customer_id == customer_id, Duplicate.other_id == customer_id))
    return db.session.execute(query).all()


def known_by(ids: Collection[int]) -> Sequence[Row[int, str, str]]:
    """(customer id, kind, value) of all that these living customers are known by, their contacts' too. By primary key,
    and by ix_contacts_customer_id.
    """
    mine = Customer.id.in_(ids), _LIVE
    found: list[Any] = [
        select(Customer.id, literal(kind), column).where(*mine, column.is_not(None))
        for kind, column in (
            ("name", Customer.sort_name), ("email", Customer.email), ("phone", Customer.phone),
            ("external_id", Customer.external_id),
        )
    ]  # fmt: skip
    found += [
        select(Contact.customer_id, literal(kind), column)
        .join(Customer, Customer.id == Contact.customer_id)
        .where(*mine, Contact.archived_at.is_(None), column.is_not(None))
        for kind, column in (("email", Contact.email), ("phone", Contact.phone))
    ]
    return db.session.execute(union_all(*found)).all()


def named(names: Collection[str]) -> Shared:
    """(folded name, id) of the living customers of these names. Rides on ix_customers_live_name."""
    return _pairs(select(Customer.sort_name, Customer.id).where(Customer.sort_name.in_(names), _LIVE))


def numbered(numbers: Collection[str]) -> Shared:
    """(number, id) of the living customers of these external numbers. By uq_customers_external_id."""
    return _pairs(select(Customer.external_id, Customer.id).where(Customer.external_id.in_(numbers), _LIVE))


def reached(kind: str, values: Collection[str]) -> Shared:
    """(address or phone, id) of the living customers who have one of these, or whose living contacts do. Rides on the
    indexes of both tables.
    """
    own, theirs = getattr(Customer, kind), getattr(Contact, kind)
    contacts = select(theirs, Customer.id).join(Contact, Contact.customer_id == Customer.id)
    contacts = contacts.where(theirs.in_(values), Contact.archived_at.is_(None), _LIVE)
    return _pairs(union_all(select(own, Customer.id).where(own.in_(values), _LIVE), contacts))


def _pairs(query: Any) -> Shared:
    return ((row[0], row[1]) for row in db.session.execute(query))
