"""A survey's comment becomes a testimonial as far as its writer allowed it, and follows what the writer says later."""

from collections.abc import Callable

import pytest

from portal.extensions import db
from portal.responses import afterwards, answering, deciding
from portal.responses import queries as answers
from portal.responses.afterwards import More
from portal.responses.proofs import editor_of
from portal.testimonials import models
from tests.browser import Browser
from tests.cast import Cast
from tests.responses.asking import SECRET, Question, ask
from tests.testimonials.quoted import a_comment, quoted


def test_in_one_tap(support: Browser, cast: Cast) -> None:
    a_comment(cast)
    page = support.get("/surveys/responses/1").get_data(as_text=True)
    assert "Keep it as a testimonial" in page
    for _ in range(2):
        assert support.post("/surveys/responses/1/quote").location == "/advocacy/testimonials/1"
    made = db.session.get_one(models.Testimonial, 1)
    assert (made.text, made.signed) == ("On the day they had said, 1", "Ana Torres, Hotel 1")
    said = "Answered “Yes, with my name” (website, paper, sales talks) to “May we quote what you wrote?”"
    assert made.evidence.startswith(said)
    assert made.places == ("website", "printed", "talks")
    page = support.get("/surveys/responses/1").get_data(as_text=True)
    assert 'href="/advocacy/testimonials/1"' in page
    assert "Keep it as a testimonial" not in page


def test_without_a_name_and_without_permission(support: Browser, cast: Cast) -> None:
    _, nameless = a_comment(cast, quote="anonymous")
    _, silent = a_comment(cast, quote="", n=2)
    assert quoted(cast, nameless.id).signed == ""
    assert support.post(f"/surveys/responses/{silent.id}/quote").location == f"/surveys/responses/{silent.id}"
    assert "has not allowed" in support.get(f"/surveys/responses/{silent.id}").get_data(as_text=True)
    assert support.post("/surveys/responses/99/quote").status_code == 404


def _unquote(question: Question, editor: str) -> None:
    asked = answers.invited_for_change(question.invitation.id)
    assert asked is not None
    assert afterwards.add(asked, More(quote=""), editor, "en")


def _disavow(question: Question, editor: str) -> None:
    asked = answers.invited_for_change(question.invitation.id)
    assert asked is not None
    assert answering.disavow(asked)


def _unsay(question: Question, editor: str) -> None:
    asked = answers.invited_for_change(question.invitation.id)
    assert asked is not None
    assert answering.answer(asked, answering.Said(9, "", locale="en", editor=editor)) == "corrected"


@pytest.mark.parametrize("take_back", [_unquote, _disavow, _unsay])
def test_what_the_client_takes_back_is_withdrawn_at_once(
    take_back: Callable[[Question, str], None], support: Browser, cast: Cast
) -> None:
    question, made, editor = _said(cast)
    take_back(question, editor)
    db.session.commit()
    assert made.is_withdrawn
    assert made.reason
    assert "On time" not in support.get("/advocacy/testimonials").get_data(as_text=True)


def test_what_the_client_corrects_is_corrected(cast: Cast) -> None:
    question, made, editor = _said(cast)
    asked = answers.invited_for_change(question.invitation.id)
    assert asked is not None
    answering.answer(asked, answering.Said(9, "On time and in one piece", locale="en", editor=editor))
    db.session.commit()
    assert (made.text, made.signed) == ("On time and in one piece", "Ana Torres, Hotel 1")
    asked = answers.invited_for_change(question.invitation.id)
    assert asked is not None
    made.change(cast.support, talks=False)  # narrowed by us
    afterwards.add(asked, More(quote="anonymous", places=("website", "social")), editor, "en")
    db.session.commit()
    assert (made.signed, made.is_withdrawn, made.places) == ("", False, ("website", "social"))
    assert "(website, social networks, sales talks)" in made.evidence
    afterwards.add(asked, More(quote="anonymous"), editor, "en")
    db.session.commit()
    assert made.places == ("talks",)


def test_when_another_answer_counts_it_is_withdrawn(cast: Cast) -> None:
    question, made, _ = _said(cast)
    asked = answers.invited_for_change(question.invitation.id)
    assert asked is not None
    assert answering.answer(asked, answering.Said(2, "Not at all", locale="en")) == "quarantined"
    found = answers.response_for_decision(2)
    assert found is not None
    deciding.accept(*found, cast.owner)
    db.session.commit()
    assert made.is_withdrawn


def _said(cast: Cast) -> tuple[Question, models.Testimonial, str]:
    """An answer by a browser that may still correct it, made a testimonial."""
    question = ask(cast)
    editor = editor_of("nonce", SECRET)
    asked = answers.invited_for_change(question.invitation.id)
    assert asked is not None
    answering.answer(asked, answering.Said(9, "On time", locale="en", next_editor=editor))
    asked = answers.invited_for_change(question.invitation.id)
    assert asked is not None
    afterwards.add(asked, More(quote="name", places=("website",)), editor, "en")
    db.session.commit()
    return question, quoted(cast, 1), editor
