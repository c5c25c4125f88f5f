"""After the thanks: answers to further questions, a permission to quote, and somebody whom the client recommends."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.advocacy.referring import Referred, refer
from portal.customers.queries import customer_for_change
from portal.responses import answering, queries
from portal.responses.asked import Asked
from portal.rules import N_, BrokenRule
from portal.surveys.models import SurveyQuestion
from portal.testimonials import quoting

MOST_REFERRALS = 5


class TooLate(BrokenRule):
    """Another browser than the one that answered, or a day later."""

    message = N_("More can be added for a day, in the browser that you answered with.")


class ForeignQuestion(BrokenRule):
    """A question that was not asked."""

    message = N_("That question is not part of this survey.")


class TooManyReferrals(BrokenRule):
    """One person is asked for a name, not for a list."""

    message = N_("You have recommended us to enough people. Thank you!")


@dataclass(frozen=True)
class More:
    """What a client adds. `quote` is None when nothing was said about it."""

    answers: dict[int, str] = field(default_factory=dict)
    """By the id of the question."""
    quote: str | None = None
    places: tuple[str, ...] = ()
    """Where else than in talks it may be quoted: some of `QUOTE_PLACES`."""
    referral: str = ""
    reach: str = ""
    nonce: str | None = None

    @property
    def is_empty(self) -> bool:
        """Was nothing filled in?"""
        return not (self.answers or self.quote is not None or self.referral)


def add(asked: Asked, more: More, editor: str | None, locale: str) -> bool:
    """Keep it; did it change anything? The invitation must be locked.

    Raises `TooLate`, `ForeignQuestion` or `TooManyReferrals`.
    """
    if more.is_empty:
        return False
    if asked.score is None or not answering.is_the_browser(asked, editor):
        raise TooLate
    answers = _fitting(queries.further_questions(asked.survey_id, asked.score), more.answers, locale)
    return _keep(asked, answers, more) | _refer(asked, more)


def _fitting(questions: Sequence[SurveyQuestion], answers: dict[int, str], locale: str) -> list[dict[str, Any]]:
    """The answers beside the questions as they were read."""
    texts = {question.id: text_of(question, locale) for question in questions}
    if not answers.keys() <= texts.keys():
        raise ForeignQuestion
    return [{"id": id, "question": texts[id], "answer": answer} for id, answer in answers.items()]


def text_of(question: SurveyQuestion, locale: str) -> str:
    """A further question in that language, or in the one it was written in."""
    return question.texts.get(locale) or next((text for text in question.texts.values() if text), "")


def _keep(asked: Asked, answers: list[dict[str, Any]], more: More) -> bool:
    response = queries.standing_response_for_change(asked.invitation_id)
    places_were = response.quote_places if response else ""
    if response is None or not response.add(answers, more.quote, more.places):
        return False
    if more.quote is not None:
        quoting.follow(response, places_were=places_were)
    told = [answer["answer"] for answer in answers]
    answering.note(
        "completed", asked, response.id, response.score, " · ".join(told), quote=response.quote,
        places=response.quote_places, further=len(told),
    )  # fmt: skip
    return True


def _refer(asked: Asked, more: More) -> bool:
    """Write the referral down once, however often its form is sent."""
    if not more.referral or (more.nonce and queries.referral_by_nonce(more.nonce)):
        return False
    if queries.referrals_of(asked) >= MOST_REFERRALS:
        raise TooManyReferrals
    customer = customer_for_change(asked.customer_id)
    if customer is not None:
        referred = Referred(
            name=more.referral, reach=more.reach, contact_id=asked.contact_id, contact=asked.contact_name or "",
            response_id=asked.response_id, nonce=more.nonce,
        )  # fmt: skip
        refer(customer, referred)
    return customer is not None
