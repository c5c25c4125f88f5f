"""What a customer is found by: words without accents or case, and phones as digits."""

import unicodedata
from collections.abc import Iterable

LONGEST_QUERY = 80


def fold(text: str) -> str:
    """Lower case, no accents, single spaces: "  Núñez  Hnos" → "nunez hnos"."""
    if text.isascii():
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def searchable(words: Iterable[str | None]) -> str:
    """One folded line per word; empty and repeated ones are left out."""
    return "\n".join(dict.fromkeys(fold(word) for word in words if word))


def terms(query: str) -> list[str]:
    """The folded words of what somebody typed. What looks like a phone number becomes one run of digits."""
    folded = fold(query[:LONGEST_QUERY])
    bare = folded.translate({ord(c): None for c in " -().+/"})
    if len(bare) >= 4 and bare.isascii() and bare.isdigit():
        return [bare]
    return folded.split()
