"""Cells: days, amounts, texts; read, or refused with a code."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from portal.imports import values
from portal.imports.values import Cell, Fault, Habits

HABITS = Habits(zone=ZoneInfo("America/Mexico_City"), today=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2024-02-29", date(2024, 2, 29)),
        ("2024/3/5", date(2024, 3, 5)),
        ("20240131", date(2024, 1, 31)),
        ("31/12/2024", date(2024, 12, 31)),
        ("12/31/2024 11:15 PM", date(2024, 12, 31)),
        ("5/5/24", date(2024, 5, 5)),
        ("31-12-98", date(1998, 12, 31)),
        ("12 de marzo de 2024", date(2024, 3, 12)),
        ("12-mar-24", date(2024, 3, 12)),
        ("9 ene. 2024", date(2024, 1, 9)),
        ("mié, 12 mar 2024", date(2024, 3, 12)),
        ("March 12, 2024", date(2024, 3, 12)),
        ("2024-03-01 04:15:00 +0000", date(2024, 2, 29)),  # an instant falls on the firm's day
        ("2024-03-01T04:15:00Z", date(2024, 2, 29)),
        ("2024-03-01 04:15:00 UTC", date(2024, 2, 29)),
        ("2024-03-01 04:15:00 -0600", date(2024, 3, 1)),
        ("2024-06-01T00:00:00+14:00", date(2024, 5, 31)),
        ("2024-03-10 02:30:00 -0600", date(2024, 3, 10)),
        ("2024-03-01 04:15:00", date(2024, 3, 1)),  # without a zone, the day as written
        (datetime.fromisoformat("2024-01-31T12:00"), date(2024, 1, 31)),
        (date(2024, 1, 31), date(2024, 1, 31)),
        (45321.0, date(2024, 1, 30)),
        (20240131.0, date(2024, 1, 31)),
        ("15 de noviembre de 2025 13:45 hs.", date(2025, 11, 15)),
        ("31/01/2025 23:15 hrs", date(2025, 1, 31)),
        ("2025-01-31 9:05h", date(2025, 1, 31)),
    ],
)
def test_days(cell: Cell, expected: date) -> None:
    assert values.day(cell, HABITS) == expected


def test_a_spring_gap_in_another_zone() -> None:
    habits = HABITS._replace(zone=ZoneInfo("Europe/Madrid"))
    assert values.day("2024-03-31T00:30:00Z", habits) == date(2024, 3, 31)
    assert values.day("2024-03-30T23:30:00Z", habits) == date(2024, 3, 31)
    assert values.day("2024-03-31T10:00:00Z", HABITS._replace(zone=ZoneInfo("Pacific/Kiritimati"))) == date(2024, 4, 1)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "date_missing"),
        ("x", "date_not_understood"),
        (True, "date_not_understood"),
        (12.0, "date_not_understood"),
        ("2023-02-29", "date_does_not_exist"),
        ("2024-13-01", "date_does_not_exist"),
        ("99/99/2024", "date_does_not_exist"),
        ("3/4/2024", "date_ambiguous"),
        ("2027-01-01", "date_in_future"),
        ("1899-12-31", "date_too_old"),
        ("0001-01-01 00:00:00 +1400", "date_does_not_exist"),
    ],
)
def test_what_is_no_day_is_refused(cell: Cell, code: str) -> None:
    with pytest.raises(Fault) as refused:
        values.day(cell, HABITS)
    assert refused.value.code == code


def test_a_refused_day_is_quoted_as_the_file_writes_it() -> None:
    for cell, text in (("20/11/2027", "20/11/2027"), ("1/2/1899", "1/2/1899"), (date(2027, 11, 20), "2027-11-20")):
        with pytest.raises(Fault) as refused:
            values.day(cell, HABITS._replace(day_first=True))
        assert refused.value.params == {"text": text}


def test_day_or_month_first_is_told_by_the_column() -> None:
    assert values.day_order(["3/4/2024", "15/5/2024"]) == (True, True)
    assert values.day_order(["3/4/2024", "5/15/2024"]) == (False, True)
    assert values.day_order(["3/4/2024", "5/6/2024"]) == (None, True)
    assert values.day_order(["2024-01-01", "5/5/2024"]) == (None, False)
    assert values.day("3/4/2024", HABITS._replace(day_first=True)) == date(2024, 4, 3)
    assert values.day("3/4/2024", HABITS._replace(day_first=False)) == date(2024, 3, 4)
    with pytest.raises(Fault) as refused:
        values.day("4/30/2024", HABITS._replace(day_first=True))
    assert refused.value.code == "date_other_order"


def test_amounts_of_a_spreadsheet() -> None:
    assert values.amount(19.99, "MXN", None) == 1999
    assert values.amount(0.1 + 0.2, "MXN", None) == 30  # as the spreadsheet shows it
    assert values.amount(1500, "JPY", None) == 1500
    for cell in (float("nan"), float("inf"), 1e300, 0.005, True):
        with pytest.raises(Fault):
            values.amount(cell, "MXN", None)


def test_texts() -> None:
    assert values.text_of(1001.0) == "1001"
    assert values.short_text("Ana\n Robles", "name") == "Ana Robles"
    assert values.short_text("🙂 مرحبا", "name") == "🙂 مرحبا"
    for text in ("a\x07b", "x" * 161, "\ud800"):
        with pytest.raises(Fault):
            values.short_text(text, "name")
    assert values.phone("'+52 1 55 1234 5678", "MX") == "+525512345678"
    assert values.fold("  Teléfono (móvil) ") == "telefono movil"
