"""After the thanks: what is offered to everybody alike, kept once, and only from the browser that answered."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.advocacy.models import Referral
from portal.extensions import db
from portal.surveys.models import SurveyQuestion
from tests.cast import Cast
from tests.conftest import new_browser
from tests.responses.asking import Question, ask, responses
from tests.responses.page import Client
from tests.safety.house import database_digest


@pytest.fixture
def question(cast: Cast) -> Question:
    """A survey with one further question for the unhappy and one for the happy."""
    asked = ask(cast)
    for position, (first, last) in enumerate(((0, 6), (9, 10))):
        db.session.add(
            SurveyQuestion(
                survey_id=asked.survey.id, position=position, from_score=first, to_score=last,
                texts={"en": f"Tell us more, {first} to {last}"},
            )
        )  # fmt: skip
    db.session.commit()
    return asked


def test_everybody_is_offered_the_same_but_for_the_scores_questions(app: Flask, cast: Cast, question: Question) -> None:
    other = ask(cast, question.survey, 2)
    pages = {}
    for score, path in ((2, question.path), (10, other.path)):
        client = Client(new_browser(app), path)
        client.send(score=score, comment="Two legs wobble")
        pages[score] = client.get("/thanks").get_data(as_text=True)
    for page in pages.values():
        assert "Do you know somebody we could help?" in page
        assert "May we quote what you wrote?" in page
    assert "0 to 6" in pages[2]
    assert "9 to 10" not in pages[2]
    assert "9 to 10" in pages[10]


def test_what_is_added_is_kept_once(app: Flask, question: Question) -> None:
    ana = Client(new_browser(app), question.path)
    ana.send(score=9, comment="Good")
    nonce = ana.nonce("/thanks")
    fields = {
        "q_2": "The oak",
        "referral": "Beto\r\nBcc: x",
        "reach": "81 8340 1122",
        "quote": "anonymous",
        "printed": "1",
    }
    for _ in range(2):
        assert ana.send("/thanks", nonce=nonce, **fields).status_code == 303
    [response] = responses()
    assert (response.quote, response.quote_places) == ("anonymous", "printed")
    assert 'name="printed" value="1" checked' in ana.get("/thanks").get_data(as_text=True)
    assert response.answers == [{"id": 2, "question": "Tell us more, 9 to 10", "answer": "The oak"}]
    assert [(r.name, r.reach) for r in db.session.scalars(select(Referral))] == [("Beto Bcc: x", "81 8340 1122")]
    ana.send("/thanks", nonce=ana.nonce("/thanks"), q_2="The oak")  # nothing chosen changes nothing
    assert (responses()[0].quote, responses()[0].quote_places) == ("anonymous", "printed")
    ana.send("/thanks", nonce=ana.nonce("/thanks"), quote="no", social="1")  # a permission is as soon taken back
    assert (responses()[0].quote, responses()[0].quote_places) == ("", "")
    assert "The oak</textarea>" in ana.get("/thanks").get_data(as_text=True)


def test_what_does_not_fit_comes_back_and_changes_nothing(app: Flask, question: Question) -> None:
    ana, other = Client(new_browser(app), question.path), Client(new_browser(app), question.path)
    ana.send(score=9)
    nonce = ana.nonce("/thanks")
    assert "May we quote" not in ana.get("/thanks").get_data(as_text=True)  # she wrote nothing
    assert "<form" not in other.get("/thanks").get_data(as_text=True)
    before = database_digest()
    assert ana.send("/thanks", nonce=nonce).status_code == 303  # nothing was said
    wrong = [
        {"q_1": "of the unhappy"}, {"q_99": "of nobody"}, {"q_x": "no number"}, {"reach": "whose?"}, {"quote": "loud"},
        {"website": "1"},
        {"referral": "a\x00b"}, {"q_2": "x" * 1001}, {"referral": "Beto", "nonce": "1.2.3"},
    ]  # fmt: skip
    for fields in wrong:
        answer = ana.browser.post(f"{ana.path}/thanks", csrf=False, data={"nonce": nonce, **fields})
        assert answer.status_code == 422, fields
        assert 'role="alert"' in answer.get_data(as_text=True)
    assert other.send("/thanks", nonce=nonce, referral="Beto").status_code == 422
    switched = ana.send("/thanks", nonce=nonce, lang="es", switch="en", referral="Beto", quote="no")
    page = switched.get_data(as_text=True)
    assert '<html lang="en">' in page
    assert 'value="Beto"' in page
    assert database_digest() == before
    assert 'formaction="?noted=1" name="switch" value="es"' in ana.get("/thanks?noted=1").get_data(as_text=True)
    ana.browser.post(f"{ana.path}/not-me", csrf=False, data={"not_me": "1"})
    answer = ana.send(
        "/thanks", nonce=nonce, referral="Beto"
    )  # what it belonged to is gone, and the survey is not over
    assert (answer.status_code, answer.location) == (303, ana.path)
