"""Ready-made surveys."""

from portal.extensions import db
from portal.surveys import queries, ready
from portal.surveys.models import TEXTS, Survey
from portal.surveys.wording import addressed, after_greeting, occasion
from portal.surveys.writing import MOST_FURTHER
from tests.browser import Browser
from tests.cast import Cast


def test_are_whole_in_both_languages() -> None:
    for each in ready.READY:
        assert set(each.names) == set(each.texts) == {"es", "en"}
        assert all(set(texts) == set(TEXTS) and all(texts.values()) for texts in each.texts.values())
        assert len(each.further) <= MOST_FURTHER
        assert all(set(question.texts) == {"es", "en"} for question in each.further)


def test_are_added_in_one_click_and_only_once(owner: Browser, cast: Cast) -> None:
    assert "there already" not in owner.get("/surveys/new").text
    for _ in range(2):
        answer = owner.post("/surveys/ready/nps")
        assert (answer.status_code, answer.location) == (303, "/surveys/1")
    (survey,) = queries.surveys()
    assert (survey.kind, survey.occasion, survey.is_active) == ("nps", "by_hand", True)
    assert [(question.from_score, question.to_score) for question in queries.questions_of(1)] == [(0, 6), (9, 10)]
    assert "Recommendation (NPS)" in owner.get("/surveys").get_data(as_text=True)
    assert owner.get("/surveys/1").status_code == 200
    page = owner.get("/surveys/new").text
    assert "Recommendation (NPS)" in page
    assert page.count("there already") == 1
    assert "/surveys/ready/nps" not in page
    assert owner.post("/surveys/ready/none").status_code == 404
    assert owner.get("/surveys/2").status_code == 404


def test_a_new_firm_has_them_and_asks_nobody_unasked(cast: Cast) -> None:
    ready.add_all("es", None)
    db.session.commit()
    states = {survey.name: survey.state for survey in queries.surveys()}
    assert states == {
        "Recomendación (NPS)": "active",
        "Qué tan fácil fue (CES)": "active",
        "Después de la compra (CSAT)": "paused",
        "Después de resolver (CSAT)": "paused",
    }


def test_say_when_they_are_asked() -> None:
    said = {
        ("by_hand", 0): "by hand",
        ("after_purchase", 0): "on the day of a purchase",
        ("after_purchase", 1): "1 day after a purchase",
        ("every", 90): "every 90 days",
    }
    assert {asked: occasion(Survey(occasion=asked[0], days=asked[1])) for asked in said} == said


def test_address_a_person_by_name_or_close_the_gap() -> None:
    assert addressed("{name}, ¿cómo te fue?", "Ana") == "Ana, ¿cómo te fue?"
    assert addressed("{name}, ¿cómo te fue?", "") == "¿Cómo te fue?"
    assert addressed("Thank you, {name}. We read it.", "") == "Thank you. We read it."
    assert addressed("Hola {name}", "") == "Hola"
    assert addressed("{name}", "") == ""
    assert addressed("{{7*7}} {0} {name.x}", "Ana") == "{{7*7}} {0} {name.x}"
    assert addressed("{name}!", "{name}") == "{name}!"


def test_do_not_begin_with_the_name_again_below_a_greeting() -> None:
    assert after_greeting("{name}, ¿cómo te fue?") == "¿Cómo te fue?"
    assert after_greeting("¿Cómo te fue, {name}?") == "¿Cómo te fue, {name}?"
    assert after_greeting("{name},") == "{name},", "an empty question would say nothing"


def test_a_question_that_quotes_is_not_quoted_once_more(owner: Browser) -> None:
    page = owner.get("/surveys/new").text
    assert "agree? “It was easy to get what I needed.”</p>" in page
