"""What a playbook asks for is made on its day, once, by whom it is given to; or skipped, and it says why."""

from datetime import date, timedelta
from uuid import uuid4

import time_machine
from sqlalchemy import select

from portal import clock
from portal.commitments.models import Commitment
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.invitations.models import Invitation, OptOut
from portal.playbooks import making
from portal.playbooks.calendar import later
from portal.playbooks.giving import Givers
from portal.playbooks.models import PlaybookStep
from portal.playbooks.writing import Step
from portal.timeline.models import Event
from portal.trials import trying
from tests.cast import Cast
from tests.invitations.asked import a_survey, firm
from tests.playbooks.written import CALL, a_playbook, a_sale, became, look, make, runs, steps
from tests.touches import a_customer, a_plan, a_promise
from tests.trials.listed import a_list

DAY = timedelta(days=1)


def test_each_step_is_made_on_its_day_and_the_last_one_ends_the_run(cast: Cast, monkeypatch) -> None:
    monkeypatch.setattr(making, "AT_ONCE", 1)
    survey, customer = a_survey(), a_customer(cast, assignee=cast.sales)
    a_playbook(Step("commitment", 0, "Check the first use", given_to="service"), CALL,
               Step("survey", 20, survey_id=survey.id))  # fmt: skip
    sale = a_sale(cast, customer.id)
    look()
    make()
    promise = db.session.scalars(select(Commitment)).one()
    assert (promise.text, promise.side, promise.due_on, promise.origin) == (
        "Check the first use", "ours", clock.today(), "playbook",
    )  # fmt: skip
    assert promise.assignee_id == cast.support.id
    assert runs()[0].state == "running"
    with time_machine.travel(clock.now() + 3 * DAY):
        make()
        make()
        touch = db.session.scalars(select(FollowUp).where(FollowUp.origin == "playbook")).one()
        assert (touch.objective, touch.purpose, touch.channel) == ("Ask how it went", "care", "call")
        assert (touch.due_on, touch.assignee_id, touch.origin_id) == (clock.today(), cast.sales.id, steps()[1].id)
    with time_machine.travel(clock.now() + 21 * DAY):
        make()
        invitation = db.session.scalars(select(Invitation)).one()
        assert (invitation.cause, invitation.survey_id) == (f"purchase:{sale.id}", survey.id)
    assert [(step.state, step.made, step.made_id) for step in steps()] == [
        ("made", "commitment", promise.id), ("made", "follow_up", touch.id), ("made", "survey", invitation.id),
    ]  # fmt: skip
    assert (runs()[0].state, runs()[0].why) == ("done", "")
    kinds = set(db.session.scalars(select(Event.kind).where(Event.user_id.is_(None))))
    assert kinds >= {"commitment.made", "follow_up.planned"}


def test_a_reassurance_that_stands_already_is_not_doubled(cast: Cast) -> None:
    customer = a_customer(cast)
    a_playbook(Step("follow_up", 0, "Reassure", purpose="reassurance"))
    a_sale(cast, customer.id)  # which plans its own
    look()
    make()
    assert became() == [("skipped", "", "reassured")]
    assert runs()[0].state == "done"


def test_a_survey_is_asked_once_per_purchase_and_of_nobody_who_does_not_want_it(cast: Cast) -> None:
    survey, paused = a_survey(), a_survey("Paused", state="paused")
    one, two, three = a_customer(cast), a_customer(cast, "No mail"), a_customer(cast, "Leave us alone")
    two.email, three.email = None, "alone@x.example"
    db.session.add(OptOut(customer_id=three.id, address="alone@x.example", opted_out_at=clock.now()))
    a_playbook(Step("survey", 0, survey_id=survey.id), Step("survey", 1, survey_id=survey.id))
    a_playbook(Step("survey", 2, survey_id=paused.id), trigger="first_purchase", name="Other")
    for customer in (one, two, three):
        a_sale(cast, customer.id)
    look()
    with time_machine.travel(clock.now() + 5 * DAY):
        make()
        make()
    assert sorted(became()) == sorted(
        [("made", "survey", ""), ("skipped", "", "asked"), *[("skipped", "", "no_address")] * 2]
        + [("skipped", "", "opted_out")] * 2 + [("skipped", "", "not_asking")] * 3
    )  # fmt: skip
    assert {run.state for run in runs()} == {"done"}


def test_whom_a_trial_leaves_untouched_is_served_like_everybody(cast: Cast) -> None:
    ids = a_list(cast, 12)
    db.session.commit()
    trying.start("overdue", 50, 30, cast.owner, str(uuid4()))
    a_playbook(Step("follow_up", 0, "Thank them"))
    for id in ids:
        a_sale(cast, id)
    look()
    make()
    served = db.session.scalars(select(FollowUp.customer_id).where(FollowUp.objective == "Thank them"))
    assert sorted(served) == sorted(ids)


def test_what_is_edited_before_its_day_is_made_as_it_is_then(cast: Cast) -> None:
    a_playbook(CALL, Step("commitment", 4, "Nothing"))
    a_sale(cast, a_customer(cast).id)
    look()
    first, second = db.session.scalars(select(PlaybookStep).order_by(PlaybookStep.id))
    first.text, second.retired_at = "Ask for a picture", clock.now()
    db.session.commit()
    with time_machine.travel(clock.now() + 5 * DAY):
        make()
    assert became() == [("made", "follow_up", ""), ("skipped", "", "taken_out")]
    assert db.session.scalars(select(FollowUp.objective).where(FollowUp.origin == "playbook")).one() == (
        "Ask for a picture"
    )


def test_nothing_is_made_of_what_was_archived_a_moment_ago(cast: Cast) -> None:
    customer = a_customer(cast)
    a_playbook(Step("commitment", 0, "Check"))
    a_sale(cast, customer.id)
    look()
    customer.archive(cast.owner)
    db.session.commit()
    make()
    assert became() == [("waiting", "", "")]


def test_a_leg_gives_it_to_its_assignee_else_to_whom_least_waits_for(cast: Cast) -> None:
    other = type(cast.sales)(name="Sara Sales", email="s@x.example", role="sales", created_at=clock.now())
    db.session.add(other)
    db.session.flush()
    customer, today = a_customer(cast), clock.today()
    a_promise(customer, today, assignee=cast.sales)
    a_plan(customer, today + DAY, assignee=other)  # not yet
    givers = Givers()
    assert givers.give("service", None, cast.support.id) == cast.support.id
    assert givers.give("sales", None, other.id) == other.id
    given = [givers.give("sales", None, cast.support.id) for _ in range(3)]
    assert given == [other.id, cast.sales.id, other.id]
    assert givers.give("assignee", None, None) is None
    assert givers.give("user", cast.marketing.id, cast.sales.id) == cast.marketing.id
    cast.marketing.disable(cast.owner, [cast.owner])
    db.session.flush()
    givers = Givers()
    assert givers.give("user", cast.marketing.id, cast.sales.id) == cast.sales.id
    assert givers.give("marketing", None, cast.sales.id) == cast.sales.id  # nobody runs it


def test_working_days_pass_over_weekends_and_holidays(cast: Cast) -> None:
    friday, holidays = date(2026, 11, 20), {date(2026, 11, 23)}
    assert later(friday, 1, "days", holidays) == date(2026, 11, 21)
    assert later(friday, 0, "working", holidays) == friday
    assert later(friday, 1, "working", holidays) == date(2026, 11, 24)
    assert later(date(2026, 11, 21), 0, "working", holidays) == date(2026, 11, 24)
    assert later(friday, 5, "working", ()) == date(2026, 11, 27)
    with time_machine.travel("2026-11-20 18:00", tick=False):
        firm().holidays = "2026-11-23\n2026-12-25"
        a_playbook(Step("commitment", 1, "Check"), calendar="working")
        a_sale(cast, a_customer(cast).id)
        look()
        assert steps()[0].due_on == date(2026, 11, 24)
