"""Short lists within a row: what a page shows beside one record, read by the same statement.

A further statement costs a page as much as dozens of rows, on PostgreSQL above all. So a short list comes along as JSON
and is given back as the rows that it would have been.
"""

import json
from collections import namedtuple
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, SelectBase, Text, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from portal.extensions import UtcDateTime, in_utc


class _Row(FunctionElement[Any]):
    """Values as one JSON array."""

    inherit_cache = True


class _Rows(FunctionElement[str]):
    """The JSON arrays of all rows as one, in their order."""

    type = Text()
    inherit_cache = True


class Nested:
    """A query of few rows. Another one selects its `column`; `rows` gives back what has come with that."""

    def __init__(self, name: str, query: SelectBase) -> None:
        columns = query.subquery(name).c
        self.column = select(_Rows(_Row(*columns))).scalar_subquery().label(name)
        self._row: Any = namedtuple("_row", columns.keys())  # type: ignore[misc]
        readers = [(place, _reader(column.type)) for place, column in enumerate(columns)]
        self._readers = [(place, reader) for place, reader in readers if reader]

    def rows(self, text: str | None) -> list[Any]:
        """The rows, with their columns as attributes; none where there are none."""
        found = json.loads(text) if text else []
        for row in found:
            for place, reader in self._readers:
                if row[place] is not None:
                    row[place] = reader(row[place])
        return [self._row._make(row) for row in found]


def _reader(type_: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """What makes a value of this type of what JSON holds in its place; None where JSON knows the type itself."""
    if isinstance(type_, UtcDateTime):
        return lambda text: in_utc(datetime.fromisoformat(text))
    if isinstance(type_, Date):
        return date.fromisoformat
    return bool if isinstance(type_, Boolean) else None


@compiles(_Row, "sqlite")
def _array(row: _Row, compiler: Any, **options: Any) -> str:
    return f"json_array({compiler.process(row.clauses, **options)})"


@compiles(_Row, "postgresql")
def _built_array(row: _Row, compiler: Any, **options: Any) -> str:
    return f"json_build_array({compiler.process(row.clauses, **options)})"


@compiles(_Rows, "sqlite")
def _grouped(rows: _Rows, compiler: Any, **options: Any) -> str:
    return f"json_group_array({compiler.process(rows.clauses, **options)})"


@compiles(_Rows, "postgresql")
def _aggregated(rows: _Rows, compiler: Any, **options: Any) -> str:
    return f"CAST(json_agg({compiler.process(rows.clauses, **options)}) AS TEXT)"
