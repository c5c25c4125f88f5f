"""Two customers become one, in one transaction: all that points at the other moves, what it was known by is kept, the
figures are worked out anew, and the other stays as a signpost.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

from portal.advocacy import crediting
from portal.buying_centre.positioning import let_stand
from portal.customers import keeping
from portal.customers.models import Customer, IsArchived
from portal.extensions import db
from portal.follow_ups import clocks
from portal.merging import finding, moving
from portal.merging.models import KINDS, CustomerAlias
from portal.purchases import figures
from portal.rules import N_, BrokenRule
from portal.timeline.models import record
from portal.users.queries import user_by_id

if TYPE_CHECKING:
    from portal.users.models import User

FIELDS = ("name", "email", "phone", "city", "external_id", "assignee_id", "notes")
"""What is chosen between the two."""
THIS, OTHER, BOTH = "this", "other", "both"


class CannotMerge(BrokenRule):
    """There must be two, and neither a signpost."""

    message = N_("These two can't be merged: one of them is part of another customer already, or they are the same.")


def usual(kept: Any, other: Any) -> dict[str, str]:
    """Whose stands unless somebody chooses otherwise: the one's that is kept, else the other's; the notes of both."""
    chosen = {name: THIS if getattr(kept, name) or not getattr(other, name) else OTHER for name in FIELDS}
    if kept.notes and other.notes and kept.notes != other.notes:
        chosen["notes"] = BOTH
    return chosen


def merge(kept: Customer, other: Customer, chosen: Mapping[str, str], by: "User") -> None:
    """Let the other go into the one that is kept. Both are locked; `chosen` says for each of `FIELDS` whose stands.

    Raises `CannotMerge`, and `IsArchived` when the one to be kept is in the archive.
    """
    if kept.id == other.id or kept.merged_into_id or other.merged_into_id:
        raise CannotMerge
    if kept.is_archived:
        raise IsArchived
    fields = _fields(kept, other, usual(kept, other) | dict(chosen))
    left = _left(kept, other, fields)
    assignee_id = fields.pop("assignee_id")
    known = [(kind, getattr(each, kind)) for kind in KINDS for each in (kept, other)]
    was: dict[str, Any] = {"name": other.name, "other_id": other.id, "left": left}
    other.point_to(kept)
    db.session.flush()
    changes = kept.take_in(other, fields)
    db.session.flush()
    moved = moving.move(kept.id, other.id)
    keep_aliases(kept, known)
    if assignee_id != kept.assignee_id:
        moving.end_offers(kept.id)  # before the new runner does, who would be said to be why
        kept.assign(user_by_id(assignee_id) if assignee_id else None, by)
    let_stand(kept)
    crediting.close_own(kept.id, by)
    figures.refresh([kept.id, other.id])
    clocks.set_clocks_of([kept.id, other.id])
    keeping.reindex(kept)
    record("customer.merged", by=by, customer_id=kept.id, subject=kept, changes=changes, moved=moved, **was)
    record("customer.merged_into", by=by, customer_id=other.id, subject=other, name=kept.name, into_id=kept.id)
    finding.look([kept.id])


def _fields(kept: Customer, other: Customer, chosen: Mapping[str, str]) -> dict[str, Any]:
    """What stands on the one that is kept."""
    fields = {name: getattr(other if chosen[name] == OTHER else kept, name) for name in FIELDS}
    if chosen["notes"] == BOTH:
        fields["notes"] = "\n\n".join(each.notes for each in (kept, other) if each.notes)
    return fields


def _left(kept: Customer, other: Customer, fields: dict[str, Any]) -> dict[str, str]:
    """What either said that stands no longer, for the record: all of it, however long."""
    return {
        name: str(said)
        for name, stands in fields.items()
        for said in (getattr(kept, name), getattr(other, name))
        if said and said != stands and name != "assignee_id" and not (name == "notes" and said in stands)
    }


def keep_aliases(kept: Customer, known: list[tuple[str, str | None]]) -> None:
    """Let the one that is kept be found by all of this, as (one of `KINDS`, value)."""
    rows = [
        {"customer_id": kept.id, "kind": kind, "value": value}
        for kind, value in dict.fromkeys(known)
        if value and value != getattr(kept, kind)
    ]
    if rows:
        dialect: Any = sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql
        insert = dialect.insert(CustomerAlias).on_conflict_do_nothing(index_elements=["customer_id", "kind", "value"])
        db.session.connection().execute(insert, rows)
