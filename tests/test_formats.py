"""Money, days, phones and shares as people read them, in both languages."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask

from portal import clock, formats
from portal.language import speak

NOON = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def saturday(app: Flask) -> None:
    """Everything below is said on Saturday 21 November 2026, in Mexico City."""
    clock.use_zone("America/Mexico_City")


@pytest.mark.parametrize(
    ("minor", "currency", "language", "said"),
    [
        (4130000, "MXN", "en", "MXN 41,300"),
        (4130000, "MXN", "es", "MXN 41,300"),
        (1177, "USD", "en", "USD 11.77"),
        (0, "USD", "es", "USD 0.00"),
        (-50050, "USD", "en", "-USD 500.50"),
        (1200, "JPY", "en", "JPY 1,200"),
        (12345, "KWD", "en", "KWD 12.345"),
        (None, "USD", "en", "–"),
        (5, None, "en", "–"),
    ],
)
def test_money(minor: int | None, currency: str | None, language: str, said: str) -> None:
    speak(language)
    assert formats.money(minor, currency).replace("\xa0", " ") == said


@pytest.mark.parametrize(
    ("day", "english", "spanish"),
    [
        (date(2026, 11, 18), "3 days late", "3 días de retraso"),
        (date(2026, 11, 20), "1 day late", "1 día de retraso"),
        (date(2026, 11, 21), "today", "hoy"),
        (date(2026, 11, 22), "tomorrow", "mañana"),
        (date(2026, 11, 25), "in 4 days", "en 4 días"),
        (date(2026, 12, 24), "24 Dec", "24 dic"),
        (date(2027, 1, 1), "1 Jan 2027", "1 ene 2027"),
    ],
)
def test_due_days(day: date, english: str, spanish: str) -> None:
    with time_machine.travel(NOON, tick=False):
        for language, said in (("en", english), ("es", spanish)):
            speak(language)
            html = formats.due(day)
            assert html.striptags() == said
            assert f'datetime="{day.isoformat()}"' in html


def test_days_gone_by() -> None:
    speak("en")
    with time_machine.travel(NOON, tick=False):
        said = [formats.ago(date(2026, 11, day)).striptags() for day in (21, 20, 9)]
        assert said == ["today", "yesterday", "12 days ago"]
        assert formats.ago(date(2026, 3, 1)).striptags() == "1 Mar"
        assert formats.ago(None) == "never"


def test_phones() -> None:
    assert formats.phone("+528183401122") == "+52 81 8340 1122"
    assert formats.phone("+524421234567") == "+52 442 123 4567"
    assert formats.phone("+14155550132") == "+1 415-555-0132"
    assert formats.phone(None) == ""


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (4130050, "MXN", "MXN 41,301"),
        (4130049, "MXN", "MXN 41,300"),
        (12, "MXN", "MXN 0"),
        (1500, "JPY", "JPY 1,500"),
        (1500600, "KWD", "KWD 1,501"),
        (0, "MXN", "MXN 0"),
        (None, "MXN", "–"),
        (5, None, "–"),
    ],
)
def test_whole_money(minor: int | None, currency: str | None, said: str) -> None:
    assert formats.whole_money(minor, currency).replace("\xa0", " ") == said


@pytest.mark.parametrize(
    ("value", "said"), [(90, "90\xa0%"), (45.94, "45.9\xa0%"), (0.04, "0\xa0%"), (100.0, "100\xa0%")]
)
def test_shares_stay_whole_at_the_end_of_a_line(value: float, said: str) -> None:
    for language in ("en", "es"):
        speak(language)
        assert formats.percent(value) == said
