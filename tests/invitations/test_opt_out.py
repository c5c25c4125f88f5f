"""Opting out: opening the link changes nothing, a choice does, a mail program's button too; and one may come back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from time_machine import travel

from portal import clock
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from portal.invitations import jobs
from portal.invitations.models import OptOut
from portal.mail import outbox
from tests.browser import Browser
from tests.cast import Cast
from tests.customers import known
from tests.invitations.asked import a_survey, ask, invitations, mails, send
from tests.recorder import QueryRecorder
from tests.safety.house import database_digest

ANA = {"name": "Ana Robles", "email": "Ana@x.example"}


@pytest.fixture
def address(cast: Cast) -> str:
    """Where Ana, who was asked by mail, says that she does not want to be asked."""
    customer = known.add(cast, contacts=[ANA])
    ask(a_survey(), customer, ana())
    send()
    link = jobs.office().link(invitations()[0])
    db.session.rollback()
    assert link is not None
    return f"{link.removeprefix('http://localhost')}/opt-out"


def ana() -> Contact:
    return db.session.get_one(Contact, 1)


def standing() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(OptOut.scope).where(OptOut.withdrawn_at.is_(None))))


def say(stranger: Browser, address: str, **form: str) -> Any:
    return stranger.post(address, data=form, csrf=False)


def test_opening_it_changes_nothing_and_nothing_is_chosen(stranger: Browser, address: str) -> None:
    before = database_digest()
    for _ in range(3):
        page = stranger.get(address).get_data(as_text=True)
    stranger.head(address)
    assert "checked" not in page
    assert say(stranger, address).status_code == 422  # as a scanner sends it: nothing chosen
    assert say(stranger, address, wish="rubbish").status_code == 422
    assert database_digest() == before


def test_who_says_so_is_left_alone_and_may_come_back(stranger: Browser, address: str, cast: Cast) -> None:
    for _ in range(2):
        answer = say(stranger, address, wish="surveys")
        assert answer.status_code == 303
    assert "We do not send you surveys." in stranger.get(answer.location).get_data(as_text=True)
    assert standing() == ["surveys"]
    ask(a_survey("Another"), db.session.get_one(Customer, 1), ana(), "again")
    send()
    assert [each.held for each in invitations()] == ["", "opted_out"]
    assert len(mails()) == 1
    say(stranger, address, wish="ask")
    assert standing() == []
    send()
    assert len(mails()) == 2
    assert [kind for kind in known.kinds(1) if "opted" in kind] == ["survey.opted_out", "survey.opted_in"]


def test_mail_that_waits_for_the_server_does_not_leave_any_more(
    stranger: Browser, owner: Browser, address: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as down:
        down.setattr(outbox, "_send", lambda envelope: OSError())
        with travel(clock.now() + timedelta(days=4)):
            ask(a_survey("Another"), known.add(cast, "Elsewhere", email="ANA@x.example"))
            send()
            jobs.remind_due()
            about: dict[str, Any] = {"name": "Ana", "question": "", "score": 9, "comment": "", "link": ""}
            outbox.post("receipt", "ana@x.example", "en", at=clock.now().isoformat(), **about)
            db.session.commit()
            assert [bool(each.reminded_on) for each in invitations()] == [True, False]
            say(stranger, address, wish="surveys")
    with travel(clock.now() + timedelta(days=4, minutes=5)):
        assert outbox.deliver_due() == 3
        assert {mail.kind for mail in mails() if mail.sent_at} == {"survey", "receipt"}
        assert [(mail.kind, mail.about) for mail in mails() if mail.is_unwanted] == [
            ("survey", None),
            ("survey_reminder", None),
        ]
        first, elsewhere = invitations()
        assert (first.reminded_on, first.held, first.is_silent) == (None, "opted_out", True)
        assert (elsewhere.sent_at, elsewhere.held, elsewhere.is_waiting) == (None, "opted_out", True)
        assert "survey.withheld" in known.kinds(1)
        page = owner.get("/settings/mail").get_data(as_text=True)
        assert page.count("The person does not want such mail.") == 2
        assert "try-again" not in page
        unwanted = mails()[1].id
        assert owner.post(f"/settings/mail/{unwanted}/try-again").status_code == 404
        assert "Mail not sent: the person" in owner.get("/customers/2").get_data(as_text=True)


def test_a_mail_programs_button_is_heard(stranger: Browser, address: str) -> None:
    answer = say(stranger, address, **{"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert standing() == ["surveys"]
    say(stranger, address, wish="all")
    assert standing() == ["all"]


def test_what_waits_is_held_and_the_same_address_elsewhere_too(stranger: Browser, address: str, cast: Cast) -> None:
    survey = a_survey("Another")
    ask(survey, db.session.get_one(Customer, 1), ana(), "waits")
    ask(survey, known.add(cast, "Elsewhere", email="ana@x.example"), cause="elsewhere")
    say(stranger, address, wish="surveys")
    assert [each.held for each in invitations()] == ["", "opted_out", ""]
    send()
    assert invitations()[2].held == "opted_out"


def test_an_unknown_token_is_told_nothing(stranger: Browser, address: str) -> None:
    token = address.split("/")[2]
    pages = set()
    for wrong in ("x" * 22, token[:-1], token + "x", "x" * 10_000):
        for answer in (stranger.get(f"/s/{wrong}/opt-out"), say(stranger, f"/s/{wrong}/opt-out", wish="all")):
            assert answer.status_code == 404
            pages.add(answer.get_data(as_text=True))
    assert len(pages) == 1
    assert standing() == []


def test_staff_see_who_does_not_want_to_be_asked(
    support: Browser, stranger: Browser, address: str, queries: QueryRecorder
) -> None:
    db.session.add(OptOut(customer_id=1, opted_out_at=clock.now()))
    db.session.commit()
    with queries as seen:
        page = support.get("/customers/1").get_data(as_text=True)
    assert len(seen) <= 6
    assert page.count(">no surveys") == 1
    say(stranger, address, wish="all")
    page = support.get("/customers/1").get_data(as_text=True)
    assert page.count(">no surveys") == 2
    assert "no surveys or offers" in page
    assert "Wants no surveys, reminders or offers any more" in page


def test_staff_write_down_what_they_were_told_and_take_it_back(
    support: Browser, stranger: Browser, address: str, cast: Cast, queries: QueryRecorder
) -> None:
    ask(a_survey("Another"), db.session.get_one(Customer, 1), ana(), "waits")
    path = "/customers/1/opt-outs"
    with queries as seen:
        page = support.get(path).text
    assert len(seen) <= 6
    assert "No surveys, reminders or offers: Ana Robles" in page
    for _ in range(2):
        assert support.post(path, data={"contact_id": 1, "wish": "all"}).location == path
    assert standing() == ["all"]
    assert invitations()[1].held == "opted_out"
    assert "We do not send you surveys, reminders or offers." in stranger.get(address).text
    assert "May be asked: Ana Robles" in support.get(path).text
    support.post(path, data={"contact_id": 1, "wish": "ask"})
    assert standing() == []
    assert [invitations()[1].held, known.kinds(1)[-2:]] == ["", ["survey.opted_out", "survey.opted_in"]]
    assert support.post(path, data={"wish": "surveys"}).status_code == 303  # the customer itself
    for wrong in ({}, {"wish": "loud"}, {"wish": ""}):
        assert support.post(path, data=wrong).status_code == 422
    other = known.add(cast, "Elsewhere")
    assert support.post(f"/customers/{other.id}/opt-outs", data={"contact_id": 1, "wish": "all"}).status_code == 404
    assert support.post("/customers/99/opt-outs", data={"wish": "all"}).status_code == 404
    assert standing() == ["surveys"]
