"""Every SELECT about invitations."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import joinedload

from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.invitations.budget import Budget, Person
from portal.invitations.models import Invitation, OptOut, SurveyBatch
from portal.mail.models import OutboxMessage
from portal.paging import PAGE_ROWS, Page, decode, page_of
from portal.purchases.models import Purchase
from portal.settings.models import Firm
from portal.surveys.models import Survey


def invitation_by_cause(cause: str) -> Invitation | None:
    """The invitation that this cause has made, or None. By the unique index of cause."""
    return db.session.scalar(select(Invitation).where(Invitation.cause == cause))


def invitation_to_show(invitation_id: int) -> Any:
    """(Invitation with its customer and contact, Survey), or None. By primary key."""
    query = (
        select(Invitation, Survey)
        .join(Survey, Survey.id == Invitation.survey_id)
        .options(joinedload(Invitation.customer), joinedload(Invitation.contact))
        .where(Invitation.id == invitation_id)
    )
    return db.session.execute(query).first()


def asking_for_change(token_hash: str) -> Any:
    """(Invitation, survey_name, contact_name) by what its link opens, the invitation locked until the transaction ends;
    or None. By the unique index of token_hash.
    """
    query = (
        select(Invitation, Survey.name.label("survey_name"), Contact.name.label("contact_name"))
        .join(Survey, Survey.id == Invitation.survey_id)
        .outerjoin(Contact, Contact.id == Invitation.contact_id)
        .where(Invitation.token_hash == token_hash)
        .with_for_update(of=Invitation)
    )
    return db.session.execute(query).first()


def active_surveys() -> Sequence[Survey]:
    """The surveys that are being asked, by name, first those that are asked by hand and by nothing else. Rides on
    ix_surveys_state_occasion; a firm has few.
    """
    by_hand = case((Survey.occasion == "by_hand", 0), else_=1)
    return db.session.scalars(select(Survey).where(Survey.state == "active").order_by(by_hand, Survey.folded)).all()


# What is to be sent

SILENT = (Invitation.sent_at.is_not(None), Invitation.answered_at.is_(None), Invitation.ended_at.is_(None))
_CAN_BE_REMINDED = (
    *SILENT,
    Invitation.channel == "email",
    Invitation.delivered_at.is_not(None),
    Invitation.reminded_on.is_(None),
)
_WITH_PERSON: Any = (
    select(
        Invitation,
        Survey,
        Customer.name.label("customer_name"),
        Customer.email.label("customer_email"),
        Customer.archived_at.label("customer_archived_at"),
        Contact.name.label("contact_name"),
        Contact.email.label("contact_email"),
        Contact.archived_at.label("contact_archived_at"),
    )
    .join(Survey, Survey.id == Invitation.survey_id)
    .join(Customer, Customer.id == Invitation.customer_id)
    .outerjoin(Contact, Contact.id == Invitation.contact_id)
)


def due_to_send(today: date, limit: int) -> Sequence[Row[Any]]:
    """Mails whose day has come, each with its survey and its person, the oldest first; locked, and those that somebody
    else has locked are left out. Rides on ix_survey_invitations_waiting.
    """
    query = (
        _WITH_PERSON.where(
            Invitation.sent_at.is_(None),
            Invitation.ended_at.is_(None),
            Invitation.channel == "email",
            Invitation.send_on <= today,
        )
        .order_by(Invitation.send_on, Invitation.id)
        .limit(limit)
        .with_for_update(of=Invitation, skip_locked=True)
    )
    return db.session.execute(query).all()


def due_to_remind(firm: Firm, today: date, limit: int) -> Sequence[Row[Any]]:
    """Mails that have arrived and been met with silence for so long as the firm bears it, or whose person somebody
    wants reminded; the same way. Rides on ix_survey_invitations_silent, over those that were sent lately.
    """
    silent_since = today - timedelta(days=firm.remind_after_days)
    waits_itself = and_(Invitation.remind_on.is_(None), Invitation.sent_on <= silent_since)
    query = (
        _WITH_PERSON.where(
            Invitation.survey_id.in_(select(Survey.id).where(Survey.state == "active")),
            Invitation.sent_on >= today - timedelta(days=firm.answer_within_days),
            *_CAN_BE_REMINDED,
            Invitation.expires_on >= today,
            or_(Invitation.remind_on <= today, waits_itself if firm.remind_after_days else false()),
            Customer.archived_at.is_(None),
        )
        .order_by(Invitation.sent_on, Invitation.id)
        .limit(limit)
        .with_for_update(of=Invitation, skip_locked=True)
    )
    return db.session.execute(query).all()


def resumed_surveys() -> Sequence[int]:
    """Ids of the active surveys of which invitations still wait as if they were paused. Rides on
    ix_survey_invitations_waiting.
    """
    query = (
        select(Invitation.survey_id)
        .join(Survey, Survey.id == Invitation.survey_id)
        .where(Invitation.sent_at.is_(None), Invitation.ended_at.is_(None), Invitation.held == "paused")
        .where(Survey.state == "active")
        .distinct()
    )
    return db.session.scalars(query).all()


# What a person has heard, and does not want to hear


def budget_of(firm: Firm, customer_ids: Collection[int], today: date) -> Budget:
    """What the people of these customers have heard within the days that count: surveys, reminders, offers that
    reached them. Rides on the indexes that begin with the customer's id.
    """
    budget = Budget.of(firm)
    since = today - budget.within
    sent = _heard("person", Invitation, Invitation.sent_on).where(
        Invitation.customer_id.in_(customer_ids), Invitation.sent_on > since
    )
    reminded = _heard("person", Invitation, Invitation.reminded_on).where(
        Invitation.customer_id.in_(customer_ids), Invitation.reminded_on > since
    )
    offers = _heard("offer", FollowUp, FollowUp.done_on).where(
        FollowUp.customer_id.in_(customer_ids), FollowUp.done_on > since, FollowUp.purpose == "offer",
        FollowUp.undone_at.is_(None), FollowUp.outcome != "no_answer",
    )  # fmt: skip
    for kind, customer_id, contact_id, day in db.session.execute(union_all(sent, reminded, offers)):
        if kind == "offer":
            budget.offer(customer_id, contact_id, day)
        else:
            budget.spend((customer_id, contact_id), day)
    return budget


def _heard(kind: str, source: Any, day: Any) -> Select[Any]:
    return select(literal(kind).label("kind"), source.customer_id, source.contact_id, day.label("day"))


def opted_out(customer_ids: Collection[int], addresses: Collection[str]) -> tuple[set[Person], set[str]]:
    """Who of these customers' people does not want to be asked, and which of these addresses. The same way."""
    people: set[Person] = set()
    reached: set[str] = set()
    for customer_id, contact_id, address, _scope in opt_outs_among(customer_ids, addresses):
        people.add((customer_id, contact_id))
        reached.add(address)
    return people, reached - {""}


def opt_outs_among(customer_ids: Collection[int], addresses: Collection[str]) -> Sequence[Any]:
    """(customer's id, contact's, address, scope) of what these customers' people have said, and what was said at these
    addresses, while it holds. Rides on ix_opt_outs_customer_id_contact_id and ix_opt_outs_address.
    """
    query = select(OptOut.customer_id, OptOut.contact_id, OptOut.address, OptOut.scope).where(
        OptOut.withdrawn_at.is_(None),
        or_(OptOut.customer_id.in_(customer_ids), OptOut.address.in_(addresses)),
    )
    return db.session.execute(query).all()


# Whom a survey has reached

SHOWN = ("silent", "waiting", "answered", "ended")
MOST_COUNTED = 999
_NOT_ENDED = Invitation.ended_at.is_(None)
_SHOWN: dict[str, tuple[Any, ...]] = {
    "silent": (*SILENT,),
    "waiting": (Invitation.sent_at.is_(None), _NOT_ENDED),
    "answered": (Invitation.answered_at.is_not(None),),
    "ended": (Invitation.ended_at.is_not(None),),
}


def page_of_invitations(survey_id: int, shown: str, after: str | None) -> Page[Row[Any]]:
    """The invitations of a survey in one of the states of `SHOWN`, each with its customer, its person, and when its
    mail was given up. Silent ones by the day they were sent on, the latest first; waiting ones by the day they are due;
    the others newest first. Rides on ix_survey_invitations_silent, _waiting and _survey_id_id.
    """
    query: Any = (
        select(
            Invitation,
            Customer.name.label("customer_name"),
            Contact.name.label("contact_name"),
            OutboxMessage.dead_at.label("dead_at"),
        )
        .join(Customer, Customer.id == Invitation.customer_id)
        .outerjoin(Contact, Contact.id == Invitation.contact_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == Invitation.outbox_id)
        .where(Invitation.survey_id == survey_id, *_SHOWN[shown])
        .limit(PAGE_ROWS + 1)
    )
    day = {"silent": Invitation.sent_on, "waiting": Invitation.send_on}.get(shown)
    key = decode(after, date, int) if day is not None else decode(after, int)
    if day is None:
        query = query.order_by(Invitation.id.desc())
        query = query.where(Invitation.id < key[0]) if key else query
    elif shown == "silent":
        query = query.order_by(day.desc(), Invitation.id.desc())
        query = query.where(tuple_(day, Invitation.id) < key) if key else query
    else:
        query = query.order_by(day, Invitation.id)
        query = query.where(tuple_(day, Invitation.id) > key) if key else query

    def place(row: Row[Any]) -> tuple[Any, ...]:
        id = row.Invitation.id
        return (id,) if day is None else (getattr(row.Invitation, day.key), id)

    return page_of(db.session.execute(query).all(), place, first=key is None)


def counts_of_invitations(survey_id: int, today: date) -> dict[str, int]:
    """How many there are in each state of `SHOWN`, and how many can be reminded; a thousand stands for more. Rides on
    the same indexes.
    """
    wanted = {name: (Invitation.survey_id == survey_id, *conditions) for name, conditions in _SHOWN.items()}
    wanted["remindable"] = remindable(survey_id, today)
    counts = []
    for name, conditions in wanted.items():
        some = select(Invitation.id).where(*conditions).limit(MOST_COUNTED + 1)
        counts.append(select(func.count()).select_from(some.subquery()).scalar_subquery().label(name))
    return dict(db.session.execute(select(*counts)).one()._mapping)


def remindable(survey_id: int, today: date) -> tuple[ColumnElement[bool], ...]:
    """What the invitations of a survey are whose person can be reminded and is not going to be yet."""
    mine = Invitation.survey_id == survey_id
    return mine, *_CAN_BE_REMINDED, Invitation.remind_on.is_(None), Invitation.expires_on >= today


def latest_batch(survey_id: int) -> SurveyBatch | None:
    """The list that this survey is being asked of, or was asked of last. By primary key."""
    query = select(SurveyBatch).where(SurveyBatch.survey_id == survey_id).order_by(SurveyBatch.id.desc()).limit(1)
    return db.session.scalar(query)


def invitation_for_change(invitation_id: int) -> Any:
    """(Invitation, Survey), the invitation locked until the transaction ends, or None. By primary key."""
    query = (
        select(Invitation, Survey)
        .join(Survey, Survey.id == Invitation.survey_id)
        .where(Invitation.id == invitation_id)
        .with_for_update(of=Invitation)
    )
    return db.session.execute(query).first()


# Who opts out


def opt_outs_of(customer_id: int, contact_id: int | None, address: str) -> Sequence[OptOut]:
    """What this person has said, and what was said at the same address, while it holds. Rides on
    ix_opt_outs_customer_id_contact_id and ix_opt_outs_address.
    """
    person = and_(OptOut.customer_id == customer_id, OptOut.contact_id.is_not_distinct_from(contact_id))
    reached = and_(OptOut.address == address, OptOut.address != "")
    query = select(OptOut).where(OptOut.withdrawn_at.is_(None), or_(person, reached)).order_by(OptOut.id)
    return db.session.scalars(query).all()


# What calls for a survey


class Reach(NamedTuple):
    """Whom to ask at a customer, and where they read mail."""

    customer_id: int
    assignee_id: int | None
    contact_id: int | None
    locale: str | None
    address: str
    """Empty when we know none."""


def survey_for(occasion: str) -> Survey | None:
    """The active survey of that occasion, the oldest if there are several. Rides on ix_surveys_state_occasion."""
    return next(iter(surveys_for(occasion)), None)


def surveys_for(occasion: str) -> Sequence[Survey]:
    """The active surveys of that occasion, the oldest first. Rides on ix_surveys_state_occasion."""
    query = select(Survey).where(Survey.state == "active", Survey.occasion == occasion).order_by(Survey.id)
    return db.session.scalars(query).all()


def to_ask_after_purchase(survey: Survey, first: date, last: date, limit: int) -> Sequence[Row[int, int]]:
    """(purchase id, customer id) of what was bought from the first day to the last and calls for this survey: no
    survey has asked about it, and this one has not asked the customer since. The latest first; rides on
    ix_purchases_purchased_on_id.
    """
    cause = literal("purchase:") + cast(Purchase.id, String)
    asked_since = exists().where(
        Invitation.survey_id == survey.id,
        Invitation.customer_id == Purchase.customer_id,
        Invitation.send_on >= Purchase.purchased_on,
    )
    query = (
        select(Purchase.id, Purchase.customer_id)
        .join(Customer, Customer.id == Purchase.customer_id)
        .where(Purchase.purchased_on.between(first, last), Purchase.voided_at.is_(None))
        .where(Customer.archived_at.is_(None), ~exists().where(Invitation.cause == cause), ~asked_since)
        .order_by(Purchase.purchased_on.desc(), Purchase.id.desc())
        .limit(limit)
    )
    return db.session.execute(query).all()


def to_ask_again(survey: Survey, today: date, window: int, limit: int) -> Sequence[int]:
    """Ids of living buyers and clients whose day for this survey came within the window, up to today, and whom it has
    not asked for half of its interval. A customer's day follows from its number, so that each day has its share. By
    primary key: every customer is looked at.
    """
    lately = today - timedelta(days=max(survey.days // 2, 1))
    asked_lately = exists().where(
        Invitation.survey_id == survey.id, Invitation.customer_id == Customer.id, Invitation.send_on > lately
    )
    query = (
        select(Customer.id)
        .where(Customer.archived_at.is_(None), Customer.status != "prospect")
        .where((Customer.id + today.toordinal()) % survey.days < window, ~asked_lately)
        .order_by(Customer.id)
        .limit(limit)
    )
    return db.session.scalars(query).all()


def causes_among(causes: Collection[str]) -> set[str]:
    """Those of these causes that have made an invitation before. By the unique index of cause."""
    return set(db.session.scalars(select(Invitation.cause).where(Invitation.cause.in_(causes))))


def people_to_ask(customer_ids: Collection[int]) -> list[Reach]:
    """Whom to ask at each of these customers who is not archived, by customer id: the first contact with an address,
    else the customer itself. By primary key, and by ix_contacts_customer_id.
    """
    contacts: dict[int, Any] = {}
    with_address = Contact.email.is_not(None), Contact.archived_at.is_(None)
    query = select(Contact.customer_id, Contact.id, Contact.locale, Contact.email).where(*with_address)
    for row in db.session.execute(query.where(Contact.customer_id.in_(customer_ids)).order_by(Contact.id)):
        contacts.setdefault(row.customer_id, row)
    customers = select(Customer.id, Customer.assignee_id, Customer.email)
    customers = customers.where(Customer.id.in_(customer_ids), Customer.archived_at.is_(None))
    return [
        Reach(id, assignee_id, contact.id, contact.locale, contact.email)
        if (contact := contacts.get(id))
        else Reach(id, assignee_id, None, None, email or "")
        for id, assignee_id, email in db.session.execute(customers.order_by(Customer.id))
    ]


# A survey asked of a whole list


def batch_for_change(batch_id: int) -> SurveyBatch | None:
    """One list that is being asked, as it is now, locked until the transaction ends. By primary key."""
    query = select(SurveyBatch).where(SurveyBatch.id == batch_id).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def batch_to_show(batch_id: int) -> Any:
    """(SurveyBatch, Survey), or None. By primary key."""
    query = select(SurveyBatch, Survey).join(Survey, Survey.id == SurveyBatch.survey_id)
    return db.session.execute(query.where(SurveyBatch.id == batch_id)).first()


def batch_by_form(form_id: str) -> SurveyBatch | None:
    """The list that this form has asked for before. By the unique index of form ids."""
    return db.session.scalar(select(SurveyBatch).where(SurveyBatch.form_id == form_id))


def running_batches() -> Sequence[int]:
    """Ids of the lists that are being asked, the oldest first. Rides on ix_survey_batches_state."""
    return db.session.scalars(
        select(SurveyBatch.id).where(SurveyBatch.state == "running").order_by(SurveyBatch.id)
    ).all()


def customers_in(conditions: Collection[ColumnElement[bool]], most: int | None = None) -> int:
    """How many customers all of this holds for; no more than `most` are counted."""
    some = select(Customer.id).where(*conditions).limit(most)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def customers_after(conditions: Collection[ColumnElement[bool]], after: int, limit: int) -> Sequence[int]:
    """Ids of the customers for whom all of this holds, above that one and in order. By primary key."""
    query = select(Customer.id).where(*conditions, Customer.id > after).order_by(Customer.id).limit(limit)
    return db.session.scalars(query).all()


def asked_lately(survey_id: int, customer_ids: Collection[int], since: date) -> set[int]:
    """Which of these customers this survey is going to ask, or has asked after that day. Rides on
    ix_survey_invitations_customer_id_sent_on.
    """
    query = select(Invitation.customer_id).where(
        Invitation.customer_id.in_(customer_ids), Invitation.survey_id == survey_id, Invitation.ended_at.is_(None),
        or_(Invitation.sent_on.is_(None), Invitation.sent_on > since),
    )  # fmt: skip
    return set(db.session.scalars(query))
