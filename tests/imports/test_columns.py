"""Columns: guessed from headers in two languages and from what is in them, or said by hand."""

from pathlib import Path

import pytest

from portal.imports import columns, reading
from portal.imports.values import Cell

FILES = Path(__file__).parent / "files"


def guessed(name: str, kind: str = "purchases") -> columns.Guess:
    table = reading.open_table(FILES / name, name)
    return columns.guess(kind, table.headers, table.sample)


def test_a_plain_shop_log() -> None:
    guess = guessed("shop.csv")
    assert guess.mapping == {"date": "date", "amount": "amount_usd", "customer": "customer"}
    assert guess.currency == "USD"


def test_a_shopify_export() -> None:
    guess = guessed("shopify.csv")
    assert guess.source == "shopify"
    assert guess.mapping == {
        "order": "Name", "date": "Created at", "amount": "Total", "refund": "Refunded Amount",
        "cancelled": "Cancelled at", "status": "Financial Status", "currency": "Currency", "email": "Email",
        "phone": "Billing Phone", "name": "Billing Name", "description": "Lineitem name",
    }  # fmt: skip


def test_a_woocommerce_export() -> None:
    guess = guessed("woocommerce.csv")
    assert guess.source == "woocommerce"
    assert guess.mapping == {
        "date": "Order Date", "amount": "Order Total Amount", "email": "Email (Billing)", "phone": "Phone (Billing)",
        "name": "First Name (Billing)", "last_name": "Last Name (Billing)", "order": "Order Number",
        "currency": "Order Currency", "description": "Item Name", "status": "Order Status",
        "refund": "Order Refund Amount",
    }  # fmt: skip


def test_another_woocommerce_export() -> None:
    headers = (
        "order_id,order_number,order_date,status,order_total,order_currency,customer_id,billing_first_name,"
        "billing_last_name,billing_email,billing_phone,refunded_total"
    )
    guess = columns.guess("purchases", headers.split(","), [])
    assert guess.source == "woocommerce"
    assert guess.mapping["customer"] == "customer_id"
    assert guess.mapping["refund"] == "refunded_total"


def test_spanish_headers() -> None:
    assert guessed("ventas.csv").mapping == {
        "date": "Fecha", "amount": "Importe", "email": "Correo electrónico", "phone": "Teléfono", "name": "Cliente",
    }  # fmt: skip
    assert columns.guess("purchases", ["FECHA DE COMPRA", "Nombre del cliente", "Monto (MXN)"], []) == (
        "file",
        {
            "date": "FECHA DE COMPRA",
            "amount": "Monto (MXN)",
            "customer": "Nombre del cliente",
            "name": "Nombre del cliente",
        },
        "MXN",
    )


@pytest.mark.parametrize(
    ("customers", "fields"),
    [
        (["info@law.example", "ana@x.example"], {"email"}),
        (["Mary Green", "Hotel Sierra Azul", "Walmart", "Notaría del Sol 32"], {"customer", "name"}),
        (["info@law.example", "Mary Green", ""], {"customer", "name"}),
        (["00001", "C-2", "HSA", "jsmith"], {"customer"}),
        ([1001.0, 1002.0], {"customer"}),
        (["Mary Green", "C-2", "C-3"], {"customer"}),
    ],
)
def test_a_column_called_customer_is_told_by_what_is_in_it(customers: list[Cell], fields: set[str]) -> None:
    sample: list[list[Cell]] = [[customer, "31/01/2024", "12.50"] for customer in customers]
    mapping = columns.guess("purchases", ["Customer", "Date", "Amount"], sample).mapping
    assert mapping == {"date": "Date", "amount": "Amount"} | dict.fromkeys(fields, "Customer")


@pytest.mark.parametrize("kind", ["purchases", "customers"])
def test_names_and_addresses_are_no_numbers_where_something_else_tells_who_it_is(kind: str) -> None:
    by_name = [["Mary Green", "mary@x.example"], ["Walmart", "w@x.example"]]
    assert columns.guess(kind, ["Customer", "Email"], by_name).mapping == {"name": "Customer", "email": "Email"}
    by_address = [["mary@x.example", "mary@y.example"], ["w@x.example", ""]]
    assert columns.guess(kind, ["Customer", "Email"], by_address).mapping == {"email": "Email"}
    assert columns.guess(kind, ["Customer", "Email"], [["w@x.example", ""]]).mapping == {"email": "Customer"}


def test_a_customer_list() -> None:
    assert guessed("clientes.csv", "customers").mapping == {
        "name": "Nombre", "customer": "No. de cliente", "email": "Correo", "phone": "Teléfono", "city": "Ciudad",
        "contact_name": "Contacto", "contact_email": "Correo del contacto", "contact_phone": "Teléfono del contacto",
        "assignee": "Responsable", "tags": "Etiquetas", "notes": "Notas",
    }  # fmt: skip
    headers = "Name,External ID,Email,Phone,Contact name,Contact e-mail,Contact phone,Assignee e-mail,Tags,City,Notes"
    assert set(columns.guess("customers", headers.split(","), []).mapping) == set(columns.CUSTOMER_FIELDS) - {
        "last_name", "contact_last_name",
    }  # fmt: skip


@pytest.mark.parametrize(
    "headers",
    ["Empresa,Nombre,Apellidos,Correo,Propietario", "First Name,Last Name,Email Address,Company name,Contact owner"],
)
def test_the_person_beside_a_firm_is_its_contact(headers: str) -> None:
    firm, first, last, owner = ("Empresa", "Nombre", "Apellidos", "Propietario")
    if firm not in headers:
        firm, first, last, owner = ("Company name", "First Name", "Last Name", "Contact owner")
    mapping = columns.guess("customers", headers.split(","), []).mapping
    assert (mapping["name"], mapping["contact_name"], mapping["contact_last_name"]) == (firm, first, last)
    assert mapping["assignee"] == owner
    assert "last_name" not in mapping


def test_a_column_is_not_what_nothing_in_it_can_be() -> None:
    headers = ["Name", "E-mail 1 - Label", "E-mail 1 - Value", "Phone 1 - Label", "Phone 1 - Value"]
    guess = columns.guess("customers", headers, [["Ana", "Work", "ana@x.example", "Mobile", "55 1234 5678"]])
    assert guess.mapping == {"name": "Name", "email": "E-mail 1 - Value", "phone": "Phone 1 - Value"}


@pytest.mark.parametrize(
    ("headers", "amount"),
    [
        ("Fecha,Cliente,Cantidad,Precio unitario", None),
        ("Fecha,Cliente,Cantidad,Precio", None),
        ("Fecha,Cliente,Precio", "Precio"),
        ("Fecha,Cliente,Cantidad,Precio,Total", "Total"),
        ("Date,Customer,Total items,Discount amount,Total tax,Net", "Net"),
        ("Fecha,Cliente,IVA,Total con IVA", "Total con IVA"),
    ],
)
def test_what_is_counted_or_costs_one_piece_is_no_amount_paid(headers: str, amount: str | None) -> None:
    names = headers.split(",")
    sample = [["2026-01-15", "Ana Robles", *["3.00"] * (len(names) - 2)]]
    assert columns.guess("purchases", names, sample).mapping.get("amount") == amount


def test_columns_without_names_are_told_by_what_is_in_them() -> None:
    sample = [["ana@x.mx", "7", "31/01/2024", "12.50"], ["b@x.mx", "8", "01/02/2024", "7.25"]]
    assert columns.guess("purchases", ["#1", "#2", "#3", "#4"], sample).mapping == {
        "email": "#1", "date": "#3", "amount": "#4",
    }  # fmt: skip


def test_what_is_missing() -> None:
    assert columns.missing("purchases", {}) == ["date", "amount", "customer"]
    assert columns.missing("purchases", {"date": "a", "amount": "b", "phone": "c"}) == []
    assert columns.missing("customers", {"city": "a"}) == ["name"]


def test_by_hand() -> None:
    headers = ["Cliente", "Fecha de compra", "Importe"]
    said = columns.by_hand("purchases", "customer=cliente, date=fecha de compra,amount=Importe", headers)
    assert said == {"customer": "Cliente", "date": "Fecha de compra", "amount": "Importe"}


@pytest.mark.parametrize(
    ("text", "code"),
    [("customer", "mapping_unreadable"), ("colour=Cliente", "field_unknown"), ("date=Día", "column_unknown")],
)
def test_a_bad_mapping_is_refused(text: str, code: str) -> None:
    with pytest.raises(columns.BadMapping) as refused:
        columns.by_hand("purchases", text, ["Cliente"])
    assert refused.value.code == code
