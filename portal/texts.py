"""Text as it may enter the house: the same on both databases.

It is normalised (NFC), without the space around it, and without what a database could not keep (NUL, lone surrogates)
or nobody can see (control characters).
"""

import re
import unicodedata
from itertools import groupby

# U+FFFD is what a lone surrogate or a broken byte has become by the time a form is parsed.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")
_SPACES = re.compile(r"[^\S\u3000]+")
MOST_MARKS = 30
"""Accents and the like upon one letter: as many as Unicode's stream-safe texts have (UAX #15), which no language needs.

To put them in order costs their number squared: a hundred thousand would hold up everybody for a minute.
"""
_SIGNS = re.compile(rf"[^\w\s\x00-\x7f]{{{MOST_MARKS + 1},}}")


class UnfitText(ValueError):
    """A text with characters that can't be kept."""


def clean_line(text: str) -> str:
    """One line of text: NFC, single spaces. Raises UnfitText."""
    return _SPACES.sub(" ", clean_text(text))


def clean_text(text: str) -> str:
    """Text of several lines: NFC, line ends as `\\n`. Raises UnfitText."""
    if text.isascii() and text.isprintable():
        return text.strip()
    if _UNFIT.search(text) or any(_is_heap(found[0]) for found in _SIGNS.finditer(text)):
        raise UnfitText
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _is_heap(signs: str) -> bool:
    """Do more marks stand upon one letter here than any text has?"""
    return any(
        are_marks and len(list(marks)) > MOST_MARKS
        for are_marks, marks in groupby(signs, lambda sign: unicodedata.category(sign).startswith("M"))
    )


def number_in(text: str) -> int:
    """The whole number that a text holds, as an address or a form brings an id: at most 18 ASCII digits, so that every
    database can hold it. Of anything else it is 0, which is no id.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def without_unfit(text: str) -> str:
    """The text with a visible mark where it can't be kept: to be shown again, or looked for, never stored."""
    return _UNFIT.sub("\ufffd", text)
