"""What a customer is found by: words without accents or case, and phones as digits."""

import re
import unicodedata
from collections.abc import Iterable

from portal.texts import without_unfit

LONGEST_QUERY = 80
SHORTEST_PART = 3
"""Characters from which a word is found anywhere in a name; shorter ones are found where a name begins."""
_PHONE_PUNCTUATION = str.maketrans("", "", " -().+/")
_AS_DIALLED = re.compile(r"(?:01|04[45]|0052(?:1|01)?|52(?:1|01))([2-9][0-9]{2,9})", re.ASCII)
"""A Mexican number, or its beginning, as it used to be dialled; they are kept without what stands before it here."""


def fold(text: str) -> str:
    """Lower case, no accents, single spaces: "  Núñez  Hnos" → "nunez hnos"."""
    if text.isascii():
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def searchable(words: Iterable[str | None]) -> str:
    """One folded line per word; empty and repeated ones are left out."""
    return "\n".join(dict.fromkeys(fold(word) for word in words if word))


def ways(query: str) -> list[list[str]]:
    """The ways to read what somebody typed, each as folded words that must all be found.

    What looks like a phone number is one run of digits (`52 1 81…` and `044 81…` as `52 81…`), or else the words as
    they stand.
    """
    words = fold(without_unfit(query[:LONGEST_QUERY])).split()
    bare = "".join(words).translate(_PHONE_PUNCTUATION)
    if len(bare) < 4 or not bare.isascii() or not bare.isdigit():
        return [words] if words else []
    dialled = _AS_DIALLED.fullmatch(bare)
    kept = [["52" + dialled[1]]] if dialled else []
    numbers = kept if dialled and len(dialled[1]) == 10 else [[bare], *kept]
    return numbers if words in numbers else [*numbers, words]


def beginning(query: str) -> str:
    """What was typed, as the beginning of a folded name."""
    return fold(without_unfit(query[:LONGEST_QUERY]))


def match(way: list[str]) -> str:
    """The words of one way that an FTS5 trigram index can find, as its own query language says it."""
    return " AND ".join('"' + word.replace('"', '""') + '"' for word in way if len(word) >= SHORTEST_PART)
