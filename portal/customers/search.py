"""What a customer is found by: words without accents or case, and phones as digits."""

import unicodedata
from collections.abc import Iterable

from portal.texts import without_unfit

LONGEST_QUERY = 80
SHORTEST_PART = 3
"""Characters from which a word is found anywhere in a name; shorter ones are found where a name begins."""
_PHONE_PUNCTUATION = str.maketrans("", "", " -().+/")


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

    What looks like a phone number is one run of digits (`52 1 81…` as `52 81…`), or else the words as they stand.
    """
    words = fold(without_unfit(query[:LONGEST_QUERY])).split()
    bare = "".join(words).translate(_PHONE_PUNCTUATION)
    if len(bare) < 4 or not bare.isascii() or not bare.isdigit():
        return [words] if words else []
    if len(bare) == 13 and bare.startswith("521"):
        bare = "52" + bare[3:]
    return [[bare]] if words == [bare] else [[bare], words]


def beginning(query: str) -> str:
    """What was typed, as the beginning of a folded name."""
    return fold(without_unfit(query[:LONGEST_QUERY]))


def match(way: list[str]) -> str:
    """The words of one way that an FTS5 trigram index can find, as its own query language says it."""
    return " AND ".join('"' + word.replace('"', '""') + '"' for word in way if len(word) >= SHORTEST_PART)
