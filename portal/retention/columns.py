"""The rows of a SELECT of whole numbers as NumPy columns, without an object for each of them.

PostgreSQL packs some ten thousand rows into one value, number after number as it would send them, and they are read out
of its bytes. SQLite's rows come as they are, some ten thousand at a time. So millions of rows fit into memory.
"""

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, ColumnElement, LargeBinary, func, literal, select
from sqlalchemy import cast as sql_cast

from portal.extensions import db
from portal.retention.queries import Rows, highest
from portal.retention.statistics import Integers

AT_ONCE = 65_536


def read(statement: Rows) -> list[Integers]:
    """The columns, in the statement's order."""
    width = len(statement.selected_columns)
    parts: list[list[Integers]] = [[np.empty(0, dtype=np.int64)] for _ in range(width)]
    for rows in _pieces(statement):
        for part, values in zip(parts, zip(*rows, strict=True), strict=True):
            part.append(np.array(values, dtype=np.int64))
    return [np.concatenate(part) for part in parts]


def read_by(key: Any, statement: Rows) -> list[Integers]:
    """The same of a long table, whose primary key is `key`, or, without one, of few rows; in no order on PostgreSQL."""
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
    for piece in _slices(key, statement.order_by(None)):
        columns = list(piece.subquery().c)
        numbers = columns[:-1] if worded else columns
        packed = func.string_agg(_sent(numbers), literal(b"", LargeBinary))
        query = select(columns[-1], packed).group_by(columns[-1]) if worded else select(literal(""), packed)
        for word, sent in db.session.connection().execute(query):
            if sent is not None:
                yield word, _unpacked(sent, len(numbers))


def _slices(key: Any, statement: Rows) -> Iterator[Rows]:
    """The statement for some of the table's keys after the other; without a key, as it is."""
    if key is None:
        yield statement
        return
    for start in range(0, highest(key), AT_ONCE):
        yield statement.where(key > start, key <= start + AT_ONCE)


def _sent(numbers: Sequence[ColumnElement[int]]) -> ColumnElement[bytes]:
    """A row's numbers as PostgreSQL would send them: eight bytes each, the highest first."""
    sent = (func.int8send(sql_cast(number, BigInteger), type_=LargeBinary) for number in numbers)
    return reduce(lambda before, number: before.op("||", return_type=LargeBinary())(number), sent)


def _unpacked(sent: bytes, width: int) -> list[Integers]:
    rows = np.frombuffer(sent, dtype=">i8").reshape(-1, width)
    return [rows[:, column].astype(np.int64) for column in range(width)]


def _pieces(statement: Rows) -> Iterator[Sequence[Any]]:
    result = db.session.connection().execute(statement, execution_options={"yield_per": AT_ONCE})
    return result.partitions()
