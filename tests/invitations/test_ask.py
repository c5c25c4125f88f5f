"""Asking one customer by hand: by mail, or with a link to hand over."""

from typing import Any
from uuid import uuid4

import pytest

from portal import clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.invitations.models import OptOut
from tests.browser import Browser
from tests.cast import Cast
from tests.customers import known
from tests.invitations.asked import a_survey, invitations, mails, send, work
from tests.recorder import QueryRecorder

ANA = {"name": "Ana Robles", "email": "ana@sierra.example", "phone": "+528183401122"}


@pytest.fixture
def hotel(cast: Cast) -> Customer:
    return known.add(cast, contacts=[ANA])


def form(survey_id: Any, contact_id: Any = "", channel: str = "email", **more: Any) -> dict[str, Any]:
    return {"form_id": str(uuid4()), "survey_id": survey_id, "contact_id": contact_id, "channel": channel, **more}


def test_a_mail_goes_out_with_the_question_and_a_way_to_stop(support: Browser, hotel: Customer, cast: Cast) -> None:
    survey, page = a_survey(), f"/customers/{hotel.id}/ask"
    assert "Ana Robles" in support.get(page).get_data(as_text=True)
    answer = support.post(page, data=form(survey.id, 1))
    assert answer.location == f"/customers/{hotel.id}"
    work()
    (invitation,), (mail,) = invitations(), mails()
    assert invitation.sent_on == clock.today()
    assert invitation.outbox_id == mail.id
    assert (mail.kind, mail.recipient, mail.sent_at is not None) == ("survey", "ana@sierra.example", True)
    event = known.event("survey.asked")
    assert (event.customer_id, event.data) == (
        hotel.id, {"name": "How likely", "channel": "email", "contact": "Ana Robles"}
    )  # fmt: skip


def test_the_page_costs_few_queries(support: Browser, hotel: Customer, queries: QueryRecorder) -> None:
    a_survey("A purchase", occasion="after_purchase", days=7)
    survey, page = a_survey(), f"/customers/{hotel.id}/ask"
    with queries as seen:
        shown = support.get(page).text
    assert len(seen) <= 6
    assert shown.index(">How likely<") < shown.index(">A purchase<"), "what is asked by hand comes first"
    support.post(page, data=form(survey.id, 1, "link"))
    with queries as seen:
        support.get("/invitations/1")
    assert len(seen) <= 3


def test_sent_twice_is_asked_once(support: Browser, hotel: Customer) -> None:
    sent = form(a_survey().id, 1)
    for _ in range(2):
        assert support.post(f"/customers/{hotel.id}/ask", data=sent).status_code == 303
    assert len(invitations()) == 1


def test_a_link_is_handed_over_and_counts_as_sent(support: Browser, hotel: Customer) -> None:
    answer = support.post(f"/customers/{hotel.id}/ask", data=form(a_survey().id, 1, "whatsapp"))
    page = support.get(answer.location).get_data(as_text=True)
    assert "http://localhost/s/" in page
    assert "https://wa.me/528183401122?text=Hello+Ana" in page
    assert "Ana, would you recommend us?" in page
    (invitation,) = invitations()
    assert invitation.delivered_at is not None
    assert mails() == []


def test_a_mail_beyond_the_budget_waits_and_says_why(support: Browser, hotel: Customer) -> None:
    survey, page = a_survey(), f"/customers/{hotel.id}/ask"
    for _ in range(2):
        support.post(page, data=form(survey.id, 1, "link"))
    assert "contact budget: 2 of 2 in 30 days; a mail would wait until" in support.get(page).get_data(as_text=True)
    support.post(page, data=form(survey.id, 1))
    send()
    waiting = invitations()[-1]
    assert (waiting.held, waiting.sent_on, mails()) == ("budget", None, [])
    assert "has heard enough of us" in support.get(f"/invitations/{waiting.id}").get_data(as_text=True)


def test_who_does_not_want_to_be_asked_is_not(support: Browser, hotel: Customer) -> None:
    survey = a_survey()
    db.session.add(OptOut(customer_id=hotel.id, contact_id=1, opted_out_at=clock.now()))
    db.session.commit()
    for channel in ("email", "link"):
        answer = support.post(f"/customers/{hotel.id}/ask", data=form(survey.id, 1, channel))
        assert answer.status_code == 422
        assert "does not want to be asked" in answer.get_data(as_text=True)
    assert invitations() == []


def test_what_can_not_be_asked_is_said(support: Browser, cast: Cast, hotel: Customer) -> None:
    other, survey = known.add(cast, "Otra"), a_survey()
    page = f"/customers/{other.id}/ask"
    assert "We know no e-mail" in support.post(page, data=form(survey.id)).get_data(as_text=True)
    assert support.post(page, data=form(survey.id, 1)).status_code == 404  # somebody else's contact
    assert support.post(page, data=form(99)).status_code == 422
    assert support.post(page, data=form(survey.id, channel="pigeon")).status_code == 422
    survey.pause(cast.owner)
    db.session.commit()
    assert "not being asked now" in support.post(page, data=form(survey.id, channel="qr")).get_data(as_text=True)
    assert support.get("/customers/99/ask").status_code == 404
    assert support.get("/invitations/99").status_code == 404
    assert invitations() == []
