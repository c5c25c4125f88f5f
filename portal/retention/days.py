"""Days and instants as numbers, in SQL: what NumPy reads without going through an object for each of them. No NumPy."""

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

MONTHS = tuple(month * 365 // 12 for month in range(1, 13))
"""The ends of the twelve months after a first purchase, in days: 30, 60, 91, … 365."""


class ordinal(FunctionElement[int]):  # noqa: N801 - reads as a function
    """A date as `date.toordinal()` counts it; 0 where there is none."""

    inherit_cache = True
    type = BigInteger()
    name = "ordinal"


class epoch(FunctionElement[int]):  # noqa: N801
    """An instant in whole seconds since the beginning of 1970, UTC."""

    inherit_cache = True
    type = BigInteger()
    name = "epoch"


@compiles(ordinal, "postgresql")
def _(element: Any, compiler: Any, **words: Any) -> str:
    day = compiler.process(element.clauses, **words)
    return f"COALESCE({day} - DATE '0001-01-01' + 1, 0)::bigint"


@compiles(ordinal, "sqlite")
def _(element: Any, compiler: Any, **words: Any) -> str:
    day = compiler.process(element.clauses, **words)
    return f"COALESCE(CAST(julianday({day}) - 1721424.5 AS INTEGER), 0)"


@compiles(epoch, "postgresql")
def _(element: Any, compiler: Any, **words: Any) -> str:
    return f"EXTRACT(epoch FROM {compiler.process(element.clauses, **words)})::bigint"


@compiles(epoch, "sqlite")
def _(element: Any, compiler: Any, **words: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **words)}) AS INTEGER)"
