"""A list's page: its meaning and its day, whom it names and why, narrowed as asked; never who is kept apart."""

import html
from datetime import timedelta

import pytest

from portal import clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.relay import handing
from portal.trials.models import Trial
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import add
from tests.lists.entries import an_entry, close_books
from tests.recorder import QueryRecorder

DUE = "/retention/due"


def names(browser: Browser, address: str, *, fragment: bool = False) -> list[str]:
    """The names of the rows, in order."""
    page = browser.get(address, fragment=fragment).get_data(as_text=True)
    return [html.unescape(row.split(">", 1)[1].split("<", 1)[0]) for row in page.split('<th scope="row">')[1:]]


@pytest.fixture
def listed(cast: Cast) -> list[Customer]:
    """Three on the list, one kept apart by a trial, one in the archive."""
    found = [
        add(cast, "Ábaco", tags=["VIP"], assignee=cast.support, phone="+528183401122"),
        add(cast, "Baja Hotel", assignee=cast.sales),
        add(cast, "Cobalto"),
        add(cast, "Apart"),
        add(cast, "Gone"),
    ]
    found[1].status = "client"
    found[4].archive(by=cast.owner)
    close_books(due=3)
    for place, customer in enumerate(found):
        an_entry(customer, urgency=-float(place), at_stake_minor=(place + 1) * 1000_00, untouched=place == 3)
    db.session.commit()
    return found


def test_says_whom_it_names_and_why(support: Browser, listed: list[Customer]) -> None:
    page = " ".join(support.get(DUE).get_data(as_text=True).split())
    for said in (
        "<h1>Due to buy again</h1>", "Regular buyers near the day on which they usually come.", "As of <time",
        "7 in 10 bought within 90 days", "<b>3</b> customers", "Expected around <time", "buys every 30 days",
        "MXN 3,000", "Saúl Sales", 'href="tel:+528183401122"',
    ):  # fmt: skip
        assert said in page, said
    assert names(support, DUE) == names(support, DUE, fragment=True) == ["Cobalto", "Baja Hotel", "Ábaco"]


@pytest.mark.parametrize(
    ("query", "found", "said"),
    [
        ("?whose=me", ["Ábaco"], "assigned to me"),
        ("?whose=team", ["Ábaco"], "my team"),
        ("?whose=nobody", ["Cobalto"], "assigned to nobody"),
        ("?whose={sales}", ["Baja Hotel"], "assigned to Saúl Sales"),
        ("?status=client", ["Baja Hotel"], "status client"),
        ("?tag=1", ["Ábaco"], "tagged VIP"),
        ("?at_least=2000", ["Cobalto", "Baja Hotel"], "at stake MXN 2,000 or more"),
        ("?at_least=2000&currency=MXN&status=client&whose={sales}", ["Baja Hotel"], "status client · at stake"),
        ("?currency=USD", [], "in USD"),
        ("?whose=me&status=client", [], "Nobody like that"),
    ],
)
def test_narrowed_and_said_in_words(
    query: str, found: list[str], said: str, support: Browser, listed: list[Customer], cast: Cast
) -> None:
    address = DUE + query.format(sales=cast.sales.id)
    for fragment in (False, True):
        assert names(support, address, fragment=fragment) == found
        page = html.unescape(" ".join(support.get(address, fragment=fragment).get_data(as_text=True).split()))
        assert said in page
        assert not found or f"<b>{len(found)}</b> customer" in page
    answer = support.get(address + "&tag=", fragment=True)
    assert answer.headers["HX-Push-Url"].startswith("/retention/due?")


@pytest.mark.parametrize(
    "query", ["?whose=x", "?status=x", "?tag=-1", "?at_least=1e9", "?currency=XXX", "?after=x", "?after=W251bGwsMV0",
              "?after=W05hTiwxXQ", f"?whose={2**63}"],
)  # fmt: skip
def test_what_is_not_understood_is_left_out(query: str, support: Browser, listed: list[Customer]) -> None:
    assert names(support, DUE + query) == ["Cobalto", "Baja Hotel", "Ábaco"]


def test_while_a_trial_runs_only_who_is_shown_is_counted(support: Browser, listed: list[Customer]) -> None:
    day = clock.today()
    db.session.add(
        Trial(
            list="due", share=25, days=30, started_on=day, ends_on=day, seed="s", sealed="s", worked=3, untouched=1,
            created_at=clock.now(),
        )
    )  # fmt: skip
    close_books(due=4)
    db.session.commit()
    page = support.get(DUE).get_data(as_text=True)
    assert "<b>3</b> customers" in page
    assert "Apart" not in page


def test_pages_of_fifty(support: Browser, cast: Cast) -> None:
    close_books()
    for number in range(120):
        an_entry(add(cast, f"Customer {number}"), urgency=number % 3 / 3)
    db.session.commit()
    seen, address = [], DUE
    while address:
        page = support.get(address).get_data(as_text=True)
        seen += [row.split('"', 1)[0] for row in page.split('<th scope="row"><a href="/customers/')[1:]]
        address = html.unescape(page.split('rel="next" href="')[1].split('"')[0]) if 'rel="next"' in page else ""
    assert len(seen) == len(set(seen)) == 120


def test_says_what_is_missing(support: Browser, cast: Cast) -> None:
    assert "The books are not closed yet" in support.get(DUE).get_data(as_text=True)
    close_books(clock.today() - timedelta(days=400), due=0)
    db.session.commit()
    page = support.get(DUE).get_data(as_text=True)
    assert "Nobody on this list" in page
    assert str((clock.today() - timedelta(days=400)).year) in page
    assert support.get("/retention/none").status_code == 404


@pytest.mark.parametrize("query", ["", "?whose=team&tag=1&at_least=5"])
@pytest.mark.parametrize("number", [3, 60])
def test_costs_as_many_queries_whatever_the_rows(
    number: int, query: str, support: Browser, cast: Cast, queries: QueryRecorder
) -> None:
    close_books()
    for each in range(number):
        an_entry(add(cast, f"Customer {each}", tags=["a"], assignee=cast.support))
    db.session.commit()
    with queries:
        support.get(DUE + query)
    assert len(queries) <= (4 if query else 3)


def test_strangers_sign_in(stranger: Browser) -> None:
    for path in ("", "/export.csv", "/export.xlsx", "/act"):
        assert stranger.get(DUE + path).location.startswith("/sign-in")


def test_hostile_text_is_text(support: Browser, cast: Cast) -> None:
    close_books()
    an_entry(add(cast, '<b hx-get="/x">Evil</b>', tags=["<i>tag</i>"]), kind="<script>")
    db.session.commit()
    page = support.get(DUE + "?tag=1").get_data(as_text=True)
    for tag in ("<b hx-get", "<i>tag", "<script>alert"):
        assert tag not in page


def test_whom_somebody_has_just_taken_is_nobodys_no_longer(owner: Browser, cast: Cast) -> None:
    free, taken, dropped = add(cast, "Free"), add(cast, "Taken"), add(cast, "Dropped", assignee=cast.sales)
    hand_off = handing.offer(dropped, handing.Offer("service"), cast.sales, 1)
    hand_off.drop()
    close_books(nobodys=3)
    for place, customer in enumerate((free, taken, dropped)):
        an_entry(customer, "nobodys", urgency=float(place))
    db.session.commit()
    assert names(owner, "/retention/nobodys") == ["Free", "Taken", "Dropped"]
    taken.assign(cast.support, by=cast.owner)
    hand_off.leave(cast.owner)
    db.session.commit()
    assert names(owner, "/retention/nobodys") == ["Free"]  # and the books are still the same
    assert "<b>1</b> customer" in owner.get("/retention/nobodys").get_data(as_text=True)
    assert "/retention/nobodys" in owner.get(f"/customers/{free.id}").get_data(as_text=True)
    assert "/retention/nobodys" not in owner.get(f"/customers/{taken.id}").get_data(as_text=True)
