"""The ledger: ours and theirs, late first, and how many of ours we kept."""

from datetime import timedelta

import pytest

from portal import clock
from portal.commitments import queries as commitments
from portal.commitments.rates import rates_of
from portal.extensions import db
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.touches import a_customer, a_promise

DAY = timedelta(days=1)


def test_late_ones_come_first(support: Browser, cast: Cast) -> None:
    customer, today = a_customer(cast), clock.today()
    a_promise(customer, today + 3 * DAY, "Later on")
    a_promise(customer, today - 3 * DAY, "Long late")
    a_promise(customer, today - DAY, "They are late", side="theirs")
    db.session.commit()
    text = support.get("/commitments").get_data(as_text=True)
    places = [text.index(words) for words in ("Long late", "They are late", "Later on")]
    assert places == sorted(places)
    assert "Promise due in 3 days" in text
    assert "Long late" not in support.get("/commitments?side=theirs").get_data(as_text=True)
    assert "They are late" not in support.get("/commitments?side=ours").get_data(as_text=True)


def test_filters_by_state_and_person(support: Browser, cast: Cast) -> None:
    customer, today = a_customer(cast), clock.today()
    a_promise(customer, today, "Done as promised").keep(cast.support)
    a_promise(customer, today, "Somebody else's", assignee=cast.sales)
    db.session.commit()
    mine = support.get("/commitments").get_data(as_text=True)
    assert "Done as promised" not in mine
    assert "Somebody else&#39;s" not in mine
    assert "Somebody else&#39;s" in support.get("/commitments?whose=everybody").get_data(as_text=True)
    assert "Done as promised" in support.get("/commitments?state=kept").get_data(as_text=True)
    hostile = support.get("/commitments?whose=%27&side=--&state=%00&after=%25").get_data(as_text=True)
    assert "No promise is waiting" in hostile


@pytest.mark.parametrize("state", ["open", "kept"])
def test_pages_by_key(state: str, support: Browser, cast: Cast) -> None:
    customer, today = a_customer(cast), clock.today()
    for n in range(60):
        promise = a_promise(customer, today + n % 4 * DAY, f"promise number {n}.", side=("ours", "theirs")[n % 2])
        if state == "kept":
            promise.keep(cast.support)
            promise.settled_on = today - n % 4 * DAY
    db.session.commit()
    path, seen = f"/commitments?state={state}", []
    while path:
        text = support.get(path).get_data(as_text=True)
        seen += [n for n in range(60) if f"promise number {n}." in text]
        path = text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in text else ""
    assert sorted(seen) == list(range(60))


def test_says_how_many_were_kept(support: Browser, cast: Cast) -> None:
    customer, today = a_customer(cast), clock.today()
    for n in range(4):
        promise = a_promise(customer, today, f"promise {n}")
        promise.keep(cast.support) if n else promise.break_(cast.support)
    a_promise(customer, today, "theirs", side="theirs").keep(cast.support)
    a_promise(customer, today, "withdrawn").withdraw(cast.support, "no")
    db.session.commit()
    assert "3 of our last 4 promises kept (75 %, probably 30 to 95 %), as we say it" in support.get(
        "/commitments"
    ).get_data(as_text=True)
    assert commitments.kept_rate((cast.support.id,)) == rates_of(3, 4, 0, 0)
    assert commitments.kept_rate((cast.sales.id,)) == rates_of(0, 0, 0, 0)
    assert commitments.kept_rate() == rates_of(3, 4, 0, 0)
    assert commitments.kept_rate_of(customer.id) == (3, 4)


@pytest.mark.parametrize("whose", ["mine", "team", "everybody"])
def test_costs_few_queries(whose: str, support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    for n in range(30):
        a_promise(a_customer(cast, f"Customer {n}"), clock.today(), f"promise {n}")
    db.session.commit()
    with queries as seen:
        assert support.get(f"/commitments?whose={whose}").status_code == 200
    assert len(seen) <= 4


def test_one_promise_has_a_page(support: Browser, cast: Cast) -> None:
    promise = a_promise(a_customer(cast), clock.today())
    db.session.commit()
    text = support.get(f"/commitments/{promise.id}").get_data(as_text=True)
    for name in ("Keep", "Renegotiate", "Withdraw", "Broken"):
        assert name in text
    assert support.get("/commitments/99").status_code == 404


def test_sides_and_whose_are_pills_of_their_own(owner: Browser) -> None:
    page = owner.get("/commitments").text
    groups = [group for group in page.split('<ul class="pills">')[1:] if "side=" in group or "whose=" in group]
    words = [[word in group.split("</ul>")[0] for word in ("Theirs", "Mine", "Withdrawn")] for group in groups]
    assert words == [[True, False, False], [False, True, False], [False, False, True]]
