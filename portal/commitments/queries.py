"""Every SELECT about commitments."""

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
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import joinedload

from portal.commitments.models import HEARD, OPEN, RECOVERING, SIDES, SPOKEN, UNHEARD, Commitment
from portal.commitments.rates import Rates, rates_of
from portal.customers.lines import Matter, is_live, line_by_id, lines, live, together
from portal.extensions import db, rows_of
from portal.nested import Nested
from portal.paging import PAGE_ROWS, Page, decode, most, page_of
from portal.timeline.models import Event
from portal.users.models import User

LINE = (
    Commitment.id,
    Commitment.due_on,
    Commitment.settled_on,
    Commitment.customer_id,
    Commitment.contact_id,
    Commitment.created_by_id.label("by_id"),
    case(
        (UNHEARD, case((Commitment.side == "ours", "disputed"), else_="done")),
        (and_(Commitment.state == "kept", Commitment.client_says == "kept"), "confirmed"),
        (Commitment.origin == "recovery", "recovery"),
        else_=Commitment.side,
    ).label("kind"),
    Commitment.state,
    Commitment.text,
    case((UNHEARD, Commitment.client_words), else_=Commitment.reason).label("note"),
    Commitment.times_moved.label("moved"),
    Commitment.version,
    Commitment.created_at,
)
"""A commitment as `lines.COLUMNS`: its kind is its side, or `recovery`, or what a client says: `disputed` or `done`
until somebody has looked, `confirmed`; its note is the reason given last, or the client's words."""
MATTER = Matter("commitments", "commitments/_rows.html", LINE)
RECENT_PROMISES = 100


@dataclass(frozen=True)
class Ledger:
    """Which commitments a list shows. `assignees` of None are everybody's; `side` may be "both"."""

    assignees: tuple[int, ...] | None = None
    side: str = "both"
    state: str = "open"

    @property
    def sides(self) -> tuple[str, ...]:
        """The sides that it shows."""
        return SIDES if self.side == "both" else (self.side,)


_WAITING = select(Commitment.due_on, Commitment.id).where(is_live(Commitment.customer_id))


def due(side: str, assignee_id: Any, today: Any) -> Any:
    """(due_on, id) of open commitments of one side that fall due until today, for one user or, when that is None, for
    everybody.

    What is to be made right is left to `recovering`, what a client says to `unheard`. Assignee and day may be bound
    parameters, of a statement that is made once. To be ordered by due_on and id: rides on ix_commitments_open_assignee
    or _open_due.
    """
    waiting = _WAITING.where(OPEN, Commitment.side == literal_column(f"'{side}'"), HEARD)
    return _of(
        assignee_id, waiting.where(Commitment.due_on <= today, Commitment.origin != literal_column("'recovery'"))
    )


def recovering(assignee_id: Any, _today: Any) -> Any:
    """The same of open promises to make an unhappy answer right, whenever they are due.

    To be ordered by due_on and id: rides on ix_commitments_recovering_assignee or _recovering_due.
    """
    found = _WAITING.where(RECOVERING, HEARD, Commitment.due_on > date.min)  # or SQLite would sort all that is open
    return _of(assignee_id, found)


def unheard(assignee_id: Any, _today: Any) -> Any:
    """The same of promises of ours that a client disputes, and of theirs that a client says are done, until somebody
    has looked: whenever they are due.

    To be ordered by due_on and id: rides on ix_commitments_unheard_assignee or _unheard_due.
    """
    return _of(assignee_id, _WAITING.where(UNHEARD))


def _of(assignee_id: Any, query: Any) -> Any:
    return query if assignee_id is None else query.where(Commitment.assignee_id == assignee_id)


def _open(side: str, assignee_id: Any) -> Any:
    return _of(assignee_id, live(select(*LINE), Commitment.customer_id).where(OPEN, Commitment.side == side))


def page(ledger: Ledger, after: str | None) -> Page[Row[Any]]:
    """Lines of the ledger: open ones by due day, so that late ones come first; settled ones by day, newest first.

    One limited select per assignee and side, each on its own index: ix_commitments_open_assignee, _open_due,
    ix_commitments_assignee_id_state_settled_on_id or ix_commitments_state_settled_on_id.
    """
    key = decode(after, date, int)
    values = _values(ledger.assignees) | ({"after_on": key[0], "after_id": key[1]} if key else {})
    many = None if ledger.assignees is None else len(ledger.assignees)
    rows = db.session.execute(_page(ledger.sides, ledger.state, many, key is not None), values).all()
    day = "due_on" if ledger.state == "open" else "settled_on"
    return page_of(rows, lambda row: (getattr(row, day), row.id), first=key is None)


def _values(assignees: tuple[int, ...] | None) -> dict[str, Any]:
    return {f"assignee_{n}": id for n, id in enumerate(assignees or ())}


def _places(assignees: int | None) -> list[Any]:
    """The place of each assignee's id in a statement that is made once; everybody's is None."""
    return [None] if assignees is None else [bindparam(f"assignee_{n}", type_=BigInteger) for n in range(assignees)]


@lru_cache(maxsize=128)
def _page(sides: tuple[str, ...], state: str, assignees: int | None, from_key: bool) -> Select[Any]:
    rising = state == "open"
    day = Commitment.due_on if rising else Commitment.settled_on
    after = tuple_(bindparam("after_on", type_=Date), bindparam("after_id", type_=BigInteger))
    branches = []
    for place in _places(assignees):
        for side in sides:
            branch = _open(side, place) if rising else _settled(state, side, place)
            if from_key:
                here = tuple_(day, Commitment.id)
                branch = branch.where(here > after if rising else here < after)
            branches.append(branch.order_by(*_falling(rising, day, Commitment.id)).limit(most(PAGE_ROWS + 1)))
    found = together(branches)
    column = "due_on" if rising else "settled_on"
    some = select(found).order_by(*_falling(rising, found.c[column], found.c.id)).limit(most(PAGE_ROWS + 1))
    matters = some.subquery()  # only what is shown is joined to its customer
    return lines(matters).order_by(*_falling(rising, matters.c[column], matters.c.id))


def _falling(rising: bool, *columns: Any) -> tuple[Any, ...]:
    """The columns in their own order, or all of them the other way round."""
    return columns if rising else tuple(column.desc() for column in columns)


def _settled(state: str, side: str, assignee_id: Any) -> Any:
    settled = live(select(*LINE), Commitment.customer_id).where(Commitment.state == state, Commitment.side == side)
    return _of(assignee_id, settled)


def line(commitment_id: int) -> Any:
    """One commitment as its line shows it, or None. By primary key."""
    return line_by_id(select(*LINE).where(Commitment.id == commitment_id))


def _open_lines() -> Select[Any]:
    mine = select(*LINE).where(Commitment.customer_id == bindparam("of_customer"), OPEN)
    matters = mine.order_by(Commitment.due_on, Commitment.id).limit(most(50)).subquery()
    return lines(matters).order_by(matters.c.due_on, matters.c.id)


BESIDE = Nested("promises", _open_lines())
"""Up to 50 open ones of a customer, both sides, late first, beside it. Rides on
ix_commitments_customer_id_state_due_on.
"""


def is_of(commitment_id: int, customer_id: int) -> bool:
    """Is this commitment one with that customer? By primary key."""
    return db.session.scalar(select(Commitment.customer_id).where(Commitment.id == commitment_id)) == customer_id


def commitment_to_show(commitment_id: int) -> Commitment | None:
    """One commitment with its customer, contact and assignee, or None. By primary key."""
    query = (
        select(Commitment)
        .options(joinedload(Commitment.customer), joinedload(Commitment.contact), joinedload(Commitment.assignee))
        .where(Commitment.id == commitment_id)
    )
    return db.session.scalar(query)


def moves_of(commitment: Commitment) -> Sequence[Row[Any]]:
    """Each time it was renegotiated, the first first: the day, what was said (`data`), and who said it. No query for
    one that never moved. Rides on ix_events_customer_id_happened_on_id.
    """
    if not commitment.times_moved:
        return []
    query = (
        select(Event.happened_on, Event.data, User.name.label("user_name"))
        .outerjoin(User, User.id == Event.user_id)
        .where(Event.customer_id == commitment.customer_id, Event.kind == "commitment.renegotiated")
        .where(Event.subject_id == commitment.id)
        .order_by(Event.happened_on, Event.id)
    )
    return db.session.execute(query).all()


def commitment_for_change(commitment_id: int) -> Commitment | None:
    """One commitment, locked to the transaction's end. By primary key."""
    return db.session.scalar(select(Commitment).where(Commitment.id == commitment_id).with_for_update())


def commitment_by_form(customer_id: int, form_id: str) -> Commitment | None:
    """What this form promised the customer when it was sent before. By the unique index of form ids."""
    theirs = Commitment.form_id == form_id, Commitment.customer_id == customer_id
    return db.session.scalar(select(Commitment).where(*theirs))


def kept_rate(assignees: tuple[int, ...] | None = None) -> Rates:
    """How many were kept of our last 100 promises that were kept or broken, as we say it; and of the last 100 of which
    a client has said whether they were, as clients say it. One query.

    Rides on ix_commitments_assignee_id_state_settled_on_id or _state_settled_on_id, and on _spoken_assignee or _spoken.
    """
    found = rows_of(_kept_rate(None if assignees is None else len(assignees)), _values(assignees)).one()
    return rates_of(*found)


@lru_cache(maxsize=128)
def _kept_rate(assignees: int | None) -> Any:
    settled = [
        _last(Commitment.state, Commitment.settled_on, place).where(Commitment.state == state)
        for place in _places(assignees)
        for state in ("kept", "broken")
    ]
    spoken = [
        _last(Commitment.client_says, Commitment.client_said_on, place).where(SPOKEN) for place in _places(assignees)
    ]
    ours, clients = _kept_in(_newest(settled)).subquery(), _kept_in(_newest(spoken)).subquery()
    return select(*ours.c, *clients.c).select_from(ours.join(clients, true()))


def _last(said: Any, day: Any, assignee_id: Any) -> Any:
    """What was said of our last promises, with its day."""
    query = select(said.label("said"), day.label("day"), Commitment.id).where(Commitment.side == "ours")
    query = query if assignee_id is None else query.where(Commitment.assignee_id == assignee_id)
    return query.order_by(day.desc(), Commitment.id.desc()).limit(most(RECENT_PROMISES))


def _newest(branches: list[Any]) -> Any:
    found = union_all(*(select(branch.subquery()) for branch in branches)).subquery()
    return select(found.c.said).order_by(found.c.day.desc(), found.c.id.desc()).limit(most(RECENT_PROMISES))


def kept_rate_of(customer_id: int) -> tuple[int, int]:
    """(kept, of how many) of our promises to one customer. Rides on ix_commitments_customer_id_state_due_on."""
    query = select(Commitment.state.label("said")).where(
        Commitment.customer_id == customer_id, Commitment.state.in_(("kept", "broken")), Commitment.side == "ours"
    )
    found = db.session.execute(_kept_in(query)).one()
    return found[0], found[1]


def _kept_in(settled: Any) -> Any:
    rows = settled.subquery()
    return select(func.count(case((rows.c.said == "kept", 1))), func.count()).select_from(rows)
