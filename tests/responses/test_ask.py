"""The question's page: it never writes, it marks what the address says, and a link that leads nowhere says nothing."""

import logging
import re
from datetime import date, timedelta

import pytest
from flask import Flask

from portal import clock, guessing
from portal.extensions import db
from portal.invitations.tokens import new_seed, token_of
from portal.purchases.models import Purchase
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import new_browser
from tests.recorder import QueryRecorder
from tests.responses.asking import SECRET, a_survey, ask
from tests.responses.page import Client
from tests.safety.house import database_digest


def test_one_question_in_the_clients_words(cast: Cast, stranger: Browser, queries: QueryRecorder) -> None:
    question = ask(cast)
    stranger.get(question.path)
    with queries as seen:
        answer = stranger.get(question.path)
    page = answer.get_data(as_text=True)
    assert len(seen) == 1
    assert "<h1>Ana, how likely are you to recommend us?</h1>" in page
    assert re.findall(r'type="radio" name="score" value="(\d+)"', page) == [str(n) for n in range(11)]
    assert " checked" not in page
    assert "Muebles Montaña" in page
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "<script" not in page


def test_reading_writes_nothing_and_a_score_in_the_address_is_only_marked(cast: Cast, stranger: Browser) -> None:
    question = ask(cast)
    before = database_digest()
    for more in ("", "?score=9", "?score=9&lang=es", "/thanks", "/not-me") * 4:
        assert stranger.get(question.path + more).status_code in (200, 303)
        assert stranger.head(question.path + more).status_code in (200, 303)
    assert database_digest() == before
    page = stranger.get(question.path + "?score=9").get_data(as_text=True)
    assert 'class="score happy marked"' in page
    assert "You tapped 9 in the message." in page
    assert " checked" not in page
    for score in ("11", "-1", "NaN", "09", "٣", "9&score=8", "<b>", "1e1"):
        page = stranger.get(f"{question.path}?score={score}").get_data(as_text=True)
        assert "marked" not in page, score


@pytest.mark.parametrize(("kind", "scores"), [("csat", range(1, 6)), ("ces", range(1, 8))])
def test_each_kind_has_its_scale(kind: str, scores: range, cast: Cast, stranger: Browser) -> None:
    page = stranger.get(ask(cast, a_survey(kind)).path).get_data(as_text=True)
    assert re.findall(r'name="score" value="(\d+)"', page) == [str(n) for n in scores]


def test_the_language_is_the_clients_and_can_be_switched(cast: Cast, stranger: Browser) -> None:
    question = ask(cast)
    question.invitation.locale = "es"
    db.session.commit()
    page = stranger.get(question.path).get_data(as_text=True)
    assert '<html lang="es">' in page
    assert "¿qué tan probable es que nos recomiendes?" in page
    assert "Enviar" in page
    assert '<button form="answer" name="switch" value="en"' in page
    page = stranger.get(question.path + "?lang=en&score=9").get_data(as_text=True)
    assert '<html lang="en">' in page
    assert 'name="lang" value="en"' in page
    assert '<button form="answer" formaction="?score=9" name="switch" value="es"' in page
    assert '<html lang="es">' in stranger.get(question.path + "?lang=xx").get_data(as_text=True)


def test_the_page_says_which_purchase_it_is_about(cast: Cast, stranger: Browser) -> None:
    question = ask(cast)
    assert "It takes ten seconds." in stranger.get(question.path).get_data(as_text=True)
    bought = Purchase(
        customer_id=question.customer.id, purchased_on=date(2025, 9, 8), amount_minor=1, currency="MXN",
        created_at=clock.now(),
    )  # fmt: skip
    db.session.add(bought)
    db.session.flush()
    question.invitation.cause = f"purchase:{bought.id}"
    db.session.commit()
    for more in ("", "?score=9"):
        page = stranger.get(f"{question.path}{more}").get_data(as_text=True)
        assert 'purchase of <time datetime="2025-09-08">September 8, 2025</time>.' in page
    page = stranger.get(f"{question.path}?lang=es").get_data(as_text=True)
    assert 'compra del <time datetime="2025-09-08">8 de septiembre de 2025</time>' in page


def test_what_is_written_in_a_survey_or_a_name_stays_text(cast: Cast, stranger: Browser) -> None:
    survey = a_survey()
    survey.texts = {"en": {"question": "{name} {{7*7}} <script>alert(1)</script>", "low": "<b>", "open_neutral": "{0}"}}
    question = ask(cast, survey)
    question.contact.name = "<i>{{8*8}}</i>"
    db.session.commit()
    page = stranger.get(question.path).get_data(as_text=True)
    assert "&lt;i&gt;{{8*8}}&lt;/i&gt; {{7*7}} &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>" not in page


def test_unknown_links_are_one_and_the_same_page(cast: Cast, stranger: Browser) -> None:
    question = ask(cast)
    before = database_digest()
    wrong = [
        token_of(new_seed(), SECRET),
        question.token[:-1],
        question.token + "A",
        "x" * 10_000,
        "%00",
        "ñ" * 22,
        "1",
    ]
    answers = [stranger.get(f"/s/{token}{more}") for token in wrong for more in ("", "?score=9", "/thanks", "/not-me")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1
    posts = [stranger.post(f"/s/{token}", csrf=False, data={"score": "9"}) for token in wrong]
    assert {answer.status_code for answer in posts} == {404}
    assert database_digest() == before


def test_guessing_is_limited_and_nobody_is_locked_out(cast: Cast, stranger: Browser) -> None:
    question = ask(cast)
    answers = [stranger.get(f"/s/{token_of(new_seed(), SECRET)}") for _ in range(guessing.MISSES.amount + 5)]
    assert [answer.status_code for answer in answers].count(429) == 5
    assert answers[-1].headers["Retry-After"]
    assert stranger.get(question.path).status_code == 200


def test_what_is_over_says_so(cast: Cast, stranger: Browser) -> None:
    question = ask(cast)
    client = Client(stranger, question.path)
    nonce = client.nonce()
    question.survey.pause(cast.owner)
    db.session.commit()
    assert client.get().status_code == 200  # what has been sent can still be answered
    question.survey.close(cast.owner)
    db.session.commit()
    before = database_digest()
    for answer in (client.get(), client.send(nonce=nonce, score=9), client.get("/thanks")):
        assert answer.status_code == 410
        assert "This survey is over" in answer.get_data(as_text=True)
    other = ask(cast, a_survey(name="Another"), n=2)
    other.invitation.expires_on = clock.today() - timedelta(days=1)
    db.session.commit()
    assert "It could be answered until" in stranger.get(other.path).get_data(as_text=True)
    ended = ask(cast, a_survey(name="A third"), n=3)
    ended.invitation.ended_at = clock.now()
    db.session.commit()
    before = database_digest()
    assert stranger.get(ended.path).status_code == 410
    assert stranger.post(ended.path, csrf=False, data={"score": "9"}).status_code == 410
    assert database_digest() == before


def test_no_token_is_logged(cast: Cast, stranger: Browser, caplog: pytest.LogCaptureFixture) -> None:
    question = ask(cast)
    client = Client(stranger, question.path)
    with caplog.at_level(logging.INFO, logger="portal"):
        client.send(score=3, comment="a secret thought")
        client.send(score=12)
        client.get("/not-me")
    lines = " ".join(str(vars(record)) for record in caplog.records)
    assert "/s/<token>" in lines
    assert question.token not in lines
    assert "secret thought" not in lines


def test_the_page_is_small(cast: Cast, stranger: Browser) -> None:
    question = ask(cast)
    assert stranger.weight_of(question.path) < 6 * 1024


def test_the_privacy_notice_is_the_firms(cast: Cast, firm: object, stranger: Browser) -> None:
    assert "Muebles Montaña asks its clients" in stranger.get("/privacy").get_data(as_text=True)
    firm.privacy = "<b>Write</b> to privacy@firm.example"  # type: ignore[attr-defined]
    db.session.commit()
    assert "&lt;b&gt;Write&lt;/b&gt;" in stranger.get("/privacy?lang=es").get_data(as_text=True)


def test_a_fresh_portal_has_no_links(app: Flask) -> None:
    assert new_browser(app).get("/s/whatever").status_code == 404
