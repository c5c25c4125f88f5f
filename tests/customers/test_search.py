"""Finding a customer by any part of a name, an e-mail or a phone, while typing."""

import random
import string

import pytest
from flask import Flask
from sqlalchemy import insert, text
from sqlalchemy.dialects import postgresql, sqlite

from portal import clock
from portal.customers.filters import CustomerFilter
from portal.customers.models import Customer
from portal.customers.queries import HIGHEST, found_by, hits, page_by_name
from portal.customers.search import fold, searchable, ways
from portal.extensions import db
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import ON_POSTGRESQL
from tests.customers.known import add
from tests.recorder import QueryRecorder

HOSTILE = [
    "%", "_", "%%%", "___", '"', '"""', "'", "*", "a*", "\\", "\\%", "NEAR(a b)", "a AND", "OR", "-", "(", "\x00",
    "a\x00b", "\ud7ff", "{}", "٣٣٣", "😀😀😀", "x" * 10_000, "' OR 1=1 --", "search_text:abc", "^abc",
]  # fmt: skip


@pytest.fixture
def known(cast: Cast) -> dict[str, Customer]:
    people = [{"name": "Ana Núñez", "email": "ana@sierra.example", "phone": "+525512345678"}]
    return {
        "hotel": add(cast, "Hotel Sierra Azul", email="compras@azul.example", phone="+528183401122", contacts=people),
        "clinic": add(cast, "Clínica Dental Obregón", external_id="10-42"),
        "rate": add(cast, "100% Natural_Foods"),
    }


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("sierra", "hotel"),
        ("SIERRA azul", "hotel"),
        ("azul hot", "hotel"),
        ("ierr", "hotel"),
        ("compras@", "hotel"),
        ("azul.example", "hotel"),
        ("81 8340", "hotel"),
        ("(81) 8340-1122", "hotel"),
        ("+52 1 81 8340 1122", "hotel"),
        ("nunez", "hotel"),
        ("núñez", "hotel"),
        ("5512345678", "hotel"),
        ("dentál", "clinic"),
        ("clin", "clinic"),
        ("c", "clinic"),
        ("CL", "clinic"),
        ("obregon cl", "clinic"),
        ("10-42", "clinic"),
        ("100%", "rate"),
        ("natural_", "rate"),
        ("l_f", "rate"),
    ],
)
def test_finds_by_any_part(typed: str, found: str, known: dict[str, Customer], support: Browser) -> None:
    page = support.get("/customers/search", query_string={"q": typed}, fragment=True).get_data(as_text=True)
    assert [name for name, customer in known.items() if f'href="/customers/{customer.id}"' in page] == [found]
    rows = page_by_name(CustomerFilter(q=typed).conditions(0), None).rows
    assert [row.id for row in rows] == [known[found].id]


@pytest.mark.parametrize("typed", ["sierra dental", "zul ho", "l%f", "na%", "nat_ral", "xyz", "ho zul9"])
def test_finds_nobody_else(typed: str, known: dict[str, Customer], support: Browser) -> None:
    page = support.get("/customers/search", query_string={"q": typed}, fragment=True).get_data(as_text=True)
    found = [customer for customer in known.values() if f'href="/customers/{customer.id}"' in page]
    assert found == ([known["hotel"]] if typed == "zul ho" else [])


@pytest.mark.parametrize("typed", HOSTILE)
def test_whatever_is_typed_is_taken_by_the_letter(typed: str, known: dict[str, Customer], support: Browser) -> None:
    for path in ("/customers/search", "/customers", "/customers/export"):
        for fragment in (False, True):
            assert support.get(path, query_string={"q": typed}, fragment=fragment).status_code == 200
    letters = fold(typed)
    expected = {customer.id for customer in known.values() if letters and letters in customer.search_text}
    assert {row.id for row in hits(typed)} <= expected


def test_a_part_of_a_query_may_be_too_short_for_the_index(known: dict[str, Customer]) -> None:
    assert [row.name for row in hits("si hotel az")] == ["Hotel Sierra Azul"]
    assert hits("") == []
    assert hits("   ") == []


def test_shows_eight_with_those_first_whose_names_begin_so(support: Browser, cast: Cast) -> None:
    for number in range(9):
        add(cast, f"A {number} Moreno")
    add(cast, "Moreno Hermanos", phone="+528183401122", email="m@moreno.example")
    page = support.get("/customers/search?q=moreno", fragment=True).get_data(as_text=True)
    assert page.count("<li>") == 8
    assert page.index("Moreno Hermanos") < page.index("A 0 Moreno")
    for told in ("prospect", "+52 81 8340 1122", "m@moreno.example"):
        assert told in page


def test_nobody_found_offers_a_new_customer_of_that_name(support: Browser, cast: Cast) -> None:
    page = support.get("/customers/search?q=Zeta+%26+Co", fragment=True).get_data(as_text=True)
    assert 'href="/customers/new?q=Zeta+%26+Co"' in page or 'href="/customers/new?q=Zeta%20%26%20Co"' in page
    assert 'value="Zeta &amp; Co"' in support.get("/customers/new?q=Zeta+%26+Co").get_data(as_text=True)


def test_opened_directly_it_is_a_page(support: Browser, stranger: Browser, cast: Cast) -> None:
    assert "<title>" in support.get("/customers/search?q=x").get_data(as_text=True)
    assert stranger.get("/customers/search?q=x").location.startswith("/sign-in")


def test_common_words_are_found_too(known: dict[str, Customer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.customers.queries.COMMON", 1)
    assert [row.name for row in hits("ierr hot")] == ["Hotel Sierra Azul"]
    assert [row.name for row in page_by_name(CustomerFilter(q="natural_").conditions(0), None).rows] == [
        known["rate"].name
    ]
    assert hits("nat%ral") == []


def test_costs_four_queries(support: Browser, known: dict[str, Customer], queries: QueryRecorder) -> None:
    with queries:
        support.get("/customers/search?q=sierra", fragment=True)
    assert len(queries) <= 4


def test_folds_and_reads() -> None:
    assert fold("  Ñandú  GmbH & Straße ") == "nandu gmbh & strasse"
    assert searchable(["Núñez", None, "", "NUNEZ"]) == "nunez"
    assert ways("52 1 55 1234 5678") == [["525512345678"], ["52", "1", "55", "1234", "5678"]]
    for dialled in ("044 (55) 1234-5678", "01 5512345678", "0052 1 5512345678", "00525512345678", "5215512345678"):
        assert ways(dialled)[0] == ["525512345678"]
    assert ways("5215512") == [["5215512"], ["525512"]]
    assert ways("Sierra  Azul") == [["sierra", "azul"]]
    assert ways(" ") == []
    assert HIGHEST > "\U0001f600"


def plan(app: Flask, query: object) -> str:
    """How the database would answer, as it says itself."""
    dialect = postgresql.dialect() if ON_POSTGRESQL else sqlite.dialect()
    sql = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))  # type: ignore[attr-defined]
    explained = db.session.execute(
        text(("EXPLAIN " if ON_POSTGRESQL else "EXPLAIN QUERY PLAN ") + sql.replace(":", "\\:"))
    )
    return "\n".join(str(row[-1]) for row in explained)


def test_rides_on_the_index_when_there_are_many(app: Flask, cast: Cast) -> None:
    from sqlalchemy import select

    dice = random.Random(7)
    rows = []
    for number in range(20_000):
        name = "".join(dice.choices(string.ascii_lowercase, k=12)) + f" {number}"
        rows.append(
            {"name": name, "sort_name": name, "search_text": name, "created_at": clock.now(), "status": "prospect"}
        )
    db.session.execute(insert(Customer), rows)
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE customers" if ON_POSTGRESQL else "ANALYZE"))
    index = "ix_customers_search_text" if ON_POSTGRESQL else "customers_search VIRTUAL TABLE INDEX"
    parts = select(Customer.id).where(found_by("nowhere")).order_by(Customer.sort_name).limit(8)
    assert index in plan(app, parts)
    beginnings = select(Customer.id).where(Customer.archived_at.is_(None), found_by("ab")).order_by(Customer.sort_name)
    assert "ix_customers_live_name" in plan(app, beginnings.limit(8))
    listed = (
        select(Customer.id).where(*CustomerFilter().conditions(0)).order_by(Customer.sort_name, Customer.id).limit(51)
    )
    assert "ix_customers_live_name" in plan(app, listed)
    prospects = CustomerFilter(assignee="nobody").conditions(0)
    by_assignee = select(Customer.id).where(*prospects).order_by(Customer.sort_name, Customer.id).limit(51)
    assert "ix_customers_live" in plan(app, by_assignee)
