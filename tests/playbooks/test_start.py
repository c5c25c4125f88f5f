"""What starts a playbook: exactly once per cause, whoever looks and however often; and what stops it."""

import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.followers import FOLLOWERS
from portal.playbooks import jobs
from portal.playbooks.models import Playbook
from portal.playbooks.writing import Step
from portal.purchases import ledger
from portal.responses import answering
from portal.responses.queries import invited_for_change
from portal.timeline.following import follow
from portal.timeline.models import Event, record
from tests.cast import Cast
from tests.imports.running import import_text
from tests.invitations.asked import a_survey, ask
from tests.playbooks.written import CALL, a_playbook, a_sale, look, make, runs, steps
from tests.recorder import QueryRecorder
from tests.touches import a_customer

DAY = timedelta(days=1)
MINE = next(each for each in FOLLOWERS if each.name == "playbooks")
FILE = "customer,date,amount\nNotaría 32,{day},10.00\nNotaría 32,{day},20.00\nHotel Sol,{day},5.00\n"


def test_a_purchase_starts_what_fits_it_once_a_day_and_each_step_has_its_day(cast: Cast) -> None:
    customer, today = a_customer(cast), clock.today()
    for trigger in ("purchase", "first_purchase", "repeat_purchase"):
        a_playbook(CALL, Step("commitment", 10, "Check the first use"), trigger=trigger, name=trigger)
    off = a_playbook(name="Off")
    off.switch_off(cast.owner)
    first = a_sale(cast, customer.id, today - 5 * DAY)
    a_sale(cast, customer.id, today - 5 * DAY)
    look()
    look()
    assert [(run.playbook_id, run.cause, run.cause_id, run.began_on) for run in runs()] == [
        (1, "purchase", first.id, today - 5 * DAY), (2, "purchase", first.id, today - 5 * DAY),
    ]  # fmt: skip
    assert [step.due_on for step in steps()] == [today, today, today + 5 * DAY, today + 5 * DAY]
    again = a_sale(cast, customer.id)
    look()
    assert [(run.playbook_id, run.cause_id) for run in runs()[2:]] == [(1, again.id), (3, again.id)]
    assert list(db.session.scalars(select(Playbook.started).order_by(Playbook.id))) == [2, 1, 1, 0]
    told = db.session.scalars(select(Event).where(Event.kind == "playbook.started").order_by(Event.id)).all()
    assert [(event.customer_id, event.data["name"]) for event in told[:1]] == [(customer.id, "purchase")]
    assert len(told) == 4


def test_what_is_old_starts_nothing(cast: Cast) -> None:
    customer = a_customer(cast)
    a_sale(cast, customer.id)
    a_playbook()
    db.session.commit()
    a_sale(cast, customer.id, clock.today() - 31 * DAY)
    with time_machine.travel(clock.now() + 31 * DAY):
        look()
    assert runs() == []


def test_a_file_that_comes_twice_starts_once(cast: Cast, tmp_path: Path) -> None:
    a_playbook()
    text = FILE.format(day=clock.today().isoformat())
    for _ in range(2):
        import_text(tmp_path, text)
        look()
    assert len(runs()) == 2


def test_two_workers_start_once(app: Flask, cast: Cast) -> None:
    a_playbook()
    for number in range(12):
        a_sale(cast, a_customer(cast, f"Customer {number}").id)
    together = threading.Barrier(2)

    def work() -> None:
        with app.app_context():
            clock.use_zone("America/Mexico_City")
            together.wait()
            follow("playbooks", MINE.kinds, MINE.handle, 3)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    look()
    assert len({run.cause_id for run in runs()}) == len(runs()) == 12


def test_a_cause_counts_although_the_place_in_the_record_was_lost(cast: Cast) -> None:
    a_playbook()
    a_sale(cast, a_customer(cast).id)
    look()
    follow("somebody else", MINE.kinds, MINE.handle)
    assert len(runs()) == 1


@pytest.mark.parametrize(
    ("today", "first", "starts"),
    [
        ("2026-11-22", "2024-11-22", True),
        ("2026-11-22", "2026-11-22", False),
        ("2026-11-22", "2024-11-21", False),
        ("2027-02-28", "2024-02-29", True),
        ("2028-02-28", "2024-02-29", False),
        ("2028-02-29", "2024-02-29", True),
    ],
)
def test_an_anniversary_starts_once_a_year(cast: Cast, today: str, first: str, starts: bool) -> None:
    with time_machine.travel(f"{today} 15:00", tick=False):
        customer = a_customer(cast)
        customer.first_purchase_on = date.fromisoformat(first)
        a_playbook(trigger="anniversary")
        for _ in range(2):
            jobs.start_anniversaries()
        found = [(run.cause, run.cause_id, run.began_on) for run in runs()]
        year = int(today[:4])
        assert found == [("anniversary", customer.id * 10_000 + year, clock.today())] * starts


def test_days_on_which_nobody_looked_are_made_up_for(cast: Cast) -> None:
    playbook = a_playbook(trigger="anniversary")
    for days in (3, 2, -1):
        a_customer(cast).first_purchase_on = clock.today() - timedelta(days=365 + days)
    playbook.looked_on = clock.today() - 3 * DAY
    db.session.commit()
    jobs.start_anniversaries()
    assert [run.began_on for run in runs()] == [clock.today() - 2 * DAY]
    assert db.session.get_one(Playbook, playbook.id).looked_on == clock.today()


def test_an_unhappy_answer_starts_one_and_its_correction_stops_it(cast: Cast) -> None:
    customer = a_customer(cast)
    a_playbook(trigger="unhappy")
    ask(a_survey(), customer)
    for score in (3, 2):
        asked = invited_for_change(1)
        assert asked is not None
        answering.answer(asked, answering.Said(score, ""))
        db.session.commit()
        look()
    assert [(run.cause, run.state) for run in runs()] == [("answer", "running")]
    asked = invited_for_change(1)
    assert asked is not None
    record("response.dismissed", by=None, customer_id=customer.id, subject=runs()[0], score=3)
    db.session.connection().exec_driver_sql("UPDATE survey_responses SET state = 'dismissed'")
    db.session.commit()
    look()
    assert [(run.state, run.why) for run in runs()] == [("stopped", "not_unhappy")]


def test_a_hand_off_that_was_accepted_starts_one(cast: Cast) -> None:
    customer = a_customer(cast)
    a_playbook(trigger="hand_off")
    record("hand_off.accepted", by=cast.support, customer_id=customer.id, subject=customer)
    db.session.commit()
    look()
    assert [(run.cause, run.customer_id) for run in runs()] == [("hand_off", customer.id)]


def test_a_voided_purchase_and_an_archived_customer_stop_what_they_started(cast: Cast) -> None:
    a_playbook()
    one, other = a_customer(cast), a_customer(cast, "Notaría 32")
    voided = a_sale(cast, one.id)
    a_sale(cast, other.id)
    look()
    ledger.void(voided, by=cast.sales)
    db.session.get_one(Customer, other.id).archive(cast.owner)
    db.session.commit()
    look()
    assert [(run.state, run.why) for run in runs()] == [("stopped", "voided"), ("stopped", "archived")]
    assert {step.state for step in steps()} == {"stopped"}
    told = db.session.scalars(select(Event).where(Event.kind == "playbook.stopped")).all()
    assert {event.data["why"] for event in told} == {"voided", "archived"}
    a_sale(cast, one.id)  # on the same day, and this one counts
    look()
    assert [run.state for run in runs()] == ["stopped", "stopped", "running"]


def test_what_stands_again_goes_on_where_it_stopped(cast: Cast) -> None:
    a_playbook(Step("commitment", 0, "Check"), CALL)
    one, other, third = (a_customer(cast, name) for name in ("Notaría 32", "Hotel Sol", "Taller Luna"))
    sale, twice = a_sale(cast, one.id), a_sale(cast, third.id)
    a_sale(cast, other.id)
    look()
    make()
    ledger.void(sale, by=cast.sales)
    ledger.void(twice, by=cast.sales)
    other.archive(cast.owner)
    db.session.commit()
    look()
    a_sale(cast, third.id)  # starts its own, so that of the other one stays stopped
    look()
    for _ in range(2):
        for voided in (sale, twice):
            if voided.voided_at is not None:
                ledger.restore(voided, by=cast.sales)
        other.restore(cast.owner)
        db.session.commit()
        look()
        make()
    assert [(run.customer_id, run.state, run.why) for run in runs()] == [
        (one.id, "running", ""), (third.id, "stopped", "voided"), (other.id, "running", ""), (third.id, "running", ""),
    ]  # fmt: skip
    of_one = [(step.state, step.made) for step in steps() if step.run_id == 1]
    assert of_one == [("made", "commitment"), ("waiting", "")]  # nothing twice
    told = db.session.scalars(select(Event.customer_id).where(Event.kind == "playbook.resumed")).all()
    assert (set(told), len(told)) == ({one.id, other.id}, 2)


def test_what_is_voided_and_restored_before_anybody_looks_keeps_nobody_waiting(cast: Cast) -> None:
    a_playbook()
    sale = a_sale(cast, a_customer(cast).id)
    ledger.void(sale, by=cast.sales)
    ledger.restore(sale, by=cast.sales)
    db.session.commit()
    look()
    assert [run.state for run in runs()] == ["running"]


def test_what_was_due_long_ago_is_past_making(cast: Cast) -> None:
    a_playbook(CALL, Step("commitment", 60, "Look back"))
    customer = a_customer(cast)
    a_sale(cast, customer.id)
    look()
    customer.archive(cast.owner)
    db.session.commit()
    look()
    with time_machine.travel(clock.now() + 40 * DAY):
        customer.restore(cast.owner)
        db.session.commit()
        look()
        assert [(step.state, run.state) for step, run in zip(steps(), [*runs(), *runs()], strict=True)] == [
            ("stopped", "running"), ("waiting", "running"),
        ]  # fmt: skip


def test_starting_many_asks_no_more_than_starting_one(cast: Cast, queries: QueryRecorder) -> None:
    a_playbook()
    counts = []
    for many in (1, 30):
        for number in range(many):
            a_sale(cast, a_customer(cast, f"Customer {many} {number}").id)
        db.session.rollback()
        with queries as seen:
            follow("playbooks", MINE.kinds, MINE.handle)
        counts.append(len(seen))
    assert counts[1] <= counts[0] + 1
