"""Owners write playbooks: with steps in their order, tried on a real customer, switched, deleted or retired."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.extensions import db
from portal.invitations.models import OptOut
from portal.playbooks import ready
from portal.playbooks.models import Playbook, PlaybookRun, PlaybookStep
from portal.playbooks.queries import playbook_with_steps
from portal.playbooks.writing import Step
from portal.settings.founding import found
from portal.surveys.models import Survey
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.invitations.asked import a_survey, firm
from tests.playbooks.written import CALL, a_playbook, a_sale, look, runs
from tests.recorder import QueryRecorder
from tests.touches import a_contact, a_customer, a_plan

FORM = {"name": "After a sale", "trigger": "purchase", "calendar": "days", "version": "1"}


def row(number: int, **fields: Any) -> dict[str, Any]:
    said = {"kind": "follow_up", "after_days": 3, "text": "Ask how it went", "who": "assignee", "id": ""} | fields
    return {f"steps-{number}-{name}": value for name, value in said.items()}


def texts(playbook_id: int = 1) -> list[str]:
    db.session.expire_all()
    found = playbook_with_steps(playbook_id)
    assert found is not None
    return [step.text for step in found.steps]


def test_one_is_written_once_however_often_it_is_sent(owner: Browser, cast: Cast) -> None:
    survey = a_survey()
    form = FORM | {"form_id": "6a2f41a3-c54c-4aeb-a2a5-111111111111"} | row(0)
    form |= row(1, kind="commitment", text="Check the first use", who="service", after_days=10)
    form |= row(2, kind="survey", text="", survey_id=survey.id) | row(3, text="")
    form |= row(4, who=str(cast.sales.id), text="Sell")
    for _ in range(2):
        answer = owner.post("/settings/playbooks", data=form)
        assert (answer.status_code, answer.location) == (303, "/settings/playbooks/1")
    assert db.session.scalar(select(func.count(Playbook.id))) == 1
    steps = db.session.scalars(select(PlaybookStep).order_by(PlaybookStep.position)).all()
    assert [(step.kind, step.after_days, step.given_to, step.user_id, step.survey_id) for step in steps] == [
        ("follow_up", 3, "assignee", None, None), ("commitment", 10, "service", None, None),
        ("survey", 3, "assignee", None, survey.id), ("follow_up", 3, "user", cast.sales.id, None),
    ]  # fmt: skip
    page = owner.get("/settings/playbooks/1")
    assert "Check the first use" in page.text
    assert "somebody of service" in page.text
    assert "After a sale" in owner.get("/settings/playbooks").text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": ""}, "This field is required."),
        ({"steps-0-text": ""}, "Write one step at least."),
        ({"steps-0-text": "", "steps-0-id": "7"}, "Say what is to be done."),
        ({"steps-0-kind": "survey", "steps-0-survey_id": "99"}, "Choose the survey."),
        ({"steps-0-who": "99"}, "Choose one of those that are offered."),
        ({"steps-0-after_days": "x"}, "Not saved yet"),
        ({"steps-0-after_days": "-1"}, "Not saved yet"),
        ({"trigger": "full_moon"}, "Not saved yet"),
        ({"steps-0-text": "x" * 201}, "Not saved yet"),
    ],
)
def test_what_can_not_be_kept_is_said_and_what_was_typed_stays(owner: Browser, wrong: Any, says: str) -> None:
    answer = owner.post("/settings/playbooks", data=FORM | row(0) | wrong)
    assert answer.status_code == 422
    assert says in answer.text
    assert db.session.scalar(select(func.count(Playbook.id))) == 0


def test_it_is_edited_and_what_was_taken_out_is_retired(owner: Browser, cast: Cast) -> None:
    a_playbook(CALL, Step("commitment", 10, "Check"))
    form = FORM | {"name": "Anew", "calendar": "working"} | row(0, id=2, kind="commitment", text="Check twice")
    form |= row(1, text="Thank")
    assert owner.post("/settings/playbooks/1", data=form).status_code == 303
    assert texts() == ["Check twice", "Thank"]
    changed = db.session.get_one(Playbook, 1)
    assert (changed.name, changed.calendar, changed.version) == ("Anew", "working", 2)
    assert db.session.get_one(PlaybookStep, 1).retired_at is not None
    a_playbook(name="Other")
    answer = owner.post("/settings/playbooks/1", data=form | {"name": "óther", "version": "2"})
    assert answer.status_code == 422
    assert "There is a playbook of that name already." in answer.text


def test_the_second_of_two_editors_is_told_and_sees_both(owner: Browser) -> None:
    a_playbook()
    assert owner.post("/settings/playbooks/1", data=FORM | row(0, id=1, text="Theirs")).status_code == 303
    answer = owner.post("/settings/playbooks/1", data=FORM | row(0, id=1, text="Mine"))
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert 'value="Mine"' in answer.text
    assert texts() == ["Theirs"]
    assert owner.post("/settings/playbooks/1", data=FORM | {"version": "2"} | row(0, id=1, text="Mine")).location


def test_steps_are_moved_and_taken_out_without_saving(owner: Browser) -> None:
    a_playbook(CALL)
    form = FORM | row(0, text="One") | row(1, text="Two") | row(2, text="Three")
    for move, wanted in (
        ("up-2", ["One", "Three", "Two"]), ("down-0", ["Two", "One", "Three"]), ("out-1", ["One", "Three"]),
        ("up-0", ["One", "Two", "Three"]), ("down-9", ["One", "Two", "Three"]), ("", ["One", "Two", "Three"]),
    ):  # fmt: skip
        page = owner.post("/settings/playbooks/1/preview", data=form | {"move": move}).text
        shown = sorted((page.index(f'value="{word}"'), word) for word in ("One", "Two", "Three") if f'"{word}"' in page)
        assert [word for _, word in shown] == wanted
    assert texts() == ["Ask how it went"]


def test_one_step_more_is_asked_for_as_long_as_there_is_room(owner: Browser) -> None:
    new = owner.get("/settings/playbooks/new").text
    assert "<summary>Step 1</summary>" in new
    assert 'name="move" value="more"' in new
    form = FORM | row(0, text="One")
    page = owner.post("/settings/playbooks/preview", data=form | {"move": "more"}).text
    assert 'value="One"' in page
    assert '<details class="further step spare" open><summary>One more step</summary>' in page
    assert len(re.findall(r"<input autofocus[^>]* name=\"steps-1-after_days\"", page)) == 1
    assert '<details class="further step spare"><summary>' in owner.post("/settings/playbooks/preview", data=form).text
    full = FORM | {name: value for number in range(12) for name, value in row(number, text=f"No {number}").items()}
    assert 'value="more"' not in owner.post("/settings/playbooks/preview", data=full).text
    assert db.session.scalar(select(func.count(Playbook.id))) == 0


def test_the_preview_names_days_and_people_of_a_real_customer_and_writes_nothing(
    owner: Browser, cast: Cast, queries: QueryRecorder
) -> None:
    survey, today = a_survey("How was it"), clock.today()
    customer = a_customer(cast, "Notaría 32", cast.sales)
    a_contact(customer).email = "ana@x.example"
    a_customer(cast, "Hotel Sol").last_purchase_on = today
    firm().holidays = (today + timedelta(days=1)).isoformat()
    db.session.commit()
    form = FORM | {"look": "notaria"} | row(0, kind="commitment", who="service", after_days=0)
    form |= row(1, kind="survey", survey_id=survey.id) | row(2, purpose="reassurance")
    answer = owner.post("/settings/playbooks/preview", data=form, fragment=True)
    assert answer.text.lstrip().startswith('<section class="panel" id="preview"')
    assert "Notaría 32" in answer.text
    assert "Lucía Support" in answer.text
    assert "survey, to Ana Robles" in answer.text
    assert "the reassurance after the purchase stands already" in answer.text
    assert "Hotel Sol" in owner.post("/settings/playbooks/preview", data=form | {"look": ""}, fragment=True).text
    assert "No customer is called that." in owner.post(
        "/settings/playbooks/preview", data=form | {"look": "nobody like that"}
    , fragment=True).text  # fmt: skip
    first = {"trigger": "first_purchase"}
    assert "has not bought" not in owner.post("/settings/playbooks/preview", data=form | first, fragment=True).text
    a_playbook(Step("commitment", 0, "Check", given_to="service"), CALL)
    with queries as seen:
        assert owner.get("/settings/playbooks/1").status_code == 200
    assert len(seen) <= 6
    assert runs() == []


def test_the_preview_says_what_would_be_skipped(owner: Browser, cast: Cast) -> None:
    customer, survey = a_customer(cast, "Notaría 32", cast.sales), a_survey("How was it")
    customer.email = "Info@x.example"
    form = FORM | row(0, kind="survey", survey_id=survey.id, after_days=9) | row(1, purpose="reassurance")
    form |= row(2, kind="survey", survey_id=survey.id, after_days=2)

    def seen(**about: str) -> list[str]:
        page = owner.post("/settings/playbooks/preview", data=form | about, fragment=True).text
        return [line.partition("</p>")[0] for line in page.split("Would be skipped: ")[1:]]

    asked, reassured = "the client was asked about this purchase already", "the reassurance after the purchase"
    first, last = seen()
    assert first.startswith(reassured)
    assert last == asked
    assert seen(trigger="unhappy") == []
    a_plan(customer, clock.today()).purpose = "reassurance"
    db.session.add(OptOut(customer_id=customer.id, address="info@x.example", opted_out_at=clock.now()))
    db.session.commit()
    assert seen(trigger="unhappy")[0] == "the client does not want to be asked"
    assert seen(trigger="unhappy")[1].startswith(reassured)


def test_it_is_switched_off_and_on(owner: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    a_playbook()
    owner.post("/settings/playbooks/1/switch-off")
    a_sale(cast, customer.id)
    look()
    assert runs() == []
    owner.post("/settings/playbooks/1/switch-on")
    owner.post("/settings/playbooks/1/switch-on")
    look()
    assert runs() == []
    a_sale(cast, customer.id, clock.today() - timedelta(days=1))
    look()
    assert len(runs()) == 1
    kinds = db.session.scalars(select(Event.kind).where(Event.kind.like("playbook.switched%")).order_by(Event.id))
    assert list(kinds) == ["playbook.switched_off", "playbook.switched_on"]


def test_what_has_never_been_started_is_deleted_and_the_rest_is_retired(owner: Browser, cast: Cast) -> None:
    a_playbook()
    assert owner.post("/settings/playbooks/1/delete").status_code == 303
    assert db.session.scalar(select(func.count(PlaybookStep.id))) == 0
    started = a_playbook().id
    a_sale(cast, a_customer(cast).id)
    look()
    owner.post(f"/settings/playbooks/{started}/delete")
    db.session.expire_all()
    retired = db.session.scalars(select(Playbook)).one()
    assert retired.retired_at is not None
    assert runs()[0].state == "running"
    assert owner.get(f"/settings/playbooks/{retired.id}").status_code == 404
    a_playbook()  # its name is free again


def test_ready_made_ones_are_offered_and_start_nothing_old(owner: Browser, cast: Cast) -> None:
    a_sale(cast, a_customer(cast).id)
    look()
    page = owner.get("/settings/playbooks").text
    assert "No playbook yet" in page
    for _ in range(2):
        assert owner.post("/settings/playbooks/ready/first_sale").location == "/settings/playbooks/1"
    look()
    assert runs() == []
    assert db.session.scalars(select(Survey.state)).all() == ["paused"]
    page = owner.get("/settings/playbooks").text
    assert page.count("After the first purchase") == 2
    assert owner.post("/settings/playbooks/ready/nothing").status_code == 404


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.usefixtures("app")
def test_a_new_firm_has_the_default_one_in_its_language(locale: str) -> None:
    found({"name": "Firma", "locale": locale, "time_zone": "UTC", "currency": "MXN"}, "Ana", "a@x.example",
          "a long enough password")  # fmt: skip
    db.session.commit()
    made = playbook_with_steps(1)
    assert made is not None
    assert (made.playbook.name, made.playbook.is_on) == (ready.FIRST.names[locale], True)
    assert [(step.kind, step.purpose, step.after_days) for step in made.steps] == [
        ("follow_up", "reassurance", 3), ("commitment", "care", 10), ("survey", "care", 21), ("follow_up", "care", 365),
    ]  # fmt: skip
    assert made.steps[2].survey_id is not None
    assert db.session.scalar(select(func.count(Survey.id))) == 4


def test_what_ready_made_ones_promise_reads_as_said_to_the_client(owner: Browser) -> None:
    """The client sees it so on the page of promises."""
    steps = [pair for each in ready.READY for pair in each.steps if pair[0].kind == "commitment"]
    assert steps
    assert [text for _, texts in steps for text in texts.values() if re.search("client", text, re.IGNORECASE)] == []
    assert "as you would say it to them." in owner.get("/settings/playbooks/new").text


def test_only_owners_write_them(support: Browser, stranger: Browser, owner: Browser) -> None:
    a_playbook()
    for path in ("/settings/playbooks", "/settings/playbooks/1", "/settings/playbooks/new"):
        assert support.get(path).status_code == 403
        assert stranger.get(path).status_code == 303
    for path in ("", "/1", "/1/delete", "/1/switch-off", "/ready/unhappy", "/preview"):
        assert support.post(f"/settings/playbooks{path}", data=FORM | row(0)).status_code == 403
    for path in ("", "/delete", "/switch-on", "/preview"):
        assert owner.post(f"/settings/playbooks/9{path}", data=FORM | row(0)).status_code == 404
    assert db.session.scalar(select(func.count(PlaybookRun.id))) == 0


def test_holidays_are_days_a_line_each(owner: Browser) -> None:
    fields = firm().decisions() | {"version": "1"}
    answer = owner.post("/settings", data=fields | {"holidays": "Christmas"})
    assert answer.status_code == 422
    assert "Write each day on a line of its own, as year-month-day." in answer.text
    owner.post("/settings", data=fields | {"holidays": " 2026-12-25, 2026-11-16\n2026-12-25 "})
    db.session.expire_all()
    assert firm().holidays == "2026-11-16\n2026-12-25"
