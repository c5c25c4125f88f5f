"""The list as a file."""

import csv
import io

import pytest
from python_calamine import CalamineWorkbook

from portal.exports import safe_text
from portal.extensions import db
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import add


def test_csv_holds_the_list_as_filtered(support: Browser, cast: Cast) -> None:
    customer = add(cast, "Ábaco", phone="+528183401122", tags=["VIP"], assignee=cast.support, external_id="7")
    customer.revenue_minor, customer.currency, customer.last_purchase_on = 4130050, "MXN", customer.created_at.date()
    add(cast, "Other")
    db.session.commit()
    answer = support.get("/customers/export?assignee=me")
    assert answer.mimetype == "text/csv"
    assert 'filename="customers-' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row["Name"] for row in rows] == ["Ábaco"]
    assert rows[0]["Revenue"] == "41300.50"
    assert rows[0]["Phone"] == "'+528183401122"
    assert rows[0]["Number in other systems"] == "7"
    assert rows[0]["Assignee"] == "Lucía Support"


def test_xlsx_holds_the_same(support: Browser, cast: Cast) -> None:
    add(cast, "=HYPERLINK(1)", phone="+528183401122")
    answer = support.get("/customers/export?format=xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.get_data()))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][0] == "Name"
    assert rows[1][0] == "=HYPERLINK(1)"
    assert b"<f>" not in answer.get_data()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", " ="])
def test_nothing_becomes_a_formula(start: str, support: Browser, cast: Cast) -> None:
    assert safe_text(f"{start}1+1").startswith("'")
    customer = add(cast, "x")
    customer.name = f"{start}cmd"
    db.session.commit()
    text = support.get("/customers/export").get_data().decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(text.split("\n", 1)[1])))[0] == f"'{start}cmd"


def test_more_than_one_piece(support: Browser, cast: Cast) -> None:
    from portal.customers import queries

    before, queries.EXPORT_ROWS = queries.EXPORT_ROWS, 4
    try:
        for number in range(9):
            add(cast, f"Same {number % 2}")
        assert support.get("/customers/export").get_data(as_text=True).count("Same") == 9
    finally:
        queries.EXPORT_ROWS = before


def test_strangers_get_nothing(stranger: Browser) -> None:
    assert stranger.get("/customers/export").location.startswith("/sign-in")
