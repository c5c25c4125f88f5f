"""Whom a survey has reached: who is silent, who waits and why, who answered, and what was taken back."""

import re

from sqlalchemy import update

from portal import clock
from portal.extensions import db
from portal.invitations.inviting import Asking, invite
from portal.invitations.models import Invitation
from portal.mail.models import OutboxMessage
from tests.browser import Browser
from tests.cast import Cast
from tests.customers import known
from tests.invitations.asked import KEY, a_survey, ask, firm, invitations, mails, said_after, send
from tests.recorder import QueryRecorder


def page(browser: Browser, show: str = "silent", more: str = "") -> str:
    return browser.get(f"/surveys/1/invitations?show={show}{more}").get_data(as_text=True)


def test_everybody_stands_where_they_are(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    survey = a_survey()
    assert "Nobody was asked yet" in page(support)
    silent, waits, answered, dead, gone = (
        known.add(cast, name, email=f"{name}@x.example") for name in ("silent", "waits", "answered", "dead", "gone")
    )
    waits.email = None
    for each in (silent, waits, answered, dead, gone):
        ask(survey, each, cause=each.name)
    send()
    made = {each.customer_id: each for each in invitations()}
    made[3].answered_at = clock.now()
    db.session.get_one(OutboxMessage, made[4].outbox_id).dead_at = clock.now()
    db.session.commit()
    assert support.post("/invitations/5/take-back").status_code == 303
    with queries as seen:
        shown = page(support)
    assert len(seen) <= 6
    assert ">silent<" in shown
    assert "not delivered" in shown
    assert ">answered</a>" not in shown
    assert "We know no e-mail of the person." in page(support, "waiting")
    assert ">answered</a>" in page(support, "answered")
    assert "taken back" in page(support, "ended")
    assert ">silent<" in page(support, "rubbish")
    assert support.get("/surveys/9/invitations").status_code == 404


def test_it_is_paged(support: Browser, cast: Cast) -> None:
    survey, customer = a_survey(), known.add(cast, email="c@x.example")
    for number in range(60):
        invite(survey, customer, f"{number}", Asking(firm(), KEY, "link"))
    db.session.commit()
    for shown, change in (
        ("silent", {}),
        ("ended", {"ended_at": clock.now()}),
        ("waiting", {"sent_at": None, "ended_at": None}),
    ):
        for name, value in change.items():
            db.session.execute(update(Invitation).values({name: value}))
        db.session.commit()
        first = page(support, shown)
        assert first.count("data-row") == 50
        after = first.split("after=")[1].split('"')[0]
        assert page(support, shown, f"&after={after}").count("data-row") == 10


def test_what_was_taken_back_is_not_sent(support: Browser, cast: Cast) -> None:
    ask(a_survey(), known.add(cast, email="c@x.example"))
    assert support.post("/invitations/1/take-back").status_code == 303
    send()
    assert invitations()[0].sent_on is None
    assert known.event("survey.taken_back").user_id == cast.support.id
    support.post("/invitations/1/take-back")
    invitations()[0].answered_at = clock.now()
    db.session.commit()
    invitations()[0].ended_at = None
    db.session.commit()
    assert "It was answered" in said_after(support, "/invitations/1/take-back")
    ask(a_survey("Another"), known.add(cast, "Beto", email="b@x.example"))
    send()
    for mail in mails():
        mail.sent_at = None  # the mail server was not there
    db.session.commit()
    support.post("/invitations/2/take-back")
    assert "b@x.example" not in {mail.recipient for mail in mails()}
    assert support.post("/invitations/9/take-back").status_code == 404


def test_its_code_is_a_picture_and_a_card(support: Browser, cast: Cast) -> None:
    ask(a_survey(), known.add(cast, "<b>Ana</b>", email="c@x.example"), channel="qr")
    svg, png = support.get("/invitations/1/qr"), support.get("/invitations/1/qr?format=png")
    assert svg.data.startswith(b"<?xml")
    assert png.data.startswith(b"\x89PNG")
    assert "attachment" in png.headers["Content-Disposition"]
    assert "&lt;b&gt;Ana" in support.get("/invitations/1/card").get_data(as_text=True)
    invitations()[0].answered_at = clock.now()
    db.session.commit()
    for path in ("qr", "card"):
        assert support.get(f"/invitations/1/{path}").status_code == 404
    assert "/s/" not in support.get("/invitations/1").get_data(as_text=True)


def test_in_spanish_it_says_who_was_asked_as_people_say_it(support: Browser, cast: Cast) -> None:
    cast.support.locale = "es"
    survey = a_survey()
    assert "Todavía no se le ha preguntado a nadie" in page(support)
    ask(survey, known.add(cast, email="c@x.example"))
    send()
    shown = page(support)
    for words in ("A quién se le preguntó", 'data-label="Se preguntó"'):
        assert words in shown, words
    db.session.execute(update(Invitation).values(reminded_on=clock.today()))
    db.session.commit()
    assert "Se recordó hoy." in re.sub("<[^>]+>", "", page(support))
