"""Tables that are filled beside those that pages read, and take their places in a moment. PostgreSQL only.

To delete a million rows and put as many into a table with its indexes costs three times what it costs to fill a fresh
one and index it then; and nobody waits for it, for nobody knows it yet. At the end the old table is locked, dropped,
and the fresh one takes over its name and the names of its indexes. All of it is one transaction: whoever is killed
leaves nothing behind. Who comes while the places change waits for that moment and then reads the fresh table, for
PostgreSQL looks the name up again; who was there before is waited for, a little at a time, so that nobody queues up
behind us.

The shape is taken from the database rather than from the models, so that what a newer release has added to a table
while an older one still runs stays. The rows are written frozen (COPY FREEZE), seen by everybody who sees the table.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import MetaData, Table, text
from sqlalchemy.exc import OperationalError

from portal.extensions import db

Kind = TypeVar("Kind")
Fresh = Mapping[Table, Table]
"""Of each table, the one that is to take its place."""
TRIES = 40
AT_MOST = "300ms"
"""So long we wait for readers to leave, and so long others wait behind us."""
PAUSE = 1.0
"""Seconds between two tries."""

LEANED_ON = text("""
    SELECT count(*) FROM pg_class AS c WHERE c.oid = ANY (CAST(:names AS regclass[])) AND (
        pg_get_userbyid(c.relowner) <> current_user OR NOT has_schema_privilege(c.relnamespace, 'CREATE')
        OR c.relacl IS NOT NULL OR c.reloptions IS NOT NULL OR c.reltablespace <> 0
        OR c.relhastriggers OR c.relhassubclass OR c.relispartition OR c.relrowsecurity
        OR EXISTS (SELECT FROM pg_publication_rel AS p WHERE p.prrelid = c.oid)
        OR EXISTS (SELECT FROM pg_depend AS d WHERE d.refobjid = c.oid AND d.classid = 'pg_rewrite'::regclass))
""")
"""Tables that somebody has made more of than we know how to make again: views, rights, rules of their own."""
INDEXES = text("""
    SELECT c.relname AS name, i.indisunique AS is_unique, i.indisprimary AS is_primary,
        substring(pg_get_indexdef(c.oid) FROM ' USING .*') AS of
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
    WHERE i.indrelid = CAST(:name AS regclass) ORDER BY NOT i.indisprimary, c.relname
""")


def is_possible(tables: Sequence[Table]) -> bool:
    """Can these tables be put aside? Not on SQLite, and not when somebody else leans on one of them."""
    connection = db.session.connection()
    if connection.dialect.name != "postgresql":
        return False
    return not connection.scalar(LEANED_ON, {"names": [table.name for table in tables]})


def make(tables: Sequence[Table]) -> Fresh:
    """Empty tables like these, without indexes, which nobody else knows: named for this connection."""
    connection = db.session.connection()
    mark = connection.scalar(text("SELECT pg_backend_pid()"))
    fresh = {table: table.to_metadata(MetaData(), name=f"{table.name}_{mark}") for table in tables}
    for table, one in fresh.items():
        connection.execute(text(f"CREATE TABLE {one.name} (LIKE {table.name} INCLUDING ALL EXCLUDING INDEXES)"))
    return fresh


def index(fresh: Fresh) -> None:
    """Index the fresh tables as the old ones are, and look at what is in them, for plans to be made by it."""
    connection = db.session.connection()
    for table, one in fresh.items():
        for each in _indexes(table.name):
            unique = "UNIQUE " if each.is_unique else ""
            connection.execute(text(f"CREATE {unique}INDEX {_own(one, table, each.name)} ON {one.name}{each.of}"))
        connection.execute(text(f"ANALYZE {one.name}"))


def patiently(act: Callable[[], Kind]) -> Kind | None:
    """What came of the act, which needs locks; tried again as long as somebody holds them, and None in the end.

    Nothing is held between two tries. What the act did before it failed is undone.
    """
    for turn in range(TRIES):
        if turn:
            time.sleep(PAUSE)
        try:
            with db.session.begin_nested():
                db.session.execute(text(f"SET LOCAL lock_timeout = '{AT_MOST}'"))
                return act()
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable | DeadlockDetected):
                raise
    return None


def lock(fresh: Fresh) -> None:
    """From here on nobody else reads or writes the old tables; who has written has committed."""
    names = ", ".join(sorted(table.name for table in fresh))
    db.session.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))


def swap(fresh: Fresh) -> None:
    """Let the fresh tables take the places of the old ones, which are locked."""
    for table, one in fresh.items():
        indexes, sequence = _indexes(table.name), _sequence(table)
        if sequence:
            db.session.execute(text(f"ALTER SEQUENCE {sequence} OWNED BY {one.name}.id"))
        db.session.execute(text(f"DROP TABLE {table.name}"))
        db.session.execute(text(f"ALTER TABLE {one.name} RENAME TO {table.name}"))
        for each in indexes:
            made = _own(one, table, each.name)
            if each.is_primary:
                key = f"ALTER TABLE {table.name} ADD CONSTRAINT {each.name} PRIMARY KEY USING INDEX {made}"
                db.session.execute(text(key))
            else:
                db.session.execute(text(f"ALTER INDEX {made} RENAME TO {each.name}"))


def _indexes(name: str) -> Sequence[Any]:
    return db.session.connection().execute(INDEXES, {"name": name}).all()


def _sequence(table: Table) -> str | None:
    """The one that numbers its rows."""
    if "id" not in table.c:
        return None
    found: str | None = db.session.scalar(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": table.name})
    return found


def _own(one: Table, table: Table, index: str) -> str:
    """The name of an index of the fresh table, until it takes over the old one's."""
    return index + one.name.removeprefix(table.name)
