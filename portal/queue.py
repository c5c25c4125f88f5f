"""The queue between web and worker: Huey, whose store is chosen by the settings and opened at its first use.

Nothing of value lives in it. What has to be done is written in the database (a due message, an
import that waits); a queued job only says "look now" instead of at the next minute. So the queue
may be lost, and everything in it may run twice.
"""

import sqlite3
import threading
from typing import Any

from flask import Flask
from huey import Huey
from huey.serializer import SignedSerializer
from huey.storage import BaseStorage, MemoryStorage, SqliteStorage

from portal.config import Settings


class QueueFile(SqliteStorage):
    """The queue of the one-machine portal: a file beside the database, so that queueing never waits for a writer."""

    def _create_connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super()._create_connection()
        connection.execute("PRAGMA synchronous=NORMAL")  # survives a kill; a power cut may lose it, and it may be lost
        return connection


class Queue(Huey):
    """Huey that can be imported before the settings are known: `bind` tells it where its store is."""

    app: Flask
    _store: BaseStorage | None = None
    _opening = threading.Lock()

    def bind(self, app: Flask, settings: Settings) -> None:
        """Serve this app, with the store that its settings name."""
        self.app, self._settings, self._store = app, settings, None
        self.serializer = SignedSerializer(settings.secret_key, salt="queue")

    def create_storage(self) -> None:
        """Nothing yet: see `storage`."""

    @property
    def storage(self) -> BaseStorage:
        """The store: memory in tests; Redis where there is one, else the PostgreSQL database, else a file."""
        if self._store is None:
            with self._opening:
                self._store = self._store or _opened(self.name, self._settings)
        return self._store

    @storage.setter
    def storage(self, value: BaseStorage | None) -> None:
        self._store = value


def _opened(name: str, settings: Settings) -> BaseStorage:
    if settings.testing:
        return MemoryStorage(name)
    if settings.redis_url:
        from huey.storage import RedisStorage

        return RedisStorage(name, url=settings.redis_url)
    if settings.database_url.startswith("postgresql"):
        from huey.storage import PostgresStorage

        dsn = settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
        more: dict[str, Any] = {"connect_timeout": 10, "options": "-c lock_timeout=15000"}
        return PostgresStorage(name, dsn=dsn, table_prefix="queue", **more)
    return QueueFile(name, filename=str(settings.instance / "queue.db"), cache_mb=1)
