"""A file brought through the browser: uploaded, its columns chosen, checked, confirmed, reported."""

import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock, jobs
from portal.customers.models import Customer
from portal.extensions import db, huey
from portal.imports import jobs as import_jobs
from portal.imports import views
from portal.imports.models import Import, ImportRefusal
from portal.imports.uploads import store
from portal.purchases.models import Purchase
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.touches import a_customer

FILES = Path(__file__).parent / "files"


def upload(browser: Browser, content: bytes | Path, name: str = "", kind: str = "purchases", **form: Any) -> Any:
    content, name = (content.read_bytes(), content.name) if isinstance(content, Path) else (content, name)
    data = {"kind": kind, "file": (io.BytesIO(content), name), **form}
    return browser.post("/imports", data=data, content_type="multipart/form-data")


def bring(browser: Browser, content: bytes | Path, name: str = "", kind: str = "purchases") -> str:
    """Upload a file and give the address of its import."""
    answer = upload(browser, content, name, kind)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.location)


def columns_of(browser: Browser, address: str) -> dict[str, str]:
    """What the form of columns would send as it stands."""
    import html5lib

    tree = html5lib.parse(browser.get(address).get_data(as_text=True), namespaceHTMLElements=False)
    form = next(form for form in tree.iter("form") if form.get("action", "").endswith("/check"))
    sent = {}
    for select_ in form.iter("select"):
        chosen = [option for option in select_.iter("option") if option.get("selected") is not None]
        sent[select_.get("name")] = chosen[0].get("value") if chosen else ""
    for field in form.iter("input"):
        if field.get("type") != "radio" or field.get("checked") is not None:
            sent[field.get("name")] = field.get("value", "")
    del sent["csrf_token"]
    return sent


def check(browser: Browser, address: str, **said: str) -> Any:
    return browser.post(f"{address}/check", data={**columns_of(browser, address), **said})


def the_import(address: str) -> Import:
    db.session.rollback()
    return db.session.get_one(Import, int(address.rsplit("/", 1)[-1]))


def test_from_a_file_to_a_report(owner: Browser, cast: Cast, queries: QueryRecorder) -> None:
    address = bring(owner, FILES / "ventas.csv")
    with queries as seen:
        page = owner.get(address).get_data(as_text=True)
    assert len(seen) <= 6
    assert "Correo electrónico" in page
    assert check(owner, address).location == address
    progress = owner.get(address, fragment=True).get_data(as_text=True)
    assert 'hx-trigger="load delay:1s"' in progress
    assert jobs.run_waiting() == 1
    with queries as seen:
        checked = owner.get(address).get_data(as_text=True)
    assert len(seen) <= 6
    assert "Import 3 purchases" in checked
    assert "There is no such day: 30/02/2025." in checked
    assert db.session.scalar(select(func.count()).select_from(Purchase)) == 0
    for _ in range(2):  # said twice, done once
        assert "Taking the rows in" in owner.post(f"{address}/start", fragment=True).get_data(as_text=True)
    jobs.run_waiting()
    with queries as seen:
        report = owner.get(address).get_data(as_text=True)
    assert len(seen) <= 6
    assert 'hx-trigger="load' not in report
    assert "Done." in report
    assert the_import(address).counts() == {"purchases": 3, "customers": 3, "refused": 4, "unchanged": 0}
    owner.post(f"{address}/start")
    assert jobs.run_waiting() == 0
    kinds = db.session.scalars(select(Event.kind).where(Event.kind.startswith("import.")).order_by(Event.id)).all()
    assert kinds == ["import.uploaded", "import.started", "import.finished"]


def test_the_refused_rows_as_a_file(owner: Browser, cast: Cast) -> None:
    rows = 'Cliente,Fecha,Importe\n"=HYPERLINK(""http://x"")",2025-01-01,x\n@a,2025-13-01,5\nB,2025-01-01,5\n'
    address = bring(owner, rows.encode(), "=1+1.csv")
    check(owner, address)
    jobs.run_waiting()
    owner.post(f"{address}/start")
    jobs.run_waiting()
    answer = owner.get(f"{address}/refused")
    lines = answer.get_data(as_text=True).removeprefix("\ufeff").splitlines()
    assert lines[0] == "Cliente,Fecha,Importe,Row,Reason"
    assert lines[1].startswith("\"'=HYPERLINK(")
    assert lines[2] == "'@a,2025-13-01,5,3,There is no such day: 2025-13-01."
    assert len(lines) == 3
    assert "attachment" in answer.headers["Content-Disposition"]
    page = owner.get(address).get_data(as_text=True)
    assert "=HYPERLINK(&#34;http://x&#34;)" in page


def test_refused_rows_that_come_again_are_told_of_once(owner: Browser, cast: Cast) -> None:
    rows = b"Cliente,Fecha,Importe,Row,Reason\nA,2025-01-01,x,7,An old reason.\n"
    address = bring(owner, rows, "refused-1.csv")
    check(owner, address)
    jobs.run_waiting()
    owner.post(f"{address}/start")
    jobs.run_waiting()
    lines = owner.get(f"{address}/refused").get_data(as_text=True).removeprefix("\ufeff").splitlines()
    assert lines[0] == "Cliente,Fecha,Importe,Row,Reason"
    assert lines[1].startswith("A,2025-01-01,x,2,")
    assert "An old reason" not in lines[1] + owner.get(address).get_data(as_text=True)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "x.csv", "The file is empty."),
        (b"PK\x03\x04rest", "x.csv", "compressed file"),
        (b"<html><table></table></html>", "ventas.csv", "web page"),
        (b"a,b\n1,\x00\n", "x.csv", "characters that no text has"),
        (b"a,b\n1,2\n", "x.xlsx", "no Excel workbook"),
    ],
)
def test_what_is_no_table_is_refused_and_not_kept(
    owner: Browser, cast: Cast, app: Flask, content: bytes, name: str, words: str
) -> None:
    before = uploads(app)
    answer = upload(owner, content, name)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert uploads(app) == before
    assert db.session.scalar(select(func.count()).select_from(Import)) == 0


def uploads(app: Flask) -> list[str]:
    folder = Path(app.instance_path) / "uploads"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_hostile_name_is_only_shown(owner: Browser, cast: Cast, app: Flask) -> None:
    before = uploads(app)
    address = bring(owner, b"a,b\n1,2\n", "../../etc/<b>x\u202e.csv")
    import_ = the_import(address)
    assert "/" not in import_.file_name
    assert ".." not in import_.file_name
    (stored,) = set(uploads(app)) - set(before)
    assert stored == import_.stored_as
    page = owner.get(address).get_data(as_text=True)
    assert "<b>x" not in page
    assert "&lt;b&gt;x" in page


def test_a_file_that_is_too_large_is_413(
    owner: Browser, cast: Cast, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.imports.views.LARGEST_FILE", 100_000)
    assert upload(owner, b"a,b\n" + b"1,2\n" * 100_000, "x.csv").status_code == 413
    answer = upload(owner, b"a,b\n" + b"1,2\n" * 25_500, "x.csv")
    assert answer.status_code == 422
    assert "larger than the portal takes" in answer.get_data(as_text=True)


def test_strangers_can_send_no_large_file(stranger: Browser, cast: Cast) -> None:
    assert upload(stranger, b"x" * 1_000_000, "x.csv").status_code == 413


def test_a_form_sent_twice_is_one_import(owner: Browser, cast: Cast) -> None:
    form_id = "0b8f8f0e-3f5e-4d4e-9d3a-0e8f8f0e3f5e"
    first = upload(owner, b"a,b\n1,2\n", "x.csv", form_id=form_id)
    assert upload(owner, b"a,b\n1,2\n", "x.csv", form_id=form_id).location == first.location
    assert db.session.scalar(select(func.count()).select_from(Import)) == 1


def test_what_is_missing_is_asked(owner: Browser, cast: Cast) -> None:
    address = bring(owner, b"Cliente,Nota\nA,b\n", "x.csv")
    answer = check(owner, address)
    assert answer.status_code == 422
    assert "Choose the column that holds the date." in answer.get_data(as_text=True)
    assert the_import(address).state == "uploaded"


def test_what_can_be_read_both_ways_is_asked(owner: Browser, cast: Cast) -> None:
    address = bring(owner, b"Cliente;Fecha;Importe\nA;03/04/2025;1.234\n", "x.csv")
    answer = check(owner, address)
    assert answer.status_code == 422
    assert "These dates can be read both ways" in answer.get_data(as_text=True)
    assert "These amounts can be read both ways" in answer.get_data(as_text=True)
    assert check(owner, address, day_first="day", decimal=",").status_code == 303
    jobs.run_waiting()
    owner.post(f"{address}/start")
    jobs.run_waiting()
    purchase = db.session.scalars(select(Purchase)).one()
    assert (purchase.purchased_on.isoformat(), purchase.amount_minor) == ("2025-04-03", 123400)


def test_columns_can_be_chosen_by_hand_and_changed_again(owner: Browser, cast: Cast) -> None:
    address = bring(owner, b"x,y,z,w\nA,2025-01-01,10,USD\n", "x.csv")
    said = {"column_customer": "0", "column_date": "1", "column_amount": "2", "column_currency": "3"}
    assert check(owner, address, **said).status_code == 303
    jobs.run_waiting()
    assert "USD 10.00" in owner.get(address).get_data(as_text=True)
    owner.post(f"{address}/change")
    assert columns_of(owner, address)["column_currency"] == "3"
    assert check(owner, address, column_currency="99").status_code == 422
    assert check(owner, address, currency="QQQ").status_code == 422
    assert check(owner, address, column_currency="", currency="eur").status_code == 303
    jobs.run_waiting()
    assert "EUR 10.00" in owner.get(address).get_data(as_text=True)


def test_another_encoding_and_delimiter(owner: Browser, cast: Cast) -> None:
    address = bring(owner, "Año;Cliente\nmañana;1\n".encode("cp850"), "x.csv")
    answer = owner.post(f"{address}/read", data={"encoding": "cp850", "delimiter": ";"})
    assert answer.status_code == 303
    assert "mañana" in owner.get(address).get_data(as_text=True)


def test_what_is_being_checked_meanwhile_is_not_read_otherwise(
    owner: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = bring(owner, FILES / "shop.csv")
    guessed = views._guessed

    def slowly(*args: Any) -> Any:
        the_import(address).check({**the_import(address).choices, "currency": "EUR"})
        db.session.commit()
        return guessed(*args)

    monkeypatch.setattr(views, "_guessed", slowly)
    assert owner.post(f"{address}/read", data={"encoding": "utf-8", "delimiter": ","}).status_code == 303
    assert (the_import(address).state, the_import(address).choices["currency"]) == ("checking", "EUR")


def test_leaving_a_file_deletes_it(owner: Browser, cast: Cast, app: Flask) -> None:
    address = bring(owner, FILES / "shop.csv")
    stored = the_import(address).stored_as
    assert stored in uploads(app)
    owner.post(f"{address}/cancel")
    assert the_import(address).state == "cancelled"
    assert stored not in uploads(app)
    assert "Nothing was taken in" in owner.get(address).get_data(as_text=True)
    for step in ("check", "start", "change", "read", "cancel"):
        assert owner.post(f"{address}/{step}").status_code in (303, 422)
    assert the_import(address).state == "cancelled"


def test_the_same_file_again_is_said(owner: Browser, cast: Cast) -> None:
    for _ in range(2):
        address = bring(owner, FILES / "shop.csv")
        check(owner, address)
        jobs.run_waiting()
        page = owner.get(address).get_data(as_text=True)
        owner.post(f"{address}/start")
        jobs.run_waiting()
    assert "This very file was imported before" in page
    assert the_import(address).counts()["unchanged"] == 12


def test_customers_with_their_contacts(owner: Browser, cast: Cast) -> None:
    address = bring(owner, FILES / "clientes.csv", kind="customers")
    assert "Which column is what?" in owner.get(address).get_data(as_text=True)
    check(owner, address)
    jobs.run_waiting()
    checked = owner.get(address).get_data(as_text=True)
    assert "Import 3 rows" in checked
    assert "“no es un correo” is no e-mail address." in checked
    owner.post(f"{address}/start")
    jobs.run_waiting()
    assert db.session.scalar(select(func.count()).select_from(Customer)) == 2
    assert db.session.scalar(select(func.count()).select_from(ImportRefusal)) == 2
    assert "Done." in owner.get(address).get_data(as_text=True)


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        (
            "purchases",
            "Cliente,Fecha,Importe\nHOTEL SIERRA AZÚL,2025-01-01,5\nHotel Sierra Azul,2025-01-02,5\nB,2025-01-01,5\n",
        ),
        ("customers", "Nombre,Correo\nHotel Sierra Azul,new@x.example\nHotel sierra azul,\nB,\n"),
    ],
)
def test_new_customers_with_the_name_of_a_known_one_are_said(owner: Browser, cast: Cast, kind: str, rows: str) -> None:
    gone = a_customer(cast, "B")
    gone.archive(cast.owner)
    a_customer(cast)
    db.session.commit()
    address = bring(owner, rows.encode(), "x.csv", kind)
    check(owner, address)
    jobs.run_waiting()
    page = owner.get(address).get_data(as_text=True)
    assert "2 new customers have the names of customers you already have: H" in page
    assert the_import(address).findings["namesakes"]["count"] == 2
    assert "B" not in the_import(address).findings["namesakes"]["names"]
    the_import(address).findings = {**the_import(address).findings, "namesakes": {"count": 0, "names": []}}
    db.session.commit()
    assert "you already have" not in owner.get(address).get_data(as_text=True)


def test_the_list_of_imports(owner: Browser, cast: Cast, queries: QueryRecorder) -> None:
    assert "No imports yet" in owner.get("/imports").get_data(as_text=True)
    for _ in range(3):
        bring(owner, FILES / "shop.csv")
    with queries as seen:
        page = owner.get("/imports").get_data(as_text=True)
    assert page.count("shop.csv") == 3
    assert len(seen) <= 6


def test_a_file_that_nobody_goes_on_with_is_left_after_a_month(owner: Browser, cast: Cast, app: Flask) -> None:
    old, new = bring(owner, FILES / "shop.csv"), bring(owner, FILES / "shop.csv")
    the_import(old).created_at -= timedelta(days=31)
    db.session.commit()
    import_jobs.tidy()
    assert (the_import(old).state, the_import(new).state) == ("cancelled", "uploaded")
    assert the_import(old).stored_as not in uploads(app)
    assert the_import(new).stored_as in uploads(app)


def test_a_file_that_no_import_is_going_to_read_leaves_a_day_later(owner: Browser, cast: Cast, app: Flask) -> None:
    folder = Path(app.instance_path) / "uploads"
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    waiting, ended = bring(owner, FILES / "shop.csv"), bring(owner, FILES / "shop.csv")
    content = (FILES / "shop.csv").read_bytes()
    killed, coming = (store(io.BytesIO(content), folder).name for _ in range(2))
    left = the_import(ended).stored_as
    owner.post(f"{ended}/cancel")
    (folder / left).write_bytes(content)  # killed between the commit and the deleting
    long_ago = clock.now().timestamp() - 2 * 24 * 3600
    for name in (the_import(waiting).stored_as, left, killed, "documents"):
        os.utime(folder / name, (long_ago, long_ago))
    import_jobs.tidy()
    assert {the_import(waiting).stored_as, coming} <= set(uploads(app))
    assert not {left, killed} & set(uploads(app))
    assert (folder / "documents").is_dir()


def test_an_import_goes_on_after_the_worker_was_stopped(owner: Browser, cast: Cast) -> None:
    address = bring(owner, FILES / "shop.csv")
    check(owner, address)
    jobs.run_waiting()
    owner.post(f"{address}/start")
    huey.storage.flush_queue()  # the queue is lost
    assert the_import(address).state == "running"
    db.session.rollback()
    import_jobs.resume()
    assert the_import(address).state == "done"
