"""Text as it may enter the house: the same on both databases.

It is normalised (NFC), without the space around it, and without what a database could not keep (NUL, lone surrogates)
or nobody can see (control characters).
"""

import re
import unicodedata

# U+FFFD is what a lone surrogate or a broken byte has become by the time a form is parsed.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")
_SPACES = re.compile(r"[^\S\u3000]+")


class UnfitText(ValueError):
    """A text with characters that can't be kept."""


def clean_line(text: str) -> str:
    """One line of text: NFC, single spaces. Raises UnfitText."""
    return _SPACES.sub(" ", clean_text(text))


def clean_text(text: str) -> str:
    """Text of several lines: NFC, line ends as `\\n`. Raises UnfitText."""
    if text.isascii() and text.isprintable():
        return text.strip()
    if _UNFIT.search(text):
        raise UnfitText
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def without_unfit(text: str) -> str:
    """The text with a visible mark where it can't be kept: to be shown again, or looked for, never stored."""
    return _UNFIT.sub("\ufffd", text)
