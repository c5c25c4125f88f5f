"""Keyset paging: a page is found by where the one before it ended, so that the hundredth costs what the first does."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, literal_column

Row = TypeVar("Row")
PAGE_ROWS = 50


def most(rows: int) -> ColumnElement[int]:
    """A limit as part of its statement: with a value for it, PostgreSQL would plan the statement at each turn."""
    return literal_column(str(rows))


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a longer list. `after` is the address of what follows, or None at the end."""

    rows: Sequence[Row]
    after: str | None
    is_first: bool


def page_of(
    rows: Sequence[Row], key: Callable[[Row], tuple[Any, ...]], *, first: bool, size: int = PAGE_ROWS
) -> Page[Row]:
    """Make a page of rows that were asked for with a limit of `size + 1`: the one too many tells that there is more."""
    shown = rows[:size]
    return Page(shown, encode(key(shown[-1])) if len(rows) > size else None, first)


def encode(key: tuple[Any, ...]) -> str:
    """A key (texts, numbers, dates) as an opaque word for a URL."""
    plain = [value.isoformat() if isinstance(value, date) else value for value in key]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(word: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The key behind the word, if it has these types (`str`, `int`, `float`, `date`); anything else is None, which is
    the first page.
    """
    if not word or len(word) > 1000:
        return None
    try:
        plain = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        if not isinstance(plain, list) or len(plain) != len(kinds):
            return None
        return tuple(_value(value, kind) for value, kind in zip(plain, kinds, strict=True))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        return None


def _value(value: Any, kind: type[Any]) -> Any:
    if kind is date:
        return date.fromisoformat(value)
    if type(value) is not kind:
        raise TypeError
    if kind is float and not isfinite(value):
        raise ValueError
    if kind is int and not -(2**63) <= value < 2**63:
        raise ValueError
    if kind is str and b"\x00" in value.encode():  # half a character has no bytes, which is a ValueError too
        raise ValueError
    return value
