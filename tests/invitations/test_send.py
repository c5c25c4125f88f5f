"""Sending: what is due leaves once, what may not waits and says why, and arrives over real SMTP."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from portal import clock
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups import touching
from portal.follow_ups.models import Touch
from portal.invitations import jobs, sending
from portal.invitations.mailing import Office
from portal.invitations.models import Invitation, OptOut
from tests.browser import Browser
from tests.cast import Cast
from tests.customers import known
from tests.invitations.asked import a_survey, ask, firm, invitations, mails, send, work
from tests.mail.letters import words_of
from tests.mail.test_outbox import Box, box  # noqa: F401 - a fixture

ANA = {"name": "Ana Robles", "email": "Ana@sierra.example"}


@pytest.fixture
def hotel(cast: Cast) -> Customer:
    return known.add(cast, email="hotel@sierra.example", contacts=[ANA, {"name": "Beto", "email": "beto@x.example"}])


def ana() -> Contact:
    return db.session.get_one(Contact, 1)


def later(days: int) -> Any:
    return time_machine.travel(clock.now() + timedelta(days=days))


def only() -> Invitation:
    (invitation,) = invitations()
    return invitation


def test_arrives_with_its_link_and_the_headers_to_stop(box: Box, hotel: Customer) -> None:  # noqa: F811
    ask(a_survey(), hotel, ana())
    send()
    (mail,) = box.mails
    assert mail["To"] == "Ana@sierra.example"
    plain, html, link = mail.get_body(("plain",)), mail.get_body(("html",)), jobs.office().link(only())
    assert plain is not None
    assert html is not None
    assert link is not None
    assert link.startswith("http://localhost/s/")
    assert f"{link}\n" in plain.get_content().replace("\r", "")
    assert "Hello Ana,\n\nWould you recommend us?" in plain.get_content().replace("\r", ""), "named once"
    assert f"{link}?score=10" in html.get_content()
    assert mail["List-Unsubscribe"] == f"<{link}/opt-out>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Subject"] == "One question from Muebles Montaña"
    send()
    assert len(box.mails) == 1


def test_speaks_the_clients_language_and_takes_nothing_for_a_template(hotel: Customer) -> None:
    ana().locale, ana().name = "es", "{{7*7}}<b> Robles"
    ask(a_survey(), hotel, ana())
    send()
    words = words_of(mails()[0]) if mails()[0].about else None
    assert words is None  # it was sent: nothing is kept
    assert only().locale == "es"
    texts = {"es": {"question": "¿Nos recomendarías, {name}?", "low": "para nada", "high": "seguro"}}
    ask(a_survey("Other", texts=texts), hotel, ana())
    sending.send_due(jobs.office(), firm())
    words = words_of(mails_now()[1])
    assert "Hola, {{7*7}}<b>" in words.text
    assert "¿Nos recomendarías, {{7*7}}<b>?" in words.text
    assert "<b>" not in words.html.replace("&lt;b&gt;", "")


def mails_now() -> Any:
    """The mails as this transaction sees them."""
    from sqlalchemy import select

    from portal.mail.models import OutboxMessage

    return db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()


def test_one_budget_for_surveys_reminders_and_offers(cast: Cast, hotel: Customer) -> None:
    survey, id = a_survey(), hotel.id
    touching.log(hotel, Touch(purpose="offer", contact_id=1), cast.support)
    db.session.commit()
    for cause in ("a", "b"):
        ask(survey, db.session.get_one(Customer, id), ana(), cause)
    send()
    first, second = invitations()
    assert first.sent_on == clock.today()
    assert (second.sent_on, second.held, second.held_until) == (None, "budget", clock.today() + timedelta(days=30))
    with later(29):
        send()
        assert invitations()[1].sent_on is None
    with later(30):
        send()
        second = invitations()[1]
        assert (second.sent_on, second.held) == (clock.today(), "")
        assert second.expires_on == clock.today() + timedelta(days=30)


def test_an_offer_that_nobody_answered_is_not_heard(cast: Cast, hotel: Customer) -> None:
    for _ in range(2):
        touching.log(hotel, Touch(purpose="offer", outcome="no_answer"), cast.support)
    db.session.commit()
    ask(a_survey(), db.session.get_one(Customer, 1))
    send()
    assert only().sent_on is not None


def test_a_paused_survey_waits_and_a_closed_one_gives_up(cast: Cast, hotel: Customer) -> None:
    paused, closed = a_survey("paused"), a_survey("closed")
    for survey in (paused, closed):
        ask(survey, hotel)
    paused.pause(cast.owner)
    closed.close(cast.owner)
    db.session.commit()
    send()
    first, second = invitations()
    assert (first.held, first.ended_at, second.held) == ("paused", None, "closed")
    assert second.ended_at is not None
    assert mails() == []
    paused.resume(cast.owner)
    db.session.commit()
    send()
    assert invitations()[0].sent_on == clock.today()


def test_who_does_not_want_it_or_has_no_address_waits_then_is_given_up(cast: Cast, hotel: Customer) -> None:
    survey, nowhere = a_survey(), known.add(cast, "Nowhere")
    ask(survey, db.session.get_one(Customer, 1), ana(), "a")
    ask(survey, nowhere, cause="b")
    db.session.add(OptOut(customer_id=1, contact_id=2, address="ana@sierra.example", opted_out_at=clock.now()))
    db.session.commit()
    send()
    assert [each.held for each in invitations()] == ["opted_out", "no_address"]
    with later(38):
        send()
    assert [each.ended_at is not None for each in invitations()] == [True, True]
    assert mails() == []


def test_an_address_that_turns_up_is_written_to(cast: Cast) -> None:
    nowhere = known.add(cast, "Nowhere")
    ask(a_survey(), nowhere)
    send()
    db.session.get_one(Customer, 1).email = "here@x.example"
    db.session.commit()
    with later(7):
        send()
        assert only().sent_on == clock.today()


def test_two_workers_send_each_once_within_one_budget(app: Flask, hotel: Customer) -> None:
    survey, together = a_survey(), threading.Barrier(2)
    for number in range(6):
        ask(survey, hotel, None, f"cause {number}")
    db.session.rollback()

    def work() -> None:
        with app.app_context():
            clock.use_zone("America/Mexico_City")
            together.wait()
            sending.send_due(jobs.office(), firm())
            db.session.commit()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mails()) == 2
    assert sorted(each.held for each in invitations()) == ["", "", *["budget"] * 4]


def test_what_waits_for_the_budget_is_looked_at_when_the_firm_widens_it(
    owner: Browser, cast: Cast, hotel: Customer
) -> None:
    survey = a_survey()
    for cause in "abc":
        ask(survey, hotel, None, cause)
    send()
    assert invitations()[2].held == "budget"
    page = owner.get("/settings").get_data(as_text=True)
    form = dict(re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', page)) | {"locale": "en", "ask_at_most": "3"}
    form |= {"time_zone": "America/Mexico_City", "currency": "MXN", "region": "MX", "privacy": ""}
    form |= {"goal_period": "quarter", "digest_hour": "7", "digest_days": "5"}
    assert owner.post("/settings", data=form).status_code == 303
    work()
    assert invitations()[2].sent_on == clock.today()


def test_a_link_can_be_made_again_with_an_old_key_and_not_with_another(hotel: Customer) -> None:
    invitation = ask(a_survey(), hotel, channel="link")
    old = "a secret that only the tests know, 0123456789"
    assert Office("https://p", ("new", old)).link(invitation) is not None
    assert Office("https://p", ("new",)).link(invitation) is None
