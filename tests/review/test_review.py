"""The page of a week, and the improvements that are written down on it."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.review.models import Improvement, NotOpen, ReasonMissing, RelayWeek, StillOpen
from portal.review.running import WEEK, monday
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder

DAY = timedelta(days=1)


def a_week(on: date, **numbers: Any) -> None:
    for step in ("marketing", "sales", "service", "repurchase"):
        db.session.add(RelayWeek(week_on=on, step=step, counted_at=clock.now(), **numbers.get(step, {})))


def an_improvement(cast: Cast, week_on: date, text: str = "Call within two days") -> Improvement:
    improvement = Improvement(
        week_on=week_on, step="sales", text=text, user_id=cast.sales.id, due_on=clock.today() + DAY,
        created_at=clock.now(),
    )  # fmt: skip
    db.session.add(improvement)
    db.session.commit()
    return improvement


def better(cast: Cast, **more: Any) -> dict[str, Any]:
    day = (clock.today() + WEEK).isoformat()
    named = {"form_id": str(uuid4()), "step": "sales", "text": "Call within two days", "user_id": cast.sales.id}
    return {**named, "due_on": day, **more}


def kinds() -> list[str]:
    return list(db.session.scalars(select(Event.kind).where(Event.kind.startswith("improvement.")).order_by(Event.id)))


def test_a_week_against_the_one_before(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    now = monday(clock.today())
    for n in range(1, 5):
        a_week(now - n * WEEK, sales={"onward": 7, "back": 3})
    a_week(now, sales={"entries": 12, "onward": 3, "gone": 7, "dropped": 1, "wait_days": 9.0})
    an_improvement(cast, now - WEEK, "From last week")
    an_improvement(cast, now - 5 * WEEK, "Still open")
    long_kept = an_improvement(cast, now - 6 * WEEK, "Long kept")
    long_kept.keep(cast.sales)
    long_kept.settled_on = now - DAY
    an_improvement(cast, now, "From this week")
    with queries as seen:
        page = support.get("/relay/review").get_data(as_text=True)
    assert len(seen) <= 5
    assert "Weakest: sales." in page
    assert (
        "3 of 10 who left it went onward; in the 12 weeks before it was 70\N{NO-BREAK SPACE}%. As usual, 4 more would"
        in page
    )
    assert "before: 7 of 10 70\N{NO-BREAK SPACE}%" in page
    assert "9 days" in page
    assert "7 gone, 1 hand-off not answered" in page
    looked_at, written = page.split("What we shall do better", 1)
    for text in ("From last week", "Still open"):
        assert text in looked_at
    assert "From this week" in written
    assert "Long kept" not in page
    before = support.get(f"/relay/review?week={now - WEEK}").get_data(as_text=True)
    assert "Write it down" not in before
    assert "From last week" in before.split("What we shall do better", 1)[1]


def test_a_week_that_was_not_counted_and_days_that_are_none(support: Browser, stranger: Browser, cast: Cast) -> None:
    now = monday(clock.today())
    a_week(now)
    db.session.commit()
    page = support.get("/relay/review").get_data(as_text=True)
    assert "Too few customers left any step to say which one is weakest: 0 at most in 4 weeks" in page
    assert "has not been counted" in support.get("/relay/review?week=2001-01-01").get_data(as_text=True)
    for wrong in ("2026-13-45", "x", "%00", "0001-01-01", "9999-12-31", (now + DAY).isoformat()):
        assert support.get(f"/relay/review?week={wrong}").location == f"/relay/review?week={now}"
    assert stranger.get("/relay/review").status_code == 303


def test_is_written_down_once_kept_and_opened_again(support: Browser, cast: Cast) -> None:
    a_week(monday(clock.today()))
    db.session.commit()
    form = better(cast, text="Call <b>within</b> two days")
    for _ in range(2):
        assert support.post("/relay/improvements", data=form).status_code == 303
    (improvement,) = db.session.scalars(select(Improvement)).all()
    assert (improvement.week_on, improvement.user_id) == (monday(clock.today()), cast.sales.id)
    assert "Call &lt;b&gt;within&lt;/b&gt;" in support.get("/relay/review").get_data(as_text=True)
    here = f"/relay/improvements/{improvement.id}"
    for _ in range(2):
        assert "Undo" in support.post(f"{here}/keep?place=list", fragment=True).get_data(as_text=True)
    assert support.post(f"{here}/reopen").status_code == 303
    assert kinds() == ["improvement.written", "improvement.kept", "improvement.reopened"]


def test_an_old_one_that_is_kept_stays_until_the_week_is_over(support: Browser, cast: Cast) -> None:
    an_improvement(cast, monday(clock.today()) - 4 * WEEK).keep(cast.sales)
    db.session.commit()
    assert "Call within two days" in support.get("/relay/review").get_data(as_text=True)


def test_is_dropped_with_a_reason(support: Browser, cast: Cast) -> None:
    improvement = an_improvement(cast, monday(clock.today()))
    here = f"/relay/improvements/{improvement.id}"
    assert "Why will it not be done?" in support.get(f"{here}/drop?place=list", fragment=True).get_data(as_text=True)
    assert "Why will it not be done?" in support.get(f"{here}/drop").get_data(as_text=True)
    for fragment in (True, False):
        answer = support.post(f"{here}/drop", data={"reason": " ", "place": "list"}, fragment=fragment)
        assert answer.status_code == 422
    answer = support.post(f"{here}/drop", data={"reason": "No time", "place": "list"}, fragment=True)
    assert "“No time”" in answer.get_data(as_text=True)
    assert support.post(f"{here}/keep?place=list", fragment=True).status_code == 422
    for verb in ("keep", "drop", "reopen"):
        assert support.post(f"/relay/improvements/99/{verb}").status_code == 404
    db.session.refresh(improvement)
    with pytest.raises(NotOpen):
        improvement.keep(cast.support)
    improvement.reopen(cast.support)
    with pytest.raises(StillOpen):
        improvement.reopen(cast.support)
    with pytest.raises(ReasonMissing):
        improvement.drop(cast.support, "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "x" * 301},
        {"text": "a\x00b"},
        {"step": "nobody"},
        {"user_id": "999"},
        {"user_id": ""},
        {"due_on": ""},
        {"due_on": "2020-01-01"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_kept(wrong: dict[str, str], support: Browser, cast: Cast) -> None:
    improvement = an_improvement(cast, monday(clock.today()), "As it was")
    for path in ("/relay/improvements", f"/relay/improvements/{improvement.id}"):
        answer = support.post(path, data=better(cast, **{"text": "My careful words", "version": "1", **wrong}))
        assert answer.status_code == 422
        if "text" not in wrong:
            assert "My careful words" in answer.get_data(as_text=True)
    assert [each.text for each in db.session.scalars(select(Improvement))] == ["As it was"]


def test_two_editors_see_both_texts(support: Browser, cast: Cast) -> None:
    improvement = an_improvement(cast, monday(clock.today()))
    here = f"/relay/improvements/{improvement.id}"
    assert "Call within two days" in support.get(f"{here}/edit").get_data(as_text=True)
    assert support.get("/relay/improvements/99/edit").status_code == 404
    assert support.post("/relay/improvements/99", data=better(cast)).status_code == 404
    assert support.post(here, data=better(cast, text="Theirs", step="service", version="1")).status_code == 303
    answer = support.post(here, data=better(cast, text="Mine", version="1"))
    assert answer.status_code == 409
    assert "Theirs" in answer.get_data(as_text=True)
    assert "Mine" in answer.get_data(as_text=True)
    db.session.refresh(improvement)
    assert (improvement.text, improvement.step, improvement.version) == ("Theirs", "service", 2)
