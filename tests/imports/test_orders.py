"""From rows to sales: orders over several lines, cancelled and unpaid ones, refunds, faults, and keys that last."""

import time
from collections import Counter
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from portal.imports import columns, reading
from portal.imports.lines import state_of
from portal.imports.orders import Item, LeftOut, Reader, Refused, Sale
from portal.imports.survey import survey
from portal.imports.values import Habits

FILES = Path(__file__).parent / "files"
HABITS = Habits(currency="MXN", zone=ZoneInfo("America/Mexico_City"), today=date(2026, 6, 1))


def read(path: Path, habits: Habits = HABITS) -> list[Item]:
    table = reading.open_table(path, path.name)
    guess = columns.guess("purchases", table.headers, table.sample)
    places = columns.places(guess.mapping, table.headers)
    shown = survey(table.rows(), places)
    habits = habits._replace(
        day_first=habits.day_first if shown.day_first is None else shown.day_first,
        decimal=habits.decimal or shown.decimal,
        currency=guess.currency or habits.currency,
    )
    return list(Reader(places, habits, len(table.headers), shown, guess.source).items(table.rows()))


def read_text(folder: Path, text: str, habits: Habits = HABITS) -> list[Item]:
    path = folder / "file.csv"
    path.write_text(text)
    return read(path, habits)


def sales(items: list[Item]) -> list[Sale]:
    return [item for item in items if isinstance(item, Sale)]


def codes(items: list[Item]) -> list[tuple[int, list[str]]]:
    return [(item.row, [code for _, code, _ in item.faults]) for item in items if isinstance(item, Refused)]


def test_a_shopify_export() -> None:
    items = read(FILES / "shopify.csv")
    assert [(sale.order, sale.amount_minor, sale.refunded_minor, sale.rows) for sale in sales(items)] == [
        ("1001", 150000, 0, 2),
        ("1003", 99950, 20050, 1),
    ]
    first = sales(items)[0]
    assert (first.email, first.phone, first.name) == ("ana@robles.example", "+525512345678", "Ana Robles")
    assert (first.on, first.description) == (date(2026, 2, 28), "Silla Oslo, Mesa Oslo")
    assert [(item.row, item.reason) for item in items if isinstance(item, LeftOut)] == [
        (4, "refunded"),
        (6, "cancelled"),
        (7, "unpaid"),
    ]


def test_a_woocommerce_export() -> None:
    items = read(FILES / "woocommerce.csv")
    assert [(sale.order, sale.amount_minor, sale.name, sale.on) for sale in sales(items)] == [
        ("501", 150000, "Ana Robles", date(2026, 1, 10)),
        ("502", 20000, "Beto Luna", date(2026, 1, 11)),
    ]
    reasons = Counter(item.reason for item in items if isinstance(item, LeftOut))
    assert reasons == {"cancelled": 2, "refunded": 1, "unpaid": 2}


def test_a_spanish_sheet_with_faults() -> None:
    items = read(FILES / "ventas.csv")
    assert [(sale.row, sale.amount_minor, sale.phone, sale.ignored) for sale in sales(items)] == [
        (3, 123456, "+528183401122", ()),
        (4, 1250, "", ()),
        (8, 10000, "+525512345678", ("email",)),
    ]
    assert codes(items) == [
        (5, ["date_does_not_exist"]),
        (6, ["customer_missing"]),
        (7, ["amount_not_a_number"]),
        (9, ["amount_negative"]),
    ]


def test_identical_rows_are_purchases_of_their_own_and_keep_their_keys() -> None:
    once, again = read(FILES / "shop.csv"), read(FILES / "shop.csv")
    assert once == again
    assert len({sale.key for sale in sales(once)}) == 12
    assert sum(sale.amount_minor for sale in sales(once)) == 32823


def test_keys_do_not_depend_on_the_rows_around(tmp_path: Path) -> None:
    text = (FILES / "shop.csv").read_text()
    head, *rows = text.splitlines()
    later = read_text(tmp_path, "\n".join([head, *reversed(rows), "00009,1997-05-05,1,5.00"]))
    assert {sale.key for sale in sales(read(FILES / "shop.csv"))} < {sale.key for sale in sales(later)}


def test_lines_with_amounts_of_their_own_are_added_up(tmp_path: Path) -> None:
    items = read_text(
        tmp_path, "Pedido,Cliente,Fecha,Importe\nA1,X,2025-01-01,100\nA1,X,2025-01-01,50\nA2,Y,2025-01-02,7\n"
    )
    assert [(sale.order, sale.amount_minor) for sale in sales(items)] == [("A1", 15000), ("A2", 700)]


def test_a_total_repeated_on_every_line_counts_once(tmp_path: Path) -> None:
    items = read_text(tmp_path, "Pedido,Cliente,Fecha,Total\nA1,X,2025-01-01,100\nA1,X,2025-01-01,100\n")
    assert [sale.amount_minor for sale in sales(items)] == [10000]


def test_lines_that_stand_apart_are_one_order_all_the_same(tmp_path: Path) -> None:
    text = (
        "Pedido,Cliente,Fecha,Importe\nA1,X,2025-01-01,100\nA2,Y,2025-01-02,7\nA1,X,2025-01-01,50\nA3,Z,2025-01-03,1\n"
    )
    items = read_text(tmp_path, text)
    assert [(sale.order, sale.amount_minor, sale.rows) for sale in sales(items)] == [
        ("A2", 700, 1),
        ("A1", 15000, 2),
        ("A3", 100, 1),
    ]


def test_refused_amounts_are_quoted_as_the_file_writes_them(tmp_path: Path) -> None:
    text = (
        "Pedido,Cliente,Fecha,Importe,Reembolso\n"
        'A1,X,2025-01-01,"-20,00",\nA2,Y,2025-01-02,"1.000,50","$ 1.200,50"\n'
        'A3,Z,2025-01-03,"10,00","8,00"\nA3,Z,2025-01-03,"-7,00",\n'
    )
    refused = [item for item in read_text(tmp_path, text) if isinstance(item, Refused)]
    assert [(code, params) for item in refused for _, code, params in item.faults] == [
        ("amount_negative", {"text": "-20,00"}),
        ("refund_exceeds", {"text": "$ 1.200,50"}),
        ("refund_exceeds", {"text": "15.00"}),  # said by no row: the sum of two
    ]


def test_a_negative_line_is_taken_off_its_order(tmp_path: Path) -> None:
    text = (
        "Pedido,Cliente,Fecha,Importe\n"
        "A1,X,2025-01-01,100\nA2,Y,2025-01-02,7\nA1,X,2025-02-01,-30\nA2,Y,2025-02-01,-7\n"
    )
    items = read_text(tmp_path, text)
    assert [(sale.order, sale.amount_minor, sale.refunded_minor) for sale in sales(items)] == [("A1", 7000, 3000)]
    assert [item.reason for item in items if isinstance(item, LeftOut)] == ["refunded"]


def test_one_number_on_two_customers_is_refused(tmp_path: Path) -> None:
    items = read_text(tmp_path, "Folio,Cliente,Fecha,Importe\n1,X,2025-01-01,100\n1,Y,2025-01-01,100\n")
    assert codes(items) == [(2, ["order_lines_disagree"])]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Cancelado por el cliente", "cancelled"),
        ("Venta cancelada. Te devolvimos el dinero", "cancelled"),
        ("Canceled by customer", "cancelled"),
        ("Partially cancelled", None),
        ("No cancelado", None),
        ("Pago pendiente", "unpaid"),
        ("Por cobrar", "unpaid"),
        ("Pendiente de envío", None),
        ("Devolución", "refunded"),
        ("Reembolsado parcialmente", None),
        ("Completado", None),
    ],
)
def test_what_the_word_of_a_shop_means(word: str, state: str | None) -> None:
    assert state_of(word) == state


def test_more_cells_than_columns(tmp_path: Path) -> None:
    items = read_text(tmp_path, "Cliente,Fecha,Importe\nX,2025-01-01,1,234.50\nX,2025-01-01,10,,\nY\n")
    assert codes(items) == [(2, ["too_many_cells"]), (4, ["date_missing", "amount_missing"])]
    assert [sale.amount_minor for sale in sales(items)] == [1000]


@pytest.mark.parametrize(("day_first", "expected"), [(True, date(2025, 2, 1)), (False, date(2025, 1, 2))])
def test_an_ambiguous_order_of_days_is_asked(tmp_path: Path, day_first: bool, expected: date) -> None:
    text = "Cliente,Fecha,Importe\nX,01/02/2025,100\n"
    assert codes(read_text(tmp_path, text)) == [(2, ["date_ambiguous"])]
    assert sales(read_text(tmp_path, text, HABITS._replace(day_first=day_first)))[0].on == expected


def test_currencies(tmp_path: Path) -> None:
    items = read_text(
        tmp_path, "Cliente,Fecha,Importe,Moneda\nX,2025-01-01,10,usd\nX,2025-01-01,10,\nX,2025-01-01,10,XXX\n"
    )
    assert [(sale.amount_minor, sale.currency) for sale in sales(items)] == [(1000, "USD"), (1000, "MXN")]
    assert codes(items) == [(4, ["currency_unknown"])]


def test_woocommerces_guests_are_not_one_customer(tmp_path: Path) -> None:
    text = "order_number,status,order_date,order_total,customer_id,billing_email\n1,completed,2025-01-01,5,0,a@b.co\n"
    assert [(sale.customer, sale.email) for sale in sales(read_text(tmp_path, text))] == [("", "a@b.co")]


@pytest.mark.parametrize("cell", ["a" + "\u0323\u0301" * 60_000, "x" * 120_000])
def test_a_very_long_cell_holds_nobody_up(cell: str, tmp_path: Path) -> None:
    headings = "Name,Email,Paid at,Total,Currency,Lineitem name,Lineitem quantity,Lineitem price,Financial Status"
    long = ",".join([cell] * 9)
    began = time.perf_counter()
    items = read_text(
        tmp_path, f"{headings},{cell}\n#1,a@b.example,2026-01-05,10.00,MXN,{cell},1,10.00,paid,\n{long},\n"
    )
    assert [len(sale.description) for sale in sales(items)] == [200]
    assert time.perf_counter() - began < 5
