"""What moves when a customer goes into another: every row of every table that points at it.

Which tables these are is asked of the tables themselves, so that a room that comes later is not forgotten. Where a
table allows one row of a kind only, room is made first; where rows stay, it is said why.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, UniqueConstraint, and_, delete, exists, or_, select, update
from sqlalchemy.orm import aliased

from portal import clock
from portal.buying_centre.models import StandOut
from portal.customers.models import Customer, customer_tags
from portal.extensions import Model, db
from portal.merging import queries
from portal.merging.models import CustomerAlias, Duplicate
from portal.relay.models import OFFERED, HandOff, Holding
from portal.retention.models import ListEntry

STAYS = {"trial_members"}
"""Who takes part in a trial is sealed by their numbers: the trial finds the merged one by the signpost that it left."""


def pointing() -> Iterator[Column[Any]]:
    """The columns of all tables that point at a customer."""
    customers = Customer.__table__
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table is customers for key in column.foreign_keys):
                yield column


def one_of_a_kind() -> set[str]:
    """The tables in which a customer can stand in the way of another: what points at it is part of what is unique."""
    return {column.table.name for column in pointing() if _is_unique(column)}


def _is_unique(column: Column[Any]) -> bool:
    table: Table = column.table
    unique = [each.columns for each in table.constraints if isinstance(each, UniqueConstraint)]
    unique += [each.columns for each in table.indexes if each.unique]
    return any(column.name in columns for columns in [*unique, table.primary_key.columns])


def move(kept_id: int, other_id: int) -> dict[str, int]:
    """Let all that points at the other point at the one that is kept; how many rows of each table that were."""
    for make_room in MAKES_ROOM.values():
        make_room(kept_id, other_id)
    moved: dict[str, int] = {}
    for column in pointing():
        if column.table.name not in STAYS:
            rows = update(column.table).where(column == other_id).values({column: kept_id})
            count = db.session.connection().execute(rows).rowcount
            moved[column.table.name] = moved.get(column.table.name, 0) + count
    _move_entries(kept_id, other_id)
    return {name: count for name, count in moved.items() if count}


def _move_entries(kept_id: int, other_id: int) -> None:
    """On a list where the other stands, the one that is kept stands from now on, until the books judge it anew."""
    free = ListEntry.list.not_in(queries.lists_of(kept_id))
    rows = update(ListEntry).where(ListEntry.customer_id == other_id, free).values(customer_id=kept_id)
    _execute(rows)


def _tags(kept_id: int, other_id: int) -> None:
    """A tag of both is there already."""
    theirs = select(customer_tags.c.tag_id).where(customer_tags.c.customer_id == kept_id)
    _execute(delete(customer_tags).where(customer_tags.c.customer_id == other_id, customer_tags.c.tag_id.in_(theirs)))


def _aliases(kept_id: int, other_id: int) -> None:
    """A name of both is there already."""
    mine = aliased(CustomerAlias)
    same = exists().where(
        mine.customer_id == kept_id, mine.kind == CustomerAlias.kind, mine.value == CustomerAlias.value
    )
    _execute(delete(CustomerAlias).where(CustomerAlias.customer_id == other_id, same))


def _pairs(kept_id: int, other_id: int) -> None:
    """Whom the other was told apart from, the one that is kept is told apart from; who may be its double is looked for
    anew.
    """
    pairs = queries.pairs_with(other_id)
    _execute(delete(Duplicate).where(or_(Duplicate.customer_id == other_id, Duplicate.other_id == other_id)))
    known = {(row.customer_id, row.other_id) for row in queries.pairs_with(kept_id)}
    for row in pairs:
        third = row.customer_id if row.other_id == other_id else row.other_id
        first, second = min(third, kept_id), max(third, kept_id)
        if row.dismissed_at is None or third == kept_id:
            continue
        if (first, second) in known:
            said = {"dismissed_at": row.dismissed_at, "dismissed_by_id": row.dismissed_by_id}
            open_one = and_(Duplicate.customer_id == first, Duplicate.other_id == second)
            _execute(update(Duplicate).where(open_one, Duplicate.dismissed_at.is_(None)).values(said))
        else:
            db.session.add(
                Duplicate(
                    customer_id=first, other_id=second, why="", found_on=clock.today(), dismissed_at=row.dismissed_at,
                    dismissed_by_id=row.dismissed_by_id,
                )
            )  # fmt: skip
    db.session.flush()


def _holdings(kept_id: int, other_id: int) -> None:
    """The stretch of whoever holds the other ends: the one that is kept has its own runner."""
    held = update(Holding).where(Holding.customer_id == other_id, Holding.until_on.is_(None))
    _execute(held.values(until_on=clock.today(), ended="passed"))


def _hand_offs(kept_id: int, other_id: int) -> None:
    """Of two offers, the one of the customer that is kept stands."""
    mine = aliased(HandOff)
    end_offers(other_id, exists().where(mine.customer_id == kept_id, mine.state == "offered"))


def end_offers(customer_id: int, *where: ColumnElement[bool]) -> None:
    """What is offered of a customer is over, because two became one: nobody has taken it back or given it away."""
    offers = update(HandOff).where(HandOff.customer_id == customer_id, OFFERED, *where)
    _execute(offers.values(state="merged", answered_on=clock.today(), version=HandOff.version + 1))


def _stand_outs(kept_id: int, other_id: int) -> None:
    """What stands out is worked out anew of the one that is kept."""
    _execute(delete(StandOut).where(StandOut.customer_id == other_id))


def _execute(statement: Any) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})


MAKES_ROOM: dict[str, Callable[[int, int], None]] = {
    "customer_tags": _tags,
    "customer_aliases": _aliases,
    "duplicates": _pairs,
    "holdings": _holdings,
    "hand_offs": _hand_offs,
    "stand_outs": _stand_outs,
}
"""How room is made in the tables in which one customer can stand in the way of another, by (kept, other)."""
