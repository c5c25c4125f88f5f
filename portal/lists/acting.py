"""One act on many customers of a list: assigning them, or planning a follow-up with each.

Who was confirmed is kept with the act. Those of a step, and how far it brings the act, are one transaction, and a step
begins by locking its act: a kill leaves it at the end of a step, and two workers take turns.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, update

from portal import bulk, clock, due
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups.clocks import set_clocks_of
from portal.follow_ups.models import SELLING, FollowUp
from portal.invitations.queries import budget_of
from portal.lists import queries
from portal.lists.models import ListBatch
from portal.relay import holding
from portal.retention.models import ListEntry
from portal.rules import N_, BrokenRule
from portal.settings.models import Firm
from portal.timeline.models import Event, event_of, record
from portal.users.queries import user_by_id

if TYPE_CHECKING:
    from portal.users.models import User

AT_ONCE = 500
MOST = 50_000
"""Customers that one act is about."""
LOOKED_AT = 2000
"""Of how many customers the contact budget is looked at before offers are planned."""


class NobodyChosen(BrokenRule):
    """An act is about somebody."""

    message = N_("Choose customers first.")


class TooManyAtOnce(BrokenRule):
    """Whoever acts on so many wants a narrower list."""

    message = N_("At most 50,000 customers at once. Narrow the list first.")


@dataclass(frozen=True)
class Act:
    """What is to be done with each: `assign` to the user (to nobody, without one), or a `follow_up` for the user."""

    kind: str
    to_id: int | None = None
    due_on: date | None = None
    purpose: str = ""
    note: str = ""
    form_id: str | None = None


def start(name: str, customer_ids: Sequence[int], said: str, act: Act, by: "User") -> ListBatch:
    """Do it with these customers, whose ids ascend; `said` is the list in words. The same form sent twice does it once.

    Raises `NobodyChosen`, `TooManyAtOnce` or `DayOutOfReach`.
    """
    if act.form_id and (earlier := queries.batch_by_form(act.form_id)):
        return earlier
    check_size(customer_ids)
    batch = ListBatch(
        act=act.kind, list=name, wanted={"customers": list(customer_ids)}, said=said[:200], total=len(customer_ids),
        to_id=act.to_id, due_on=due.checked(act.due_on) if act.due_on else None, purpose=act.purpose, note=act.note,
        form_id=act.form_id, created_by_id=by.id, created_at=clock.now(), left_out={},
    )  # fmt: skip
    db.session.add(batch)
    kind = {"assign": "list.assigned", "follow_up": "list.followed_up"}[act.kind]
    record(kind, by=by, subject=batch, said=batch.said, count=batch.total)
    return batch


def check_size(customer_ids: Sequence[int]) -> None:
    """Can something be done with these at once? Raises `NobodyChosen` or `TooManyAtOnce`."""
    if not customer_ids:
        raise NobodyChosen
    if len(customer_ids) > MOST:
        raise TooManyAtOnce


def heard_enough(firm: Firm, customer_ids: Sequence[int], on: date) -> int:
    """How many of the first `LOOKED_AT` have heard as much as the contact budget allows, on that day."""
    some = customer_ids[:LOOKED_AT]
    budget = budget_of(firm, some, clock.today())
    people = {(id, None) for id in some} | set(budget.spent)
    return len({person[0] for person in people if budget.free_on(person, on) > on})


def run(batch_id: int, *, leaving: Callable[[], bool] = lambda: False) -> None:
    """Go on with an act until it is done or cancelled, or `leaving` says that this process should stop.

    Commits after every step.
    """
    while not leaving() and step(batch_id):
        db.session.commit()
    db.session.commit()


def step(batch_id: int) -> bool:
    """Do it with the next few hundred, uncommitted. False when there is nothing more to do now."""
    batch = queries.batch_for_change(batch_id)
    if batch is None or not batch.is_running:
        return False
    ids = [id for id in batch.wanted["customers"] if id > batch.last_customer_id][:AT_ONCE]
    by = user_by_id(batch.created_by_id or 0)
    if not ids or by is None:
        batch.finish()
        return False
    found = queries.customers_to_act_on(batch.list, ids)
    silenced = queries.without_offers(ids) if batch.purpose in SELLING else set()
    left_out, ready = Counter[str](gone=len(ids) - len(found)), []
    for each in found:
        why = _why_not(batch, each, silenced)
        if why:
            left_out[why] += 1
        else:
            ready.append(each)
    if ready:
        (_assign if batch.act == "assign" else _plan)(batch, ready, by)
    batch.advance(ids[-1], len(ready), left_out)
    return True


def _why_not(batch: ListBatch, customer: Any, silenced: set[int]) -> str:
    """One of `LEFT_OUT`, or nothing."""
    if customer.is_archived:
        return "archived"
    if not customer.is_there:
        return "gone"
    if batch.act == "assign" and customer.assignee_id == batch.to_id:
        return "same"
    return "opted_out" if customer.id in silenced else ""


def _assign(batch: ListBatch, customers: Sequence[Any], by: "User") -> None:
    """Make the user answerable for these, in the record and in their entries too."""
    ids = [each.id for each in customers]
    to = user_by_id(batch.to_id) if batch.to_id else None
    db.session.flush()
    holding.pass_on_many(Customer.__table__, ids, to)
    assigned = update(Customer).where(Customer.id.in_(ids))
    db.session.execute(assigned.values(assignee_id=batch.to_id, version=Customer.version + 1))
    db.session.execute(update(ListEntry).where(ListEntry.customer_id.in_(ids)).values(assignee_id=batch.to_id))
    events = [
        event_of(
            "customer.assigned", by=by, customer_id=each.id, subject_id=each.id, name=each.name,
            to=to.name if to else None,
        )
        for each in customers
    ]  # fmt: skip
    bulk.put_each(Event, events)


def _plan(batch: ListBatch, customers: Sequence[Any], by: "User") -> None:
    """Plan a follow-up with each of these, and set their clocks."""
    assert batch.due_on is not None
    plan = {"channel": "call", "purpose": batch.purpose, "due_on": batch.due_on, "note": batch.note}
    made = {"assignee_id": batch.to_id, "created_by_id": by.id, "created_at": clock.now()}
    rows = [{"customer_id": each.id, **plan, **made} for each in customers]
    planned = db.session.execute(insert(FollowUp).returning(FollowUp.id, FollowUp.customer_id), rows)
    events = [
        event_of(
            "follow_up.planned", by=by, customer_id=customer_id, subject_id=id, channel="call", contact="",
            purpose=batch.purpose, objective=batch.note, method="", due_on=batch.due_on.isoformat(),
        )
        for id, customer_id in planned.all()
    ]  # fmt: skip
    bulk.put_each(Event, events)
    set_clocks_of([each.id for each in customers])
