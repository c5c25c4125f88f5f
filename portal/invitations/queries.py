"""Every SELECT about invitations."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, literal, or_, select, union_all
from sqlalchemy.orm import joinedload

from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.invitations.budget import Budget, Person
from portal.invitations.models import Invitation, OptOut
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


def active_surveys() -> Sequence[Survey]:
    """The surveys that are being asked, by name. Rides on ix_surveys_state_occasion; a firm has few."""
    return db.session.scalars(select(Survey).where(Survey.state == "active").order_by(Survey.folded)).all()


# What is to be sent

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
    """Who of these customers' people does not want to be asked, and which of these addresses. Rides on
    ix_opt_outs_customer_id_contact_id and ix_opt_outs_address.
    """
    query = select(OptOut.customer_id, OptOut.contact_id, OptOut.address).where(
        OptOut.withdrawn_at.is_(None),
        or_(OptOut.customer_id.in_(customer_ids), OptOut.address.in_(addresses)),
    )
    people: set[Person] = set()
    reached: set[str] = set()
    for customer_id, contact_id, address in db.session.execute(query):
        people.add((customer_id, contact_id))
        reached.add(address)
    return people, reached - {""}


# What calls for a survey


def survey_for(occasion: str) -> Survey | None:
    """The active survey of that occasion, the oldest if there are several. Rides on ix_surveys_state_occasion."""
    query = select(Survey).where(Survey.state == "active", Survey.occasion == occasion).order_by(Survey.id).limit(1)
    return db.session.scalar(query)
