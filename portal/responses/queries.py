"""Every SELECT about responses: those of the public page and of answering, and what staff read."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Case,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased, joinedload

from portal.advocacy.models import Referral
from portal.commitments.models import Commitment
from portal.contacts.models import Contact
from portal.customers.lines import live
from portal.customers.models import Customer
from portal.extensions import db
from portal.invitations.models import Invitation
from portal.paging import PAGE_ROWS, Page, decode, page_of
from portal.purchases.models import Purchase
from portal.responses.asked import Asked
from portal.responses.models import ASIDE, Response
from portal.settings.models import FIRM_ID, Firm
from portal.surveys.models import Survey, SurveyQuestion
from portal.timeline.models import Event
from portal.users.models import User

MOST_QUESTIONS = 20
OF_PURCHASE = "purchase:"


def asked_by_token(token_hash: str) -> Asked | None:
    """Who holds this token, or None. One query; by the unique index of token_hash, the rest by primary keys.

    On a connection of its own: what only reads plain rows needs no session.
    """
    with db.engine.connect() as connection:
        row = connection.execute(_by_token(), {"key": token_hash}).one_or_none()
    return Asked._make(row) if row is not None else None


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
    row = db.session.connection().execute(query, values).one_or_none()
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
            answer.quote, answer.quote_places, answer.answers, answer.commitment_id, promise.due_on, promise.state,
            _bought_on(),
        )
        .select_from(Invitation.__table__)
        .join(Survey.__table__, survey.id == asked.survey_id)
        .join(Customer.__table__, customer.id == asked.customer_id)
        .join(Firm.__table__, firm.id == FIRM_ID)
        .outerjoin(Contact.__table__, contact.id == asked.contact_id)
        .outerjoin(Response.__table__, and_(answer.invitation_id == asked.id, standing))
        .outerjoin(Commitment.__table__, promise.id == answer.commitment_id)
    )  # fmt: skip


def _bought_on() -> Case[Any]:
    """The day of the purchase that an invitation's cause names, as in `purchase:12`. By primary key."""
    purchase, cause = Purchase.__table__.c, Invitation.__table__.c.cause
    its_id = cast(func.substr(cause, len(OF_PURCHASE) + 1), BigInteger)
    return case(
        (cause.startswith(OF_PURCHASE), select(purchase.purchased_on).where(purchase.id == its_id).scalar_subquery())
    )


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


def corrections(asked: Asked) -> int:
    """How often answers to this invitation have been corrected. By ix_survey_responses_customer_id_answered_on, and by
    ix_events_customer_id_happened_on_id.
    """
    theirs = select(Response.id).where(
        Response.customer_id == asked.customer_id, Response.invitation_id == asked.invitation_id
    )
    query = select(func.count()).where(
        Event.customer_id == asked.customer_id,
        Event.kind == literal_column("'response.corrected'"),
        Event.subject_id.in_(theirs),
    )
    return db.session.scalar(query) or 0


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


# What staff read

MOST_COUNTED = 100
LONGEST_SHOWN = 600
"""Characters of a comment that a list shows."""
FIRST = aliased(Response)
"""The answer that stands where another one was set aside."""
_IS_STANDING = Response.state == literal_column("'standing'")
_IS_OPEN = and_(Commitment.state == literal_column("'open'"), Commitment.origin == literal_column("'recovery'"))
LINE = (
    Response.id,
    Response.invitation_id,
    Response.customer_id,
    Response.score,
    func.substr(Response.comment, 1, LONGEST_SHOWN).label("comment"),
    Response.source,
    Response.state,
    Response.may_call,
    Response.quote,
    Response.quote_places,
    Response.answered_on,
    Response.edited_at.is_not(None).label("was_edited"),
    Survey.kind,
    Survey.name.label("survey_name"),
    Customer.name.label("customer_name"),
    Customer.status,
    Customer.purchase_days,
    Contact.name.label("contact_name"),
    func.coalesce(Contact.phone, Customer.phone).label("phone"),
    func.coalesce(Contact.email, Customer.email).label("email"),
    User.name.label("taken_by"),
    Commitment.id.label("commitment_id"),
    Commitment.state.label("commitment_state"),
    Commitment.due_on,
    Commitment.settled_on,
    FIRST.id.label("first_id"),
    FIRST.score.label("first_score"),
    func.substr(FIRST.comment, 1, LONGEST_SHOWN).label("first_comment"),
    FIRST.answered_on.label("first_on"),
)
"""An answer with its survey, its customer and person, the promise it has called forth, and for one that does not stand
the one that does."""


def _lines(query: Select[Any]) -> Select[Any]:
    """The rest of each line: primary keys, and uq_survey_responses_standing."""
    first = and_(
        ~_IS_STANDING,
        FIRST.invitation_id == Response.invitation_id,
        FIRST.state == literal_column("'standing'"),
    )
    return (
        query.join(Survey, Survey.id == Response.survey_id)
        .join(Customer, Customer.id == Response.customer_id)
        .outerjoin(Contact, Contact.id == Response.contact_id)
        .outerjoin(User, User.id == Response.taken_by_id)
        .outerjoin(FIRST, first)
    )


def responses(
    conditions: Sequence[ColumnElement[bool]], state: str, after: str | None, *, waiting: bool
) -> Page[Row[Any]]:
    """Answers in that state for which all of this holds: with `waiting`, first those still to be made right, the most
    urgent first; then the others, the newest first. Two queries at most.

    Rides on ix_commitments_recovering_due with ix_survey_responses_promised, then on
    ix_survey_responses_answered_on_id, _survey_id_answered_on_id, _customer_id_answered_on, _by_staff or _aside.
    """
    key = decode(after, int, date, int)
    rows: list[Row[Any]] = []
    if waiting and (key is None or key[0] == 0):
        rows += db.session.execute(_waiting(conditions, key)).all()
    if len(rows) <= PAGE_ROWS:
        rest = _others(conditions, state, key if key and key[0] == 1 else None, but_waiting=waiting)
        rows += db.session.execute(rest.limit(PAGE_ROWS + 1 - len(rows))).all()
    return page_of(rows, lambda row: (row.part, row.day, row.id), first=key is None)


def _waiting(conditions: Sequence[ColumnElement[bool]], key: tuple[Any, ...] | None) -> Select[Any]:
    query = select(literal(0).label("part"), Commitment.due_on.label("day"), *LINE).select_from(Commitment)
    query = _lines(query.join(Response, and_(Response.commitment_id == Commitment.id, _IS_STANDING))).where(
        _IS_OPEN, *conditions
    )
    if key:
        query = query.where(tuple_(Commitment.due_on, Response.id) > tuple_(*key[1:]))
    return query.order_by(Commitment.due_on, Response.id).limit(PAGE_ROWS + 1)


def _others(
    conditions: Sequence[ColumnElement[bool]], state: str, key: tuple[Any, ...] | None, *, but_waiting: bool
) -> Select[Any]:
    query = _line().where(*conditions)
    query = query.where(_IS_STANDING if state == "standing" else and_(ASIDE, Response.state == state))
    if but_waiting:
        query = query.where(or_(Response.commitment_id.is_(None), ~_IS_OPEN))
    if key:
        query = query.where(tuple_(Response.answered_on, Response.id) < tuple_(*key[1:]))
    return query.order_by(Response.answered_on.desc(), Response.id.desc())


def _line() -> Select[Any]:
    query = select(literal(1).label("part"), Response.answered_on.label("day"), *LINE).select_from(Response)
    return _lines(query).outerjoin(Commitment, Commitment.id == Response.commitment_id)


def response_line(response_id: int) -> Row[Any] | None:
    """One answer as its line shows it, or None. By primary key."""
    return db.session.execute(_line().where(Response.id == response_id)).first()


def responses_of_invitation(customer_id: int, invitation_id: int) -> Sequence[Row[Any]]:
    """All answers to one invitation, the first first. By ix_survey_responses_customer_id_answered_on."""
    mine = _line().where(Response.customer_id == customer_id, Response.invitation_id == invitation_id)
    return db.session.execute(mine.order_by(Response.id).limit(50)).all()


def response_to_show(response_id: int) -> Response | None:
    """One answer with its customer, or None. By primary key."""
    return db.session.scalar(select(Response).options(joinedload(Response.customer)).where(Response.id == response_id))


def response_behind(commitment_id: int) -> Row[Any] | None:
    """The answer that called for this promise, as its line; or None. By ix_survey_responses_promised."""
    mine = _line().where(Response.commitment_id == commitment_id)
    return db.session.execute(mine.order_by(_IS_STANDING.desc(), Response.id.desc()).limit(1)).first()


def counts() -> dict[str, int]:
    """How many answers wait to be made right (`waiting`), and how many were set aside, by state; none beyond 100.

    Rides on ix_commitments_recovering_due and ix_survey_responses_aside.
    """
    return {row.key: row.n for row in db.session.execute(_counts())}


@cache
def _counts() -> Any:
    waiting = live(select(literal(1).label("one")).select_from(Commitment), Commitment.customer_id).where(_IS_OPEN)
    waiting = waiting.limit(MOST_COUNTED).subquery()
    counted = [select(literal("waiting").label("key"), func.count().label("n")).select_from(waiting)]
    for state in ("quarantined", "disavowed", "dismissed"):
        some = select(literal(1).label("one")).where(ASIDE, Response.state == state).limit(MOST_COUNTED).subquery()
        counted.append(select(literal(state).label("key"), func.count().label("n")).select_from(some))
    return union_all(*counted)


def survey_names() -> Sequence[Row[int, str]]:
    """(id, name) of the surveys, by name. A firm has a few; 200 at most."""
    return db.session.execute(select(Survey.id, Survey.name).order_by(Survey.folded).limit(200)).all()


def name_of_user(user_id: int) -> str:
    """The name of a user, or nothing. By primary key."""
    return db.session.scalar(select(User.name).where(User.id == user_id)) or ""


def response_for_decision(response_id: int) -> tuple[Response, Invitation] | None:
    """An answer and its invitation, which is locked first, as answering does; or None. By primary keys."""
    of_answer = select(Response.invitation_id).where(Response.id == response_id).scalar_subquery()
    invitation = db.session.scalar(select(Invitation).where(Invitation.id == of_answer).with_for_update())
    if invitation is None:
        return None
    answer = select(Response).where(Response.id == response_id).execution_options(populate_existing=True)
    return db.session.scalars(answer).one(), invitation


# Taken on the phone


def taken_with(form_id: str) -> bool:
    """Has this form written an answer down before? By the unique index of nonce."""
    return db.session.scalar(select(Response.id).where(Response.nonce == form_id)) is not None


def taken_line(form_id: str) -> Row[Any] | None:
    """The answer that this form has written down, as its line shows it; or None. By the unique index of nonce."""
    return db.session.execute(_line().where(Response.nonce == form_id)).first()


def silent_invitation(survey_id: int, customer_id: int, contact_id: int | None, today: date) -> Invitation | None:
    """The newest asking of this person by this survey that can still be answered. By
    ix_survey_invitations_customer_id_sent_on.
    """
    query = select(Invitation).where(
        Invitation.customer_id == customer_id, Invitation.survey_id == survey_id, Invitation.contact_id == contact_id,
        Invitation.sent_on.is_not(None), Invitation.answered_at.is_(None), Invitation.ended_at.is_(None),
        Invitation.expires_on >= today,
    )  # fmt: skip
    return db.session.scalar(query.order_by(Invitation.sent_on.desc(), Invitation.id.desc()).limit(1))
