"""The whole portal as it runs in earnest: `flask --app wsgi serve`, in processes of its own, on real sockets.

portal = furnished(folder, database_url)     # schema, firm, a user who is signed in, some customers
with portal:                                 # server and worker are up
    portal.get("/customers")
    portal.kill()                            # SIGKILL to all of them at once
    portal.start()
"""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from tests.postgres import Server, only_one_of_the_workers, pg_dump, pg_restore, server_url

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60
FOUND = "furnished.json"
DUMP = "furnished.dump"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Portal:
    """One instance of the portal and the processes that serve it."""

    instance: Path
    database_url: str | None = None
    cookie: str = ""
    csrf: str = ""
    customers: list[int] = field(default_factory=list)
    more: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    server: Server | None = None
    """The PostgreSQL of its own, where it has one."""

    @property
    def environment(self) -> dict[str, str]:
        """Settings as an operator would write them."""
        mine = {"PORTAL_INSTANCE": str(self.instance), "PORT": str(self.port), "PORTAL_MAIL_URL": "console:"}
        if self.database_url:
            mine["PORTAL_DATABASE_URL"] = self.database_url
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "PORT"))}
        return {**kept, **mine, **self.more, "PYTHONPATH": str(ROOT), "PYTHONFAULTHANDLER": "1"}

    def command(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run `flask --app wsgi …` to its end, and fail with its words if it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, **options,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def start(self) -> Self:
        """Start server and worker, and wait until the server answers."""
        self.port = self.port or free_port()
        with (self.instance / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
                cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.wait_for(lambda: self.health() is not None)
        return self

    def wait_for(self, condition: Any, patience: float = PATIENCE) -> None:
        """Look every twentieth of a second until it is so."""
        deadline = time.monotonic() + patience
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain; the log says:\n{self.log()[-3000:]}"
            time.sleep(0.05)

    def health(self) -> dict[str, Any] | None:
        """What `/healthz` says, or None while nobody answers."""
        try:
            found: dict[str, Any] = json.loads(self.request("GET", "/healthz").body)
        except (OSError, http.client.HTTPException, ValueError):
            return None
        return found

    def log(self) -> str:
        """What the processes have said."""
        return (self.instance / "log").read_text(errors="replace")

    def kill(self) -> None:
        """SIGKILL to the server, its web processes and its worker, all at once."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.wait_for(lambda: not group_is_alive(self.process.pid))

    def terminate(self) -> int:
        """SIGTERM to the server only, as a service manager does; returns its exit code."""
        assert self.process is not None
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"does not leave:\n{self.stacks()}") from None

    def stacks(self) -> str:
        """Where each of its threads stands, told by Python's fault handler; ends the processes."""
        assert self.process is not None
        before = len(self.log())
        for pid in group(self.process.pid):
            os.kill(pid, signal.SIGABRT)
            time.sleep(0.5)
        return self.log()[before:]

    def connect(self) -> http.client.HTTPConnection:
        """A connection that stays open."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def request(
        self,
        method: str,
        path: str,
        form: dict[str, str] | None = None,
        connection: http.client.HTTPConnection | None = None,
        **headers: str,
    ) -> Answer:
        """Ask as the browser of the user who is signed in. Raises OSError and HTTPException as http.client does."""
        own = connection or self.connect()
        body = urlencode({"csrf_token": self.csrf, **form}) if form is not None else None
        sent = {"Cookie": self.cookie} | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})
        try:
            own.request(method, path, body, {**sent, **{k.replace("_", "-"): v for k, v in headers.items()}})
            response = own.getresponse()
            return Answer(response.status, dict(response.headers), response.read())
        finally:
            if connection is None:
                own.close()

    def get(self, path: str, **options: Any) -> Answer:
        """Fetch a page."""
        return self.request("GET", path, **options)

    def post(self, path: str, form: dict[str, str], **options: Any) -> Answer:
        """Send a form."""
        return self.request("POST", path, form, **options)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process is not None and group_is_alive(self.process.pid):
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def furnished(instance: Path, database_url: str | None = None, customers: int = 20) -> Portal:
    """A portal with a schema, a firm, a user who is signed in, and customers; not running yet.

    With an address, its database is that one on PostgreSQL, empty until now.
    """
    shutil.copytree(furnished_once(customers, server_url(f"furnished_{customers}") if database_url else None), instance)
    if database_url:
        subprocess.run([pg_restore(), "--no-owner", "--dbname", plain(database_url), instance / DUMP], check=True)
    portal = Portal(instance, database_url)
    found = json.loads((instance / FOUND).read_text())
    portal.cookie, portal.csrf, portal.customers = found["cookie"], found["csrf"], found["customers"]
    return portal


def furnished_once(customers: int, database_url: str | None) -> Path:
    """The folder that every such portal is a copy of, made by the worker who asks first."""
    with only_one_of_the_workers() as shared:
        instance = shared / f"furnished-{customers}"
        if not (instance / FOUND).exists():
            furnish(instance, database_url, customers)
    return instance


def furnish(instance: Path, database_url: str | None, customers: int) -> None:
    """Make the schema, the firm and its people, in a process of its own, which leaves word of what it made."""
    instance.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "tests.runtime.furnish", str(customers)],
        cwd=ROOT, env=Portal(instance, database_url).environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    if database_url:
        subprocess.run([pg_dump(), "--format=custom", "--file", instance / DUMP, plain(database_url)], check=True)
    (instance / FOUND).write_text(done.stdout)


def plain(database_url: str) -> str:
    """The address as PostgreSQL's own programs read it."""
    return database_url.replace("+psycopg", "")


def group_is_alive(number: int) -> bool:
    """Does any process of this group still run?"""
    return bool(group(number))


def group(number: int) -> list[int]:
    """The processes of this group that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, owner = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(owner) == number and state != "Z":
            found.append(int(stat.parent.name))
    return found


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
