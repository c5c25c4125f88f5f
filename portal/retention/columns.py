"""The rows of a SELECT of whole numbers as NumPy columns, in pieces, so that a million of them fit into memory."""

from typing import Any

import numpy as np

from portal.extensions import db
from portal.retention.queries import Rows
from portal.retention.statistics import Integers

AT_ONCE = 50_000


def read(statement: Rows) -> list[Integers]:
    """The columns, in the statement's order. Texts are not read: see `read_worded`."""
    width = len(statement.selected_columns)
    parts: list[list[Integers]] = [[np.empty(0, dtype=np.int64)] for _ in range(width)]
    for rows in _pieces(statement):
        for part, values in zip(parts, zip(*rows, strict=True), strict=True):
            part.append(np.array(values, dtype=np.int64))
    return [np.concatenate(part) for part in parts]


def read_worded(statement: Rows) -> tuple[list[Integers], list[str]]:
    """The same of a statement whose last column is a word: as its place in the words that occur, which come along."""
    places: dict[str, int] = {}
    width = len(statement.selected_columns)
    parts: list[list[Integers]] = [[np.empty(0, dtype=np.int64)] for _ in range(width)]
    for rows in _pieces(statement):
        *numbers, words = zip(*rows, strict=True)
        for part, values in zip(parts, numbers, strict=False):
            part.append(np.array(values, dtype=np.int64))
        for word in sorted(set(words)):
            places.setdefault(word, len(places))
        parts[-1].append(np.array([places[word] for word in words], dtype=np.int64))
    return [np.concatenate(part) for part in parts], list(places)


def _pieces(statement: Rows) -> Any:
    result = db.session.connection().execute(statement, execution_options={"yield_per": AT_ONCE})
    return result.partitions()
