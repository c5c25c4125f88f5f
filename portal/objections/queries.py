"""Every SELECT about objections: the library, what is offered while somebody types, and what followed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select, tuple_
from sqlalchemy.orm import joinedload

from portal import clock
from portal.commitments.models import Commitment
from portal.commitments.rates import Rate
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.objections.models import Answer, Document, Objection, folded_text
from portal.paging import PAGE_ROWS, Page, decode, page_of
from portal.purchases.models import Purchase
from portal.retention.days import ordinal
from portal.users.models import User

WITHIN = timedelta(days=60)
"""What happens so soon after an objection was answered counts as following it, from the same day on."""
LOOKED_BACK = timedelta(days=365)
"""Follow-ups of the last year count: what worked before may work no more, and the page costs the same in ten years."""
OFFERED = 5


@dataclass(frozen=True)
class Tally:
    """How often it was recorded in the last year, how often something followed, and how many may still be followed."""

    rate: Rate = field(default_factory=Rate)
    waiting: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.rate + other.rate, self.waiting + other.waiting)


@dataclass
class Offer:
    """One objection of the library with the answers that are offered, and how each has done."""

    objection: Objection
    answers: list[Answer] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    by_answer: dict[int | None, Tally] = field(default_factory=dict)
    """By the answer's id; None is an answer of the user's own."""


def _between(day: Any) -> ColumnElement[bool]:
    return and_(day >= FollowUp.done_on, ordinal(day) - ordinal(FollowUp.done_on) <= WITHIN.days)


_BOUGHT = and_(
    Purchase.customer_id == FollowUp.customer_id, Purchase.voided_at.is_(None), _between(Purchase.purchased_on)
)
_KEPT = and_(
    Commitment.customer_id == FollowUp.customer_id, Commitment.state == "kept", _between(Commitment.settled_on)
)
FOLLOWED = or_(exists().where(_BOUGHT), exists().where(_KEPT))
"""Whether the customer bought, or a promise with them was kept, within `WITHIN` of the follow-up.

Rides on ix_purchases_customer_id_purchased_on and ix_commitments_customer_id_state_due_on.
"""


def _recorded() -> ColumnElement[bool]:
    """Done, not taken back, and of the last year: what counts."""
    return and_(FollowUp.undone_at.is_(None), FollowUp.done_on > clock.today() - LOOKED_BACK)


def page_of_objections(after: str | None, *, retired: bool) -> Page[Offer]:
    """Objections in the order of their words, with their answers and tallies. By the unique index of `folded`."""
    key = decode(after, str, int)
    query = select(Objection).options(joinedload(Objection.document)).where(_is(retired))
    if key is not None:
        query = query.where(tuple_(Objection.folded, Objection.id) > key)
    found = db.session.scalars(query.order_by(Objection.folded, Objection.id).limit(PAGE_ROWS + 1)).all()
    page = page_of(found, lambda each: (each.folded, each.id), first=key is None)
    return Page(_with_answers(page.rows), page.after, page.is_first)


def _is(retired: bool) -> ColumnElement[bool]:
    return Objection.retired_at.is_not(None) if retired else Objection.retired_at.is_(None)


def some_retired() -> bool:
    """Is any objection retired? A library is small, so it is looked through."""
    return bool(db.session.scalar(select(exists().where(Objection.retired_at.is_not(None)))))


def offered(typed: str) -> list[Offer]:
    """The living objections that hold every word of what was typed, the shortest first, with their living answers and
    tallies; without a word, the first of the library. A library is small, so it is looked through.
    """
    query = select(Objection).options(joinedload(Objection.document)).where(_holds(typed)).limit(OFFERED)
    return _with_answers(db.session.scalars(query.order_by(func.length(Objection.folded), Objection.folded)).all())


def _holds(typed: str) -> ColumnElement[bool]:
    words = folded_text(typed).split()
    return and_(_is(False), *(Objection.folded.contains(word, autoescape=True) for word in words))


def meant_by(typed: str) -> Sequence[Objection]:
    """The objection of those very words, retired or not; else some living ones that hold every word of it."""
    query = select(Objection).where(or_(Objection.folded == folded_text(typed), _holds(typed))).limit(OFFERED + 1)
    found = db.session.scalars(query.order_by(func.length(Objection.folded), Objection.folded)).all()
    return [each for each in found if each.folded == folded_text(typed)] or found


def _with_answers(objections: Sequence[Objection]) -> list[Offer]:
    """Their living answers and tallies: two statements, whatever their number."""
    offers = {each.id: Offer(each) for each in objections}
    if not offers:
        return []
    living = select(Answer).where(Answer.objection_id.in_(offers), Answer.retired_at.is_(None)).order_by(Answer.id)
    for answer in db.session.scalars(living):
        offers[answer.objection_id].answers.append(answer)
    for (objection_id, answer_id), tally in tallies(offers).items():
        offer = offers[objection_id]
        offer.by_answer[answer_id] = tally
        offer.tally += tally
    return list(offers.values())


def tallies(objection_ids: Collection[int]) -> dict[tuple[int, int | None], Tally]:
    """What followed, by objection and answer. Rides on ix_follow_ups_objection."""
    followed = case((FOLLOWED, 1), else_=0)
    young = FollowUp.done_on > clock.today() - WITHIN
    each = (
        select(FollowUp.objection_id, FollowUp.answer_id, followed.label("followed"), young.label("young"))
        .where(FollowUp.objection_id.in_(objection_ids), _recorded())
        .subquery()
    )
    waits = case((and_(each.c.young, each.c.followed == 0), 1), else_=0)
    query = select(
        each.c.objection_id, each.c.answer_id, func.sum(each.c.followed), func.count(), func.sum(waits)
    ).group_by(each.c.objection_id, each.c.answer_id)
    return {
        (objection_id, answer_id): Tally(Rate(int(hits), n), int(waiting))
        for objection_id, answer_id, hits, n, waiting in db.session.execute(query)
    }


def heard(objection_id: int, answer_id: int | None, *, followed: bool, after: str | None) -> Page[Row[Any]]:
    """The follow-ups of the last year that recorded it, the newest first, each with its customer, who touched them, the
    answer, and on which day they first bought and a promise was first kept. `answer_id` of None is any, 0 one of the
    user's own. Rides on ix_follow_ups_objection.
    """
    key = decode(after, date, int)
    query = _heard().where(FollowUp.objection_id == objection_id, _recorded())
    if answer_id is not None:
        query = query.where(FollowUp.answer_id == answer_id if answer_id else FollowUp.answer_id.is_(None))
    if followed:
        query = query.where(FOLLOWED)
    if key is not None:
        query = query.where(tuple_(FollowUp.done_on, FollowUp.id) < key)
    rows = db.session.execute(query.order_by(FollowUp.done_on.desc(), FollowUp.id.desc()).limit(PAGE_ROWS + 1)).all()
    return page_of(rows, lambda row: (row.done_on, row.id), first=key is None)


def _heard() -> Any:
    bought = select(func.min(Purchase.purchased_on)).where(_BOUGHT).scalar_subquery()
    kept = select(func.min(Commitment.settled_on)).where(_KEPT).scalar_subquery()
    return (
        select(
            FollowUp.id, FollowUp.done_on, FollowUp.customer_id, Customer.name.label("customer_name"),
            User.name.label("user_name"), Answer.text.label("answer"), bought.label("bought_on"),
            kept.label("kept_on"),
        )
        .join(Customer, Customer.id == FollowUp.customer_id)
        .outerjoin(User, User.id == FollowUp.done_by_id)
        .outerjoin(Answer, Answer.id == FollowUp.answer_id)
    )  # fmt: skip


def objection_to_show(objection_id: int) -> Objection | None:
    """One objection with its document, or None. By primary key."""
    return db.session.scalar(_one(objection_id).options(joinedload(Objection.document)))


def objection_for_change(objection_id: int) -> Objection | None:
    """One objection, locked to the transaction's end, or None. By primary key."""
    return db.session.scalar(_one(objection_id).with_for_update())


def objection_to_record(objection_id: int) -> Objection | None:
    """One objection, held so that nobody deletes it before a follow-up has recorded it, or None. By primary key."""
    return db.session.scalar(_one(objection_id).with_for_update(read=True, key_share=True))


def _one(objection_id: int) -> Select[Objection]:
    return select(Objection).where(Objection.id == objection_id)


def objection_named(text: str) -> Objection | None:
    """The objection of those words, however they are written, or None. By the unique index of `folded`."""
    return db.session.scalar(select(Objection).where(Objection.folded == folded_text(text)))


def objection_by_form(form_id: str) -> Objection | None:
    """The objection that this form has written down before, or None. By the unique index of form ids."""
    return db.session.scalar(select(Objection).where(Objection.form_id == form_id))


def text_of(objection_id: int) -> str:
    """Its words. By primary key."""
    return db.session.scalar(select(Objection.text).where(Objection.id == objection_id)) or ""


def answers_of(objection_id: int) -> Sequence[Answer]:
    """Its answers, the living ones first. Rides on ix_objection_answers_objection_id."""
    query = select(Answer).where(Answer.objection_id == objection_id)
    return db.session.scalars(query.order_by(Answer.retired_at.is_not(None), Answer.id)).all()


def answer_of(objection_id: int, answer_id: int) -> Answer | None:
    """One of its answers, with the objection, or None. By primary key."""
    query = select(Answer).options(joinedload(Answer.objection))
    return db.session.scalar(query.where(Answer.id == answer_id, Answer.objection_id == objection_id))


def answer_for_change(objection_id: int, answer_id: int) -> Answer | None:
    """The same, locked to the transaction's end. By primary key."""
    query = select(Answer).options(joinedload(Answer.objection, innerjoin=True)).with_for_update()
    return db.session.scalar(query.where(Answer.id == answer_id, Answer.objection_id == objection_id))


def answer_by_form(form_id: str) -> Answer | None:
    """The answer that this form has added before, or None. By the unique index of form ids."""
    return db.session.scalar(select(Answer).where(Answer.form_id == form_id))


def is_recorded(objection_id: int) -> bool:
    """Has any follow-up recorded it, also one that was taken back? Rides on ix_follow_ups_objection."""
    return bool(db.session.scalar(select(exists().where(FollowUp.objection_id == objection_id))))


def is_given(answer_id: int) -> bool:
    """Has any follow-up recorded the answer, also one that was taken back? Rides on ix_follow_ups_answer_id."""
    return bool(db.session.scalar(select(exists().where(FollowUp.answer_id == answer_id))))


def document_of(objection_id: int) -> Document | None:
    """The document that supports it, or None. By the unique index of objection_id."""
    return db.session.scalar(select(Document).where(Document.objection_id == objection_id))


def names_stored() -> set[str]:
    """The random names of all documents."""
    return set(db.session.scalars(select(Document.stored_as)))
