"""Portals to measure: furnished by the demo command, served as in earnest, each on a database of its own."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, text

from bench.measure import Visitor, family, rest
from tests.postgres import Server, copy_programs
from tests.runtime.portal_process import ROOT, Portal, free_port
from tests.runtime.sign_in import cookie_for


@dataclass
class Measured:
    """A portal that runs, the bare page on the same data, and the database's own processes."""

    portal: Portal
    bare_port: int
    bare: subprocess.Popen[bytes]
    database: list[int] = field(default_factory=list)
    """Roots of the database's process families; none for SQLite."""

    def visitor(self) -> Visitor:
        """A browser that is signed in."""
        return Visitor(self.portal.port, {"Cookie": self.portal.cookie})

    def stranger(self) -> Visitor:
        """A browser on the bare page."""
        return Visitor(self.bare_port)

    def swept(self) -> None:
        """Let PostgreSQL look at what its tables hold, as it does by itself within a minute of the first rows: until
        then it plans as if there were none, and reads all of them for each.
        """
        if self.portal.database_url:
            engine = create_engine(self.portal.database_url, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.execute(text("ANALYZE"))
            engine.dispose()

    def portal_processes(self) -> list[int]:
        """Server, web processes, worker, and the database's."""
        assert self.portal.process is not None
        return family(self.portal.process.pid, *self.database)

    def bare_processes(self) -> list[int]:
        """The bare page's server and the database's."""
        return family(self.bare.pid, *self.database)


@dataclass
class Bench:
    """One kind of database."""

    name: str
    folder: Path
    server: Server | None = None

    def empty(self, name: str) -> Portal:
        """A portal with its schema and nothing else."""
        instance = self.folder / self.name / name
        instance.mkdir(parents=True)
        portal = Portal(instance, self.server.url(f"bench_{name}") if self.server else None)
        portal.command("db", "upgrade")
        return portal

    @contextmanager
    def portal(self, name: str, customers: int, more: dict[str, str] | None = None) -> Iterator[Measured]:
        """A running portal with so many customers and further settings, and the bare page beside it."""
        with self.served(self.furnished(name, customers, more)) as measured:
            yield measured

    def furnished(self, name: str, customers: int, more: dict[str, str] | None = None) -> Portal:
        """A portal with so many customers and further settings, which does not run yet."""
        portal = self.empty(name)
        portal.more = more or {}
        portal.command("demo", "load", "--customers", str(customers), "--bulk", "--seed", "7", "--locale", "en")
        portal.cookie, portal.csrf = cookie_for(portal, "support@demo.example")
        return portal

    @contextmanager
    def served(self, portal: Portal) -> Iterator[Measured]:
        """The portal, running and at rest, and the bare page beside it."""
        with portal:
            port = free_port()
            bare = subprocess.Popen(
                [sys.executable, "-m", "bench.bare"],
                cwd=ROOT, env={**portal.environment, "PORT": str(port)}, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            try:
                portal.wait_for(lambda: answers(port))
                measured = Measured(portal, port, bare, [self.server.pid] if self.server else [])
                rest(measured.portal_processes)
                yield measured
            finally:
                os.killpg(bare.pid, signal.SIGKILL)
                bare.wait()


def answers(port: int) -> bool:
    """Does anybody answer there?"""
    try:
        return Visitor(port).ask("GET", "/")[0] == 200
    except OSError:
        return False


@contextmanager
def on_sqlite(folder: Path) -> Iterator[Bench]:
    """Files in the instance folders."""
    yield Bench("SQLite", folder)


@contextmanager
def on_postgresql(folder: Path) -> Iterator[Bench]:
    """A server of its own, with fsync on."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-pg-") as programs:
        Path(programs).chmod(0o755)
        with Server(copy_programs(Path(programs) / "programs"), durable=True) as server:
            yield Bench("PostgreSQL", folder, server)
