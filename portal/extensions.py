"""The parts that Flask is extended with, made once and bound to the app in `create_app`.

The database's manners live here too: how a transaction begins on SQLite and on
PostgreSQL, and the column types that both share.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_mailman import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from psycopg import RawServerCursor
from sqlalchemy import (
    BigInteger,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Integer,
    MetaData,
    Table,
    TypeDecorator,
    event,
    text,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry

from portal.cookies import KeptToken
from portal.queue import Queue

Kind = TypeVar("Kind", bound=Any)


class _Base(DeclarativeBase):
    """The declarative base: named constraints, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=_Base, disable_autonaming=True)
if TYPE_CHECKING:
    Model = _Base
else:
    Model = db.Model

migrate = Migrate()
login = LoginManager()
csrf = KeptToken()
babel = Babel()
limiter = Limiter(key_func=get_remote_address)
mail = Mail()
huey = Queue("portal", results=False)

BigId = BigInteger().with_variant(Integer, "sqlite")
"""64-bit ids everywhere; SQLite only numbers a plain INTEGER by itself."""

reading_only: ContextVar[bool] = ContextVar("reading_only", default=False)
"""True while a request that may not write (GET, HEAD) is served: the database then refuses writes."""


def in_utc(instant: datetime) -> datetime:
    """An instant as a database gives it, aware: SQLite stores it without its zone, PostgreSQL tells it in its own."""
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: always aware, always UTC, on both databases. A naive value is a mistake and raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read it back aware (SQLite stores it without its zone)."""
        return None if value is None else in_utc(value)


def rows_of(statement: Executable, values: Mapping[str, Any] | None = None) -> CursorResult[*tuple[Any, ...]]:
    """The rows of a SELECT of columns as the driver gives them, past the loading of objects: a third of its cost.

    For pages. What the session holds back is not flushed first, so nothing that has just been changed is read this way.
    """
    return db.session.connection().execute(statement, values)


def look_at_tables() -> None:
    """Let the database look at what its tables hold, by which it chooses among their indexes; commits.

    For whoever has just put in a great deal. On SQLite, a thousand rows of each index, which takes a moment however
    large the portal is, and nobody else does it; PostgreSQL would do it by itself some minutes later.
    """
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("PRAGMA analysis_limit = 1000"))
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def as_read(model: type[Kind], values: Iterator[Any]) -> Kind:
    """A record of the next values, in the order of its table's columns, that no session knows: what is changed on it is
    not written. For records that every request reads and hardly any changes: loading one costs ten times as much.
    """
    record: Kind = model()
    vars(record).update(zip(_columns(model.__table__), values, strict=False))
    return record


@cache
def _columns(table: Table) -> tuple[str, ...]:
    return tuple(column.key for column in table.columns)


READING = "SET default_transaction_read_only = on; SET random_page_cost = 1.1"
WRITING = "SET default_transaction_read_only = off; RESET random_page_cost"


@event.listens_for(Engine, "connect")
def _on_connect(connection: Any, entry: ConnectionPoolEntry) -> None:
    """Give a new connection its manners. On SQLite, `isolation_level=None` leaves BEGIN to us."""
    if not isinstance(connection, sqlite3.Connection):
        connection.server_cursor_factory = RawServerCursor  # for results read as they come, as `QuickCursor` is
    else:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=15000")
        cursor.close()


@event.listens_for(Engine, "begin")
def _on_begin(connection: Connection) -> None:
    """Begin: reading requests can't write; on SQLite a writer takes its lock at once instead of failing midway."""
    driver: Any = connection.connection.driver_connection
    only_reading = reading_only.get()
    on_sqlite, info = isinstance(driver, sqlite3.Connection), connection.info
    if info.get("reading_only", False) != only_reading:
        if on_sqlite:
            driver.execute(f"PRAGMA query_only={'ON' if only_reading else 'OFF'}")
        else:
            _read_alone(driver, only_reading, connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT")
        info["reading_only"] = only_reading
    if on_sqlite:
        driver.execute("BEGIN" if only_reading else "BEGIN IMMEDIATE")


def _read_alone(driver: Any, only_reading: bool, without_transaction: bool) -> None:
    """On PostgreSQL what a reading request asks needs no transaction around it: two ways to the server less, and no
    rollback, at which psycopg would forget the statements that are prepared.

    What a page looks up lies in memory, or on a disk without a head to move: taken for as dear as PostgreSQL takes it,
    it would rather read the whole of a small table, or of a reason on Today, than the first rows of an index.
    """
    driver.autocommit = True
    driver.execute(READING if only_reading else WRITING, prepare=False)
    driver.autocommit = only_reading or without_transaction
