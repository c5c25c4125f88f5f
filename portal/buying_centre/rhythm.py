"""How often one of us means to see one of them, kept true by what happens between the two.

Everything that touches a contact, or plans to, calls `keep` in its own transaction: one statement for each contact, and
none where the touch names nobody.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Select, bindparam, case, func, inspect, select, update

from portal import clock
from portal.buying_centre import queries
from portal.buying_centre.models import IsGone, Relation
from portal.contacts.models import Contact
from portal.customers.models import Customer, IsArchived
from portal.extensions import db
from portal.follow_ups.clocks import Later
from portal.follow_ups.models import OPEN, FollowUp
from portal.follow_ups.queries import TOUCHING

if TYPE_CHECKING:
    from portal.users.models import User

_RELATIONS: Any = inspect(Relation).local_table


def _between(day: Any, user: Any, *so: Any) -> Any:
    """A day of the follow-ups between the two. Rides on ix_follow_ups_customer_id_done_on or _due_on."""
    query: Select[Any] = select(day).where(
        FollowUp.customer_id == _RELATIONS.c.customer_id, FollowUp.contact_id == _RELATIONS.c.contact_id,
        user == _RELATIONS.c.user_id, *so,
    )  # fmt: skip
    return query.correlate(_RELATIONS).scalar_subquery()


_LAST = _between(func.max(FollowUp.done_on), FollowUp.done_by_id, TOUCHING)
_PLANNED = _between(func.min(FollowUp.due_on), FollowUp.assignee_id, OPEN)
_THERE = (
    select(Contact.id)
    .where(Contact.id == _RELATIONS.c.contact_id, Contact.archived_at.is_(None))
    .correlate(_RELATIONS)
    .exists()
)
_KEEP = (
    update(_RELATIONS)
    .where(_RELATIONS.c.contact_id == bindparam("of_contact", type_=BigInteger))
    .values(
        last_touch_on=_LAST,
        planned_on=_PLANNED,
        due_on=case((_THERE, Later(func.coalesce(_LAST, _RELATIONS.c.began_on), _RELATIONS.c.every_days))),
    )
)


def keep(*contact_ids: int | None) -> None:
    """Bring the relations of these contacts up to date with their follow-ups, within the transaction; the customer must
    be locked. Whoever has left or was put away is expected by nobody.
    """
    some = sorted({id for id in contact_ids if id})
    if some:
        db.session.flush()
        for id in some:
            db.session.connection().execute(_KEEP, {"of_contact": id})


def plan(customer: Customer, contact: Contact, user: "User", every_days: int | None, by: "User") -> Relation | None:
    """Let the two be in touch every so many days, counted from their last touch; without a number, no longer.

    The customer must be locked. None when there is nothing to end. Raises `IsGone` or `IsArchived`.
    """
    if customer.is_archived:
        raise IsArchived
    if contact.is_archived:
        raise IsGone
    relation = queries.relation_for_change(contact.id, user.id)
    if relation is None:
        if every_days is None:
            return None
        about = {"customer_id": contact.customer_id, "contact_id": contact.id, "user_id": user.id, "version": 0}
        made = {"began_on": clock.today(), "created_by_id": by.id, "created_at": clock.now()}
        relation = Relation(**about, **made)
        db.session.add(relation)
    if relation.set_rhythm(every_days, contact, user, by):
        keep(contact.id)
        db.session.refresh(relation)
    return relation
