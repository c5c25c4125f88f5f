"""Every SELECT about the relay."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Date,
    Row,
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
    union_all,
)
from sqlalchemy.orm import aliased, selectinload

from portal import clock
from portal.among import among
from portal.commitments.models import OPEN, Commitment
from portal.customers.lines import Matter, is_live, together
from portal.customers.models import PHASES, Customer
from portal.extensions import db, rows_of
from portal.follow_ups.models import FollowUp
from portal.paging import PAGE_ROWS, Page, decode, most, page_of
from portal.relay.legs import OF_ROLE
from portal.relay.models import BOARD_ID, LONGEST_WAIT_DAYS, LYING, OFFERED, TO_LEG, Board, HandOff, Holding
from portal.timeline.models import Event
from portal.users.models import User

CARDS_AT_ONCE = 8
STRETCHES = 100
MOST_COUNTED = 100
"""Of hand-offs no more are counted."""
TRAVELLING_SHOWN = 300
LATE_OFFER_DAYS = 30
"""For how long after the first purchase service is still asked to take over."""
VIEWS = ("mine", "offered", "waiting", "dropped")
UNHANDED = (Customer.status != "prospect", or_(Customer.leg.is_(None), Customer.leg != "service"))
"""Who has bought and is not with service."""


# The board


def the_board() -> Row[Any] | None:
    """What was counted of all customers, or None before it was. By primary key."""
    found: Row[Any] | None = rows_of(select(*Board.__table__.columns).where(Board.id == BOARD_ID)).first()
    return found


_OFFER, _LYING = aliased(HandOff, name="offer"), aliased(HandOff, name="lying")
_CARD = (
    Customer.id, Customer.name, Customer.phase, Customer.phase_since, Customer.leg, Customer.assignee_id,
    Customer.last_touch_on, Customer.next_touch_on, Customer.revenue_minor, Customer.currency,
)  # fmt: skip


def cards() -> dict[str, Sequence[Row[Any]]]:
    """The customers who have been in each phase the longest, a few of each, with what may hold them, in one go. Rides
    on ix_customers_live_phase; what holds those few, on indexes that begin with the customer's id.
    """
    found: dict[str, list[Row[Any]]] = {phase: [] for phase in PHASES}
    for row in rows_of(_cards_of_all(), {"today": clock.today()}):
        found[row.phase].append(row)
    return dict(found)


def page_of_cards(phase: str, after: str | None, held: str = "", silent_after_days: int = 0) -> Page[Row[Any]]:
    """The customers of one phase the same way, who have been there the longest first; only those whom that holds
    there, one of `counting.HELD`. Rides on the same indexes: whom nobody has touched is looked for along the phase.
    """
    key = decode(after, date, int)
    values: dict[str, Any] = {"today": clock.today(), "phase": phase}
    values |= {"quiet": clock.today() - timedelta(days=silent_after_days)} if held == "untouched" else {}
    values |= {"after_on": key[0], "after_id": key[1]} if key else {}
    rows = rows_of(_cards_of_one(held, key is not None), values).all()
    return page_of(rows, lambda row: (row.phase_since, row.id), first=key is None)


@cache
def _cards_of_all() -> Any:
    return _held_up(together([_in_phase(literal_column(f"'{phase}'")).limit(most(CARDS_AT_ONCE)) for phase in PHASES]))


@cache
def _cards_of_one(held: str, from_key: bool) -> Any:
    query = _in_phase(bindparam("phase")).where(*_is_held(held))
    if from_key:
        after = tuple_(bindparam("after_on", type_=Date), bindparam("after_id", type_=BigInteger))
        query = query.where(tuple_(Customer.phase_since, Customer.id) > after)
    return _held_up(query.limit(most(PAGE_ROWS + 1)).subquery())


def _in_phase(phase: Any) -> Any:
    here = select(*_CARD).where(Customer.archived_at.is_(None), Customer.phase == phase)
    return here.order_by(Customer.phase_since, Customer.id)


def _is_held(held: str) -> tuple[Any, ...]:
    """The conditions of being held so, as the board counts them."""
    late = and_(OPEN, Commitment.side == "ours", Commitment.due_on < bindparam("today", type_=Date))
    offered = select(HandOff.customer_id).where(OFFERED)
    found: dict[str, tuple[Any, ...]] = {
        "dropped": (Customer.id.in_(select(HandOff.customer_id).where(LYING)),),
        "offered": (Customer.id.in_(offered),),
        "nobody": (Customer.assignee_id.is_(None),),
        "late": (Customer.id.in_(select(Commitment.customer_id).where(late)),),
        "unhanded": (*UNHANDED, Customer.id.not_in(offered)),
        "untouched": (_untouched(bindparam("quiet", type_=Date)),),
    }
    return found.get(held, ())


def _untouched(quiet: Any) -> Any:
    return or_(Customer.last_touch_on.is_(None), Customer.last_touch_on < quiet)


def _held_up(found: Any) -> Any:
    """These customers with their assignee's name, since when a hand-off waits, since when one lies about, and since
    when a promise of ours is late.
    """
    offered = select(func.min(_OFFER.offered_on)).where(_OFFER.customer_id == found.c.id, _OFFER.state == "offered")
    lying = select(func.max(_LYING.dropped_on)).where(_LYING.customer_id == found.c.id, _LYING.picked_up_on.is_(None))
    late = select(func.min(case((Commitment.side == "ours", Commitment.due_on)))).where(
        Commitment.customer_id == found.c.id, Commitment.state == "open", Commitment.due_on < bindparam("today")
    )  # asked so, SQLite can't be tempted by the indexes of all that is open or ours
    return (
        select(
            found, User.name.label("assignee_name"), offered.scalar_subquery().label("offered_on"),
            lying.scalar_subquery().label("dropped_on"), late.scalar_subquery().label("late_since"),
        )
        .outerjoin(User, User.id == found.c.assignee_id)
        .order_by(found.c.phase_since, found.c.id)
    )  # fmt: skip


def last_event_id() -> int:
    """The newest event's, 0 before the first. By primary key."""
    return db.session.scalar(select(func.max(Event.id))) or 0


def in_phases(currency: str, silent_after_days: int) -> Sequence[Row[Any]]:
    """(phase, phase_since, customers, value_minor, nobody, unhanded, untouched) of all customers, one row for each
    phase and day: what they have brought in that currency, how many nobody holds, how many buyers and clients service
    does not hold, and whom nobody has touched for so long. Reads every customer: for the clock, not for pages.
    """

    def number(*conditions: Any) -> Any:
        return func.count(case((and_(*conditions), 1)))

    quiet = clock.today() - timedelta(days=silent_after_days)
    query = (
        select(
            Customer.phase, Customer.phase_since, func.count().label("customers"),
            func.sum(case((Customer.currency == currency, Customer.revenue_minor), else_=0)).label("value_minor"),
            number(Customer.assignee_id.is_(None)).label("nobody"), number(*UNHANDED).label("unhanded"),
            number(_untouched(quiet)).label("untouched"),
        )
        .where(Customer.archived_at.is_(None))
        .group_by(Customer.phase, Customer.phase_since)
    )  # fmt: skip
    found: Sequence[Row[Any]] = db.session.execute(query).all()
    return found


def held_in_phases() -> Sequence[Row[str, str, int]]:
    """(phase, what, how many customers): `offered` a hand-off waits, `asked` one waits and they have bought without
    being with service, `dropped` one lies about, `late` a promise of ours is late. Rides on ix_hand_offs_offered_due,
    _lying and ix_commitments_open_due.
    """
    late = and_(OPEN, Commitment.side == "ours", Commitment.due_on < clock.today())
    many = func.count(func.distinct(Customer.id))
    parts = [
        select(Customer.phase, literal(name), many)
        .join_from(of, Customer, and_(Customer.id == of.customer_id, Customer.archived_at.is_(None)))
        .where(*conditions)
        .group_by(Customer.phase)
        for name, of, conditions in (
            ("offered", HandOff, (OFFERED,)),
            ("asked", HandOff, (OFFERED, *UNHANDED)),
            ("dropped", HandOff, (LYING,)),
            ("late", Commitment, (late,)),
        )
    ]
    found: Sequence[Row[str, str, int]] = db.session.execute(union_all(*parts)).all()
    return found


# On Today


LINE = (
    HandOff.id,
    HandOff.due_on,
    HandOff.dropped_on.label("settled_on"),
    HandOff.customer_id,
    cast(null(), BigInteger).label("contact_id"),
    HandOff.offered_by_id.label("by_id"),
    HandOff.to_leg.label("kind"),
    HandOff.state,
    HandOff.note.label("text"),
    literal("").label("note"),
    literal(0).label("moved"),
    HandOff.version,
    HandOff.created_at,
)
"""A hand-off as `lines.COLUMNS`: its kind is the leg that it leads to, its text what the next one should know."""
MATTER = Matter("hand_offs", "relay/_lines.html", LINE)


def due(assignee_id: Any, _today: Any) -> Any:
    """(due_on, id) of hand-offs that wait for one user, in particular or as one of a leg that somebody else gives to:
    two parts; or for everybody.

    To be ordered by due_on and id: rides on ix_hand_offs_offered_user and _offered_leg, or on _offered_due.
    """
    waiting = select(HandOff.due_on, HandOff.id).where(is_live(HandOff.customer_id))
    if assignee_id is None:
        return waiting.where(OFFERED)
    leg = case(OF_ROLE, value=User.role, else_="")
    of_user = select(leg).where(User.id == assignee_id).scalar_subquery()
    return [
        waiting.where(OFFERED, HandOff.to_user_id == assignee_id),
        waiting.where(*_of_leg(of_user, assignee_id)),
    ]


def _of_leg(leg: Any, user_id: Any) -> tuple[Any, ...]:
    """The conditions of waiting for anybody of a leg, this user among them: whoever gives it is not asked."""
    giver_id = func.coalesce(HandOff.from_user_id, HandOff.offered_by_id, 0)  # the portal's own come from nobody
    return TO_LEG, HandOff.to_leg == leg, giver_id != user_id


def dropped(assignee_id: Any, _today: Any) -> Any:
    """(due_on, id) of hand-offs that lie about, for an owner or for everybody. Rides on ix_hand_offs_lying."""
    lying = select(HandOff.dropped_on.label("due_on"), HandOff.id).where(LYING, is_live(HandOff.customer_id))
    if assignee_id is None:
        return lying
    return lying.where(exists().where(User.id == assignee_id, User.role == "owner"))


# Who held a customer


def holdings_of(customer_id: int) -> Sequence[Row[Any]]:
    """Who held a customer, the newest first, a hundred at most. Rides on ix_holdings_customer_id_id."""
    query = (
        select(Holding.id, Holding.leg, Holding.from_on, Holding.until_on, Holding.ended, User.name.label("user_name"))
        .join(User, User.id == Holding.user_id)
        .where(Holding.customer_id == customer_id)
        .order_by(Holding.id.desc())
        .limit(STRETCHES)
    )
    return rows_of(query).all()


# Hand-offs, as their lines show them


_FROM, _TO, _BY, _ANSWERED = (aliased(User, name=name) for name in ("held_by", "asked", "offered_by", "answered_by"))
_LINES: Any = (
    select(
        HandOff.id, HandOff.customer_id, HandOff.from_leg, HandOff.from_user_id, HandOff.to_leg, HandOff.to_user_id,
        HandOff.note, HandOff.state, HandOff.offered_on, HandOff.due_on, HandOff.offered_by_id, HandOff.answered_on,
        HandOff.reason, HandOff.dropped_on, HandOff.picked_up_on, Customer.name.label("customer_name"), Customer.phase,
        Customer.purchase_days, Customer.assignee_id, _FROM.name.label("from_name"), _TO.name.label("to_name"),
        _BY.name.label("by_name"), _ANSWERED.name.label("answered_name"),
    )
    .join(Customer, Customer.id == HandOff.customer_id)
    .outerjoin(_FROM, _FROM.id == HandOff.from_user_id)
    .outerjoin(_TO, _TO.id == HandOff.to_user_id)
    .outerjoin(_BY, _BY.id == HandOff.offered_by_id)
    .outerjoin(_ANSWERED, _ANSWERED.id == HandOff.answered_by_id)
)  # fmt: skip
"""A hand-off with its customer and the names of everybody in it."""


def page(view: str, user: User, after: str | None) -> Page[Row[Any]]:
    """Hand-offs as their lines: `mine` wait for this user, `waiting` for anybody, the next to be dropped first;
    `offered` by this user, whatever became of them, the newest first; `dropped` and not picked up, the oldest first.

    Rides on ix_hand_offs_offered_user and _offered_leg, _offered_due, _offered_by_id_id or _lying.
    """
    if view == "offered":
        key = decode(after, int)
        values = {"by": user.id} | ({"after_id": key[0]} if key else {})
        rows = rows_of(_offered_by(key is not None), values).all()
        return page_of(rows, lambda row: (row.id,), first=key is None)
    key = decode(after, date, int)
    values = {"me": user.id, "leg": OF_ROLE.get(user.role, "")}
    values |= {"after_on": key[0], "after_id": key[1]} if key else {}
    rows = rows_of(_waiting(view, key is not None), values).all()
    day = "dropped_on" if view == "dropped" else "due_on"
    return page_of(rows, lambda row: (getattr(row, day), row.id), first=key is None)


@cache
def _offered_by(from_key: bool) -> Any:
    query = _LINES.where(HandOff.offered_by_id == bindparam("by")).order_by(HandOff.id.desc())
    if from_key:
        query = query.where(HandOff.id < bindparam("after_id", type_=BigInteger))
    return query.limit(most(PAGE_ROWS + 1))


@cache
def _waiting(view: str, from_key: bool) -> Any:
    branches = []
    for day, conditions in _places(view):
        branch = select(HandOff.id, day.label("day")).where(*conditions, is_live(HandOff.customer_id))
        if from_key:
            after = tuple_(bindparam("after_on", type_=Date), bindparam("after_id", type_=BigInteger))
            branch = branch.where(tuple_(day, HandOff.id) > after)
        branches.append(branch.order_by(day, HandOff.id).limit(most(PAGE_ROWS + 1)))
    found = together(branches)
    return _LINES.join(found, found.c.id == HandOff.id).order_by(found.c.day, found.c.id).limit(most(PAGE_ROWS + 1))


def _places(view: str) -> list[tuple[Any, tuple[Any, ...]]]:
    """The day by which a view is ordered, and the conditions of each of its parts."""
    if view == "dropped":
        return [(HandOff.dropped_on, (LYING,))]
    if view == "waiting":
        return [(HandOff.due_on, (OFFERED,))]
    me = bindparam("me", type_=BigInteger)
    return [
        (HandOff.due_on, (OFFERED, HandOff.to_user_id == me)),
        (HandOff.due_on, _of_leg(bindparam("leg"), me)),
    ]


def lying_for(user: User) -> Sequence[Row[Any]]:
    """Hand-offs that were dropped and not picked up, as their lines, the oldest first: an owner's are all, another
    user's those that they offered, or the portal did of a customer whom they held. Rides on ix_hand_offs_lying.
    """
    query = _LINES.where(LYING, Customer.archived_at.is_(None))
    if not user.is_owner:
        query = query.where(func.coalesce(HandOff.offered_by_id, HandOff.from_user_id) == user.id)
    return rows_of(query.order_by(HandOff.dropped_on, HandOff.id).limit(most(PAGE_ROWS))).all()


def declined(user_id: int, first: date, until: date) -> Sequence[Row[Any]]:
    """Hand-offs that this user offered, or the portal did of a customer whom this user held, and that were declined
    from one day up to another, which is left out; as their lines, the oldest first. Not of customers who have been
    offered again since. Rides on ix_hand_offs_offered_on_id.
    """
    later = aliased(HandOff)
    query = _LINES.where(
        HandOff.offered_on >= first - timedelta(days=LONGEST_WAIT_DAYS), HandOff.offered_on < until,
        HandOff.state == "declined", HandOff.answered_on >= first, HandOff.answered_on < until,
        func.coalesce(HandOff.offered_by_id, HandOff.from_user_id) == user_id,
        ~exists().where(later.customer_id == HandOff.customer_id, later.id > HandOff.id),
        Customer.archived_at.is_(None),
    )  # fmt: skip
    return rows_of(query.order_by(HandOff.offered_on, HandOff.id).limit(most(PAGE_ROWS))).all()


def counts(user: User) -> dict[str, int]:
    """How many hand-offs wait for this user, wait at all, and lie about; none counted beyond a hundred. One query."""
    found = dict.fromkeys(VIEWS, 0)
    for view, n in rows_of(_counts(), {"me": user.id, "leg": OF_ROLE.get(user.role, "")}):
        found[view] += n
    return found


@cache
def _counts() -> CompoundSelect[Any]:
    parts = []
    for view in ("mine", "waiting", "dropped"):
        for _, conditions in _places(view):
            some = select(HandOff.id).where(*conditions, is_live(HandOff.customer_id)).limit(most(MOST_COUNTED))
            parts.append(select(literal(view).label("view"), func.count()).select_from(some.subquery()))
    return union_all(*parts)


def line(hand_off_id: int) -> Row[Any] | None:
    """One hand-off as its line shows it, after a change too. By primary key."""
    found: Row[Any] | None = db.session.execute(_LINES.where(HandOff.id == hand_off_id)).first()
    return found


def lines_of(customer_id: int) -> Sequence[Row[Any]]:
    """A customer's hand-offs, the newest first, a hundred at most. Rides on ix_hand_offs_customer_id_id."""
    query = _LINES.where(HandOff.customer_id == customer_id).order_by(HandOff.id.desc()).limit(STRETCHES)
    return rows_of(query).all()


# What is open and what is ours is asked so that no index of either tempts SQLite away from that of the customers.
_PROMISED: Any = select(
    literal_column("'promise'").label("what"), Commitment.customer_id, Commitment.id, Commitment.assignee_id,
    Commitment.text, literal_column("''").label("kind"), Commitment.due_on,
).where(
    among(Commitment.customer_id, "customer_ids"), Commitment.state.concat("") == "open",
    Commitment.side.concat("") == "ours",
)  # fmt: skip
_PLANNED: Any = select(
    literal_column("'plan'").label("what"), FollowUp.customer_id, FollowUp.id, FollowUp.assignee_id,
    case((FollowUp.objective != "", FollowUp.objective), else_=func.substr(FollowUp.note, 1, 200)).label("text"),
    FollowUp.purpose.label("kind"), FollowUp.due_on,
).where(
    among(FollowUp.customer_id, "customer_ids"), FollowUp.done_on.is_(None), FollowUp.undone_at.is_(None)
)  # fmt: skip
_MAY_TRAVEL = union_all(_PROMISED, _PLANNED).order_by("due_on", "id").limit(most(TRAVELLING_SHOWN))


def what_may_travel(customer_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """(what, customer_id, id, assignee_id, text, kind, due_on) of what we have promised these customers and not done
    yet (`promise`), and of what is planned with them, by anybody (`plan`, of that purpose); the first due first. Rides
    on ix_commitments_customer_id_state_due_on and ix_follow_ups_customer_id_due_on.
    """
    found: Sequence[Row[Any]] = db.session.execute(_MAY_TRAVEL, {"customer_ids": customer_ids}).all()
    return found


# Hand-offs, to be changed


def hand_off_for_change(hand_off_id: int) -> tuple[HandOff, Customer] | None:
    """One hand-off with whom it was offered to, and its customer, both locked to the transaction's end, the customer
    first. By primary key.
    """
    of_hand_off = select(HandOff.customer_id).where(HandOff.id == hand_off_id).scalar_subquery()
    customer = db.session.scalar(select(Customer).where(Customer.id == of_hand_off).with_for_update())
    if customer is None:
        return None
    query = select(HandOff).options(selectinload(HandOff.to_user)).where(HandOff.id == hand_off_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one(), customer


def hand_off_by_form(form_id: str) -> HandOff | None:
    """The hand-off that this very form has offered. By the unique index of form ids."""
    return db.session.scalar(select(HandOff).where(HandOff.form_id == form_id))


def offered_of(customer_id: int) -> HandOff | None:
    """The hand-off of this customer that waits for its answer, if one does. By uq_hand_offs_offered."""
    return db.session.scalar(select(HandOff).where(HandOff.customer_id == customer_id, OFFERED))


def lying_of(customer_id: int) -> Sequence[HandOff]:
    """What was dropped of this customer, and not picked up. Rides on ix_hand_offs_customer_id_id."""
    return db.session.scalars(select(HandOff).where(HandOff.customer_id == customer_id, LYING)).all()


def overdue_for_change(today: date, limit: int) -> Sequence[HandOff]:
    """Hand-offs whose last day is over, with whom they were offered to; what somebody else is working on is left out.
    Rides on ix_hand_offs_offered_due.
    """
    query = (
        select(HandOff)
        .options(selectinload(HandOff.to_user))
        .where(OFFERED, HandOff.due_on < today)
        .order_by(HandOff.due_on, HandOff.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=HandOff)
    )
    return db.session.scalars(query).all()


def newly_bought_for_change(customer_ids: Collection[int]) -> Sequence[Row[Any]]:
    """(id, leg, assignee_id, first_purchase_on) of those of these customers whom service should be asked to take over:
    they bought for the first time lately, are not with service, and have not been offered for that; locked, by id.
    """
    offered = exists().where(HandOff.customer_id == Customer.id, OFFERED)
    asked = exists().where(HandOff.customer_id == Customer.id, HandOff.cause.is_not(None))
    query: Any = (
        select(Customer.id, Customer.leg, Customer.assignee_id, Customer.first_purchase_on)
        .where(
            Customer.id.in_(customer_ids), Customer.archived_at.is_(None), ~offered, ~asked,
            Customer.first_purchase_on > clock.today() - timedelta(days=LATE_OFFER_DAYS),
            or_(Customer.leg.is_(None), Customer.leg != "service"),
        )
        .order_by(Customer.id)
        .with_for_update()
    )  # fmt: skip
    found: Sequence[Row[Any]] = db.session.execute(query).all()
    return found


def hand_offs_by_cause(causes: Collection[str]) -> Sequence[Row[int, int]]:
    """(id, customer_id) of the hand-offs that were offered for these. By the unique index of causes."""
    return db.session.execute(select(HandOff.id, HandOff.customer_id).where(HandOff.cause.in_(causes))).all()
