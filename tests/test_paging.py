"""Keyset paging: cursors survive the trip through a URL, and rubbish is the first page."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from portal.paging import decode, encode, page_of

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)


@given(texts, st.dates(), st.integers(-(2**63), 2**63 - 1))
def test_a_key_comes_back_as_it_went(name: str, day: date, id: int) -> None:
    assert decode(encode((name, day, id)), str, date, int) == (name, day, id)


@given(st.text(max_size=80))
def test_rubbish_is_the_first_page(word: str) -> None:
    assert decode(word, str, int) is None or isinstance(decode(word, str, int), tuple)


def test_a_key_of_another_shape_is_the_first_page() -> None:
    assert decode(encode(("a", 1)), int, int) is None
    assert decode(encode(("a", True)), str, int) is None
    assert decode(encode(("a", 2**63)), str, int) is None
    assert decode(encode(("a\x00", 1)), str, int) is None
    assert decode(encode(("half a character: \ud83d", 1)), str, int) is None
    assert decode(encode(("2026-02-30", 1)), date, int) is None
    assert decode(None, str, int) is None
    assert decode("", str, int) is None


def test_the_row_too_many_tells_that_there_is_more() -> None:
    page = page_of([1, 2, 3], lambda row: (row,), first=True, size=2)
    assert list(page.rows) == [1, 2]
    assert decode(page.after, int) == (2,)
    last = page_of([3], lambda row: (row,), first=False, size=2)
    assert last.after is None
    assert page_of([], lambda row: (row,), first=True).after is None
