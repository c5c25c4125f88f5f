"""The room of a customer's buying centre: who, how they see us, who of us talks to whom, and what stands out."""

from portal import clock
from portal.extensions import db
from tests.browser import Browser
from tests.buying_centre.there import DAY, there, touched
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.touches import a_contact


def page_of(browser: Browser, id: int, *, fragment: bool = False) -> str:
    answer = browser.get(f"/customers/{id}/centre", fragment=fragment)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_shows_who_talks_to_whom_and_what_is_missing(support: Browser, cast: Cast) -> None:
    customer, ana, jorge = there(cast)
    cast.support.level = "operations"
    ana.place(cast.sales, roles=["user", "gatekeeper"], level="operations", stance="sceptic")
    jorge.place(cast.sales, roles=["decider"], level="board", stance="")
    for days in (40, 30, 20):
        touched(ana, cast.support, days)
    touched(jorge, cast.support, 3, "no_answer")
    db.session.commit()
    for fragment in (False, True):
        page = page_of(support, customer.id, fragment=fragment)
        for said in (
            "Jorge Salas decides, and nobody of us has reached them yet.", "Ana Robles has been a sceptic since",
            "3 in a year", "Everything runs through Ana Robles", "Only Lucía Support speaks with them", "20 days ago",
            "Roles that nobody fills, as far as we know: initiator, influencer, approver, buyer.", "user, gatekeeper",
            "Nobody has said yet where we stand with them.",
        ):  # fmt: skip
            assert said in page, said
    touched(ana, cast.support)
    touched(jorge, cast.support)
    db.session.commit()
    page = page_of(support, customer.id)
    assert "Jorge Salas (board) only meets our operations: Lucía Support." in page
    assert "has been a sceptic since" not in page
    assert "nobody of us has reached" not in page
    assert "Everything runs through" not in page


def test_says_the_level_of_each_who_meets_somebody_above_them(support: Browser, cast: Cast) -> None:
    customer, _, jorge = there(cast)
    cast.support.level, cast.sales.level = "operations", "management"
    jorge.place(cast.sales, roles=["user"], level="board", stance="")
    touched(jorge, cast.support)
    touched(jorge, cast.sales)
    db.session.commit()
    page = page_of(support, customer.id)
    assert "Jorge Salas (board) only meets Saúl Sales (management), Lucía Support (operations)." in page


def test_an_empty_room_says_what_will_stand_there(support: Browser, cast: Cast) -> None:
    customer, ana, jorge = there(cast)
    assert "Nobody's part in a purchase is known yet" in page_of(support, customer.id)
    ana.leave(clock.today() - 5 * DAY, cast.sales)
    jorge.archive(cast.sales)
    db.session.commit()
    page = page_of(support, customer.id)
    assert "Nobody is known there yet" in page
    assert "No longer there" in page
    assert "Ana Robles" in page
    assert "Jorge" not in page  # who was put away by mistake never took part


def test_an_archived_customer_is_only_read(support: Browser, cast: Cast) -> None:
    customer, ana, _ = there(cast)
    touched(ana, cast.support)
    customer.archive(cast.sales)
    db.session.commit()
    page = page_of(support, customer.id)
    assert "Ana Robles" in page
    assert "hx-get" not in page.split("<main")[1].split("</main>")[0]


def test_costs_as_many_queries_whoever_is_there(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    customer, _, _ = there(cast)
    for number in range(30):
        touched(a_contact(customer, f"Person {number}"), cast.sales if number % 2 else cast.support, number)
    db.session.commit()
    id = customer.id
    with queries as seen:
        page_of(support, id)
    assert len(seen) <= 6


def test_nobody_is_not_found_and_strangers_sign_in(support: Browser, stranger: Browser, cast: Cast) -> None:
    assert support.get("/customers/99/centre").status_code == 404
    assert stranger.get("/customers/1/centre").location.startswith("/sign-in")
