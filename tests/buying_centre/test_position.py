"""Where our firm stands at a customer: said, kept with its history, taken back."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from portal import clock
from portal.buying_centre.models import Position
from portal.customers.models import Customer
from portal.extensions import db
from tests.browser import Browser
from tests.buying_centre.there import DAY
from tests.cast import Cast
from tests.customers.known import HOSTILE, again, event, kinds
from tests.touches import a_customer


@pytest.fixture
def hotel(cast: Cast) -> Customer:
    customer = a_customer(cast)
    db.session.commit()
    return customer


def said(since_on: date | None = None, **more: Any) -> dict[str, Any]:
    day = (since_on or clock.today()).isoformat()
    return {"form_id": str(uuid4()), "position": "preferred", "share_percent": "60", "since_on": day, **more}


def test_says_it_in_place_and_shows_it_everywhere(support: Browser, hotel: Customer) -> None:
    path, form = f"/customers/{hotel.id}/centre/position", said(note="Their frame contract")
    for fragment in (False, True):
        assert "Our share" in support.get(path, fragment=fragment).get_data(as_text=True)
    page = support.post(path, data=form, fragment=True).get_data(as_text=True)
    assert '<li aria-current="step">preferred supplier <small>since' in page
    for words in ("<b>60\xa0%</b>", "Their frame contract", "Lucía Support says so", "Take back"):
        assert words in page, words
    assert support.post(path, data=form).location == f"/customers/{hotel.id}/centre"  # sent twice, said once
    assert db.session.query(Position).count() == 1
    assert (again(hotel).position, again(hotel).share_percent) == ("preferred", 60)
    assert event("position.said").data == {"position": "preferred", "share": 60, "note": "Their frame contract"}
    page = support.get(f"/customers/{hotel.id}").get_data(as_text=True)
    assert page.count("preferred supplier · 60 % of their purchases") == 2  # at the head and in the story


def test_the_form_begins_with_what_is_known(support: Browser, hotel: Customer) -> None:
    path = f"/customers/{hotel.id}/centre/position"
    assert 'value="supplying" checked' in support.get(path, fragment=True).text  # they have bought
    hotel.status, hotel.purchase_days = "prospect", 0
    db.session.commit()
    assert 'value="prospect" checked' in support.get(path, fragment=True).text
    support.post(path, data=said(position="listed"))
    assert 'value="listed" checked' in support.get(path, fragment=True).text


def test_the_word_of_the_latest_day_stands_until_it_is_taken_back(support: Browser, hotel: Customer) -> None:
    path, today = f"/customers/{hotel.id}/centre", clock.today()
    support.post(f"{path}/position", data=said(today - 9 * DAY))
    earlier = said(today - 400 * DAY, seen=1, position="listed", share_percent="")
    assert support.post(f"{path}/position", data={**earlier, "seen": 1}).status_code == 303
    assert again(hotel).position == "preferred"
    support.post(f"{path}/position", data=said(seen=1, position="strategic_partner", share_percent=""))
    assert (again(hotel).position, again(hotel).share_percent) == ("strategic_partner", None)
    assert "Nobody knows our share" in support.get(path).get_data(as_text=True)
    for _ in range(2):
        page = support.post(f"{path}/positions/3/take-back", fragment=True).get_data(as_text=True)
        assert "taken back" in page
    assert (again(hotel).position, again(hotel).share_percent) == ("preferred", 60)
    assert kinds(hotel.id) == ["position.said"] * 3 + ["position.taken_back"]
    for number in (1, 2):
        support.post(f"{path}/positions/{number}/take-back")
    assert (again(hotel).position, again(hotel).share_percent) == ("", None)


def test_whoever_spoke_meanwhile_is_heard(support: Browser, owner: Browser, hotel: Customer) -> None:
    path = f"/customers/{hotel.id}/centre/position"
    owner.post(path, data=said())
    form = said(position="listed", share_percent="10")
    for fragment in (False, True):
        answer = support.post(path, data=form, fragment=fragment)
        assert answer.status_code == 409
        assert '<td class="wrap">10</td><td class="wrap">60</td>' in answer.get_data(as_text=True)
    assert again(hotel).position == "preferred"
    assert support.post(path, data={**form, "seen": 1}).status_code == 303
    assert again(hotel).position == "listed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"position": "king"}, {"share_percent": "101"}, {"share_percent": "-1"}, {"share_percent": "NaN"},
        {"since_on": "9999-12-31"}, {"since_on": "2026-02-30"}, {"since_on": "0026-11-20"},
        {"note": "x" * 301}, {"note": "\x00"},
    ],
)  # fmt: skip
def test_bad_input_is_told(wrong: dict[str, str], support: Browser, hotel: Customer) -> None:
    for fragment in (False, True):
        answer = support.post(f"/customers/{hotel.id}/centre/position", data={**said(), **wrong}, fragment=fragment)
        assert answer.status_code == 422
        assert "field-error" in answer.get_data(as_text=True)
    assert kinds(hotel.id) == []


def test_what_is_anothers_archived_or_hostile(support: Browser, stranger: Browser, hotel: Customer, cast: Cast) -> None:
    other = a_customer(cast, "Other")
    db.session.commit()
    path = f"/customers/{hotel.id}/centre"
    support.post(f"{path}/position", data=said(note=HOSTILE))
    for page in (path, f"/customers/{hotel.id}"):
        assert "<script>alert" not in support.get(page).get_data(as_text=True)
    assert support.post(f"/customers/{other.id}/centre/positions/1/take-back").status_code == 404
    assert support.post("/customers/99/centre/position", data=said()).status_code == 404
    for where in ("position", "positions/1/take-back"):
        assert stranger.post(f"{path}/{where}", data=said()).location.startswith("/sign-in")
    again(hotel).archive(cast.sales)
    db.session.commit()
    assert support.post(f"{path}/position", data=said(seen=1, position="listed")).status_code == 422
    support.post(f"{path}/positions/1/take-back")
    assert again(hotel).position == "preferred"


def test_stands_since_the_first_of_the_words_that_say_so(support: Browser, hotel: Customer) -> None:
    path, today = f"/customers/{hotel.id}/centre", clock.today()
    for seen, (position, days) in enumerate(
        (("preferred", 500), ("listed", 300), ("preferred", 200), ("preferred", 9))
    ):
        support.post(f"{path}/position", data=said(today - days * DAY, seen=seen or "", position=position))
    ladder = support.get(path).get_data(as_text=True).split("<ol")[1].split("</ol>")[0]
    assert ladder.count("<time") == 1
    assert f'datetime="{(today - 200 * DAY).isoformat()}"' in ladder
