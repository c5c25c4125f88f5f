"""Every SELECT about surveys."""

from collections.abc import Sequence

from sqlalchemy import case, select

from portal.extensions import db
from portal.surveys.models import Survey, SurveyQuestion

MOST_LISTED = 200


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
