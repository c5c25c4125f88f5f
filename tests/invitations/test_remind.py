"""One reminder to the silent: by itself, for one person, or for all of a survey in one act."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from portal import clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.invitations import jobs, opting
from portal.invitations.models import Invitation
from portal.surveys.models import Survey
from tests.browser import Browser
from tests.cast import Cast
from tests.customers import known
from tests.invitations.asked import a_survey, ask, firm, invitations, mails, said_after, send


@pytest.fixture
def survey(cast: Cast) -> Survey:
    return a_survey()


@pytest.fixture
def hotel(cast: Cast) -> Customer:
    return known.add(cast, email="hotel@sierra.example")


def later(days: int) -> Any:
    return time_machine.travel(clock.now() + timedelta(days=days))


def remind() -> None:
    db.session.rollback()
    jobs.remind_due()


def reminders() -> list[str]:
    return [mail.recipient for mail in mails() if mail.kind == "survey_reminder"]


def test_the_silent_are_reminded_once_after_some_days(survey: Survey, hotel: Customer) -> None:
    ask(survey, hotel)
    send()
    assert invitations()[0].delivered_at is not None
    for days, count in ((3, 0), (4, 1), (9, 1)):
        with later(days):
            remind()
        assert len(reminders()) == count
    assert invitations()[0].reminded_on == clock.today() + timedelta(days=4)
    assert known.event("survey.reminded").data["name"] == "How likely"


@pytest.mark.parametrize(
    "change",
    [
        {"answered_at": clock.now()},
        {"ended_at": clock.now()},
        {"delivered_at": None},
        {"channel": "link"},
        {"expires_on": clock.today() - timedelta(days=1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_who_need_not_be_reminded_is_not(change: dict[str, Any], survey: Survey, hotel: Customer) -> None:
    ask(survey, hotel)
    send()
    for name, value in change.items():
        setattr(invitations()[0], name, value)
        db.session.commit()
    with later(5):
        remind()
    assert reminders() == []


def test_a_reminder_keeps_to_the_budget_too(survey: Survey, hotel: Customer) -> None:
    firm().ask_at_most = 1
    db.session.commit()
    ask(survey, hotel)
    send()
    with later(4):
        remind()
    (invitation,) = invitations()
    assert (invitation.held, invitation.remind_on) == ("budget", clock.today() + timedelta(days=30))
    with later(30):
        remind()
        assert len(reminders()) == 1


def test_a_firm_may_want_no_reminders_but_one_by_hand(
    survey: Survey, hotel: Customer, support: Browser, cast: Cast
) -> None:
    firm().remind_after_days = 0
    db.session.commit()
    ask(survey, hotel)
    send()
    with later(9):
        remind()
        assert reminders() == []
        assert support.post("/invitations/1/remind").status_code == 303
        remind()
        assert len(reminders()) == 1
        assert "There is one reminder" in said_after(support, "/invitations/1/remind")
        remind()
        assert len(reminders()) == 1


def test_all_silent_ones_are_reminded_by_one_act(survey: Survey, cast: Cast, support: Browser) -> None:
    for number in range(4):
        ask(survey, known.add(cast, f"Customer {number}", email=f"c{number}@x.example"), cause=f"c{number}")
    send()
    db.session.get_one(Invitation, 1).answered_at = clock.now()
    db.session.commit()
    page = support.get("/surveys/1/invitations").get_data(as_text=True)
    assert "Remind 3 people" in page
    answer = support.post("/surveys/1/remind")
    assert "3 people are reminded" in support.get(answer.location).get_data(as_text=True)
    remind()
    assert sorted(reminders()) == [f"c{number}@x.example" for number in (1, 2, 3)]
    assert known.event("survey.all_reminded").data["count"] == 3
    assert "Nobody is left to be reminded" in said_after(support, "/surveys/1/remind")
    db.session.get_one(Survey, 1).pause(cast.owner)
    db.session.commit()
    for path in ("/surveys/1/remind", "/invitations/2/remind"):
        assert "not being asked now" in said_after(support, path)
    assert support.post("/surveys/9/remind").status_code == 404


def test_a_reminder_that_would_come_too_late_is_not_promised(
    survey: Survey, hotel: Customer, support: Browser, cast: Cast
) -> None:
    firm().ask_at_most, firm().answer_within_days = 1, 14
    db.session.commit()
    ask(survey, hotel)
    send()
    assert "no room for a reminder" in said_after(support, "/invitations/1/remind")
    assert invitations()[0].remind_on is None
    with later(4):
        remind()
        assert invitations()[0].held == "budget"
        for path in ("/surveys/1/invitations", "/invitations/1"):
            page = support.get(path).text
            assert "No reminder: it can be answered until" in page
            assert "waits until" not in page


def test_by_hand_it_says_what_becomes_of_it(survey: Survey, hotel: Customer, support: Browser, cast: Cast) -> None:
    firm().ask_at_most = 1
    db.session.commit()
    ask(survey, hotel)
    send()
    assert "It waits until" in said_after(support, "/invitations/1/remind")
    db.session.get_one(Invitation, 1).delivered_at = None  # the mail server has refused it
    db.session.commit()
    assert "There is one reminder" in said_after(support, "/invitations/1/remind")
    opting.say(opting.who(db.session.get_one(Customer, 1), None), "surveys", by=cast.support)
    db.session.commit()
    assert "does not want to be asked" in said_after(support, "/invitations/1/remind")
