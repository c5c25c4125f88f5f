"""The rows of a SELECT of whole numbers as NumPy columns, without an object for each of them.

PostgreSQL packs some ten thousand rows into one array per column, as it would send them; they are read out of its
bytes. SQLite's rows come as they are, some ten thousand at a time. So millions of rows fit into memory.
"""

from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np
from sqlalchemy import BigInteger, func, select
from sqlalchemy import cast as sql_cast

from portal.extensions import db
from portal.retention.queries import Rows, highest
from portal.retention.statistics import Integers

AT_ONCE = 65_536
ARRAY_HEAD = 20
"""Bytes before an array's numbers, as PostgreSQL sends it: dimensions, flags, type, length and first place."""
ARRAY_OF = np.dtype([("length", ">i4"), ("value", ">i8")])


def read(statement: Rows) -> list[Integers]:
    """The columns, in the statement's order."""
    width = len(statement.selected_columns)
    parts: list[list[Integers]] = [[np.empty(0, dtype=np.int64)] for _ in range(width)]
    for rows in _pieces(statement):
        for part, values in zip(parts, zip(*rows, strict=True), strict=True):
            part.append(np.array(values, dtype=np.int64))
    return [np.concatenate(part) for part in parts]


def read_by(key: Any, statement: Rows) -> list[Integers]:
    """The same of a long table, whose primary key is `key`; in no order on PostgreSQL."""
    return read_worded_by(key, statement, worded=False)[0]


def read_worded_by(key: Any, statement: Rows, *, worded: bool = True) -> tuple[list[Integers], list[str]]:
    """The same of a statement whose last column is a word: as its place in the words that occur, which come along."""
    words: dict[str, int] = {}
    width = len(statement.selected_columns)
    parts: list[list[Integers]] = [[np.empty(0, dtype=np.int64)] for _ in range(width)]
    for word, columns in _arrays(key, statement, worded):
        for part, column in zip(parts, columns, strict=False):
            part.append(column)
        if worded:
            place = words.setdefault(word, len(words))
            parts[-1].append(np.full(len(columns[0]), place, dtype=np.int64))
    found = []
    for part in parts:
        found.append(np.concatenate(part))
        part.clear()
    return found, list(words)


def _arrays(key: Any, statement: Rows, worded: bool) -> Iterator[tuple[str, list[Integers]]]:
    """Pieces of the columns, each of one word."""
    if db.session.get_bind().dialect.name == "postgresql":
        yield from _packed(key, statement, worded)
        return
    for rows in _pieces(statement):
        columns = list(zip(*rows, strict=True))
        numbers = [np.array(column, dtype=np.int64) for column in (columns[:-1] if worded else columns)]
        if not worded:
            yield "", numbers
            continue
        of = np.array(columns[-1])
        for word in sorted(set(columns[-1])):
            yield word, [column[of == word] for column in numbers]


def _packed(key: Any, statement: Rows, worded: bool) -> Iterator[tuple[str, list[Integers]]]:
    for start in range(0, highest(key), AT_ONCE):
        piece = statement.order_by(None).where(key > start, key <= start + AT_ONCE).subquery()
        columns = list(piece.c)
        numbers = columns[:-1] if worded else columns
        packed = [func.array_send(func.array_agg(sql_cast(column, BigInteger))) for column in numbers]
        query = select(columns[-1], *packed).group_by(columns[-1]) if worded else select(*packed)
        for row in db.session.connection().execute(query):
            word, *arrays = row if worded else ("", *row)
            if arrays[0] is not None:
                yield word, [_unpacked(array) for array in arrays]


def _unpacked(sent: bytes) -> Integers:
    values = np.frombuffer(sent, dtype=ARRAY_OF, offset=ARRAY_HEAD)["value"]
    return cast("Integers", values.astype(np.int64))


def _pieces(statement: Rows) -> Iterator[Sequence[Any]]:
    result = db.session.connection().execute(statement, execution_options={"yield_per": AT_ONCE})
    return result.partitions()
