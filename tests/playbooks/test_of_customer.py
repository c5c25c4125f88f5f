"""At a customer: what runs, what it has made and what is to come; stopped, or a step skipped, with a reason."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.playbooks.writing import Step
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.invitations.asked import a_survey
from tests.playbooks.written import CALL, a_playbook, a_sale, became, look, make, runs
from tests.recorder import QueryRecorder
from tests.touches import a_customer

DAY = timedelta(days=1)
HERE = "/customers/1/playbooks"


@pytest.fixture
def run(cast: Cast) -> None:
    """One under way with the first customer: a promise is made, a follow-up and a survey are to come."""
    survey = a_survey("How was it")
    a_playbook(Step("commitment", 0, "Check the first use"), CALL, Step("survey", 20, survey_id=survey.id))
    a_sale(cast, a_customer(cast).id)
    a_customer(cast, "Notaría 32")
    db.session.commit()
    look()
    make()


@pytest.mark.usefixtures("run")
def test_it_shows_what_was_made_and_what_is_to_come(
    support: Browser, stranger: Browser, queries: QueryRecorder
) -> None:
    with queries as seen:
        page = support.get(HERE)
    assert len(seen) <= 6
    assert '<a href="/commitments/1">Check the first use</a>' in page.text
    assert "Ask how it went" in page.text
    assert "How was it" in page.text
    assert "goes to the assignee" in page.text
    assert 'href="/customers/1/playbooks"' in support.get("/customers/1").text
    assert "Nothing has begun here" in support.get("/customers/2/playbooks").text
    assert support.get("/customers/9/playbooks").status_code == 404
    assert stranger.get(HERE).status_code == 303


@pytest.mark.usefixtures("run")
def test_it_is_stopped_in_place_with_a_reason(support: Browser) -> None:
    answer = support.post(f"{HERE}/1/stop", data={"reason": ""}, fragment=True)
    assert answer.status_code == 422
    assert "Say why, in a few words." in answer.text
    answer = support.post(f"{HERE}/1/stop", data={"reason": "They moved away"}, fragment=True)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<article class="panel run" id="run-1"')
    assert "They moved away" in answer.text
    assert [row[0] for row in became()] == ["made", "stopped", "stopped"]
    assert (runs()[0].state, runs()[0].why) == ("stopped", "somebody")
    again = support.post(f"{HERE}/1/stop", data={"reason": "Twice"})
    assert again.status_code == 422
    assert "or was stopped" in again.text
    told = db.session.scalars(select(Event).where(Event.kind == "playbook.stopped")).one()
    assert (told.data["reason"], told.customer_id) == ("They moved away", 1)


@pytest.mark.usefixtures("run")
def test_a_step_is_skipped_with_a_reason_and_the_last_one_ends_the_run(support: Browser) -> None:
    assert "Skipped." in support.get(
        support.post(f"{HERE}/1/steps/2/skip", data={"reason": "Called already"}).location
    ).text  # fmt: skip
    assert became()[1] == ("skipped", "", "somebody")
    assert runs()[0].state == "running"
    assert support.post(f"{HERE}/1/steps/2/skip", data={"reason": "Again"}).status_code == 422
    assert support.post(f"{HERE}/1/steps/3/skip", data={"reason": "x" * 301}).status_code == 422
    answer = support.post(f"{HERE}/1/steps/3/skip", data={"reason": "<b>No</b>"}, fragment=True)
    assert "&lt;b&gt;No" in answer.text
    assert runs()[0].state == "done"
    story = support.get("/customers/1").text
    assert "<b>Step of a playbook skipped</b> — After a sale: Ask how it went" in story
    assert "<b>Step of a playbook skipped</b> — After a sale: How was it" in story


@pytest.mark.usefixtures("run")
def test_what_does_not_belong_together_is_not_found(support: Browser, stranger: Browser) -> None:
    for path in ("/customers/2/playbooks/1/stop", f"{HERE}/9/stop", "/customers/2/playbooks/1/steps/2/skip",
                 f"{HERE}/1/steps/9/skip"):  # fmt: skip
        assert support.post(path, data={"reason": "x"}).status_code == 404
    assert stranger.post(f"{HERE}/1/stop", data={"reason": "x"}).status_code in (303, 401)
    assert [row[0] for row in became()] == ["made", "waiting", "waiting"]
