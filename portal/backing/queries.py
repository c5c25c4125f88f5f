"""Every SELECT about requests for support, and about the customers that somebody handed over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    Row,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    distinct,
    exists,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import aliased, joinedload

from portal.backing.models import SETTLED, WAITING, SupportRequest
from portal.commitments.models import Commitment
from portal.customers.lines import Matter, is_live, lines, live, together
from portal.customers.models import Customer
from portal.extensions import db, rows_of
from portal.paging import PAGE_ROWS, Page, decode, page_of
from portal.purchases.models import Purchase
from portal.relay.legs import OF_ROLE
from portal.relay.models import HANDED_OFF, Holding
from portal.responses.models import Response
from portal.surveys.models import Survey
from portal.users.models import User

LINE = (
    SupportRequest.id,
    SupportRequest.due_on,
    SupportRequest.settled_on,
    SupportRequest.customer_id,
    cast(null(), BigInteger).label("contact_id"),
    SupportRequest.created_by_id.label("by_id"),
    SupportRequest.to_leg.label("kind"),
    SupportRequest.state,
    SupportRequest.text,
    SupportRequest.answer.label("note"),
    SupportRequest.assignee_id.label("moved"),
    SupportRequest.version,
    SupportRequest.created_at,
)
"""A request as `lines.COLUMNS`: its kind is the leg that is asked, its note what was answered, and `moved` the id of
who is asked in particular or has taken it.
"""
MATTER = Matter("support_requests", "backing/_rows.html", LINE)
WHOSE = ("leg", "mine", "everybody")


@dataclass(frozen=True)
class Wanted:
    """Which requests a list shows: those for `leg` and for the user, those the user made, or everybody's."""

    whose: str = "leg"
    waiting: bool = True
    leg: str = ""
    user_id: int = 0


_WAITING = select(SupportRequest.due_on, SupportRequest.id).where(is_live(SupportRequest.customer_id), WAITING)


def due(assignee_id: Any, today: Any) -> Any:
    """(due_on, id) of requests that wait for one user, who is asked in particular or has taken them, or as one of the
    leg while nobody has: two parts; or for everybody. The untaken ones from the first day, the taken ones when they
    fall due.

    Assignee and day may be bound parameters, of a statement that is made once. To be ordered by due_on and id: rides on
    ix_support_requests_waiting_assignee and _waiting_leg, or on _waiting_due.
    """
    query = _WAITING.where(or_(SupportRequest.state == literal_column("'open'"), SupportRequest.due_on <= today))
    if assignee_id is None:
        return query
    leg = select(case(OF_ROLE, value=User.role, else_="")).where(User.id == assignee_id).scalar_subquery()
    of_leg = _WAITING.where(SupportRequest.assignee_id.is_(None), SupportRequest.to_leg == leg)
    return [query.where(SupportRequest.assignee_id == assignee_id), of_leg]


def page(wanted: Wanted, after: str | None) -> Page[Row[Any]]:
    """Lines with `assignee_name`: waiting ones by due day, so that late ones come first; settled ones
    by day, newest first.

    A limited select or two, each on an index of its own: ix_support_requests_waiting_due, _waiting_leg,
    _waiting_assignee or _waiting_by, or for the settled ones _settled, _settled_leg or _settled_by.
    """
    key = decode(after, date, int)
    values: dict[str, Any] = {"leg": wanted.leg, "user_id": wanted.user_id}
    values |= {"after_on": key[0], "after_id": key[1]} if key else {}
    rows = rows_of(_page(wanted.whose, wanted.waiting, key is not None), values).all()
    day = "due_on" if wanted.waiting else "settled_on"
    return page_of(rows, lambda row: (getattr(row, day), row.id), first=key is None)


@lru_cache(maxsize=16)
def _page(whose: str, waiting: bool, from_key: bool) -> Select[Any]:
    day = SupportRequest.due_on if waiting else SupportRequest.settled_on
    after = tuple_(bindparam("after_on", type_=Date), bindparam("after_id", type_=BigInteger))
    branches = []
    for branch in _branches(whose, waiting):
        here = tuple_(day, SupportRequest.id)
        some = branch.where(here > after if waiting else here < after) if from_key else branch
        branches.append(some.order_by(*_falling(waiting, day, SupportRequest.id)).limit(PAGE_ROWS + 1))
    found = together(branches)
    column = "due_on" if waiting else "settled_on"
    some = select(found).order_by(*_falling(waiting, found.c[column], found.c.id)).limit(PAGE_ROWS + 1)
    matters = some.subquery()
    return _with_assignee(matters).order_by(*_falling(waiting, matters.c[column], matters.c.id))


def _branches(whose: str, waiting: bool) -> list[Any]:
    """Everybody's, what the user has asked for, or what is asked of the leg and, besides, of the user."""
    query = live(select(*LINE), SupportRequest.customer_id).where(WAITING if waiting else SETTLED)
    leg, me = bindparam("leg", type_=String), bindparam("user_id", type_=BigInteger)
    if whose == "everybody":
        return [query]
    if whose == "mine":
        return [query.where(SupportRequest.created_by_id == me)]
    of_leg = query.where(SupportRequest.to_leg == leg)
    if not waiting:
        return [of_leg]
    return [of_leg, query.where(SupportRequest.assignee_id == me, SupportRequest.to_leg != leg)]


def _falling(rising: bool, *columns: Any) -> tuple[Any, ...]:
    """The columns in their own order, or all of them the other way round."""
    return columns if rising else tuple(column.desc() for column in columns)


def _with_assignee(matters: Any) -> Select[Any]:
    """The rest of each line, and the name of who has it or is asked in particular."""
    assignee = aliased(User)
    query = lines(matters).add_columns(assignee.name.label("assignee_name"))
    return query.outerjoin(assignee, assignee.id == matters.c.moved)


def line(request_id: int) -> Row[Any] | None:
    """One request as its line shows it, or None. By primary key."""
    query = select(*LINE).where(SupportRequest.id == request_id)
    return db.session.execute(_with_assignee(query.subquery())).first()


def lines_of(customer_id: int) -> Sequence[Row[Any]]:
    """The last 20 requests on a customer, the newest first. Rides on ix_support_requests_customer_id_id."""
    mine = select(*LINE).where(SupportRequest.customer_id == customer_id)
    matters = mine.order_by(SupportRequest.id.desc()).limit(20).subquery()
    return db.session.execute(_with_assignee(matters).order_by(matters.c.id.desc())).all()


def request_to_show(request_id: int) -> SupportRequest | None:
    """One request with its customer, who asked and who is asked, or None. By primary key."""
    query = (
        select(SupportRequest)
        .options(
            joinedload(SupportRequest.customer),
            joinedload(SupportRequest.assignee),
            joinedload(SupportRequest.created_by),
        )
        .where(SupportRequest.id == request_id)
    )
    return db.session.scalar(query.execution_options(populate_existing=True))


def request_for_change(request_id: int) -> SupportRequest | None:
    """One request as it is now, locked to the transaction's end. By primary key."""
    query = select(SupportRequest).where(SupportRequest.id == request_id).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def request_by_form(form_id: str) -> SupportRequest | None:
    """The request that this form made when it was sent before. By the unique index of form ids."""
    return db.session.scalar(select(SupportRequest).where(SupportRequest.form_id == form_id))


def page_handed_over(user_id: int, after: str | None, today: date) -> Page[Row[Any]]:
    """Whom a user handed over, each once, the latest first: (id of the stretch, customer, day, phase, who holds the
    customer now, promises of ours kept since and late now, the last answer). One limited select, and per row a few
    looks along the customer's own indexes. Rides on ix_holdings_handed_off.
    """
    key = decode(after, date, int)
    some = _handed_over(user_id)
    if key:
        some = some.where(tuple_(Holding.until_on, Holding.id) < tuple_(literal(key[0], Date), literal(key[1])))
    mine = some.order_by(Holding.until_on.desc(), Holding.id.desc()).limit(PAGE_ROWS + 1).subquery()
    query = (
        select(
            mine, Customer.name, Customer.phase, Customer.status, Customer.purchase_days, Customer.archived_at,
            Customer.leg, User.name.label("holder"), Response.score, Survey.kind, Response.answered_on,
            _promises(mine, Commitment.state == "kept", Commitment.settled_on >= mine.c.until_on).label("kept"),
            _promises(mine, Commitment.state == "open", Commitment.due_on < today).label("late"),
        )
        .join_from(mine, Customer, Customer.id == mine.c.customer_id)
        .outerjoin(User, User.id == Customer.assignee_id)
        .outerjoin(Response, Response.id == _last_answer(mine.c.customer_id))
        .outerjoin(Survey, Survey.id == Response.survey_id)
        .order_by(mine.c.until_on.desc(), mine.c.id.desc())
    )  # fmt: skip
    rows = db.session.execute(query).all()
    return page_of(rows, lambda row: (row.until_on, row.id), first=key is None)


def _handed_over(user_id: int) -> Any:
    """The stretches of a user that ended by a hand-off; of a customer handed over twice, the last one."""
    later = aliased(Holding)
    again = exists().where(
        later.customer_id == Holding.customer_id, later.id > Holding.id, later.user_id == Holding.user_id,
        later.ended == "handed_off",
    )  # fmt: skip
    columns = select(Holding.id, Holding.customer_id, Holding.until_on)
    return columns.where(Holding.user_id == user_id, HANDED_OFF, ~again)


def _promises(mine: Any, *how: Any) -> Any:
    """How many promises of ours to the row's customer are so. Rides on ix_commitments_customer_id_state_due_on."""
    of_customer = select(func.count()).where(
        Commitment.customer_id == mine.c.customer_id, Commitment.side == "ours", *how
    )
    return of_customer.correlate(mine).scalar_subquery()


def _last_answer(customer_id: Any) -> Any:
    """The id of a customer's last standing answer. Rides on ix_survey_responses_customer_id_answered_on."""
    last = aliased(Response)
    newest = select(last.id).where(last.customer_id == customer_id, last.state == "standing")
    return newest.order_by(last.answered_on.desc(), last.id.desc()).limit(1).scalar_subquery()


def bought_since(holding_ids: Sequence[int]) -> Sequence[Any]:
    """(customer id, currency, purchase days, money) since these stretches ended. Rides on
    ix_purchases_customer_id_purchased_on.
    """
    query = (
        select(
            Holding.customer_id, Purchase.currency, func.count(distinct(Purchase.purchased_on)).label("days"),
            func.sum(Purchase.amount_minor).label("amount_minor"),
        )
        .join(Purchase, _since_then(Holding))
        .where(Holding.id.in_(holding_ids))
        .group_by(Holding.customer_id, Purchase.currency)
        .order_by(Purchase.currency)
    )  # fmt: skip
    return db.session.execute(query).all()


def _since_then(stretch: Any) -> Any:
    return and_(
        Purchase.customer_id == stretch.customer_id, Purchase.purchased_on > stretch.until_on,
        Purchase.voided_at.is_(None),
    )  # fmt: skip


def credit(user_id: int, month: date) -> Sequence[Any]:
    """(currency, purchase days, money, and both since the first of the month) of all customers whom a user handed over.

    Costs as much as they have bought since. Rides on ix_holdings_handed_off and ix_purchases_customer_id_purchased_on.
    """
    mine = _handed_over(user_id).subquery()
    day = (
        select(
            Purchase.currency, Purchase.customer_id, Purchase.purchased_on, func.sum(Purchase.amount_minor).label("sum")
        )
        .join(mine, _since_then(mine.c))
        .group_by(Purchase.currency, Purchase.customer_id, Purchase.purchased_on)
        .subquery()
    )
    this_month = day.c.purchased_on >= month
    query = select(
        day.c.currency, func.count(), func.sum(day.c.sum), func.sum(case((this_month, 1), else_=0)),
        func.sum(case((this_month, day.c.sum), else_=0)),
    ).group_by(day.c.currency)  # fmt: skip
    return db.session.execute(query.order_by(func.sum(day.c.sum).desc())).all()


def who_handed_over() -> Sequence[Any]:
    """(id, name) of the users who have handed somebody over, by name. Rides on ix_holdings_handed_off."""
    handed = exists().where(Holding.user_id == User.id, HANDED_OFF)
    return db.session.execute(select(User.id, User.name).where(handed).order_by(User.name, User.id)).all()
