"""`serve`: pages and static files with the same headers, a worker beside them, and an orderly end."""

import gzip
import json
import os
import signal
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path

import pytest

from portal.config import Settings
from portal.security import HEADERS
from portal.serving import stop_on_bad_port, web_server
from tests.conftest import ON_POSTGRESQL
from tests.runtime.portal_process import Portal, furnished, group, group_is_alive

ESTABLISHED = "01"
"""As /proc/net/tcp writes it."""


@pytest.fixture
def at_rest(tmp_path: Path) -> Portal:
    """A portal of this test's own that does not run yet."""
    url = None
    if ON_POSTGRESQL:
        from tests.postgres import server_url

        url = server_url(f"serve_{os.getpid()}_{abs(hash(tmp_path))}")
    return furnished(tmp_path / "instance", url)


@pytest.fixture
def portal(at_rest: Portal) -> Iterator[Portal]:
    """The same, running."""
    with at_rest as portal:
        yield portal


def test_serves_pages_and_files_and_keeps_its_worker(portal: Portal) -> None:
    portal.wait_for(lambda: (portal.health() or {}).get("status") == "ok")

    page = portal.get("/customers")
    assert page.status == 200
    assert b"Customer 1" in page.body

    file = portal.get("/static/app.css?v=1", Accept_Encoding="gzip")
    assert file.status == 200
    assert file.headers["content-encoding"] == "gzip"
    assert gzip.decompress(file.body) == (Path(__file__).parents[2] / "static" / "app.css").read_bytes()
    assert "immutable" in file.headers["cache-control"]
    assert portal.get("/static/app.css", If_None_Match=file.headers["etag"]).status == 304
    for answer in (page, file, portal.get("/static/nothing"), portal.get("/static/../portal/config.py")):
        assert {name: answer.headers.get(name.lower()) for name in HEADERS} == HEADERS

    for line in portal.log().splitlines():
        json.loads(line)

    worker = worker_of(portal) or 0
    assert portal.process is not None
    assert os.getpriority(os.PRIO_PROCESS, worker) > os.getpriority(os.PRIO_PROCESS, portal.process.pid)
    os.kill(worker, signal.SIGKILL)
    portal.wait_for(lambda: worker_of(portal) not in (None, worker))

    assert portal.terminate() == 0
    assert not group_is_alive(portal.process.pid)


def test_leaves_with_the_process_that_watches_over_it(portal: Portal) -> None:
    assert portal.process is not None
    portal.process.kill()
    portal.process.wait()
    portal.wait_for(lambda: not group_is_alive(portal.process.pid))


def test_whoever_is_inside_at_sigterm_may_still_ask(portal: Portal) -> None:
    inside = portal.connect()
    inside.connect()
    portal.get("/healthz")  # came in after, and is answered: so the first has been let in
    assert portal.process is not None
    portal.process.terminate()
    portal.wait_for(lambda: "the door is closed" in portal.log())
    assert portal.get("/customers", connection=inside).status == 200
    assert portal.process.wait(30) == 0
    with pytest.raises(ConnectionRefusedError):
        portal.connect().connect()


def test_web_processes_share_whoever_comes_and_close_together(at_rest: Portal) -> None:
    at_rest.more = {"PORTAL_WEB_PROCESSES": "2"}
    with at_rest as portal:
        inside = [portal.connect() for _ in range(30)]
        for one in inside:
            one.connect()
        portal.wait_for(lambda: let_in(portal).total() >= len(inside))
        let = let_in(portal)
        assert len(let) == 2
        assert min(let.values()) > 4, let  # by chance alone, fewer once in ten thousand times
        assert portal.process is not None
        portal.process.terminate()
        portal.wait_for(lambda: "the door is closed" in portal.log())
        with ThreadPoolExecutor(8) as knocking:
            heard = [knocking.submit(portal.connect().connect) for _ in range(8)]
        assert {type(each.exception()) for each in heard} == {ConnectionRefusedError}
        assert portal.process.wait(30) == 0


def let_in(portal: Portal) -> Counter[int]:
    """How many connections each of its processes holds, of those that have any."""
    assert portal.process is not None
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    here = {row[9] for row in rows if int(row[1].partition(":")[2], 16) == portal.port and row[3] == ESTABLISHED}
    held = Counter[int]()
    for pid in group(portal.process.pid):
        for each in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed while it was looked at
                held[pid] += str(each.readlink()).removeprefix("socket:[").removesuffix("]") in here
    return +held


def test_sigterm_under_load_fails_no_request(portal: Portal) -> None:
    """Whoever was connected gets an answer; whoever comes later is told so by the socket, before sending anything."""
    going, failed, answered = threading.Event(), [], []

    def visit() -> None:
        while not going.is_set():
            try:
                connection = portal.connect()
                connection.connect()
            except OSError:
                return  # the door is closed: nothing was asked
            try:
                answered.append(portal.get("/customers", connection=connection).status)
            except (OSError, HTTPException) as error:
                failed.append(repr(error))
            finally:
                connection.close()

    visitors = [threading.Thread(target=visit) for _ in range(8)]
    for visitor in visitors:
        visitor.start()
    portal.wait_for(lambda: len(answered) > 40)
    assert portal.terminate() == 0
    going.set()
    for visitor in visitors:
        visitor.join()
    assert failed == []
    assert set(answered) == {200}


def test_no_answer_waits_until_its_first_half_is_confirmed(settings: Settings) -> None:
    server = web_server(replace(settings, web_processes=2, port=0))
    server._init_shared_socket()
    nodelay = [door.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for door in server._doors]
    server.leave()
    assert nodelay == [1, 1]


def test_a_taken_port_stops_the_start(settings: Settings) -> None:
    with (
        socket.create_server((settings.host, 0), reuse_port=True) as taken,
        pytest.raises(SystemExit, match=r"Can't listen on .*Set PORT to another one\."),
    ):
        stop_on_bad_port(replace(settings, port=taken.getsockname()[1]))


def worker_of(portal: Portal) -> int | None:
    """The worker's process id: the child that listens to no port is not told apart by name, so its threads tell."""
    assert portal.process is not None
    tasks = Path(f"/proc/{portal.process.pid}/task").glob("*/children")
    children = [child for task in tasks for child in task.read_text().split()]
    try:
        threads = {child: {t.read_text() for t in Path(f"/proc/{child}/task").glob("*/comm")} for child in children}
    except OSError:
        return None  # a thread that left while it was looked at: the next look will tell
    workers = [int(child) for child, names in threads.items() if not any("tokio" in name for name in names)]
    return workers[0] if workers else None
