"""An answer taken on the phone: written down by a colleague, labelled, and with all that an answer sets in motion."""

import pytest
from sqlalchemy import select

from portal.commitments.models import Commitment
from portal.extensions import db
from portal.invitations.models import Invitation
from portal.surveys import ready
from portal.surveys.models import Survey
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.responses.asking import a_survey, ask, responses
from tests.touches import a_contact, a_customer, a_plan

FORM = "3f1f9f04-7d6c-4c58-9d5c-7a0f4f0e1a01"


def said(score: object = 3, **more: object) -> dict[str, object]:
    return {"form_id": FORM, "survey_id": 1, "score": score, "comment": "Two legs wobble", **more}


def two_surveys(cast: Cast) -> None:
    a_survey()
    a_survey("csat", "After the purchase")
    a_contact(a_customer(cast))
    db.session.commit()


def test_the_question_is_read_out_and_what_they_say_written_down(
    support: Browser, cast: Cast, queries: QueryRecorder
) -> None:
    two_surveys(cast)
    with queries as seen:
        page = support.get("/customers/1/responses/new?survey_id=2").get_data(as_text=True)
    assert len(seen) <= 6
    assert "“How likely are you to recommend us?”" in page
    assert 'value="5"' in page
    assert 'value="0"' not in page, "the scale is the survey's"
    assert "Ana Robles" in page
    answered = support.post("/customers/1/responses", data=said(contact_id=1))
    assert (answered.status_code, answered.location) == (303, "/customers/1")
    [response] = responses()
    assert (response.score, response.source, response.taken_by_id, response.contact_id) == (
        3,
        "staff",
        cast.support.id,
        1,
    )
    promise = db.session.scalars(select(Commitment)).one()
    assert (promise.origin, promise.assignee_id) == ("recovery", cast.support.id)
    assert db.session.scalars(select(Invitation)).one().channel == "phone"
    page = support.get("/customers/1").get_data(as_text=True)
    for word in ("Written down: Unhappy, 3 of 10", "Answered 3 of 10", "on the phone, written down by Lucía Support"):
        assert word in page, word
    assert "Two legs wobble" in support.get("/").get_data(as_text=True)


def test_a_question_that_quotes_is_read_out_with_marks_inside_marks(support: Browser, cast: Cast) -> None:
    ready.add("ces", "en", None)
    a_customer(cast)
    db.session.commit()
    page = support.get("/customers/1/responses/new").text
    assert "agree? ‘It was easy to get what I needed.’”</p>" in page


def test_twice_is_once(support: Browser, cast: Cast) -> None:
    two_surveys(cast)
    for _ in range(2):
        assert support.post("/customers/1/responses", data=said()).status_code == 303
    assert len(responses()) == 1


def test_who_was_asked_and_is_silent_answers_that_asking(support: Browser, cast: Cast) -> None:
    question = ask(cast)
    sent = said(9, contact_id=question.contact.id)
    for _ in range(2):
        assert support.post(f"/customers/{question.customer.id}/responses", data=sent).status_code == 303
    [response] = responses()
    assert response.invitation_id == question.invitation.id
    assert db.session.scalars(select(Invitation)).one().answered_at is not None


def test_in_the_place_of_a_quick_log_and_on_to_it_again(support: Browser, cast: Cast) -> None:
    two_surveys(cast)
    from portal import clock

    a_plan(db.session.merge(a_customer(cast, "Other")), clock.today())
    db.session.commit()
    log = support.get("/follow-ups/1/log?place=today", fragment=True).get_data(as_text=True)
    assert "responses/new?place=row&amp;log_at=/follow-ups/1/log%3Fplace%3Dtoday" in log
    form = support.get(
        "/customers/2/responses/new?place=row&log_at=/follow-ups/1/log%3Fplace%3Dtoday", fragment=True
    ).get_data(as_text=True)
    assert 'hx-get="/follow-ups/1/log?place=today"' in form
    more = {"place": "row", "log_at": "/follow-ups/1/log?place=today"}
    wrong = support.post("/customers/2/responses", data=said("", **more), fragment=True)
    assert wrong.status_code == 422
    assert "Choose one of the numbers." in wrong.get_data(as_text=True)
    assert "Two legs wobble" in wrong.get_data(as_text=True)
    done = support.post("/customers/2/responses", data=said(**more), fragment=True).get_data(as_text=True)
    assert "Unhappy, 3 of 10" in done
    assert 'hx-get="/follow-ups/1/log?place=today"' in done


@pytest.mark.parametrize(
    "wrong",
    [
        {"score": 11}, {"score": -1}, {"score": "NaN"}, {"score": ""}, {"score": 6, "survey_id": 2}, {"survey_id": 9},
        {"survey_id": "x"}, {"comment": "a" * 4001}, {"comment": "\x00"},
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_kept(wrong: dict[str, object], support: Browser, cast: Cast) -> None:
    two_surveys(cast)
    answered = support.post("/customers/1/responses", data=said() | {"comment": "typed with care"} | wrong)
    assert answered.status_code == 422
    if "comment" not in wrong:
        assert "typed with care" in answered.get_data(as_text=True)
    assert responses() == []
    assert db.session.scalars(select(Invitation)).all() == []


def test_strangers_records_and_what_is_not_asked(support: Browser, cast: Cast) -> None:
    two_surveys(cast)
    stranger = a_contact(a_customer(cast, "Other"), "Somebody else's")
    db.session.commit()
    assert support.post("/customers/1/responses", data=said(contact_id=stranger.id)).status_code == 404
    assert support.post("/customers/9/responses", data=said()).status_code == 404
    assert support.get("/customers/9/responses/new").status_code == 404
    for survey in db.session.scalars(select(Survey)):
        survey.pause(cast.owner)
    db.session.commit()
    assert support.post("/customers/1/responses", data=said()).status_code == 422
    assert "No survey to ask" in support.get("/customers/1/responses/new").get_data(as_text=True)
