"""Answering on the public page: one answer whatever happens, corrected by its own browser, others kept apart."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import travel

from portal import clock
from portal.commitments.models import Commitment
from portal.extensions import db
from portal.mail.models import OutboxMessage
from portal.responses.proofs import new_nonce
from tests.cast import Cast
from tests.conftest import new_browser
from tests.mail.letters import words_of
from tests.recorder import QueryRecorder
from tests.responses.asking import SECRET, ask, responses
from tests.responses.page import Client, nonce_in
from tests.safety.house import database_digest


@pytest.fixture
def client(app: Flask, cast: Cast) -> Callable[..., Client]:
    """A browser of its own on the link."""
    return lambda question: Client(new_browser(app), question.path)


def test_an_unhappy_client_is_told_the_day(cast: Cast, client: Callable[..., Client]) -> None:
    question = ask(cast)
    ana = client(question)
    answer = ana.send(score=3, comment="The chairs\r\ncame late.", may_call=1)
    assert (answer.status_code, answer.location) == (303, f"{question.path}/thanks")
    cookie = answer.headers["Set-Cookie"]
    assert f"Path={question.path}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    [response] = responses()
    assert (response.score, response.comment, response.may_call) == (3, "The chairs\ncame late.", True)
    promise = db.session.scalars(select(Commitment)).one()
    page = ana.get("/thanks").get_data(as_text=True)
    assert "Thank you, Ana." in page
    assert "you hear from us by" in page
    assert f'datetime="{promise.due_on.isoformat()}"' in page


def test_the_receipt_has_a_link_for_who_did_not_answer(cast: Cast, client: Callable[..., Client]) -> None:
    question = ask(cast)
    ana = client(question)
    ana.send(score=9, comment="{{7*7}} <b>good</b>")
    letter = words_of(db.session.scalars(select(OutboxMessage)).one())
    assert letter.subject == "Your answer to Muebles Montaña"
    assert f"http://localhost{question.path}/not-me" in letter.text
    assert "9 of 10 — {{7*7}} <b>good</b>" in letter.text
    assert "&lt;b&gt;good&lt;/b&gt;" in letter.html
    before = database_digest()
    page = ana.get("/not-me").get_data(as_text=True)
    assert "It was not me who answered" in page
    assert "<b>9 of 10</b>" in page
    answer = ana.browser.post(question.path + "/not-me", csrf=False)
    assert answer.status_code == 422
    assert database_digest() == before
    assert ana.browser.post(question.path + "/not-me", csrf=False, data={"not_me": "1"}).status_code == 303
    assert responses()[0].state == "disavowed"
    assert "Thank you for telling us" in ana.get("/not-me?done=1").get_data(as_text=True)
    assert client(question).send(score=2).status_code == 303  # and now the client's own answer counts
    assert [(r.score, r.state) for r in responses()] == [(9, "disavowed"), (2, "standing")]


def test_sent_twice_reloaded_and_gone_back_to_it_is_one_answer(cast: Cast, client: Callable[..., Client]) -> None:
    question = ask(cast)
    ana = client(question)
    nonce = ana.nonce()
    first, again = ana.send(nonce=nonce, score=9), ana.send(nonce=nonce, score=9)
    assert first.headers["Set-Cookie"].split(";")[0] == again.headers["Set-Cookie"].split(";")[0]
    assert client(question).send(score=9).status_code == 303  # the same, from elsewhere
    assert [(r.score, r.state) for r in responses()] == [(9, "standing")]
    assert len(db.session.scalars(select(OutboxMessage)).all()) == 1


def test_only_the_browser_that_answered_corrects_it(cast: Cast, client: Callable[..., Client]) -> None:
    question = ask(cast)
    ana, other = client(question), client(question)
    waiting = other.nonce()
    ana.send(score=9)
    page = ana.get().get_data(as_text=True)
    assert "You can change it until" in page
    assert 'value="9" required checked' in page
    page = other.get().get_data(as_text=True)
    assert "the first answer stands" in page
    assert " checked" not in page
    ana.send(score=4, comment="I meant four")
    answer = other.send(nonce=waiting, score=10)
    assert "beside=1" in answer.location
    assert "Set-Cookie" not in answer.headers
    assert "kept beside it" in other.browser.get(answer.location).get_data(as_text=True)
    assert [(r.score, r.state) for r in responses()] == [(4, "standing"), (10, "quarantined")]
    with travel(clock.now() + timedelta(hours=25)):
        assert "Change my answer" not in ana.get("/thanks").get_data(as_text=True)
        ana.send(score=8)
    assert [(r.score, r.state) for r in responses()][0::2] == [(4, "standing"), (8, "quarantined")]
    letters = [words_of(mail).text for mail in db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))]
    assert len(letters) == 2, "only what stands is sent"
    assert "9 of 10" in letters[0]
    assert "4 of 10 — I meant four" in letters[1]
    assert f"http://localhost{question.path}/not-me" in letters[1]


UNREADABLE = [
    *({"score": score} for score in ("11", "-1", "NaN", "", "9.0", "٣", "09", ["3", "9"])),
    *({"score": "9", "comment": comment} for comment in ("a\x00b", "x" * 4001, "\ufffd")),
    *({"score": "9", "nonce": nonce} for nonce in ("", "1.2.3")),
    {},
]


@pytest.mark.parametrize("fields", UNREADABLE)
def test_what_cannot_be_read_comes_back_as_typed(
    fields: dict[str, object], cast: Cast, client: Callable[..., Client]
) -> None:
    ana = client(ask(cast))
    before = database_digest()
    form = {"nonce": ana.nonce(), "comment": "It took me a while", **fields}
    answer = ana.browser.post(ana.path, csrf=False, data=form)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'class="wrong"' in page
    if "comment" not in fields:
        assert "It took me a while</textarea>" in page
    if fields.get("score") == "9":
        assert 'value="9" required checked' in page
    switched = ana.browser.post(ana.path, csrf=False, data={**form, "comment": "Cojea", "lang": "en", "switch": "es"})
    page = switched.get_data(as_text=True)
    assert switched.status_code == 200
    assert '<html lang="es">' in page
    assert "Cojea</textarea>" in page
    assert 'class="wrong"' not in page
    assert database_digest() == before
    assert ana.send(nonce=nonce_in(answer), score=9).status_code == 303


def test_a_form_belongs_to_one_link(cast: Cast, client: Callable[..., Client]) -> None:
    first, second = ask(cast), ask(cast, n=2)
    nonce = client(first).nonce()
    assert client(second).send(nonce=nonce, score=9).status_code == 422
    assert client(second).send(nonce=new_nonce(second.invitation.id, "x" * 40), score=9).status_code == 422
    assert not responses()


def test_an_answer_costs_few_queries(cast: Cast, client: Callable[..., Client], queries: QueryRecorder) -> None:
    ana = client(ask(cast))
    nonce = ana.nonce()
    with queries as seen:
        ana.send(nonce=nonce, score=3, comment="Late")
    assert len(seen) <= 7, seen.statements
    ana.get("/thanks")
    with queries as seen:
        ana.get("/thanks")
    assert len(seen) <= 2


def test_too_large_an_answer_is_refused(cast: Cast, client: Callable[..., Client]) -> None:
    ana = client(ask(cast))
    body = urlencode({"nonce": ana.nonce(), "score": 9, "comment": "x" * 600_000})
    answer = ana.browser.post(
        ana.path, csrf=False, data=body.encode(), content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413
    assert "Too much at once" in answer.get_data(as_text=True)
    assert "Today" not in answer.get_data(as_text=True)
    assert not responses()


def test_the_secret_key_may_change_meanwhile(app: Flask, cast: Cast, client: Callable[..., Client]) -> None:
    ana = client(ask(cast))
    nonce = ana.nonce()
    app.config["SECRET_KEY_FALLBACKS"], app.config["SECRET_KEY"] = (
        [SECRET],
        "another secret key of many characters 9876",
    )
    try:
        assert ana.send(nonce=nonce, score=9).status_code == 303
    finally:
        app.config["SECRET_KEY_FALLBACKS"], app.config["SECRET_KEY"] = [], SECRET
