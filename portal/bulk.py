"""Rows into a table faster than the ORM's unit of work would: many at once by many rows per statement on SQLite and
COPY on PostgreSQL, or one by one past the unit of work; always within the session's transaction.

Values are given column by column and pass through their column's own type, so that what is stored is what the ORM
would have stored.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache, partial
from itertools import chain, islice, repeat
from typing import Any, NamedTuple, TypeVar

import psycopg
from sqlalchemy import Connection, Insert, Table, Update, bindparam, func, inspect, select, text, update
from sqlalchemy import insert as insert_into
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from portal.extensions import db
from portal.one_statement import waiting

Kind = TypeVar("Kind", bound=Any)
AT_ONCE = 100
"""Rows per statement on SQLite."""


class Same(NamedTuple):
    """One value for every row."""

    value: Any


class Stored(NamedTuple):
    """Values that are already written as the database stores them, such as JSON as text."""

    values: Sequence[Any]


def insert(table: Table, count: int, columns: Mapping[str, Sequence[Any] | Same | Stored]) -> None:
    """Insert `count` rows; columns that are not named get their default, or NULL."""
    if not count:
        return
    connection = db.session.connection()
    named = {**{name: Same(value) for name, value in _defaults(table).items()}, **columns}
    rows = zip(*(_values(connection, table, name, given, count) for name, given in named.items()), strict=True)
    names = ", ".join(named)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table.name} ({names}) FROM STDIN", rows)
    else:
        _insert_many(connection, f"INSERT INTO {table.name} ({names}) VALUES ", len(named), rows)  # noqa: S608 - ours


def add(instance: Kind) -> Kind:
    """Insert one new record at once (`put`) and give it its id. No session knows it: it is to be read from then on."""
    model: Any = type(instance)
    values = vars(instance)
    for name, default in _beginning(model).items():
        values.setdefault(name, default)
    instance.id = put(model, **{name: values[name] for name in _beginning(model)})
    if (rows := waiting()) is not None:
        rows.tell(instance.id, partial(setattr, instance, "id"))
    return instance


def put(model: Any, **values: Any) -> int:
    """Insert one row of the model at once and return its id; what is not named gets its default.

    For what is written by every request of a kind: it costs a third of the unit of work. What the session still holds
    back is not flushed first, so rows that this one points at must be in the database already.
    """
    if (rows := waiting()) is not None:
        table = inspect(model).local_table
        return rows.add(table, [_defaults(table) | values])  # type: ignore[return-value]
    result: Any = db.session.connection().execute(_insertion(model), values)
    return int(result.inserted_primary_key[0])


def put_each(model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same for a few rows that name the same columns, in one statement.

    It asks for their ids, which nobody needs: without, PostgreSQL's driver would send row by row in a mode of its own.
    """
    if (others := waiting()) is not None:
        table = inspect(model).local_table
        others.add(table, [_defaults(table) | dict(row) for row in rows])
    elif len(rows) == 1:
        db.session.connection().execute(_insertion(model), rows[0])
    else:
        db.session.connection().execute(_insertion_of_some(model), rows)


def change(model: Any, id: int, **values: Any) -> None:
    """Write these columns of one row, past the unit of work."""
    if (rows := waiting()) is not None:
        rows.add(inspect(model).local_table, [{"id": id, **values}], changes=True)
    else:
        db.session.connection().execute(_changing(model, tuple(values)), {"row_id": id, **values})


@cache
def _beginning(model: Any) -> dict[str, Any]:
    """What every column but the id holds when nobody says anything: its plain default, or nothing."""
    table = inspect(model).local_table
    return dict.fromkeys((column.name for column in table.columns if not column.primary_key), None) | _defaults(table)


@cache
def _insertion_of_some(model: type[Any]) -> Any:
    table = inspect(model).local_table
    return insert_into(table).returning(table.c.id)


@cache
def _insertion(model: Any) -> Insert:
    return insert_into(inspect(model).local_table)


@lru_cache(maxsize=64)
def _changing(model: Any, names: tuple[str, ...]) -> Update:
    table = inspect(model).local_table
    return update(table).where(table.c.id == bindparam("row_id")).values({name: bindparam(name) for name in names})


def next_ids(table: Table, count: int) -> range | list[int]:
    """Ids that nobody else will use for `count` new rows of the table, in rising order; the transaction must be a
    writing one, as it always is but for reading requests.
    """
    if not count:
        return []
    if db.session.connection().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        numbers = select(func.nextval(sequence)).select_from(func.generate_series(1, count))
        return sorted(db.session.scalars(numbers))
    highest = db.session.scalar(select(func.coalesce(func.max(table.c.id), 0))) or 0
    return range(highest + 1, highest + count + 1)


def hold(name: str) -> None:
    """Let only one transaction at a time hold this name, until it ends. SQLite has one writer anyway."""
    if db.session.connection().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})


@cache
def _defaults(table: Table) -> dict[str, Any]:
    """What the ORM would have filled in: plain values only."""
    return {
        column.name: column.default.arg
        for column in table.columns
        if isinstance(column.default, ScalarElementColumnDefault)
    }


def _values(
    connection: Connection, table: Table, name: str, given: Sequence[Any] | Same | Stored, count: int
) -> Iterable[Any]:
    """A column's values as its type hands them to the driver."""
    if isinstance(given, Stored):
        return given.values
    process = _processor(connection, table, name)
    if isinstance(given, Same):
        return repeat(process(given.value) if process else given.value, count)
    if process is None:
        return given
    stored = {value: process(value) for value in set(given)}  # days repeat
    return [stored[value] for value in given]


def _processor(connection: Connection, table: Table, name: str) -> Callable[[Any], Any] | None:
    found: Callable[[Any], Any] | None = (
        table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    )
    return found


def _insert_many(connection: Connection, statement: str, width: int, rows: Iterator[tuple[Any, ...]]) -> None:
    """A hundred rows per statement, since at the end of each the search index is brought to disk."""
    marks = f"({', '.join('?' * width)})"
    while some := list(islice(rows, AT_ONCE)):
        values = tuple(chain.from_iterable(some))
        connection.exec_driver_sql(statement + ", ".join(repeat(marks, len(some))), values)


def _copy(connection: Connection, statement: str, rows: Iterator[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except (psycopg.IntegrityError, psycopg.DataError) as error:
        kind = IntegrityError if isinstance(error, psycopg.IntegrityError) else DataError
        raise kind(statement, None, error) from error
