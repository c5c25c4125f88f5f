"""What one act writes into several tables, as one statement.

On PostgreSQL a statement costs a way to the server and back, which is more than its row costs: there, what is written
within `one_statement` waits until its end and goes as one. On SQLite there is no way to go, and no such statement.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import CTE, Select, Table, bindparam, insert, literal_column, select, union_all, update

from portal.extensions import db


class IdToBe(NamedTuple):
    """The id of a row that waits to be written, for the rows that point at it. Whoever takes it for a number fails."""

    part: int


class _Part(NamedTuple):
    table: Table
    changes: bool
    rows: tuple[tuple[tuple[str, int | None], ...], ...]
    """Each row's columns, and the part whose id a column is to hold."""


class Waiting:
    """Rows that wait to be written."""

    def __init__(self) -> None:
        self._parts: list[_Part] = []
        self._values: dict[str, Any] = {}
        self._told: dict[int, Callable[[int], None]] = {}

    def add(self, table: Table, rows: Sequence[Mapping[str, Any]], *, changes: bool = False) -> IdToBe:
        """Let these rows of one table be inserted; or the one whose id is among its values be changed."""
        part, shape = len(self._parts), []
        for number, row in enumerate(rows):
            shape.append(
                tuple((name, value.part if isinstance(value, IdToBe) else None) for name, value in row.items())
            )
            self._values |= {
                _named(name, part, number): value for name, value in row.items() if not isinstance(value, IdToBe)
            }
        self._parts.append(_Part(table, changes, tuple(shape)))
        return IdToBe(part)

    def tell(self, id: IdToBe, told: Callable[[int], None]) -> None:
        """Call this with the id, once there is one. Of a single row."""
        self._told[id.part] = told

    def write(self) -> None:
        """Write them all. Raises what the database finds wrong with any of them."""
        if not self._parts:
            return
        statement = _statement(tuple(self._parts), tuple(self._told))
        ids = db.session.connection().execute(statement, self._values).one()
        for told, id in zip(self._told.values(), ids, strict=False):
            told(id)


_waiting: ContextVar[Waiting | None] = ContextVar("waiting", default=None)


def waiting() -> Waiting | None:
    """What is being collected; None where a row is to be written at once."""
    return _waiting.get()


@contextmanager
def one_statement() -> Iterator[None]:
    """Write what `bulk.add`, `put`, `put_each` and `change` are given in here at the end of it, in one statement.

    Their rows may point at each other by the ids that `put` gives, which are no numbers yet, and by the records that
    `add` is given; they can't be read before the end. When something is raised in here, nothing of it is written.
    """
    if db.session.connection().dialect.name != "postgresql":
        yield
        return
    collected = Waiting()
    token = _waiting.set(collected)
    try:
        yield
    finally:
        _waiting.reset(token)
    collected.write()


@lru_cache(maxsize=128)
def _statement(parts: tuple[_Part, ...], told: tuple[int, ...]) -> Select[Any]:
    """Each part as a WITH of its own, which gives the ids of its rows to those after it; and the ids that are told."""
    written: list[CTE] = []
    for number, part in enumerate(parts):
        rows = [_values(part.table, row, number, n, written) for n, row in enumerate(part.rows)]
        if part.changes:
            id = rows[0].pop("id")
            statement: Any = update(part.table).where(part.table.c.id == id).values(rows[0])
        else:  # not as VALUES: of several rows, SQLAlchemy would write the statement anew each time
            selected: Any = union_all(*(select(*row.values()) for row in rows))
            statement = insert(part.table).from_select(list(rows[0]), selected, include_defaults=False)
        written.append(statement.returning(part.table.c.id).cte(f"written_{number}"))
    ids = [_id_of(written[part]).label(f"id_{part}") for part in told] or [literal_column("1")]
    return select(*ids).add_cte(*written)


def _values(
    table: Table, row: tuple[tuple[str, int | None], ...], part: int, number: int, written: list[CTE]
) -> dict[str, Any]:
    return {
        name: bindparam(_named(name, part, number), type_=table.c[name].type) if of is None else _id_of(written[of])
        for name, of in row
    }


def _id_of(written: CTE) -> Any:
    return select(written.c.id).scalar_subquery()


def _named(column: str, part: int, row: int) -> str:
    return f"{column}_{part}_{row}"
