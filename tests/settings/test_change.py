"""What the firm decides for itself."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from portal import clock, schedule
from portal.extensions import db, huey
from portal.follow_ups.models import FollowUp
from portal.follow_ups.queries import out_of_step
from portal.jobs import run_waiting
from portal.settings.accent import checked, contrast
from portal.settings.models import Firm
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.sample import make_sample

FORM = {
    "version": "1",
    "name": "Muebles Montaña",
    "accent": "#2b5793",
    "locale": "en",
    "time_zone": "America/Monterrey",
    "currency": "USD",
    "region": "US",
    "touch_every_days": "60",
    "ask_at_most": "2",
    "ask_within_days": "30",
    "remind_after_days": "4",
    "answer_within_days": "30",
    "recover_within_days": "2",
    "silent_after_days": "60",
    "ledger_days": "90",
    "hand_off_days": "2",
    "goal": "",
    "goal_clients": "0",
    "goal_period": "quarter",
    "digest_hour": "7",
    "digest_days": "5",
    "privacy": "",
    "reassure_after_days": "5",
}


def stored() -> Firm:
    """The firm as stored."""
    db.session.expire_all()
    return db.session.scalars(select(Firm)).one()


def test_shows_what_is_decided(owner: Browser, queries: QueryRecorder) -> None:
    with queries as seen:
        page = owner.get("/settings").get_data(as_text=True)
    assert len(seen) <= 2
    assert 'type="color" value="#0b6e62"' in page or 'value="#0b6e62"' in page
    assert '<option selected value="MX">Mexico</option>' in page


def test_only_owners(support: Browser, stranger: Browser) -> None:
    assert support.get("/settings").status_code == 403
    assert support.post("/settings", data=FORM).status_code == 403
    assert stranger.post("/settings", data=FORM).location == "/sign-in"
    assert stored().version == 1


def test_changes_and_writes_down_what(owner: Browser, cast: Cast) -> None:
    assert owner.post("/settings", data={**FORM, "created_at": "x", "id": "7"}).location == "/settings"
    firm = stored()
    assert (firm.accent, firm.currency, firm.touch_every_days, firm.version) == ("#2b5793", "USD", 60, 2)
    event = db.session.scalars(select(Event).where(Event.kind == "firm.changed")).one()
    assert event.user_id == cast.owner.id
    assert event.data["changes"]["currency"] == ["MXN", "USD"]
    assert "name" not in event.data["changes"]
    assert "--accent:#2b5793" in owner.get("/settings/accent.css").get_data(as_text=True)


def test_saving_without_a_change_writes_nothing(owner: Browser) -> None:
    owner.post("/settings", data=FORM)
    owner.post("/settings", data={**FORM, "version": "2"})
    assert stored().version == 2
    assert len(db.session.scalars(select(Event).where(Event.kind == "firm.changed")).all()) == 1


def test_the_second_editor_is_told_and_sees_both(owner: Browser, cast: Cast) -> None:
    owner.post("/settings", data={**FORM, "name": "First"})
    answer = owner.post("/settings", data={**FORM, "name": "Second", "currency": "EUR"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="Second"' in page
    assert "Saved meanwhile: First" in page
    assert "Saved meanwhile: USD – US Dollar" in page
    assert stored().name == "First"
    assert owner.post("/settings", data={**FORM, "name": "Second", "version": "2"}).status_code == 303
    assert stored().name == "Second"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a\x00b"},
        {"name": "x" * 121},
        {"accent": "#ffff00"},
        {"accent": "red"},
        {"accent": "#12345;"},
        {"time_zone": "Mars/Olympus"},
        {"currency": "XXX"},
        {"region": "ZZ"},
        {"locale": "fr"},
        {"touch_every_days": "0"},
        {"touch_every_days": "1e400"},
        {"ledger_days": "\x08"},
        {"touch_every_days": "9" * 5000},
        {"reassure_after_days": "-1"},
        {"reassure_after_days": ""},
    ],
)
def test_bad_input_is_refused_and_kept(wrong: dict[str, str], owner: Browser) -> None:
    answer = owner.post("/settings", data={**FORM, "name": "Typed", **wrong})
    assert answer.status_code == 422
    assert ("Typed" in answer.get_data(as_text=True)) != ("name" in wrong)
    assert stored().version == 1


def test_a_pale_colour_is_refused_in_words(owner: Browser) -> None:
    assert "too pale" in owner.post("/settings", data={**FORM, "accent": "#ffe08a"}).get_data(as_text=True)


def test_accepted_colours_can_be_read() -> None:
    for colour in ("#0b6e62", "#7A1F1F", "#000000", "#2b5793"):
        assert contrast(checked(colour), "#ffffff") >= 4.5


def test_another_rhythm_moves_the_next_touches(owner: Browser, cast: Cast) -> None:
    planned, idle = make_sample(cast)
    db.session.execute(delete(FollowUp).where(FollowUp.customer_id == idle.id, FollowUp.done_on.is_(None)))
    db.session.commit()
    owner.post("/settings", data={**FORM, "touch_every_days": "10"})
    run_waiting()
    db.session.expire_all()
    assert idle.last_touch_on is not None
    assert idle.next_touch_on == idle.last_touch_on + timedelta(days=10)
    assert planned.next_touch_on == clock.today()
    assert owner.post("/settings", data={**FORM, "touch_every_days": "10", "version": "2"}).status_code == 303
    assert run_waiting() == 0


def test_another_rhythm_reaches_everybody_although_its_job_was_lost(owner: Browser, cast: Cast) -> None:
    planned, idle = make_sample(cast)
    db.session.execute(delete(FollowUp).where(FollowUp.customer_id == idle.id, FollowUp.done_on.is_(None)))
    db.session.commit()
    owner.post("/settings", data={**FORM, "touch_every_days": "10"})
    huey.storage.flush_queue()
    assert out_of_step(0, 10) == [idle.id]
    db.session.rollback()
    schedule.keep_rhythm.call_local()
    db.session.expire_all()
    assert idle.last_touch_on is not None
    assert idle.next_touch_on == idle.last_touch_on + timedelta(days=10)
    assert planned.next_touch_on == clock.today()
    assert out_of_step(0, 10) == []
