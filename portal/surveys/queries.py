"""Every SELECT about surveys."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    Row,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from portal.commitments.models import RECOVERING, Commitment
from portal.contacts.models import Contact
from portal.customers.lines import live
from portal.customers.models import Customer
from portal.extensions import db, rows_of
from portal.invitations.models import UNTALLIED as UNTALLIED_INVITATIONS
from portal.invitations.models import Invitation
from portal.paging import Page, decode, page_of
from portal.responses.models import STANDING, Response
from portal.responses.models import UNTALLIED as UNTALLIED_RESPONSES
from portal.surveys.models import DELIVERED, FROM_STAFF, Survey, SurveyQuestion, SurveyTally
from portal.users.models import User

MOST_LISTED = 200
COMMENTS = 20
EXPORT_ROWS = 1000


def surveys() -> Sequence[Survey]:
    """The surveys, those that are asked first, then paused and closed ones, by name. A firm has a few; 200 at most."""
    order = case((Survey.state == "active", 0), (Survey.state == "paused", 1), else_=2)
    return db.session.scalars(select(Survey).order_by(order, Survey.folded).limit(MOST_LISTED)).all()


def survey_by_id(id: int) -> Survey | None:
    """One survey, or None. By primary key."""
    return db.session.get(Survey, id)


def survey_for_change(id: int) -> Survey | None:
    """One survey as it is now, locked to the transaction's end. By primary key."""
    query = select(Survey).where(Survey.id == id).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def survey_by_folded(folded: str) -> Survey | None:
    """The survey of that name, however it is accented. By the unique index of folded."""
    return db.session.scalar(select(Survey).where(Survey.folded == folded))


def surveys_named(part: str) -> Sequence[Survey]:
    """Up to two surveys that hold that folded text in their name. A firm has a few surveys."""
    query = select(Survey).where(Survey.folded.contains(part, autoescape=True)).order_by(Survey.id).limit(2)
    return db.session.scalars(query).all()


def survey_by_form(form_id: str) -> Survey | None:
    """The survey that this form has written before. By the unique index of form_id."""
    return db.session.scalar(select(Survey).where(Survey.form_id == form_id))


def questions_of(survey_id: int) -> Sequence[SurveyQuestion]:
    """The further questions that are asked, in their order. Rides on ix_survey_questions_survey_id_position."""
    query = (
        select(SurveyQuestion)
        .where(SurveyQuestion.survey_id == survey_id, SurveyQuestion.retired_at.is_(None))
        .order_by(SurveyQuestion.position, SurveyQuestion.id)
    )
    return db.session.scalars(query).all()


def ripe_responses(before: datetime, limit: int) -> Select[int]:
    """The ids of up to so many standing answers from before that instant that are not tallied, locked; what another
    worker has is passed over. A part of the statement that claims them. Rides on ix_survey_responses_untallied.
    """
    query = select(Response.id).where(UNTALLIED_RESPONSES, Response.answered_at < before)
    return query.limit(limit).with_for_update(skip_locked=True)


def ripe_invitations(limit: int) -> Select[int]:
    """The same of delivered invitations. Rides on ix_survey_invitations_untallied."""
    return select(Invitation.id).where(UNTALLIED_INVITATIONS).limit(limit).with_for_update(skip_locked=True)


_OF_SURVEY = bindparam("of_survey", type_=BigInteger)
_COUNTED_AS = case((Response.source == "client", Response.score), else_=FROM_STAFF)
_NO_DAY, _NOBODY = cast(null(), Date), cast(null(), BigInteger)


def _untallied() -> list[Any]:
    """What is not tallied yet: (survey, day, assignee, score, count). Rides on the two indexes named _untallied."""
    who = func.coalesce(Response.assignee_id, 0)
    answers = select(Response.survey_id, Response.answered_on, who, _COUNTED_AS, func.count())
    asked_whose = func.coalesce(Invitation.assignee_id, 0)
    asked = select(Invitation.survey_id, Invitation.sent_on, asked_whose, literal(DELIVERED), func.count())
    return [
        answers.where(UNTALLIED_RESPONSES).group_by(Response.survey_id, Response.answered_on, who, _COUNTED_AS),
        asked.where(UNTALLIED_INVITATIONS, Invitation.channel != "phone").group_by(
            Invitation.survey_id, Invitation.sent_on, asked_whose
        ),
    ]


@cache
def _counts_of() -> Any:
    total = func.sum(SurveyTally.count)
    by_month = select(SurveyTally.month, _NOBODY, SurveyTally.score, total).group_by(
        SurveyTally.month, SurveyTally.score
    )
    by_assignee = select(_NO_DAY, SurveyTally.assignee_id, SurveyTally.score, total).group_by(
        SurveyTally.assignee_id, SurveyTally.score
    )
    fresh = []
    for query, column in zip(_untallied(), (Response.survey_id, Invitation.survey_id), strict=True):
        part = query.where(column == _OF_SURVEY).subquery()
        fresh.append(select(*list(part.c)[1:]))
    tallied = [query.where(SurveyTally.survey_id == _OF_SURVEY) for query in (by_month, by_assignee)]
    return union_all(*tallied, *fresh)


def counts_of(survey_id: int) -> Sequence[Row[Any]]:
    """(month or day, assignee or None, score, count) of a survey, for `results.results`; a month's rows name no
    assignee, an assignee's no month, and what is not tallied yet names both. By the primary key of tallies.
    """
    return db.session.execute(_counts_of(), {"of_survey": survey_id}).all()


@cache
def _counts_of_each() -> Any:
    since = bindparam("since", type_=Date)
    lately = func.sum(case((SurveyTally.month >= since, SurveyTally.count), else_=0))
    tallied = select(SurveyTally.survey_id, SurveyTally.score, func.sum(SurveyTally.count), lately).group_by(
        SurveyTally.survey_id, SurveyTally.score
    )
    fresh = []
    for query in _untallied():
        survey_id, day, _who, score, count = query.subquery().c
        fresh.append(select(survey_id, score, count, case((day >= since, count), else_=0)))
    return union_all(tallied, *fresh)


def counts_of_each(since: date) -> Sequence[Row[Any]]:
    """(survey, score, count, how many of these since that first day of a month) of every survey, several rows of a
    score; for `results.of_each`.
    """
    return db.session.execute(_counts_of_each(), {"since": since}).all()


@cache
def _counts_of_kind() -> Any:
    kind: Any = bindparam("of_kind")
    since, until = bindparam("since", type_=Date), bindparam("until", type_=Date)
    total = select(SurveyTally.score, func.sum(SurveyTally.count)).join(Survey, Survey.id == SurveyTally.survey_id)
    parts = [total.where(Survey.kind == kind, SurveyTally.month.between(since, until)).group_by(SurveyTally.score)]
    for query in _untallied():
        survey_id, day, _who, score, count = (fresh := query.subquery()).c
        some = select(score, count).join_from(fresh, Survey, Survey.id == survey_id)
        parts.append(some.where(Survey.kind == kind, day.between(since, until)))
    return union_all(*parts)


def counts_of_kind(kind: str, since: date, until: date) -> Sequence[Row[Any]]:
    """(score, count) of all surveys of one kind between two days, several rows of a score; what is tallied counts by
    whole months. For `results.Answers`. A firm has a few surveys; by the primary key of tallies.
    """
    return rows_of(_counts_of_kind(), {"of_kind": kind, "since": since, "until": until}).all()


@cache
def _counts_by_month() -> Any:
    since, until = bindparam("since", type_=Date), bindparam("until", type_=Date)
    total = select(Survey.kind, SurveyTally.month, SurveyTally.score, func.sum(SurveyTally.count))
    total = total.join(Survey, Survey.id == SurveyTally.survey_id).where(SurveyTally.month.between(since, until))
    parts = [total.group_by(Survey.kind, SurveyTally.month, SurveyTally.score)]
    for query in _untallied():
        survey_id, day, _who, score, count = (fresh := query.subquery()).c
        some = select(Survey.kind, day, score, count).join_from(fresh, Survey, Survey.id == survey_id)
        parts.append(some.where(day.between(since, until)))
    return union_all(*parts)


def counts_by_month(since: date, until: date) -> Sequence[Row[Any]]:
    """(kind, month or day, score, count) of all surveys between two days, for `results.trends`; what is tallied counts
    by whole months. A firm has a few surveys; by the primary key of tallies.
    """
    return rows_of(_counts_by_month(), {"since": since, "until": until}).all()


def counted() -> Sequence[Row[Any]]:
    """(survey, day, assignee, score, count) of all that is tallied, from the rows themselves. Reads whole tables."""
    who, asked_whose = func.coalesce(Response.assignee_id, 0), func.coalesce(Invitation.assignee_id, 0)
    arrived = func.coalesce(Invitation.sent_on, Invitation.send_on)
    answers = select(Response.survey_id, Response.answered_on, who, _COUNTED_AS, func.count())
    asked = select(Invitation.survey_id, arrived, asked_whose, literal(DELIVERED), func.count())
    both = union_all(
        answers.where(Response.tallied, STANDING).group_by(Response.survey_id, Response.answered_on, who, _COUNTED_AS),
        asked.where(Invitation.tallied, Invitation.channel != "phone").group_by(
            Invitation.survey_id, arrived, asked_whose
        ),
    )
    return db.session.execute(both).all()


def names_of_users() -> dict[int, str]:
    """The names of all users, by id. A firm has tens of them."""
    return {row.id: row.name for row in db.session.execute(select(User.id, User.name))}


@cache
def _comments(from_key: bool) -> Any:
    query = (
        select(
            Response.id, Response.score, Response.comment, Response.answered_on, Response.source, Response.quote,
            Response.customer_id, Customer.name.label("customer_name"), Contact.name.label("contact_name"),
            User.name.label("taken_by_name"),
        )
        .join(Customer, Customer.id == Response.customer_id)
        .outerjoin(Contact, Contact.id == Response.contact_id)
        .outerjoin(User, User.id == Response.taken_by_id)
        .where(Response.survey_id == _OF_SURVEY, STANDING, Response.comment != "")
    )  # fmt: skip
    if from_key:
        after = tuple_(bindparam("after_on", type_=Date), bindparam("after_id", type_=BigInteger))
        query = query.where(tuple_(Response.answered_on, Response.id) < after)
    return query.order_by(Response.answered_on.desc(), Response.id.desc()).limit(COMMENTS + 1)


def comments_of(survey_id: int, after: str | None) -> Page[Row[Any]]:
    """Standing answers with a comment, each with its customer and person, newest first.

    Rides on ix_survey_responses_survey_id_answered_on_id.
    """
    key = decode(after, date, int)
    values = {"of_survey": survey_id} | ({"after_on": key[0], "after_id": key[1]} if key else {})
    rows = db.session.execute(_comments(key is not None), values).all()
    return page_of(rows, lambda row: (row.answered_on, row.id), first=key is None, size=COMMENTS)


def all_answers(survey_id: int) -> Iterator[Row[Any]]:
    """Every standing answer with customer, person and assignee, newest first, read in pieces.

    Rides on ix_survey_responses_survey_id_answered_on_id.
    """
    assignee = aliased(User)
    query = (
        select(
            Response.id, Response.answered_on, Response.score, Response.comment, Response.answers, Response.source,
            Response.locale, Response.may_call, Response.quote, Response.quote_places, Response.customer_id,
            Customer.name.label("customer_name"), Contact.name.label("contact_name"),
            assignee.name.label("assignee_name"),
        )
        .join(Customer, Customer.id == Response.customer_id)
        .outerjoin(Contact, Contact.id == Response.contact_id)
        .outerjoin(assignee, assignee.id == Response.assignee_id)
        .where(Response.survey_id == survey_id, STANDING)
        .order_by(Response.answered_on.desc(), Response.id.desc())
        .limit(EXPORT_ROWS)
    )  # fmt: skip
    rows = db.session.execute(query).all()
    while rows:
        yield from rows
        after = tuple_(literal(rows[-1].answered_on), literal(rows[-1].id))
        rows = db.session.execute(query.where(tuple_(Response.answered_on, Response.id) < after)).all()


def to_make_right(limit: int) -> Sequence[Row[Any]]:
    """Unhappy answers whose promise to make it right is open, the most urgent first: answer, customer and promise.

    Rides on ix_commitments_recovering_due and ix_survey_responses_customer_id_answered_on.
    """
    columns = (Commitment.id, Commitment.due_on, Commitment.customer_id, Commitment.assignee_id)
    some = live(select(*columns), Commitment.customer_id)
    open_ = some.where(RECOVERING).order_by(Commitment.due_on, Commitment.id).limit(limit).subquery()
    query = (
        select(
            Response.id, Response.score, Response.comment, Response.answered_on, Response.customer_id, Survey.kind,
            Survey.name.label("survey_name"), Customer.name.label("customer_name"), open_.c.due_on,
            open_.c.id.label("commitment_id"), User.name.label("assignee_name"),
        )
        .join_from(open_, Customer, Customer.id == open_.c.customer_id)
        .join(Response, and_(Response.customer_id == open_.c.customer_id, Response.commitment_id == open_.c.id))
        .join(Survey, Survey.id == Response.survey_id)
        .outerjoin(User, User.id == open_.c.assignee_id)
        .order_by(open_.c.due_on, open_.c.id)
    )  # fmt: skip
    return db.session.execute(query).all()
