"""From rows to customers with their contacts."""

from pathlib import Path

from portal.imports import columns, people, reading
from portal.imports.orders import Refused
from portal.imports.people import Person

FILES = Path(__file__).parent / "files"


def test_a_firms_spreadsheet() -> None:
    table = reading.open_table(FILES / "clientes.csv", "clientes.csv")
    places = columns.places(columns.guess("customers", table.headers, table.sample).mapping, table.headers)
    items = list(people.Reader(places, "MX", len(table.headers)).items(table.rows()))
    persons = [item for item in items if isinstance(item, Person)]
    assert persons[0][:-1] == (
        2, "Hotel Sierra Azul", "C-1", "compras@sierraazul.example", "+528183401122", "Monterrey", "Prefiere llamadas",
        "Ana Robles", "ana@sierraazul.example", "+528112345678", "sales@firm.example", ("hotelería", "norte"),
    )  # fmt: skip
    assert [person.contact_name for person in persons] == ["Ana Robles", "Jorge Salas", ""]
    assert [(item.row, [code for _, code, _ in item.faults]) for item in items if isinstance(item, Refused)] == [
        (5, ["email_not_understood", "phone_not_understood"]),
        (6, ["name_missing"]),
    ]


def test_a_row_needs_no_more_than_a_way_to_call() -> None:
    items = list(people.Reader({"phone": 0}, "MX", 1).items([(2, ["55 1234 5678"])]))
    assert isinstance(items[0], Person)
    assert items[0].name == "+525512345678"


def test_the_person_beside_a_firm_keeps_both_names() -> None:
    places = {"name": 0, "contact_name": 1, "contact_last_name": 2}
    items = people.Reader(places, "MX", 3).items([(2, ["Hotel Sierra", "Ana", "Robles"]), (3, ["", "Eva", "Solís"])])
    assert [(each.name, each.contact_name) for each in items if isinstance(each, Person)] == [
        ("Hotel Sierra", "Ana Robles"),
        ("Eva Solís", "Eva Solís"),
    ]
