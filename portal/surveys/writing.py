"""Writing surveys: a survey with its further questions, in one transaction with its event."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portal import clock
from portal.customers.search import fold
from portal.extensions import db
from portal.rules import N_, BrokenRule
from portal.surveys import queries
from portal.surveys.models import Survey, SurveyQuestion
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User

LONGEST_NAME = 120
MOST_FURTHER = 5


class NameTaken(BrokenRule):
    """Two surveys of one name would be taken for each other."""

    message = N_("There is a survey of that name already.")


@dataclass(frozen=True)
class Further:
    """A question put to those who gave a score from one to the other. `id` is its own when it stands already."""

    from_score: int
    to_score: int
    texts: dict[str, str]
    id: int | None = None


@dataclass(frozen=True)
class Written:
    """All that somebody writes of a survey."""

    name: str
    kind: str
    occasion: str
    days: int
    texts: dict[str, dict[str, str]]
    further: tuple[Further, ...] = ()
    form_id: str | None = None


def write(said: Written, by: "User | None") -> Survey:
    """Write a new survey down, to be asked from today on. Raises `NameTaken`."""
    _free(said.name, None)
    survey = Survey(
        name=said.name, folded=folded(said.name), kind=said.kind, occasion=said.occasion, days=said.days,
        texts=said.texts, active_since=clock.today(), form_id=said.form_id, created_by_id=by.id if by else None,
        created_at=clock.now(),
    )  # fmt: skip
    db.session.add(survey)
    record("survey.made", by=by, subject=survey, name=survey.name)
    _ask_further(survey, [], said.further)
    return survey


def rewrite(survey: Survey, said: Written, by: "User") -> None:
    """Write it anew; its kind stays, since answers of two scales don't add up. Raises `IsClosed` or `NameTaken`."""
    _free(said.name, survey.id)
    asked = queries.questions_of(survey.id)
    fields: dict[str, Any] = {
        "name": said.name, "folded": folded(said.name), "occasion": said.occasion, "days": said.days,
        "texts": said.texts,
    }  # fmt: skip
    changes = survey.change(by, **fields)
    if "occasion" in changes:
        survey.active_since = clock.today()
    if _ask_further(survey, asked, said.further):
        survey.version += 1


def folded(name: str) -> str:
    """A name as it is compared with others."""
    return fold(name)[:LONGEST_NAME]


def _free(name: str, id: int | None) -> None:
    taken = queries.survey_by_folded(folded(name))
    if taken is not None and taken.id != id:
        raise NameTaken


def _ask_further(survey: Survey, asked: Sequence[SurveyQuestion], wanted: Sequence[Further]) -> bool:
    """Bring the further questions to what is wanted; what is taken out is retired. Tells whether anything changed."""
    known = {question.id: question for question in asked}
    before = [(each.from_score, each.to_score, each.texts) for each in asked]
    for position, further in enumerate(wanted):
        question = known.pop(further.id, None) if further.id else None
        if question is None:
            question = SurveyQuestion(survey_id=survey.id)
            db.session.add(question)
        question.position, question.texts = position, further.texts
        question.from_score, question.to_score = further.from_score, further.to_score
    for question in known.values():
        question.retired_at = clock.now()
    return before != [(each.from_score, each.to_score, each.texts) for each in wanted]
