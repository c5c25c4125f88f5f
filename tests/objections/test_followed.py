"""What followed: purchases and kept promises of the same customer, soon enough, each number with its customers."""

from datetime import date, timedelta
from typing import Any

from portal import clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.objections import queries
from portal.purchases.models import Purchase
from tests.browser import Browser
from tests.cast import Cast
from tests.objections.library import an_objection, answers_to, heard_from
from tests.touches import a_customer, a_promise

DAY = timedelta(days=1)


def bought(customer: Customer, on: date, **more: Any) -> None:
    db.session.add(
        Purchase(
            customer_id=customer.id, purchased_on=on, amount_minor=1, currency="MXN", created_at=clock.now(), **more
        )
    )


def kept(customer: Customer, on: date) -> None:
    promise = a_promise(customer, on)
    promise.state, promise.settled_on = "kept", on


def test_what_followed_is_counted_by_answer(owner: Browser, cast: Cast) -> None:
    objection, today = an_objection(cast, "Too dear", "Years", "Parts"), clock.today()
    years, parts = answers_to(objection)
    names = ("Bought", "Kept", "Both late", "Before", "Voided", "Waiting", "Taken back", "Long ago", "Other")
    who = {name: a_customer(cast, name) for name in names}
    then = today - 100 * DAY
    for name in names[:5]:
        heard_from(who[name], then, objection, years)
    heard_from(who["Waiting"], today - 3 * DAY, objection)
    heard_from(who["Taken back"], then, objection, parts, undone_at=clock.now())
    heard_from(who["Long ago"], today - 366 * DAY, objection, parts)
    heard_from(who["Other"], then, an_objection(cast, "No room"))
    bought(who["Bought"], then + 60 * DAY)
    kept(who["Bought"], then + 59 * DAY)
    kept(who["Kept"], then)
    bought(who["Both late"], then + 61 * DAY)
    kept(who["Both late"], then + 61 * DAY)
    bought(who["Before"], then - DAY)
    bought(who["Voided"], then + DAY, voided_at=clock.now())
    bought(who["Long ago"], today - 365 * DAY)
    db.session.commit()
    found = queries.tallies([objection.id])
    assert set(found) == {(objection.id, years.id), (objection.id, None)}
    first, own = found[objection.id, years.id], found[objection.id, None]
    assert (first.rate.kept, first.rate.n, first.waiting) == (2, 5, 0)
    assert (own.rate.kept, own.rate.n, own.waiting) == (0, 1, 1)

    here = f"/settings/objections/{objection.id}"
    page = owner.get(here).text
    assert ">6 times</a>" in page
    assert ">2 of 6 followed</a> (33 %, probably 10 to 70 %; 1 may still follow)" in page
    assert f'href="{here}/heard?followed=1&amp;answer={years.id}">2 of 5 followed</a>' in page
    assert "33 %, probably 10 to 70 %" in owner.get("/settings/objections").text
    everybody = owner.get(f"{here}/heard").text
    assert 'data-label="Answer">–</td>' in everybody, "on a phone a stroke says what is missing"
    assert all(name in everybody for name in names[:6])
    assert not any(name in everybody for name in names[6:])
    followed = owner.get(f"{here}/heard?followed=1&answer={years.id}").text
    assert "promise kept on" in followed
    assert "bought on" in followed
    assert [name for name in names if name in followed] == ["Bought", "Kept"]
    assert "Waiting" in owner.get(f"{here}/heard?answer=0").text
    assert "Bought" not in owner.get(f"{here}/heard?answer=0").text
    assert "Nobody" in owner.get(f"{here}/heard?answer={parts.id}").text
    for odd in ("answer=x", "answer=" + "9" * 30, "followed=%00", "after=%25"):
        assert owner.get(f"{here}/heard?{odd}").status_code == 200
    assert owner.get("/settings/objections/99/heard").status_code == 404


def test_customers_behind_a_number_come_page_by_page(owner: Browser, cast: Cast) -> None:
    objection, customer = an_objection(cast), a_customer(cast)
    for number in range(60):
        heard_from(customer, clock.today() - (number // 2) * DAY, objection)
    bought(customer, clock.today())
    db.session.commit()
    here = f"/settings/objections/{objection.id}/heard?followed=1"
    first = owner.get(here).text
    assert first.count("<tr data-row>") == 50
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert owner.get(following).text.count("<tr data-row>") == 10
