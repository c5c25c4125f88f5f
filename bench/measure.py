"""Reading what processes cost out of /proc, and asking pages over one open connection."""

import http.client
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

Ask = tuple[Callable[[int], None], Callable[[], list[int]]]
"""A request, given its number; and the processes that serve it."""
TICK = os.sysconf("SC_CLK_TCK")
CALM_SHARE = 0.05
"""Of one processor: what a worker that only looks whether there is work stays well below."""


def family(*roots: int) -> list[int]:
    """These processes and all that descend from them."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = set(roots)
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found)


def cpu_of_each(processes: Iterable[int]) -> dict[int, float]:
    """Seconds of user and system time of each of these processes so far, from /proc/<pid>/stat, without those that
    have ended.
    """
    seconds = {}
    for process in processes:
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        seconds[process] = (int(fields[11]) + int(fields[12])) / TICK
    return seconds


def spent(before: Mapping[int, float], after: Mapping[int, float]) -> float:
    """Seconds from one `cpu_of_each` to another. What has ended between them, such as PostgreSQL's sweepers, counts
    for nothing, rather than to take back what it had spent before.
    """
    return sum(seconds - before.get(process, 0.0) for process, seconds in after.items())


def rest(processes: Callable[[], list[int]], calm: float = 5, patience: float = 900) -> None:
    """Wait until these processes have nothing in hand: for so many seconds they take hardly any time.

    A worker that starts on a large portal first looks at all that has happened there, which takes it a while.
    """
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        before = cpu_of_each(processes())
        time.sleep(calm)
        if spent(before, cpu_of_each(processes())) < CALM_SHARE * calm:
            return
    raise TimeoutError("the portal does not come to rest")


def pss_megabytes(processes: Iterable[int]) -> float:
    """Memory that these processes hold, shared pages counted once, from /proc/<pid>/smaps_rollup."""
    kilobytes = 0
    for process in processes:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kilobytes += int(line.split()[1])
    return kilobytes / 1024


@dataclass
class Served:
    """Requests of one kind, and the CPU time that they cost all processes together."""

    rounds: list[float] = field(default_factory=list)
    """Milliseconds per request in each round."""

    def add(self, requests: int, cpu: float) -> None:
        """One round more."""
        self.rounds.append(1000 * cpu / requests)

    @property
    def milliseconds(self) -> float:
        """CPU time per request: the median of the rounds, so that a few seconds in which the machine does something
        else weigh little.
        """
        return median(self.rounds)


def in_turns(asks: Mapping[Any, Ask], rounds: int, requests: int, warm_up: int) -> dict[Any, Served]:
    """What each kind of request costs, by its key, in short rounds that take turns: what else the machine does falls on
    all, seconds at a time.

    The first `warm_up` requests of each kind are not counted.
    """
    served = {key: Served() for key in asks}
    for ask, _ in asks.values():
        for n in range(warm_up):
            ask(n)
    for _ in range(rounds):
        for key, (ask, processes) in asks.items():
            before = cpu_of_each(processes())
            for n in range(requests):
                ask(n)
            served[key].add(requests, spent(before, cpu_of_each(before)))
    return served


class Visitor:
    """One browser that keeps its connection open."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Accept-Encoding": "gzip", **(headers or {})}

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, bytes]:
        """Status and body, as they came over the wire."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            more["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.connection.request(method, path, body, self.headers | more)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):  # the server has closed a connection that lay idle
            self.connection.close()
            self.connection.request(method, path, body, self.headers | more)
            answer = self.connection.getresponse()
        return answer.status, answer.read()
