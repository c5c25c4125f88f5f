"""A survey asked of whom a list names: of those who were ticked, or of all as it is narrowed."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from portal import clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.invitations import batches
from portal.invitations.models import SurveyBatch
from tests.browser import Browser
from tests.cast import Cast
from tests.invitations.asked import a_survey, mails, work
from tests.lists.entries import an_entry, close_books
from tests.recorder import QueryRecorder

ASK = "/retention/due/ask"


@pytest.fixture
def customers(cast: Cast) -> list[int]:
    """Five on the list, with an address each; the last is the sales user's; and a survey to ask."""
    close_books()
    found = [
        Customer(
            name=f"C{n}", sort_name=f"c{n}", email=f"c{n}@x.example", created_at=clock.now(),
            assignee_id=cast.sales.id if n == 4 else None,
        )
        for n in range(5)
    ]  # fmt: skip
    db.session.add_all(found)
    db.session.flush()
    for each in found:
        an_entry(each)
    a_survey()
    db.session.commit()
    return [each.id for each in found]


def form(**more: Any) -> dict[str, Any]:
    return {"form_id": str(uuid4()), "survey_id": 1, "all": "1", **more}


def asked() -> list[str]:
    work()
    return sorted(mail.recipient for mail in mails())


def test_those_who_were_ticked_are_asked(
    customers: list[int], support: Browser, queries: QueryRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 2)
    assert "Ask these" in support.get("/retention/due").text
    ticked = "&".join(f"customer={id}" for id in customers[:4])
    with queries as seen:
        page = support.get(f"{ASK}?{ticked}").text
    assert len(seen) <= 6
    assert "Ask 4 customers" in page
    assert "Chosen from: Due to buy again." in page
    sent = form(all="", customer=customers[:4])
    answers = [support.post(ASK, data=sent) for _ in range(2)]
    assert {answer.location for answer in answers} == {"/surveys/lists/1"}
    db.session.get_one(Customer, customers[0]).archived_at = clock.now()
    db.session.commit()
    assert asked() == ["c1@x.example", "c2@x.example", "c3@x.example"]
    db.session.expire_all()
    done = db.session.scalars(select(SurveyBatch)).one()
    assert (done.state, done.total, done.asked, done.skipped) == ("done", 4, 3, 1)


def test_all_of_a_narrowed_list_are_asked(customers: list[int], cast: Cast, support: Browser) -> None:
    whose = f"?whose={cast.sales.id}"
    assert "Ask 1 customer<" in support.get(f"{ASK}{whose}&all=1").text
    assert support.post(f"{ASK}{whose}", data=form()).status_code == 303
    assert asked() == ["c4@x.example"]


def test_what_is_wrong_is_said_and_nobody_asked(customers: list[int], support: Browser, stranger: Browser) -> None:
    for wrong in ({"survey_id": ""}, {"survey_id": "99"}, {"all": "", "customer": "999"}, {"all": ""}):
        answer = support.post(ASK, data=form(**wrong))
        assert answer.status_code == 422
        assert 'class="field-error"' in answer.text
    assert support.get(ASK).location == "/retention/due"
    assert support.get("/retention/none-such/ask").status_code == 404
    assert stranger.post(ASK, data=form()).location.startswith("/sign-in")
    assert not db.session.scalars(select(SurveyBatch)).all()
