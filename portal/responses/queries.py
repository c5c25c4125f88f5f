"""Every SELECT of the public page and of answering."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, literal_column, select

from portal.advocacy.models import Referral
from portal.commitments.models import Commitment
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from portal.invitations.models import Invitation
from portal.responses.asked import Asked
from portal.responses.models import Response
from portal.settings.models import FIRM_ID, Firm
from portal.surveys.models import Survey, SurveyQuestion

MOST_QUESTIONS = 20


def asked_by_token(token_hash: str) -> Asked | None:
    """Who holds this token, or None. One query; by the unique index of token_hash, the rest by primary keys."""
    return _one(_by_token(), key=token_hash)


def asked_for_change(token_hash: str) -> Asked | None:
    """The same, its invitation locked until the transaction ends, so that its answers come one after the other."""
    return _locked(_by_token(), token_hash)


def invited_for_change(invitation_id: int) -> Asked | None:
    """The same by the invitation's id, for answers that are taken on the phone. By primary key."""
    return _locked(_by_id(), invitation_id)


def _locked(query: Select[Any], key: Any) -> Asked | None:
    """Lock, and look again if somebody has answered: PostgreSQL shows to whoever waited for the lock the invitation as
    it is now, but the answer as it was before.
    """
    found = _one(_for_update(query), key=key)
    return found if found is None or found.answered_at is None else _one(query, key=key)


def _one(query: Select[Any], **values: Any) -> Asked | None:
    row = db.session.execute(query, values).one_or_none()
    return Asked._make(row) if row is not None else None


@cache
def _by_token() -> Select[Any]:
    return _asked().where(Invitation.__table__.c.token_hash == bindparam("key"))


@cache
def _by_id() -> Select[Any]:
    return _asked().where(Invitation.__table__.c.id == bindparam("key"))


@cache
def _for_update(query: Select[Any]) -> Select[Any]:
    return query.with_for_update(of=Invitation.__table__)


def _asked() -> Select[Any]:
    """Plain tables: a page that anybody may ask for a thousand times is spared the loading of objects."""
    asked, survey, customer, firm = (model.__table__.c for model in (Invitation, Survey, Customer, Firm))
    contact, answer, promise = (model.__table__.c for model in (Contact, Response, Commitment))
    standing = literal_column("survey_responses.state") == literal_column("'standing'")  # rides on the partial index
    return (
        select(
            asked.id, asked.survey_id, asked.customer_id, asked.contact_id, asked.locale, asked.expires_on,
            asked.ended_at, asked.answered_at, survey.name, survey.kind, survey.state, survey.texts, contact.name,
            contact.email, customer.name, customer.email, customer.assignee_id, firm.name, firm.accent, firm.locale,
            firm.time_zone, firm.recover_within_days, answer.id, answer.score, answer.comment, answer.may_call,
            answer.source, answer.nonce, answer.editor_hash, answer.answered_at, answer.edited_at, answer.tallied,
            answer.quote, answer.answers, answer.commitment_id, promise.due_on, promise.state,
        )
        .select_from(Invitation.__table__)
        .join(Survey.__table__, survey.id == asked.survey_id)
        .join(Customer.__table__, customer.id == asked.customer_id)
        .join(Firm.__table__, firm.id == FIRM_ID)
        .outerjoin(Contact.__table__, contact.id == asked.contact_id)
        .outerjoin(Response.__table__, and_(answer.invitation_id == asked.id, standing))
        .outerjoin(Commitment.__table__, promise.id == answer.commitment_id)
    )  # fmt: skip


def standing_response_for_change(invitation_id: int) -> Response | None:
    """The answer that stands for this invitation, locked; or None. Rides on uq_survey_responses_standing."""
    query = select(Response).where(
        Response.invitation_id == invitation_id, Response.state == literal_column("'standing'")
    )
    return db.session.scalar(query.with_for_update(of=Response).execution_options(populate_existing=True))


def set_aside(asked: Asked) -> Sequence[tuple[int, str, str | None]]:
    """Score, comment and nonce of its quarantined answers. By ix_survey_responses_customer_id_answered_on."""
    query = select(Response.score, Response.comment, Response.nonce).where(
        Response.customer_id == asked.customer_id,
        Response.invitation_id == asked.invitation_id,
        Response.state == literal_column("'quarantined'"),
    )
    return [(row.score, row.comment, row.nonce) for row in db.session.execute(query)]


def open_recovery(commitment_id: int | None) -> Commitment | None:
    """The promise to make an answer right, locked, while it is open; or None. By primary key."""
    if commitment_id is None:
        return None
    query = select(Commitment).where(Commitment.id == commitment_id, Commitment.state == "open")
    return db.session.scalar(query.with_for_update(of=Commitment).execution_options(populate_existing=True))


def further_questions(survey_id: int, score: int) -> Sequence[SurveyQuestion]:
    """What is asked further of those who gave that score, in order. By ix_survey_questions_survey_id_position."""
    query = (
        select(SurveyQuestion)
        .where(SurveyQuestion.survey_id == survey_id, SurveyQuestion.retired_at.is_(None))
        .where(SurveyQuestion.from_score <= score, SurveyQuestion.to_score >= score)
        .order_by(SurveyQuestion.position, SurveyQuestion.id)
        .limit(MOST_QUESTIONS)
    )
    return db.session.scalars(query).all()


def referrals_of(asked: Asked) -> int:
    """How many persons have been named after this answer. By ix_referrals_customer_id."""
    query = select(func.count()).where(
        Referral.customer_id == asked.customer_id, Referral.response_id == asked.response_id
    )
    return db.session.scalar(query) or 0


def referral_by_nonce(nonce: str) -> bool:
    """Has this form named somebody already? By the unique index of nonce."""
    return db.session.scalar(select(Referral.id).where(Referral.nonce == nonce)) is not None
