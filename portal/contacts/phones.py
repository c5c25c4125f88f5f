"""Telephone numbers as one string each: E.164, with the Mexican 52 and 521 forms folded into one.

The same person appears as `55 1234 5678`, `044 55 1234 5678`, `+52 1 55 1234 5678` and `5215512345678`: all are
`+525512345678`.
"""

import re
from functools import lru_cache

import phonenumbers

LONGEST = 40
_FILLING = re.compile(r"[\s().\-/\u00a0\u2010-\u2015\u200e\u200f\u202a-\u202e\ufeff]+")
# 10 digits after: nothing, the long-distance 01, the old mobile 044/045, or the country code with or without the old
# mobile 1.
_MEXICAN = re.compile(r"(?:01|04[45]|(?:\+|00)?52(?:1|01)?)?([2-9][0-9]{9})", re.ASCII)
_MEXICAN_ABROAD = re.compile(r"(?:\+|00)52(?:1|01)?([2-9][0-9]{9})", re.ASCII)


class PhoneNotUnderstood(ValueError):
    """A text that is no telephone number in its region; `text` is what was read, shortened."""

    def __init__(self, text: str) -> None:
        super().__init__("phone_not_understood")
        self.text = text.strip()[:LONGEST]


@lru_cache(maxsize=20_000)
def normalise_phone(text: str, region: str = "MX") -> str:
    """The number in E.164 (`+525512345678`); `region` is where a number without a country code is from (ISO 3166).

    Raises PhoneNotUnderstood. Extensions are left out: E.164 has no place for them.
    """
    if len(text) > LONGEST:
        raise PhoneNotUnderstood(text)
    bare = _FILLING.sub("", text)
    mexican = (_MEXICAN if region == "MX" else _MEXICAN_ABROAD).fullmatch(bare)
    if mexican:
        return f"+52{mexican[1]}"
    return _by_the_book(bare if bare.startswith("+") else text, region)


def _by_the_book(text: str, region: str) -> str:
    """The number by the world's numbering plans; slower, so only for what the Mexican forms do not cover."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise PhoneNotUnderstood(text) from error
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise PhoneNotUnderstood(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
