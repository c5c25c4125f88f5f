"""Leave some of a list untouched, and see what the calls have changed; and the enemy, who would peek or change."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from portal import clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.retention import keeping_up, refreshing
from portal.retention.models import ListEntry
from portal.rules import BrokenRule
from portal.timeline.models import Event, record
from portal.trials import jobs, members, queries, trying
from portal.trials.models import NotRunning, Trial, TrialMember
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.trials.listed import DAY, a_list, buy, enlist, some_books, touch


def begin(cast: Cast, name: str = "overdue", share: int = 20, days: int = 90) -> Trial:
    trial = trying.start(name, share, days, cast.owner, str(uuid4()))
    db.session.commit()
    return trial


def groups(trial: Trial) -> tuple[list[int], list[int]]:
    """Who is worked, who is left untouched."""
    found = queries.members_of(trial.id)
    return [id for id in found if not found[id]], [id for id in found if found[id]]


def hidden(name: str) -> set[int]:
    chosen = select(ListEntry.customer_id).where(ListEntry.list == name, ListEntry.untouched)
    return set(db.session.scalars(chosen))


def kinds_told() -> list[str]:
    """What the timeline tells of trials, the oldest first."""
    return list(db.session.scalars(select(Event.kind).where(Event.kind.like("trial.%")).order_by(Event.id)))


def form(share: int = 20, days: int = 90, name: str = "overdue") -> dict[str, str]:
    return {"list": name, "share": str(share), "days": str(days), "form_id": str(uuid4())}


def test_begins_from_a_list_after_a_look(owner: Browser, cast: Cast, queries: QueryRecorder) -> None:
    grade = {"on": "2026-08-23", "until": "2026-11-21", "named": 40, "bought": 10, "others": 9, "others_bought": 1}
    a_list(cast, 60, lists={"overdue": {"grade": grade}})
    with queries as seen:
        page = owner.get("/retention/trials/new?list=overdue").text
    assert len(seen) <= 6
    assert "Leave 12 customers untouched" in page
    assert "25 in 100 buy anyway" in page
    look = owner.get("/retention/trials/new?list=overdue&share=50&days=30", fragment=True).text
    assert "Leave 30 customers untouched" in look
    bad = owner.get("/retention/trials/new?list=overdue&share=51&days=x", fragment=True)
    assert (bad.status_code, "Between 10 and 50." in bad.text) == (422, True)
    wanted = form(50, 30)
    answer = owner.post("/retention/trials", data=wanted)
    assert (answer.status_code, answer.location) == (303, "/retention/trials/1")
    assert owner.post("/retention/trials", data=wanted).location == answer.location
    with queries as seen:
        shown = owner.get("/retention/trials/1").text
    assert len(seen) <= 6
    assert "30 are left untouched and 30 are worked" in shown
    event = db.session.scalars(select(Event).where(Event.kind.like("trial.%"))).one()
    assert (event.user_id, event.data) == (
        cast.owner.id, {"list": "overdue", "share": 50, "days": 30, "worked": 30, "untouched": 30}
    )  # fmt: skip
    assert "Trial started" in owner.get("/timeline?kind=trials").text


def test_the_untouched_leave_the_lists_that_call(owner: Browser, cast: Cast) -> None:
    ids = a_list(cast, 50)
    enlist(ids[:40], "silent")
    enlist(ids[:30], "promises")
    db.session.commit()
    trial = begin(cast)
    worked, untouched = groups(trial)
    assert (len(untouched), trial.untouched, trial.worked) == (10, 10, 40)
    assert hidden("overdue") == set(untouched)
    assert hidden("silent") == set(untouched) & set(ids[:40])
    assert hidden("promises") == set()
    told = "Those whom a trial of another list leaves untouched are not shown here."
    assert [told in owner.get(f"/retention/{name}").text for name in ("silent", "promises", "overdue")] == [1, 0, 0]
    db.session.execute(update(ListEntry).values(untouched=False))  # as when entries are written anew
    members.keep_apart([untouched[0], worked[0]])
    assert hidden("overdue") == {untouched[0]}
    members.keep_apart()
    assert hidden("overdue") == set(untouched)
    trying.stop(trial, cast.owner)
    db.session.commit()
    assert hidden("overdue") == hidden("silent") == set()


def test_the_untouched_stay_hidden_when_books_are_closed_anew(cast: Cast) -> None:
    ids = a_list(cast, 40, "nobodys")
    db.session.execute(update(Customer).values(assignee_id=None))
    db.session.commit()
    trial = begin(cast, "nobodys", share=30)
    _, untouched = groups(trial)
    refreshing.refresh(clock.today())
    assert hidden("nobodys") == set(untouched)
    assert len(db.session.scalars(select(ListEntry.id).where(ListEntry.list == "nobodys")).all()) == len(ids)
    for assignee_id in (cast.sales.id, None):  # one of them leaves the list for a moment, and comes back to it
        db.session.execute(update(Customer).where(Customer.id == untouched[0]).values(assignee_id=assignee_id))
        record("customer.assigned", by=cast.owner, customer_id=untouched[0])
        db.session.commit()
        keeping_up.keep_up()
    assert hidden("nobodys") == set(untouched)


def test_who_takes_part_in_one_trial_takes_part_in_no_other_that_would_spoil_it(cast: Cast) -> None:
    ids = a_list(cast, 40)
    enlist(ids[:20], "silent")
    db.session.commit()
    begin(cast, "overdue")
    with pytest.raises(trying.TooFew):
        begin(cast, "silent")
    db.session.rollback()
    enlist(ids[:20], "promises")
    db.session.commit()
    assert begin(cast, "promises", share=50).untouched == 10


@pytest.mark.parametrize(
    ("bought", "worked", "others", "untouched", "words"),
    [
        (56, 70, 48, 80, "The calls brought 20 more in 100, between 5.2 and 33.4: more than chance."),
        (
            23,
            100,
            5,
            40,
            "A difference of +10.5 in 100, between −4.9 and +22: not sure yet. About 390 customers more",
        ),
        (5, 50, 40, 50, "Of those who were worked, 70 fewer in 100 bought"),
    ],
)
def test_known_results(
    owner: Browser, cast: Cast, bought: int, worked: int, others: int, untouched: int, words: str
) -> None:
    now = clock.now()
    trial = Trial(
        list="overdue", share=50, days=90, started_on=clock.today() - 100 * DAY, ends_on=clock.today() - 10 * DAY,
        seed="0" * 32, sealed="0" * 64, state="done", worked=worked, untouched=untouched, worked_bought=bought,
        untouched_bought=others, untouched_called=3, created_at=now, ended_at=now,
    )  # fmt: skip
    db.session.add(trial)
    db.session.commit()
    page = owner.get("/retention/trials/1").text
    assert f"Of {worked} worked, {bought} bought; of {untouched} untouched, {others}." in page
    assert words in page
    assert "3 of the untouched were reached" in page
    assert words in owner.get("/retention/trials").text


def test_ends_once_and_counts_what_came(owner: Browser, cast: Cast, app: Flask) -> None:
    ids = a_list(cast, 50)
    trial = begin(cast, share=20, days=30)
    worked, untouched = groups(trial)
    first, last = trial.started_on, trial.ends_on
    buy(worked[:3] + untouched[:1], first + DAY)
    buy(worked[:2], last)
    buy([worked[4], untouched[4]], last + DAY)
    buy([worked[5], untouched[5]], first)
    touch(untouched[2], trial)
    touch(untouched[3], trial, "no_answer")
    touch(worked[2], trial)
    db.session.execute(update(Customer).where(Customer.id == worked[0]).values(archived_at=clock.now()))
    db.session.commit()
    with time_machine.travel(clock.now() + timedelta(days=30)):
        jobs.end_due()
        assert trial.is_running, "its last day counts to its end"
    with time_machine.travel(clock.now() + timedelta(days=31)):
        jobs.end_due()
        jobs.end_due()
        db.session.refresh(trial)
        counts = (trial.state, trial.worked_bought, trial.untouched_bought, trial.untouched_called)
        assert counts == ("done", 3, 1, 1)
        assert hidden("overdue") == set()
        assert kinds_told() == ["trial.started", "trial.ended"]
        with pytest.raises(NotRunning):
            trying.finish(trial)
        db.session.rollback()
    page = owner.get(f"/retention/trials/{trial.id}").text
    assert trial.seed in page
    csv = owner.get(f"/retention/trials/{trial.id}/export").text
    assert csv.count("untouched") == 10
    assert len(csv.splitlines()) == len(ids) + 1
    assert owner.get(f"/retention/trials/{trial.id}/export?format=xlsx").status_code == 200
    assert "nothing was changed" in owner.get(f"/retention/trials/{trial.id}/check").text
    found = app.test_cli_runner().invoke(args=["trials", "check", str(trial.id), "--json"])
    assert (found.exit_code, json.loads(found.output)["sealed"]) == (0, True)


def test_a_change_behind_its_back_breaks_the_seal(owner: Browser, cast: Cast, app: Flask) -> None:
    a_list(cast, 40)
    trial = begin(cast, days=14)
    worked, untouched = groups(trial)
    db.session.execute(update(Trial).values(state="done", worked_bought=0, untouched_bought=0, untouched_called=0))
    swap = {worked[0]: True, untouched[0]: False}
    for id, there in swap.items():
        db.session.execute(update(TrialMember).where(TrialMember.customer_id == id).values(untouched=there))
    db.session.commit()
    assert "not those that the seed draws" in owner.get(f"/retention/trials/{trial.id}/check", fragment=True).text
    assert app.test_cli_runner().invoke(args=["trials", "check", str(trial.id)]).exit_code == 1
    db.session.execute(update(Trial).values(share=30))
    db.session.commit()
    assert trying.check(db.session.get_one(Trial, trial.id)).sealed is False


def test_nobody_peeks_while_it_runs(owner: Browser, support: Browser, cast: Cast, app: Flask) -> None:
    a_list(cast, 40)
    trial = begin(cast)
    _, untouched = groups(trial)
    buy(untouched, clock.today())
    db.session.commit()
    for browser in (owner, support):
        for page in ("/retention/trials", f"/retention/trials/{trial.id}"):
            text = browser.get(page).text
            assert trial.seed not in text
            assert "Customer " not in text
            assert "bought;" not in text
        assert f"/retention/trials/{trial.id}/export" not in text
        assert browser.get(f"/retention/trials/{trial.id}/check").status_code == 404
    assert owner.get(f"/retention/trials/{trial.id}/export").status_code == 404
    assert owner.get(f"/retention/trials/{trial.id}/export?format=xlsx").status_code == 404
    assert app.test_cli_runner().invoke(args=["trials", "check", str(trial.id)]).exit_code == 1
    assert trial.sealed in owner.get(f"/retention/trials/{trial.id}").text


def test_nobody_changes_it_and_a_stop_has_no_result(owner: Browser, support: Browser, cast: Cast) -> None:
    a_list(cast, 40)
    trial = begin(cast)
    before = (trial.share, trial.ends_on, trial.sealed, groups(trial))
    more = form(50, 14) | {"id": str(trial.id), "seed": "1" * 32, "ends_on": "2026-11-23", "state": "done"}
    second = owner.post("/retention/trials", data=more)
    assert (second.status_code, "running already" in second.text) == (422, True)
    for address in ("", "/change", "/share", "/members", "/end", "/finish"):
        assert owner.post(f"/retention/trials/{trial.id}{address}", data=more).status_code in (404, 405)
    assert support.post(f"/retention/trials/{trial.id}/stop").status_code == 403
    assert support.post("/retention/trials", data=form()).status_code == 403
    db.session.refresh(trial)
    assert (trial.share, trial.ends_on, trial.sealed, groups(trial)) == before
    assert db.session.scalar(select(func.count()).select_from(Trial)) == 1
    for _ in range(2):
        assert owner.post(f"/retention/trials/{trial.id}/stop").status_code == 303
    with time_machine.travel(clock.now() + timedelta(days=100)):
        jobs.end_due()
    db.session.refresh(trial)
    assert (trial.state, trial.worked_bought) == ("stopped", None)
    page = owner.get(f"/retention/trials/{trial.id}").text
    assert "no result" in page
    assert trial.seed not in page
    assert owner.get(f"/retention/trials/{trial.id}/export").status_code == 404
    assert kinds_told() == ["trial.started", "trial.stopped"]


def test_two_at_once_are_one(app: Flask, cast: Cast) -> None:
    a_list(cast, 40)
    owner_id = cast.owner.id
    same, forms = str(uuid4()), [str(uuid4()) for _ in range(3)]

    def start(form_id: str) -> str:
        with app.app_context():
            try:
                by = db.session.get_one(type(cast.owner), owner_id)
                trial = trying.start("overdue", 20, 90, by, form_id)
                db.session.commit()
                return trial.sealed
            except BrokenRule as rule:
                return type(rule).__name__
            finally:
                db.session.remove()

    db.session.rollback()
    with ThreadPoolExecutor(6) as hands:
        found = list(hands.map(start, [same, same, same, *forms]))
    seals = {each for each in found if len(each) == 64}
    assert len(seals) == 1
    assert set(found) <= seals | {"AlreadyRunning"}
    assert db.session.scalar(select(func.count()).select_from(Trial)) == 1
    assert db.session.scalar(select(func.count()).select_from(TrialMember)) == 40


def test_does_not_begin_with_too_few_or_of_a_day_gone_by(owner: Browser, cast: Cast) -> None:
    assert "No trial yet" in owner.get("/retention/trials").text
    a_list(cast, 9)
    assert "Only 9 customers" in owner.get("/retention/trials/new?list=overdue").text
    few = owner.post("/retention/trials", data=form())
    assert (few.status_code, "too few customers" in few.text) == (422, True)
    some_books(clock.today() - 8 * DAY)
    db.session.commit()
    offered = owner.get("/retention/trials/new?list=overdue").text
    assert ("a day gone by" in offered, "Leave 2 customers" in offered) == (True, False)
    old = owner.post("/retention/trials", data=form(50))
    assert (old.status_code, "a day gone by" in old.text) == (422, True)
    for address in ("new", "new?list=everybody", "new?list=overdue'"):
        assert owner.get(f"/retention/trials/{address}").status_code == 404
    assert owner.post("/retention/trials", data=form() | {"list": "x"}).status_code == 404
    assert owner.post("/retention/trials", data=form() | {"share": "1e400"}).status_code == 422
