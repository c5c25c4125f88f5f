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

AT_ONCE = 32_768
HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
FIRST_DAY = date(2000, 1, 1).toordinal()
"""From which PostgreSQL counts its days."""
Columns = Mapping[str, NDArray[Any]]


def pour(table: Table, count: int, columns: Columns) -> None:
    """Insert `count` rows; columns that are not named get their default."""
    connection = db.session.connection()
    if not count:
        return
    if connection.dialect.name != "postgresql":
        bulk.insert(table, count, {name: plain(table.c[name], values) for name, values in columns.items()})
        return
    driver: Any = connection.connection.driver_connection
    statement = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
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
    """Rows in the binary form of COPY: how many fields, then each with its length; empty ones are a length of -1."""
    count = rows.stop - rows.start
    parts = [np.broadcast_to(_bytes_of(np.array([len(columns)], dtype=">i2")), (count, 2))]
    kept = [np.ones((count, 2), dtype=bool)]
    for name, values in columns.items():
        column = table.c[name]
        body, length = _field(column, values[rows])
        length = np.where(_empty(column, values[rows]), -1, length)
        parts += [_bytes_of(length.astype(">i4")), body]
        kept += [np.ones((count, 4), dtype=bool), np.arange(body.shape[1]) < length[:, None]]
    return cast("bytes", np.hstack(parts)[np.hstack(kept)].tobytes())


def _field(column: Column[Any], values: NDArray[Any]) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    """A column's bytes, one row each, and how many of them count."""
    if values.dtype.kind == "U":
        words = np.char.encode(values, "utf-8")
        return _bytes_of(words), np.char.str_len(words)
    body = _bytes_of(_number(column, values))
    return body, np.full(len(values), body.shape[1])


def _number(column: Column[Any], values: NDArray[Any]) -> NDArray[Any]:
    kind = column.type
    if isinstance(kind, Date):
        return (values - FIRST_DAY).astype(">i4")
    if isinstance(kind, Float):
        return values.astype(">f8")
    if isinstance(kind, Boolean):
        return values.astype(">i1")
    return values.astype(">i8" if isinstance(kind, BigInteger) else ">i4")


def _bytes_of(values: NDArray[Any]) -> NDArray[np.uint8]:
    flat = np.ascontiguousarray(values)
    return flat.view(np.uint8).reshape(len(flat), flat.itemsize)
