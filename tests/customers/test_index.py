"""The list of customers: by name, fifty at a time, narrowed as asked, and saying so."""

import html

import pytest

from portal.customers.models import Customer
from portal.extensions import db
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import add, again
from tests.recorder import QueryRecorder


def names(browser: Browser, query: str = "", *, fragment: bool = False) -> list[str]:
    """The names of the rows, in order."""
    page = browser.get(f"/customers{query}", fragment=fragment).get_data(as_text=True)
    rows = page.split('<tr data-row><th scope="row">')[1:]
    return [html.unescape(row.split(">", 1)[1].split("<", 1)[0]) for row in rows]


@pytest.fixture
def known(cast: Cast) -> list[Customer]:
    customers = [
        add(cast, "Ábaco", tags=["VIP"], assignee=cast.support),
        add(cast, "zeta"),
        add(cast, "Baja Hotel", assignee=cast.sales, city="La Paz"),
    ]
    customers[2].status = "client"
    db.session.commit()
    return customers


def test_by_name_without_case_or_accents(support: Browser, known: list[Customer]) -> None:
    assert names(support) == ["Ábaco", "Baja Hotel", "zeta"]
    assert names(support, fragment=True) == ["Ábaco", "Baja Hotel", "zeta"]


@pytest.mark.parametrize(
    ("query", "found", "said"),
    [
        ("?status=client", ["Baja Hotel"], "status client"),
        ("?assignee=me", ["Ábaco"], "assigned to me"),
        ("?assignee=nobody", ["zeta"], "assigned to nobody"),
        ("?assignee={sales}", ["Baja Hotel"], "assigned to Saúl Sales"),
        ("?tag={tag}", ["Ábaco"], "tagged VIP"),
        ("?q=hotel", ["Baja Hotel"], "found by “hotel”"),
        ("?q=hotel&status=client&assignee={sales}", ["Baja Hotel"], "found by “hotel” · status client · assigned to"),
        ("?status=client&assignee=me", [], "status client · assigned to me"),
        ("?archived=1", [], "Archived customers"),
    ],
)
def test_narrowed_and_said_in_words(
    query: str, found: list[str], said: str, support: Browser, known: list[Customer], cast: Cast
) -> None:
    query = query.format(sales=cast.sales.id, tag=1)
    for fragment in (False, True):
        assert names(support, query, fragment=fragment) == found
        page = support.get(f"/customers{query}", fragment=fragment).get_data(as_text=True)
        assert said in " ".join(page.split())


@pytest.mark.parametrize(
    "query",
    ["?status=x", "?assignee=0", "?assignee=٣", "?tag=-1", "?tag=9e9", "?after=x", "?after=WyJhIl0", "?archived=yes",
     "?sort=name;drop", f"?tag={2**63}", "?assignee=" + "9" * 30],
)  # fmt: skip
def test_what_is_not_understood_is_left_out(query: str, support: Browser, known: list[Customer]) -> None:
    assert names(support, query) == ["Ábaco", "Baja Hotel", "zeta"]


def test_filtering_in_place_tells_the_browser_a_short_address(support: Browser, known: list[Customer]) -> None:
    answer = support.get("/customers?q=&status=client&assignee=&tag=", fragment=True)
    assert answer.headers["HX-Push-Url"] == "/customers?status=client"
    assert answer.get_data(as_text=True).lstrip().startswith("<section")


def test_pages_of_fifty(support: Browser, cast: Cast) -> None:
    for number in range(120):
        add(cast, f"Same name {number % 3}")
    seen: list[str] = []
    address = "/customers"
    for _ in range(3):
        page = support.get(address).get_data(as_text=True)
        seen += [row.split('"', 1)[0] for row in page.split('<th scope="row"><a href="/customers/')[1:]]
        address = html.unescape(page.split('rel="next" href="')[1].split('"')[0]) if 'rel="next"' in page else ""
    assert not address
    assert len(seen) == len(set(seen)) == 120


def test_a_row_shows_what_matters(support: Browser, cast: Cast) -> None:
    customer = add(cast, phone="+528183401122", email="a@b.example", tags=["VIP", "hotel"], assignee=cast.sales)
    customer = again(customer)
    customer.status, customer.purchase_days, customer.revenue_minor, customer.currency = "client", 2, 4130000, "MXN"
    customer.last_purchase_on = customer.last_touch_on = customer.next_touch_on = customer.created_at.date()
    db.session.commit()
    page = support.get("/customers").get_data(as_text=True)
    for shown in ("hotel, VIP", ">client<", "Saúl Sales", "+52 81 8340 1122", "a@b.example", "MXN 41,300"):
        assert shown in page, shown


def test_empty_states(support: Browser, cast: Cast) -> None:
    page = support.get("/customers").get_data(as_text=True)
    assert "No customers yet" in page
    assert 'href="/customers/new"' in page
    assert "Nobody like that" in support.get("/customers?status=client").get_data(as_text=True)


@pytest.mark.parametrize("number", [3, 60])
def test_costs_as_many_queries_whatever_the_rows(
    number: int, support: Browser, cast: Cast, queries: QueryRecorder
) -> None:
    for each in range(number):
        add(cast, f"Customer {each}", tags=["a", "b"], assignee=cast.sales)
    with queries:
        support.get("/customers")
    assert len(queries) <= 3


def test_strangers_sign_in(stranger: Browser) -> None:
    assert stranger.get("/customers").location.startswith("/sign-in")
