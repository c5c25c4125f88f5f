"""The ledger in the browser: seen, narrowed, written down, corrected, voided, exported."""

from datetime import date, timedelta

from sqlalchemy import func, select

from portal import clock
from portal.extensions import db
from portal.purchases import ledger
from portal.purchases.models import Purchase
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.touches import a_customer


def sold(cast: Cast, customer_id: int, days_ago: int = 0, amount: int = 1000, number: str = "") -> Purchase:
    purchase = ledger.record(
        customer_id=customer_id, on=clock.today() - timedelta(days=days_ago), amount_minor=amount, currency="MXN",
        by=cast.sales, number=number,
    )  # fmt: skip
    db.session.commit()
    return purchase


def typed(**more: object) -> dict[str, object]:
    return {
        "purchased_on": "2026-03-04", "amount": "1,234.50", "currency": "mxn", "number": "A-1", "description": "Silla",
    } | more  # fmt: skip


def purchases() -> list[Purchase]:
    db.session.rollback()
    return list(db.session.scalars(select(Purchase).order_by(Purchase.id)))


def test_the_ledger_is_shown_the_newest_first(owner: Browser, cast: Cast, queries: QueryRecorder) -> None:
    assert "No purchases yet" in owner.get("/purchases").get_data(as_text=True)
    one, other = a_customer(cast), a_customer(cast, "Notaría 32")
    for number in range(60):
        sold(cast, (one, other)[number % 2].id, days_ago=number, number=f"N{number}.")
    with queries as seen:
        page = owner.get("/purchases").get_data(as_text=True)
    assert len(seen) <= 6
    assert page.index("N0.") < page.index("N49.")
    assert "N50." not in page
    after = page.split("after=")[1].split('"')[0]
    rest = owner.get(f"/purchases?after={after}").get_data(as_text=True)
    assert "N50." in rest
    assert "N49." not in rest
    assert "N1." not in owner.get(f"/purchases?customer={one.id}").get_data(as_text=True)
    named = owner.get("/purchases?q=notaria", fragment=True).get_data(as_text=True)
    assert "N1." in named
    assert "N0." not in named
    day = (clock.today() - timedelta(days=5)).isoformat()
    between = owner.get(f"/purchases?since={day}&until={day}").get_data(as_text=True)
    assert "N5." in between
    assert "N4." not in between
    assert "N6." not in between
    for odd in (
        "customer=x&since=2026-02-30",
        "after=%00",
        "q=%25_",
        "until=9999-99-99",
        "customer=99999999999999999999",
    ):
        assert owner.get(f"/purchases?{odd}").status_code == 200


def test_a_purchase_is_written_down(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    page = support.get(f"/purchases/new?customer={customer.id}").get_data(as_text=True)
    assert "New purchase of Hotel Sierra Azul" in page
    answer = support.post("/purchases", data=typed(customer_id=customer.id))
    assert answer.location == f"/customers/{customer.id}"
    (purchase,) = purchases()
    assert (purchase.purchased_on, purchase.amount_minor, purchase.currency) == (date(2026, 3, 4), 123450, "MXN")
    db.session.refresh(customer)
    assert customer.purchase_days == 1
    assert "Purchase written down." in support.get(answer.location).get_data(as_text=True)


def test_the_customer_is_found_by_what_is_typed(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    other = a_customer(cast, "Hotel Sol")
    other.email = "hotel@sol.example"
    other.index_words([])
    db.session.commit()
    answer = support.post("/purchases", data=typed(customer="hotel"))
    assert answer.status_code == 422
    assert f'name="customer_id" value="{other.id}"' in answer.get_data(as_text=True)
    assert '<legend class="visually-hidden">Who of these?' in answer.get_data(as_text=True), "asked once, as an error"
    assert support.post("/purchases", data=typed(customer="nobody at all")).status_code == 422
    assert support.post("/purchases", data=typed(customer="")).status_code == 422
    assert support.post("/purchases", data=typed(customer="hotel", customer_id=other.id)).status_code == 303
    assert support.post("/purchases", data=typed(customer="sierra")).status_code == 303
    assert [purchase.customer_id for purchase in purchases()] == [other.id, customer.id]


def test_a_form_sent_twice_is_one_purchase(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    form = typed(customer_id=customer.id, form_id="0b8f8f0e-3f5e-4d4e-9d3a-0e8f8f0e3f5e")
    assert support.post("/purchases", data=form).location == support.post("/purchases", data=form).location
    assert len(purchases()) == 1


def test_bad_input_is_said_and_kept(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    db.session.commit()
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    for bad in (
        {"amount": "NaN"}, {"amount": "1e400"}, {"amount": "0.005"}, {"amount": ""}, {"amount": "-5"},
        {"amount": "USD 5"}, {"amount": "15.5", "currency": "JPY"}, {"currency": "QQQ"}, {"currency": ""},
        {"purchased_on": "2026-02-30"}, {"purchased_on": tomorrow}, {"purchased_on": "0001-01-01"},
        {"purchased_on": ""}, {"number": "x" * 81}, {"customer_id": "0"}, {"customer_id": "٣"},
    ):  # fmt: skip
        answer = support.post("/purchases", data=typed(customer_id=customer.id) | bad)
        assert answer.status_code == 422, bad
        assert 'value="Silla"' in answer.get_data(as_text=True)
    assert purchases() == []
    assert support.post("/purchases", data=typed(customer_id=customer.id, amount="1.234,56")).status_code == 303
    assert purchases()[0].amount_minor == 123456


def test_an_archived_customer_buys_nothing(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    customer.archive(cast.owner)
    db.session.commit()
    assert support.post("/purchases", data=typed(customer_id=customer.id)).status_code == 422
    assert purchases() == []


def test_correcting_asks_for_the_version_that_was_seen(support: Browser, owner: Browser, cast: Cast) -> None:
    purchase = sold(cast, a_customer(cast).id)
    assert 'value="10.00"' in support.get(f"/purchases/{purchase.id}/edit").get_data(as_text=True)
    assert support.post(f"/purchases/{purchase.id}", data=typed(version=1, amount="20")).status_code == 303
    stale = owner.post(f"/purchases/{purchase.id}", data=typed(version=1, amount="30"))
    assert stale.status_code == 409
    text = stale.get_data(as_text=True)
    assert "20.00" in text
    assert 'value="30"' in text
    assert purchases()[0].amount_minor == 2000
    assert owner.post(f"/purchases/{purchase.id}", data=typed(version=2, amount="30")).status_code == 303
    assert owner.post(f"/purchases/{purchase.id}", data=typed(version=3, amount="x")).status_code == 422
    assert purchases()[0].amount_minor == 3000


def test_voiding_and_restoring(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    purchase = sold(cast, customer.id)
    for _ in range(2):
        assert support.post(f"/purchases/{purchase.id}/void", data={"reason": "twice"}).status_code == 303
    assert "voided" in support.get("/purchases").get_data(as_text=True)
    page = support.get(f"/purchases/{purchase.id}/edit").get_data(as_text=True)
    assert f"/purchases/{purchase.id}/restore" in page
    assert support.post(f"/purchases/{purchase.id}", data=typed(version=2)).status_code == 409
    db.session.refresh(customer)
    assert customer.purchase_days == 0
    support.post(f"/purchases/{purchase.id}/restore")
    db.session.refresh(customer)
    assert customer.purchase_days == 1
    assert support.post("/purchases/999/void").status_code == 404


def test_the_ledger_as_a_file(owner: Browser, cast: Cast) -> None:
    customer = a_customer(cast, "=cmd|' /C calc'!A0")
    sold(cast, customer.id, amount=123450, number="-7")
    purchase = sold(cast, customer.id, days_ago=1)
    ledger.void(purchase, by=cast.sales)
    db.session.commit()
    lines = owner.get("/purchases/export?format=csv").get_data(as_text=True).removeprefix("\ufeff").splitlines()
    assert lines[0] == "Date,Customer,Amount,Currency,Number,What was bought,Voided"
    assert lines[1] == f"{clock.today()},'=cmd|' /C calc'!A0,1234.50,MXN,'-7,,"
    assert lines[2].endswith("voided")
    assert owner.get("/purchases/export?format=xlsx").data[:2] == b"PK"
    assert db.session.scalar(select(func.count()).select_from(Purchase)) == 2
