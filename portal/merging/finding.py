"""Finding customers who may be one: the same folded name, e-mail or phone, or numbers in other systems that differ in
how they are written only. Looked up by index for the customers at hand, never all against all.

Names, addresses and phones that a crowd shares ("Juan Pérez", the number of an exchange) say nothing and are passed
over. What somebody has told apart is not found again.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete, or_
from sqlalchemy.dialects import postgresql, sqlite

from portal import clock
from portal.extensions import db
from portal.merging import queries
from portal.merging.models import KINDS, Duplicate

CROWD = 5
"""More customers than this of one name, address or phone are a crowd."""
AT_ONCE = 500
KINDS_OF_EVENTS = (
    "customer.created", "customer.changed", "customer.restored", "contact.added", "contact.changed", "contact.restored",
)  # fmt: skip
"""After which of them a customer may be another one's double, or no longer."""
_ODD = re.compile(r"[\W_]+")
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
Pairs = dict[tuple[int, int], set[str]]


def follow(events: Sequence[Any]) -> None:
    """What has happened to customers: look whether they have a double now. Does not commit."""
    look({event.customer_id for event in events if event.customer_id})


def look(customer_ids: Collection[int]) -> None:
    """Bring the pairs of these customers up to date. Does not commit."""
    db.session.flush()
    ids = sorted(customer_ids)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        _write(some, _found(some))


def _found(ids: list[int]) -> Pairs:
    known: dict[str, set[str]] = defaultdict(set)
    for _, kind, value in queries.known_by(ids):
        known[kind].update(variants(value) if kind == "external_id" else [value] if value else [])
    look_up = {"name": queries.named, "external_id": queries.numbered}
    found: Pairs = defaultdict(set)
    for kind, values in known.items():
        search = look_up.get(kind)
        shared = search(values) if search else queries.reached(kind, values)
        _pair(found, kind, shared, set(ids))
    return found


def _pair(found: Pairs, kind: str, shared: queries.Shared, ids: set[int]) -> None:
    """Pairs of those who share a value, one of them at least being looked at."""
    groups: dict[str, set[int]] = defaultdict(set)
    for value, id in shared:
        groups[bare(value) if kind == "external_id" else value].add(id)
    for group in groups.values():
        if 1 < len(group) <= CROWD:
            for id in group & ids:
                for other in group - {id}:
                    found[min(id, other), max(id, other)].add(kind)


def variants(number: str) -> set[str]:
    """The ways in which a number may stand in another system: "C-0012" as c-0012, C0012, C-12, C12, c12."""
    shapes = {number, _ODD.sub("", number), _ZEROS.sub("", number), bare(number)}
    return {each for shape in shapes for each in (shape, shape.upper(), shape.lower()) if each}


def bare(number: str) -> str:
    """A number without case, signs and leading zeros."""
    return _ODD.sub("", _ZEROS.sub("", _ODD.sub("-", number))).lower() or number


def _write(ids: list[int], found: Pairs) -> None:
    """What was found stands; of what stood, what was told apart does too."""
    gone = delete(Duplicate).where(
        Duplicate.dismissed_at.is_(None), or_(Duplicate.customer_id.in_(ids), Duplicate.other_id.in_(ids))
    )
    db.session.execute(gone, execution_options={"synchronize_session": False})
    if found:
        rows = [
            {"customer_id": first, "other_id": second, "why": _said(why), "found_on": clock.today()}
            for (first, second), why in sorted(found.items())
        ]
        dialect: Any = sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql
        insert = dialect.insert(Duplicate).on_conflict_do_nothing(index_elements=["customer_id", "other_id"])
        db.session.connection().execute(insert, rows)


def _said(why: set[str]) -> str:
    return " ".join(kind for kind in KINDS if kind in why)
