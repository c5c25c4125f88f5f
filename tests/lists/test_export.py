"""A list as a file, with its reasons and as it is narrowed; nothing in it is calculated with."""

import csv
import io

from python_calamine import CalamineWorkbook

from portal.extensions import db
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import add
from tests.lists.entries import an_entry, close_books


def a_list(cast: Cast) -> None:
    close_books()
    an_entry(add(cast, "=cmd()", assignee=cast.support, tags=["b", "a"], phone="+528183401122"), urgency=2.0)
    an_entry(add(cast, "Hotel", assignee=cast.sales))
    an_entry(add(cast, "Apart", assignee=cast.support), untouched=True)
    db.session.commit()


def test_as_csv(support: Browser, cast: Cast) -> None:
    a_list(cast)
    answer = support.get("/retention/due/export.csv")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="due-to-buy-again-2')
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["Customer"] for row in rows] == ["Hotel", "'=cmd()"]
    last = rows[1]
    assert last["Reason"].startswith("Expected around")
    assert (last["At stake"], last["Currency"], last["Assignee"], last["Tags"]) == (
        "100.00", "MXN", "Lucía Support", "a, b",
    )  # fmt: skip


def test_as_a_workbook_and_narrowed(support: Browser, cast: Cast) -> None:
    a_list(cast)
    answer = support.get("/retention/due/export.xlsx?whose=me")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == ["Customer", "=cmd()"]
    cast.support.locale = "es"
    db.session.commit()
    answer = support.get("/retention/slipping/export.xlsx")
    named = answer.headers["Content-Disposition"]
    assert 'filename="alejandose-2' in named
    assert "filename*=UTF-8''alej%C3%A1ndose-2" in named
    assert CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).sheet_names == ["Alejándose"]
    assert rows[1][6] == 100.0
    assert support.get("/retention/none/export.xlsx").status_code == 404
    assert support.get("/retention/none/export.csv").status_code == 404
