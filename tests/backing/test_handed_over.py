"""What became of the customers that a seller handed over, and what the seller is credited with."""

from datetime import date, timedelta
from typing import Any

from portal import clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.purchases import ledger
from portal.relay.models import HandOff, Holding
from portal.users.models import User
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.touches import a_customer, a_promise

DAY = timedelta(days=1)


def hand_over(customer: Customer, by: User, to: User, on: date | None = None) -> None:
    """By a hand-off that is accepted, on that day."""
    on = on or clock.today()
    db.session.add(Holding(customer_id=customer.id, leg="sales", user_id=by.id, from_on=on))
    hand_off = HandOff(
        customer_id=customer.id, from_leg="sales", from_user_id=by.id, to_leg="service", state="accepted",
        offered_on=on, due_on=on, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(hand_off)
    db.session.flush()
    customer.assignee_id = by.id
    with clock.as_of(clock.start_of(on) + timedelta(hours=12)):
        customer.pass_on(to, hand_off)
    db.session.flush()


def buy(customer: Customer, on: date, minor: int = 100_000, currency: str = "MXN") -> Any:
    return ledger.record(customer_id=customer.id, on=on, amount_minor=minor, currency=currency, by=None)


def test_says_how_they_fare_and_credits_each_repurchase(browser_of: Any, cast: Cast, queries: QueryRecorder) -> None:
    customer, today = a_customer(cast), clock.today()
    hand_over(customer, cast.sales, cast.support, today - 70 * DAY)
    a_promise(customer, today - DAY)
    a_promise(customer, today).keep(cast.support)
    buy(customer, today - 70 * DAY, 9_000_000)  # on the day itself: not a repurchase
    buy(customer, today - 60 * DAY)
    buy(customer, today - 60 * DAY)
    buy(customer, today, 250_000)
    buy(customer, today, 5_000, "USD")
    ledger.void(buy(customer, today - 50 * DAY), by=cast.sales)
    db.session.commit()
    sales = browser_of(cast.sales)
    with queries as seen:
        page = sales.get("/relay/handed-over").get_data(as_text=True)
    assert len(seen) <= 4
    for words in ("Hotel Sierra Azul", "Lucía Support", "1 kept", "1 late", "MXN 4,500", "USD 50.00"):
        assert words in page
    assert "MXN 2,500" in page.split("<table")[0]  # this month
    assert "MXN 90,000" not in page
    assert "3 purchase days" in page  # one in MXN two months ago, and today in two currencies
    other = a_customer(cast, "Nobody's")
    hand_over(other, cast.sales, cast.support)
    other.assign(None, by=cast.owner)
    other.archive(by=cast.owner)
    db.session.commit()
    page = browser_of(cast.sales).get("/relay/handed-over").get_data(as_text=True)
    assert page.index("Nobody&#39;s") < page.index("Hotel Sierra Azul")
    assert "archived" in page


def test_one_promise_is_one_in_spanish(browser_of: Any, cast: Cast) -> None:
    customer, today = a_customer(cast), clock.today()
    hand_over(customer, cast.sales, cast.support, today - 70 * DAY)
    a_promise(customer, today - DAY)
    a_promise(customer, today).keep(cast.support)
    cast.sales.locale = "es"
    db.session.commit()
    page = browser_of(cast.sales).get("/relay/handed-over").get_data(as_text=True)
    for words in ("1 cumplida<", "1 atrasada<"):
        assert words in page


def test_a_customer_handed_over_twice_counts_since_the_last_time(browser_of: Any, cast: Cast) -> None:
    customer, today = a_customer(cast), clock.today()
    for days in (60, 20):
        hand_over(customer, cast.sales, cast.support, today - days * DAY)
        customer.pass_on(None)
    buy(customer, today - 40 * DAY, 700_000)
    buy(customer, today - 10 * DAY, 200_000)
    db.session.commit()
    page = browser_of(cast.sales).get("/relay/handed-over").get_data(as_text=True)
    assert page.count("Hotel Sierra Azul") == 1
    assert "MXN 2,000" in page
    assert "MXN 9,000" not in page


def test_each_sees_their_own_and_owners_everybodys(
    browser_of: Any, owner: Browser, stranger: Browser, cast: Cast
) -> None:
    hand_over(a_customer(cast), cast.sales, cast.support)
    db.session.commit()
    path = "/relay/handed-over"
    assert "Nobody handed over yet" in browser_of(cast.support).get(path).get_data(as_text=True)
    assert browser_of(cast.support).get(f"{path}?user={cast.sales.id}").status_code == 403
    assert browser_of(cast.sales).get(f"{path}?user={cast.sales.id}").status_code == 200
    page = owner.get(path).get_data(as_text=True)
    assert "Nobody handed over yet" in page
    assert "Saúl Sales" in page
    assert "Hotel Sierra Azul" in owner.get(f"{path}?user={cast.sales.id}").get_data(as_text=True)
    assert owner.get(f"{path}?user=9e9&after=%25").status_code == 200
    assert stranger.get(path).status_code == 303


def test_pages_by_key(browser_of: Any, cast: Cast) -> None:
    for n in range(60):
        hand_over(a_customer(cast, f"customer number {n}."), cast.sales, cast.support, clock.today() - n % 7 * DAY)
    db.session.commit()
    sales, path, seen = browser_of(cast.sales), "/relay/handed-over", []
    while path:
        text = sales.get(path).get_data(as_text=True)
        seen += [n for n in range(60) if f"customer number {n}." in text]
        path = text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in text else ""
    assert sorted(seen) == list(range(60))
