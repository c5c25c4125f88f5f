"""NumPy columns into a table, without an object for each value where the database allows it.

An empty value is one that the column's kind of number can't hold otherwise: a day or an id below 1, NaN, and an empty
word where the column may be NULL. Instants are not poured.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

import numpy as np
import psycopg
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Boolean, Column, Date, Float, Table
from sqlalchemy.exc import IntegrityError

from portal import bulk
from portal.extensions import db

AT_ONCE = 131_072
HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
FIRST_DAY = date(2000, 1, 1).toordinal()
"""From which PostgreSQL counts its days."""
Columns = Mapping[str, NDArray[Any]]
Field = tuple[NDArray[Any], NDArray[Any] | int]


def pour(table: Table, count: int, columns: Columns, *, fresh: bool = False) -> None:
    """Insert `count` rows; columns that are not named get their default. Into a `fresh` table, which was made in this
    very transaction, rows are written as everybody may see them, and need not be looked at again.
    """
    connection = db.session.connection()
    if not count:
        return
    if connection.dialect.name != "postgresql":
        bulk.insert(table, count, {name: plain(table.c[name], values) for name, values in columns.items()})
        return
    driver: Any = connection.connection.driver_connection
    statement = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY{', FREEZE' if fresh else ''})"
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(HEAD)
            for start in range(0, count, AT_ONCE):
                copy.write(_packed(table, columns, slice(start, min(count, start + AT_ONCE))))
            copy.write(END)
    except psycopg.IntegrityError as error:
        raise IntegrityError(statement, None, error) from error


def plain(column: Column[Any], values: NDArray[Any]) -> list[Any]:
    """The same values as the ORM knows them."""
    empty = _empty(column, values)
    if isinstance(column.type, Date):
        days, of = np.unique(values, return_inverse=True)
        found = np.array([date.fromordinal(day) if day > 0 else None for day in days.tolist()], dtype=object)
        return cast("list[Any]", found[of].tolist())
    if not empty.any():
        return cast("list[Any]", values.tolist())
    return [None if nothing else value for value, nothing in zip(values.tolist(), empty.tolist(), strict=True)]


def _empty(column: Column[Any], values: NDArray[Any]) -> NDArray[np.bool_]:
    if not column.nullable:
        return np.zeros(len(values), dtype=bool)
    if values.dtype.kind == "f":
        return np.asarray(np.isnan(values))
    return np.asarray(values == "" if values.dtype.kind == "U" else values <= 0)


def _packed(table: Table, columns: Columns, rows: slice) -> bytes:
    """Rows in the binary form of COPY: how many fields, then each with its length; empty ones are a length of -1.

    Rows whose fields are equally long are laid out alike, and put together at once.
    """
    fields = [_field(table.c[name], values[rows]) for name, values in columns.items()]
    layout = np.zeros(rows.stop - rows.start, dtype=np.int64)
    for values, length in fields:
        if isinstance(length, np.ndarray):
            layout = layout * (values.itemsize + 2) + length + 1
    _, first, of = np.unique(layout, return_index=True, return_inverse=True)
    return b"".join(_alike(fields, np.flatnonzero(of == place), at) for place, at in enumerate(first.tolist()))


def _alike(fields: list[Field], rows: NDArray[Any], at: int) -> bytes:
    """The rows that are laid out as the one `at`."""
    kinds: list[Any] = [("fields", ">i2")]
    for number, (values, length) in enumerate(fields):
        long = int(length[at]) if isinstance(length, np.ndarray) else length
        kinds.append((f"length{number}", ">i4"))
        if long > 0:
            kinds.append((f"value{number}", f"S{long}" if values.dtype.kind == "S" else values.dtype))
    out = np.zeros(len(rows), dtype=kinds)
    out["fields"] = len(fields)
    for number, (values, length) in enumerate(fields):
        out[f"length{number}"] = length[at] if isinstance(length, np.ndarray) else length
        if f"value{number}" in out.dtype.names:  # type: ignore[operator]
            out[f"value{number}"] = values[rows]
    return out.tobytes()


def _field(column: Column[Any], values: NDArray[Any]) -> Field:
    """A column's values as they are sent, and how many bytes each has, or all of them have; -1 for the empty ones."""
    empty = _empty(column, values)
    if values.dtype.kind == "U":
        words = values.astype(np.bytes_)  # they are codes of ours, in ASCII
        return words, np.where(empty, -1, np.strings.str_len(words))
    sent = _number(column, values)
    return sent, np.where(empty, -1, sent.itemsize) if empty.any() else sent.itemsize


def _number(column: Column[Any], values: NDArray[Any]) -> NDArray[Any]:
    kind = column.type
    if isinstance(kind, Date):
        return (values - FIRST_DAY).astype(">i4")
    if isinstance(kind, Float):
        return values.astype(">f8")
    if isinstance(kind, Boolean):
        return values.astype(">i1")
    return values.astype(">i8" if isinstance(kind, BigInteger) else ">i4")
