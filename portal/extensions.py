"""The parts that Flask is extended with, made once and bound to the app in `create_app`.

The database's manners live here too: how a transaction begins on SQLite and on
PostgreSQL, and the column types that both share.
"""

import sqlite3
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_mailman import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
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
    TypeDecorator,
    event,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry

from portal.queue import Queue


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
csrf = CSRFProtect()
babel = Babel()
limiter = Limiter(key_func=get_remote_address)
mail = Mail()
huey = Queue("portal", results=False)

BigId = BigInteger().with_variant(Integer, "sqlite")
"""64-bit ids everywhere; SQLite only numbers a plain INTEGER by itself."""

reading_only: ContextVar[bool] = ContextVar("reading_only", default=False)
"""True while a request that may not write (GET, HEAD) is served: the database then refuses writes."""


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
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def rows_of(statement: Executable, values: Mapping[str, Any] | None = None) -> CursorResult[*tuple[Any, ...]]:
    """The rows of a SELECT of columns as the driver gives them, past the loading of objects: a third of its cost.

    For pages. What the session holds back is not flushed first, so nothing that has just been changed is read this way.
    """
    return db.session.connection().execute(statement, values)


def end_reading() -> None:
    """End a transaction that has only read by committing it: at each rollback psycopg forgets the statements that
    PostgreSQL has prepared for it, and the next request has them all planned anew, which costs more than running them.
    """
    if not db.session.registry.has():
        return
    session = db.session()
    if not session.in_transaction() or session.get_bind().dialect.name == "sqlite":
        return
    if session.new or session.dirty or session.deleted:
        return  # what a reading request has changed by mistake is rolled back with the session
    try:
        session.commit()
    except SQLAlchemyError:  # the answer is made already; a database that has gone is the next request's trouble
        session.rollback()


@event.listens_for(Engine, "connect")
def _on_connect(connection: Any, entry: ConnectionPoolEntry) -> None:
    """Give a new SQLite connection its manners. `isolation_level=None` leaves BEGIN to us."""
    if isinstance(connection, sqlite3.Connection):
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
    if isinstance(driver, sqlite3.Connection):
        info = connection.connection.record_info
        if info is not None and info.get("reading_only", False) != only_reading:
            driver.execute(f"PRAGMA query_only={'ON' if only_reading else 'OFF'}")
            info["reading_only"] = only_reading
        driver.execute("BEGIN" if only_reading else "BEGIN IMMEDIATE")
    elif driver.read_only is not only_reading and not driver.autocommit:
        driver.read_only = only_reading
