"""A survey asked of a whole list: counted, confirmed, made step by step, killed and gone on with, stopped."""

import threading
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from portal import bulk, clock
from portal.customers.filters import CustomerFilter
from portal.customers.models import Customer
from portal.extensions import db
from portal.invitations import batches, jobs
from portal.invitations.inviting import Asking
from portal.invitations.models import OptOut, SurveyBatch
from portal.lists.models import SavedList
from portal.surveys.models import Survey
from tests.browser import Browser
from tests.cast import Cast
from tests.customers import known
from tests.dying import survives
from tests.invitations.asked import KEY, a_survey, ask, firm, invitations, mails, work
from tests.recorder import QueryRecorder


@pytest.fixture
def survey(cast: Cast) -> Survey:
    return a_survey()


def some(cast: Cast, count: int, start: int = 0) -> None:
    """Customers with an address."""
    now = clock.now()
    db.session.add_all(
        Customer(name=f"C{n}", sort_name=f"c{n:05}", email=f"c{n}@x.example", created_at=now)
        for n in range(start, count)
    )
    db.session.commit()


def form(survey: Any = 1) -> dict[str, Any]:
    return {"form_id": str(uuid4()), "survey_id": survey}


def batch() -> SurveyBatch:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(SurveyBatch)).one()


def test_what_the_list_shows_is_asked(
    survey: Survey, cast: Cast, support: Browser, queries: QueryRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 2)
    silent = known.add(cast, "Silenced", tags=["vip"], contacts=[{"name": "Ana", "email": "ana@x.example"}])
    known.add(cast, "Nowhere", tags=["vip"])
    known.add(cast, "Not meant", email="no@x.example")
    for name in ("A", "B"):
        known.add(
            cast,
            name,
            tags=["vip"],
            email=f"{name}@x.example",
            contacts=[{"name": "Beto", "email": f"b{name}@x.example"}],
        )
    asked = known.add(cast, "Asked lately", tags=["vip"], email="lately@x.example")
    ask(survey, asked, channel="link")
    db.session.add(OptOut(customer_id=silent.id, contact_id=1, opted_out_at=clock.now()))
    db.session.commit()
    assert "/customers/ask?tag=1" in support.get("/customers?tag=1").get_data(as_text=True)
    with queries as seen:
        page = support.get("/customers/ask?tag=1").get_data(as_text=True)
    assert len(seen) <= 6
    assert "Ask 5 customers" in page
    assert "tagged vip" in page
    answer = support.post("/customers/ask?tag=1", data=form())
    assert answer.location == "/surveys/lists/1"
    assert "Asking the list" in support.get(answer.location).get_data(as_text=True)
    work()
    done = batch()
    assert (done.state, done.total, done.asked, done.skipped) == ("done", 5, 2, 3)
    assert sorted(mail.recipient for mail in mails()) == ["bA@x.example", "bB@x.example"]
    page = support.get(answer.location, fragment=True).get_data(as_text=True)
    assert "The whole list is asked" in page
    assert known.event("survey.list_asked").data["said"] == "Customers · tagged vip."


def test_a_form_sent_twice_asks_once_and_what_can_not_be_asked_is_said(
    survey: Survey, cast: Cast, support: Browser
) -> None:
    some(cast, 3)
    sent = form()
    assert {support.post("/customers/ask", data=sent).location for _ in range(2)} == {"/surveys/lists/1"}
    assert support.post("/customers/ask", data=form(9)).status_code == 422
    assert "No customer fits" in support.get("/customers/ask?q=nobody").get_data(as_text=True)
    survey.pause(cast.owner)
    db.session.commit()
    assert "not being asked now" in support.post("/customers/ask", data=form()).get_data(as_text=True)
    work()
    assert batch().state == "running"  # it waits for its survey
    assert "the survey is paused" in support.get("/surveys/lists/1").get_data(as_text=True)
    db.session.get_one(Survey, 1).resume(cast.owner)
    db.session.commit()
    jobs.resume_batches()
    assert batch().asked == 3


def test_without_a_list_one_is_chosen_before_anybody_is_asked(
    survey: Survey, cast: Cast, support: Browser, queries: QueryRecorder
) -> None:
    some(cast, 3)
    known.add(cast, "Vip", tags=["vip"], email="vip@x.example")
    for name, of, wanted in (("Ours", "customers", {"tag": 1}), ("Late", "overdue", {"whose": "me"})):
        db.session.add(SavedList(name=name, folded=name.lower(), list=of, wanted=wanted, created_at=clock.now()))
    db.session.commit()
    survey_page = support.get("/surveys/1/invitations").get_data(as_text=True)
    assert 'href="/customers/ask?survey_id=1"' in survey_page
    with queries as seen:
        page = unescape(support.get("/customers/ask?survey_id=1").get_data(as_text=True))
    assert len(seen) <= 6
    assert "Whom do you want to ask?" in page
    assert "<form" not in page.split("<main", 1)[1].split("</main>")[0], "nobody can be asked here"
    for address in (
        "/retention/overdue/ask?all=1&survey_id=1",
        "/customers/ask?all=1&survey_id=1",
        "/customers/ask?saved=1&survey_id=1",
        "/customers",
    ):
        assert f'href="{address}"' in page
    assert support.get("/customers/ask?saved=1&survey_id=1").location == "/customers/ask?tag=1&survey_id=1"
    assert support.get("/customers/ask?saved=2").location == "/retention/overdue/ask?all=1&whose=me"
    for odd in ("9", "x", "9" * 30):
        assert support.get(f"/customers/ask?saved={odd}").status_code == 404
    page = support.get("/customers/ask?all=1&survey_id=1").get_data(as_text=True)
    assert "All customers who are not in the archive." in page
    assert "Ask 4 customers" in page
    assert "Left out are those without an address" in page
    assert 'href="/customers/ask?all=1"' in support.get("/customers").get_data(as_text=True)
    support.post("/customers/ask", data=form())
    assert batch().said == "All customers who are not in the archive."


def test_it_can_be_stopped(survey: Survey, cast: Cast, support: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 2)
    some(cast, 6)
    support.post("/customers/ask", data=form())
    db.session.rollback()
    assert batches.step(1, Asking(firm(), KEY))
    db.session.commit()
    assert support.post("/surveys/lists/1/cancel").status_code == 303
    work()
    assert (batch().state, batch().asked, len(invitations())) == ("cancelled", 2, 2)
    assert "Stopped" in support.get("/surveys/lists/1").get_data(as_text=True)
    assert support.post("/surveys/lists/9/cancel").status_code == 404


def survives_step(step: int) -> bool:
    return survives(lambda: batches.run(1, firm(), KEY), step, (bulk, "insert"))


def test_a_killed_list_ends_as_an_unkilled_one(
    app: Flask, survey: Survey, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 10)
    some(cast, 60)
    batches.start(survey, CustomerFilter(), "Customers", cast.owner, str(uuid4()))
    db.session.commit()
    for step in (1, 2, 3, 4, 1):
        assert not survives_step(step)
    assert batch().asked == 20
    assert survives_step(1000)
    done = batch()
    assert (done.state, done.total, done.asked, done.skipped) == ("done", 60, 60, 0)
    assert [each.customer_id for each in invitations()] == [*range(1, 61)]


def test_two_workers_take_turns(app: Flask, survey: Survey, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 5)
    some(cast, 30)
    batches.start(survey, CustomerFilter(), "Customers", cast.owner, str(uuid4()))
    db.session.commit()
    together = threading.Barrier(2)

    def run() -> None:
        with app.app_context():
            together.wait()
            batches.run(1, firm(), KEY)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (batch().asked, len(invitations())) == (30, 30)
