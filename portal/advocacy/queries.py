"""Every SELECT about referrals."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from portal.advocacy.models import WON, Referral
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db, rows_of
from portal.follow_ups.models import FollowUp
from portal.paging import PAGE_ROWS, Page, decode, most, page_of
from portal.purchases.models import Purchase
from portal.users.models import User

SHOWN = ("given", "contacted", "customer", "credited", "bought_before", "closed")
"""The states that a page tells apart: a customer who has bought is `credited`, or had `bought_before`."""
MOST_COUNTED = 100
MOST_OF_CUSTOMER = 100
THEY = aliased(Customer)
"""The customer that the recommended have become."""
FIRST = (
    select(Purchase.id)
    .where(Purchase.customer_id == Referral.referred_customer_id, Purchase.voided_at.is_(None))
    .order_by(Purchase.purchased_on, Purchase.id)
    .limit(1)
    .correlate(Referral)
    .scalar_subquery()
)
"""The first purchase of the recommended that counts. Rides on ix_purchases_customer_id_purchased_on."""
_AFTER_IT = and_(
    or_(Referral.referred_on.is_(None), Purchase.purchased_on >= Referral.referred_on),
    Referral.referred_customer_id != Referral.customer_id,  # both may have turned out to be one
)
CREDITED: ColumnElement[bool] = and_(Purchase.id.is_not(None), _AFTER_IT)
"""They had not bought before they were recommended, and have since."""
BOUGHT_BEFORE: ColumnElement[bool] = and_(Purchase.id.is_not(None), ~_AFTER_IT)
"""They had: a first purchase is not waited for, and nobody is credited with it."""
_IS_WON = Referral.state == "customer"
LINE = (
    Referral.id,
    case(
        (and_(_IS_WON, CREDITED), "credited"), (and_(_IS_WON, BOUGHT_BEFORE), "bought_before"), else_=Referral.state
    ).label("state"),
    Referral.name,
    Referral.reach,
    Referral.note,
    Referral.reason,
    Referral.referred_on,
    Referral.contacted_on,
    Referral.settled_on,
    Referral.version,
    Referral.response_id,
    Referral.thank_id,
    Referral.customer_id,
    Customer.name.label("customer_name"),
    Referral.contact_id,
    Contact.name.label("contact_name"),
    Referral.referred_customer_id,
    THEY.name.label("referred_name"),
    Purchase.purchased_on,
    Purchase.amount_minor,
    Purchase.currency,
    User.name.label("by_name"),
)
"""A referral with who recommends, who wrote it down, the customer that came of it, and their first purchase."""


@dataclass(frozen=True)
class Credit:
    """The first purchase of somebody who was recommended: its day, and what it was worth in minor units."""

    on: date
    amount_minor: int
    currency: str


def _line() -> Select[Any]:
    return (
        select(*LINE)
        .select_from(Referral)
        .join(Customer, Customer.id == Referral.customer_id)
        .outerjoin(Contact, Contact.id == Referral.contact_id)
        .outerjoin(THEY, THEY.id == Referral.referred_customer_id)
        .outerjoin(Purchase, Purchase.id == FIRST)
        .outerjoin(User, User.id == Referral.created_by_id)
    )


def _in_state(state: str) -> list[ColumnElement[bool]]:
    """The conditions for one of `SHOWN`; none for all of them."""
    won = {"customer": Purchase.id.is_(None), "credited": CREDITED, "bought_before": BOUGHT_BEFORE}
    if state in won:
        return [_IS_WON, won[state]]
    return [Referral.state == state] if state else []


def page(state: str, after: str | None) -> Page[Row[Any]]:
    """Referrals in that state, or all of them, as `LINE`, the newest first. By ix_referrals_state_id or primary key."""
    key = decode(after, int)
    query = _line().where(*_in_state(state)).order_by(Referral.id.desc()).limit(most(PAGE_ROWS + 1))
    rows = rows_of(query.where(Referral.id < key[0]) if key else query).all()
    return page_of(rows, lambda row: (row.id,), first=key is None)


def counts() -> dict[str, int]:
    """How many there are in each of `SHOWN`, none beyond 100. By ix_referrals_state_id."""
    return {row.state: row.n for row in rows_of(_counts())}


@cache
def _counts() -> Any:
    counted = []
    for state in SHOWN:
        some = select(literal(1).label("one")).select_from(Referral).where(*_in_state(state)).limit(MOST_COUNTED)
        if state in ("customer", "credited", "bought_before"):
            some = some.outerjoin(Purchase, Purchase.id == FIRST)
        each = some.subquery()
        counted.append(select(literal(state).label("state"), func.count().label("n")).select_from(each))
    return union_all(*counted)


def line(referral_id: int) -> Row[Any] | None:
    """One referral as `LINE`, or None. By primary keys. What the session holds back is flushed first."""
    return db.session.execute(_line().where(Referral.id == referral_id)).first()


def of_customer(customer_id: int) -> Sequence[Row[Any]]:
    """The newest 100 whom this customer recommends, as `LINE`. Rides on ix_referrals_customer_id."""
    mine = _line().where(Referral.customer_id == customer_id)
    return rows_of(mine.order_by(Referral.id.desc()).limit(most(MOST_OF_CUSTOMER))).all()


def who_brought(customer_id: int) -> Sequence[Row[Any]]:
    """By whom else this customer was recommended, as `LINE`, the first first. Rides on ix_referrals_won."""
    theirs = _line().where(Referral.referred_customer_id == customer_id, Referral.customer_id != customer_id)
    return rows_of(theirs.order_by(Referral.id).limit(most(MOST_OF_CUSTOMER))).all()


def referral_for_change(referral_id: int) -> Referral | None:
    """One referral, locked to the transaction's end. By primary key."""
    query = select(Referral).where(Referral.id == referral_id).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def referral_by_form(form_id: str) -> Referral | None:
    """The referral that this form made when it was sent before. By the unique index of form ids."""
    return db.session.scalar(select(Referral).where(Referral.form_id == form_id))


def won_for_change(customer_ids: Collection[int]) -> Sequence[Referral]:
    """The referrals that became one of these customers, in order, locked. Rides on ix_referrals_won."""
    query = select(Referral).where(WON, Referral.referred_customer_id.in_(customer_ids)).order_by(Referral.id)
    return db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def credit_of(referral_id: int) -> Credit | None:
    """The purchase by which this referral is credited, or None. By primary key, and `FIRST`."""
    db.session.flush()
    found = rows_of(_credit(), {"referral_id": referral_id}).first()
    return Credit(*found) if found else None


@cache
def _credit() -> Any:
    return (
        select(Purchase.purchased_on, Purchase.amount_minor, Purchase.currency)
        .select_from(Referral)
        .join(Purchase, Purchase.id == FIRST)
        .where(Referral.id == bindparam("referral_id", type_=BigInteger), Referral.state == "customer", _AFTER_IT)
    )


def planned_thanks(referral: Referral) -> FollowUp | None:
    """The follow-up that is to thank for it, while nobody has; or None. By primary key."""
    follow_up = db.session.get(FollowUp, referral.thank_id) if referral.thank_id else None
    return follow_up if follow_up is not None and follow_up.is_planned else None
