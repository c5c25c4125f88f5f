"""What an owner opens first: who comes back, the ten lists, and how much to trust them."""

import re
from datetime import timedelta
from typing import Any

import pytest

from portal import clock
from portal.extensions import db
from portal.lists.catalogue import LISTS
from portal.purchases.models import Purchase
from portal.retention.models import Books
from portal.settings.models import Firm
from portal.timeline.models import Event
from portal.trials.models import Trial
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.retention.closed import the_books
from tests.touches import a_customer


def text(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined, no-any-return]


def bought(cast: Cast, *ago: int) -> None:
    customer = a_customer(cast)
    for days in ago:
        on = clock.today() - timedelta(days=days)
        db.session.add(
            Purchase(customer_id=customer.id, purchased_on=on, amount_minor=100, currency="MXN", created_at=clock.now())
        )
    db.session.commit()


def test_in_one_look(owner: Browser, queries: QueryRecorder) -> None:
    the_books()
    with queries as first:
        page = text(owner.get("/retention"))
    assert len(first) <= 6, first.statements
    with queries as seen:
        assert "410 of 800 bought again" in text(owner.get("/retention"))
    assert len(seen) <= 5, seen.statements
    for said in (
        "As of today", "800 customers, 410 of them clients", "51\N{NO-BREAK SPACE}%", "410 of 800 bought again",
        "2.7 points more than 90 days ago", "55 days", "49\N{NO-BREAK SPACE}% of 800 still waiting",
        "78\N{NO-BREAK SPACE}%",
        "3 customers of other currencies left out", "MXN 610,240", "7 in 10 bought within 90 days",
        "it expected 131 purchases", "138 came",
    ):  # fmt: skip
        assert said in page, said
    for each in LISTS:
        assert f'href="/retention/{each.name}"' in page
    assert 'class="s9"' in page
    counted = "Those whom a trial leaves untouched are counted here, and not shown on their lists."
    assert counted not in page
    today = clock.today()
    db.session.add(
        Trial(
            list="silent", share=10, days=30, started_on=today, ends_on=today + timedelta(days=30), seed="", sealed="",
            worked=9, untouched=1, created_at=clock.now(),
        )
    )  # fmt: skip
    db.session.commit()
    with queries as seen:
        assert counted in text(owner.get("/retention"))
    assert len(seen) <= 6, seen.statements


def test_other_users_see_it_and_close_nothing(support: Browser, stranger: Browser) -> None:
    the_books()
    page = text(support.get("/retention"))
    assert "Slipping away" in page
    assert "/retention/books" not in page
    assert support.post("/retention/books", data={"as_of": "today"}).status_code == 403
    for address in ("/retention", "/retention/measures", "/retention/progress", "/retention/economics"):
        assert "/sign-in" in stranger.get(address).location
    assert support.get("/retention/economics").status_code == 403
    assert "Winning against keeping" not in text(support.get("/retention/measures"))


def test_before_there_is_anything(owner: Browser, support: Browser, cast: Cast) -> None:
    assert "No purchases yet" in text(owner.get("/retention"))
    assert owner.get("/retention/measures").location.endswith("/retention")
    bought(cast, 400, 200)
    page = text(owner.get("/retention"))
    assert "have not been closed yet" in page
    assert f'value="{clock.today() - timedelta(days=200)}"' in page
    assert "An owner can have it done" in text(support.get("/retention"))


def test_the_books_are_closed_on_a_day(owner: Browser, cast: Cast, firm: Firm, queries: QueryRecorder) -> None:
    bought(cast, 400, 200)
    day = (clock.today() - timedelta(days=200)).isoformat()
    for _ in range(2):  # a second click is the same act
        answer = owner.post("/retention/books", data={"as_of": day})
        assert (answer.status_code, answer.location) == (303, "/retention")
    books = db.session.query(Books).one()
    assert (books.as_of.isoformat(), books.state, books.asked_by_id) == (day, "waiting", cast.owner.id)
    db.session.refresh(firm)
    assert str(firm.books_on) == day
    assert db.session.query(Event).filter_by(kind="firm.books_closed").one().data == {
        "changes": {"books_on": [None, day]}
    }
    assert "Closing the books of" in text(owner.get("/retention"))
    fragment = text(owner.get("/retention/progress", fragment=True))
    assert 'hx-get="/retention/progress"' in fragment
    assert "<html" not in fragment
    assert owner.get("/retention/progress").location.endswith("/retention")
    books.finish(1.0)
    books.measures, books.lists = {}, {}
    db.session.commit()
    done = owner.get("/retention/progress", fragment=True)
    assert done.headers["HX-Redirect"] == "/retention"
    owner.post("/retention/books", data={"as_of": "today"})
    db.session.refresh(firm)
    assert firm.books_on is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2999-01-01", "has not come yet"),
        ("1997-09-30", r"Nobody had bought by that day: the first purchase was on \d+ \w{3}"),
        ("soon", "That is not a day"),
        ("", "That is not a day"),
        ("2026-02-30", "That is not a day"),
        ("0001-01-01\x00", "That is not a day"),
    ],
)
def test_a_day_that_cannot_be(typed: str, said: str, owner: Browser, cast: Cast, firm: Firm) -> None:
    bought(cast, 10)
    answer = owner.post("/retention/books", data={"as_of": typed})
    assert answer.status_code == 422
    assert re.search(said, text(answer))
    assert 'aria-invalid="true"' in text(answer)
    if typed and "\x00" not in typed:
        assert f'value="{typed}"' in text(answer)
    assert db.session.query(Books).count() == 0
    db.session.refresh(firm)
    assert firm.books_on is None


def test_old_books_say_so_and_failed_ones_too(owner: Browser, firm: Firm) -> None:
    newest = (clock.today() - timedelta(days=90)).isoformat()
    the_books(measures={"newest_on": newest})
    page = text(owner.get("/retention"))
    assert "long before the day of these books" in page
    assert f'name="as_of" value="{newest}"' in page
    failed = Books(as_of=clock.today(), created_at=clock.now())
    failed.fail("the disk is full")
    db.session.add(failed)
    db.session.commit()
    page = text(owner.get("/retention"))
    assert "the disk is full" in page
    assert "Try again" in page
    assert "51\N{NO-BREAK SPACE}%" in page


def test_nobody_has_bought_by_the_day_of_the_books(owner: Browser) -> None:
    second = {"median": None, "still_waiting": 0, "customers": 0, "days": [0], "waiting": [1.0], "low": [1.0],
              "high": [1.0], "watched": [0]}  # fmt: skip
    nothing: dict[str, Any] = {
        "customers": 0, "buyers": 0, "clients": 0, "newest_on": None, "currency": None, "other_currencies": 0,
        "repeat": None, "repeat_before": None, "cohorts": [], "holdout": None, "second": second,
        "revenue": {"months": 12, "clients_minor": 0, "buyers_minor": 0},
    }  # fmt: skip
    the_books(measures=nothing, why="no_customers", method="recency", lists={})
    page = text(owner.get("/retention"))
    assert "nobody has bought yet" in page
    assert "Nobody has bought yet" in text(owner.get("/retention/measures"))
