"""Telephone numbers: every Mexican form is one number, and what is none is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.contacts.phones import PhoneNotUnderstood, normalise_phone

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "text",
    [
        "55 1234 5678", "5512345678", "(55) 1234-5678", "55.1234.5678", "044 55 1234 5678", "045 55 1234 5678",
        "01 55 1234 5678", "+52 55 1234 5678", "+52 1 55 1234 5678", "5215512345678", "525512345678",
        "0052 55 1234 5678", "\u202d55 1234 5678\u202c", "55-1234-5678 ext. 12",
    ],
)  # fmt: skip
def test_mexican_forms_are_one_number(text: str) -> None:
    assert normalise_phone(text) == "+525512345678"


def test_other_countries() -> None:
    assert normalise_phone("+1 (415) 555-2671") == "+14155552671"
    assert normalise_phone("(415) 555-2671", "US") == "+14155552671"
    assert normalise_phone("+52 1 55 1234 5678", "US") == "+525512345678"
    assert normalise_phone("+34 612 34 56 78") == "+34612345678"


@pytest.mark.parametrize("text", ["", "123", "abc", "15512345678", "5" * 50, "\x00", "+"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(PhoneNotUnderstood):
        normalise_phone(text)


@pytest.mark.long
@given(st.text(max_size=50))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        number = normalise_phone(text)
    except PhoneNotUnderstood:
        return
    assert re.fullmatch(r"\+[0-9]{1,19}", number, re.ASCII)
    assert normalise_phone(number) == number
