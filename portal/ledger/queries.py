"""Every SELECT about the two-sided ledger: links, what contacts see and say, and how much of it was kept."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, case, func, literal, or_, select, union_all
from sqlalchemy.orm import joinedload

from portal.commitments.models import OPEN, Commitment
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from portal.ledger.holder import Holder, Seen
from portal.ledger.models import LIVING, LedgerLink, Statement
from portal.settings.models import FIRM_ID, Firm
from portal.users.models import User

MOST_SHOWN = 40
"""Open promises that a page shows, and settled ones, at most."""
MOST_TOLD = 50
"""Statements that a page shows."""
EXPORT_ROWS = 500
COUNTED = ("kept", "settled", "confirmed", "spoken")
"""What kept rates are made of: of the settled, and of those that clients have spoken of."""


def holder_by_token(token_hash: str) -> Holder | None:
    """Who holds this token, or None. By the unique index of token_hash, the rest by primary keys."""
    row = db.session.connection().execute(_by_token(), {"key": token_hash}).one_or_none()
    return Holder._make(row) if row is not None else None


def holder_for_change(token_hash: str) -> Holder | None:
    """The same, the link locked until the transaction ends, so that what it says comes one after the other."""
    row = db.session.connection().execute(_for_update(), {"key": token_hash}).one_or_none()
    return Holder._make(row) if row is not None else None


@cache
def _by_token() -> Select[Any]:
    link, contact, customer, firm = (model.__table__.c for model in (LedgerLink, Contact, Customer, Firm))
    return (
        select(
            link.id, link.customer_id, link.contact_id, link.expires_on, link.ended_at, contact.name, contact.locale,
            contact.archived_at, customer.name, customer.archived_at, customer.assignee_id, firm.name, firm.accent,
            firm.locale, firm.time_zone,
        )
        .select_from(LedgerLink.__table__)
        .join(Contact.__table__, contact.id == link.contact_id)
        .join(Customer.__table__, customer.id == link.customer_id)
        .join(Firm.__table__, firm.id == FIRM_ID)
        .where(link.token_hash == bindparam("key"))
    )  # fmt: skip


@cache
def _for_update() -> Select[Any]:
    return _by_token().with_for_update(of=LedgerLink.__table__)


def seen_by(holder: Holder, since: date) -> Sequence[Seen]:
    """What the contact sees: promises with them or with the customer as a whole, those that are open by due day, then
    those settled since that day, the newest first. Rides on ix_commitments_customer_id_state_due_on, and for who spoke
    last of each on uq_ledger_statements_commitment_id_nonce.
    """
    whose = {"of_customer": holder.customer_id, "of_contact": holder.contact_id, "since": since}
    rows = db.session.connection().execute(_seen(), whose)
    return [Seen._make((*promise, by not in (None, holder.contact_id))) for *promise, by in rows]


@cache
def _seen() -> Select[Any]:
    promise = Commitment.__table__.c
    columns = [promise[name] for name in Seen._fields if name != "by_another"]
    both_sides = select(*columns).where(_of_contact())
    waiting = both_sides.where(OPEN).order_by(promise.due_on, promise.id).limit(MOST_SHOWN).subquery()
    over = both_sides.where(
        promise.state.in_(("kept", "broken", "withdrawn")), promise.settled_on >= bindparam("since"),
        or_(promise.state != "withdrawn", promise.origin != "recovery"),
    )  # fmt: skip
    settled = over.order_by(promise.settled_on.desc(), promise.id.desc()).limit(MOST_SHOWN).subquery()
    both = union_all(select(waiting), select(settled)).subquery()
    by = select(Statement.contact_id).where(Statement.commitment_id == both.c.id).order_by(Statement.id.desc()).limit(1)
    return select(both, by.scalar_subquery()).order_by(
        both.c.settled_on.is_not(None), both.c.settled_on.desc(), both.c.due_on, both.c.id
    )


def _of_contact() -> Any:
    """Promises with the contact, or with no person in particular."""
    promise = Commitment.__table__.c
    mine = or_(promise.contact_id == bindparam("of_contact"), promise.contact_id.is_(None))
    return and_(promise.customer_id == bindparam("of_customer"), mine)


def commitments_for_change(holder: Holder, ids: Collection[int]) -> dict[int, Commitment]:
    """Those of these promises that the contact may speak of, by id, locked in its order. By primary key."""
    query = select(Commitment).where(Commitment.id.in_(ids), _of_contact()).order_by(Commitment.id).with_for_update()
    whose = {"of_customer": holder.customer_id, "of_contact": holder.contact_id}
    return {each.id: each for each in db.session.scalars(query, whose)}


def said_before(commitment_ids: Collection[int]) -> dict[int, tuple[int, set[str]]]:
    """How many statements there are about each of these promises, and the nonces of their forms.

    Rides on uq_ledger_statements_commitment_id_nonce.
    """
    query = select(Statement.commitment_id, Statement.nonce).where(Statement.commitment_id.in_(commitment_ids))
    found: dict[int, tuple[int, set[str]]] = {id: (0, set()) for id in commitment_ids}
    for id, nonce in db.session.execute(query):
        n, nonces = found[id]
        found[id] = (n + 1, nonces | {nonce})
    return found


def active_users_by_id(ids: Collection[int]) -> dict[int, User]:
    """Those of these users who have not been disabled. By primary key."""
    query = select(User).where(User.id.in_(ids), User.disabled_at.is_(None))
    return {user.id: user for user in db.session.scalars(query)}


def living_link(contact_id: int) -> LedgerLink | None:
    """The contact's link that has not been ended, run out or not, with its contact. By uq_ledger_links_living."""
    return db.session.scalar(_living(contact_id))


def living_link_for_change(contact_id: int) -> LedgerLink | None:
    """The same, locked to the transaction's end."""
    return db.session.scalar(_living(contact_id).with_for_update(of=LedgerLink))


def _living(contact_id: int) -> Select[LedgerLink]:
    query = select(LedgerLink).options(joinedload(LedgerLink.contact, innerjoin=True))
    return query.where(LedgerLink.contact_id == contact_id, LIVING)


def contact_to_show(customer_id: int, contact_id: int) -> Contact | None:
    """One contact of that customer, with it; or None. By primary key."""
    return db.session.scalar(_contact(contact_id).where(Contact.customer_id == customer_id))


def contact_for_change(contact_id: int) -> Contact | None:
    """One contact with its customer, locked to the transaction's end; or None. By primary key."""
    return db.session.scalar(_contact(contact_id).with_for_update(of=Contact))


def _contact(contact_id: int) -> Select[Contact]:
    query = select(Contact).options(joinedload(Contact.customer, innerjoin=True))
    return query.where(Contact.id == contact_id, Contact.merged_into_id.is_(None))


def statements_by(contact_id: int) -> Sequence[Row[Any]]:
    """What a contact has said, the newest first, with the promise. Rides on ix_ledger_statements_contact_id_id."""
    return _statements(Statement.contact_id == contact_id)


def statements_about(commitment_id: int) -> Sequence[Row[Any]]:
    """What was said about a promise, the newest first. Rides on uq_ledger_statements_commitment_id_nonce."""
    return _statements(Statement.commitment_id == commitment_id)


def _statements(condition: Any) -> Sequence[Row[Any]]:
    query: Any = (
        select(
            Statement.id, Statement.word, Statement.words, Statement.said_at, Statement.commitment_id,
            Contact.name.label("contact_name"), Commitment.text, Commitment.side,
        )
        .join(Contact, Contact.id == Statement.contact_id)
        .join(Commitment, Commitment.id == Statement.commitment_id)
        .where(condition)
    )  # fmt: skip
    return db.session.execute(query.order_by(Statement.id.desc()).limit(MOST_TOLD)).all()


def kept_by_month(since: date) -> Sequence[Row[Any]]:
    """Our promises since that day, counted by `assignee_id`, `year` and `month`: `kept` of `settled` by the day on
    which they were, `confirmed` of `spoken` by the day of the client's last word.

    Rides on ix_commitments_state_settled_on_id and ix_commitments_spoken.
    """

    def by(day: Any) -> list[Any]:
        year, month = func.extract("year", day).label("year"), func.extract("month", day).label("month")
        return [Commitment.assignee_id, year, month]

    return db.session.execute(_kept_since(since, by)).all()


def kept_by_customer(since: date) -> Iterator[Row[Any]]:
    """The same by customer, with `id` and `name`, in the order they came; read in pieces, each of which rides on
    ix_commitments_customer_id_state_due_on.
    """
    after = 0
    while ids := db.session.scalars(_customers_after(after)).all():
        counts = _kept_since(since, lambda _: [Commitment.customer_id], Commitment.customer_id.in_(ids)).subquery()
        query = select(Customer.id, Customer.name, *counts.c).join(counts, counts.c.customer_id == Customer.id)
        yield from db.session.execute(query.order_by(Customer.id))
        after = ids[-1]


def _customers_after(customer_id: int) -> Select[int]:
    promised = select(Commitment.customer_id).where(Commitment.customer_id > customer_id).distinct()
    return promised.order_by(Commitment.customer_id).limit(EXPORT_ROWS)


def _kept_since(since: date, by: Callable[[Any], list[Any]], *conditions: Any) -> Select[Any]:
    """Both counts, grouped by the columns that `by` makes of the day on which something was said."""
    zero = literal(0)
    halves = []
    for said, day in ((Commitment.state, Commitment.settled_on), (Commitment.client_says, Commitment.client_said_on)):
        counts = [func.count(case((said == "kept", 1))), func.count()]
        four = [*counts, zero, zero] if said is Commitment.state else [zero, zero, *counts]
        columns = [each.label(name) for each, name in zip(four, COUNTED, strict=True)]
        group = by(day)
        some = select(*group, *columns).where(
            Commitment.side == "ours", said.in_(("kept", "broken", "not_kept")), day >= since, *conditions
        )
        halves.append(some.group_by(*group))
    both = union_all(*halves).subquery()
    keys = [column for column in both.c if column.key not in COUNTED]
    return select(*keys, *(func.sum(both.c[name]).label(name) for name in COUNTED)).group_by(*keys)
