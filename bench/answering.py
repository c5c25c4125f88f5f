"""What clients cost: the public page, an unhappy answer with its recovery and its receipt, and how many answers two web
processes take in a second.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from bench.measure import Ask, Visitor, in_turns
from bench.pages import WARM_UP
from bench.portals import Bench, Measured
from tests.runtime.portal_process import ROOT

CLIENTS = 4
CROWD_WARM_UP = 200
"""Before the clock runs: until each thread of both processes has its connection and has served some."""
CROWD = 1_600
"""At least so many answers: of fewer, the slowest hundredth would be a handful."""
UNHAPPY = 2
WEB = {"PORTAL_WEB_PROCESSES": "2"}


def measured(bench: Bench, rounds: int, requests: int) -> dict[str, Any]:
    """CPU time against the bare page; and, with two web processes, answers per second against bare POSTs."""
    with bench.portal("answers", 1_000) as portal:
        found = compare(portal, rounds, requests)
    with bench.portal("crowd", 1_000, WEB) as portal:
        return found | rates(portal, max(rounds * requests, CROWD))


def invitations(portal: Measured, count: int, word: str) -> list[tuple[str, str]]:
    """(token, nonce) of so many new invitations."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.invite", str(count), word],
        cwd=ROOT, env=portal.portal.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [(token, nonce) for token, nonce in json.loads(done.stdout)]


def compare(portal: Measured, rounds: int, requests: int) -> dict[str, Any]:
    """Milliseconds of CPU per request of the bare page, the public page and an answer, in interleaved rounds."""
    forms = iter(invitations(portal, 2 * WARM_UP + rounds * requests, "compare"))
    shown = invitations(portal, 40, "shown")
    bare, client = portal.stranger(), Visitor(portal.portal.port)

    def show(n: int) -> None:
        status, body = client.ask("GET", f"/s/{shown[n % len(shown)][0]}")
        assert status == 200, (status, body[:300])

    def ask_bare(n: int) -> None:
        assert bare.ask("GET", "/")[0] == 200

    asks: dict[str, Ask] = {
        "bare page": (ask_bare, portal.bare_processes),
        "public page": (show, portal.portal_processes),
        "answer": (lambda n: answer(client, *next(forms)), portal.portal_processes),
    }
    for _ in range(WARM_UP):
        answer(client, *next(forms))
    portal.swept()
    served = in_turns(asks, rounds, requests, WARM_UP)
    bare_ms = served["bare page"].milliseconds
    return {
        name: {"ms": round(each.milliseconds, 2), "to_bare": round(each.milliseconds / bare_ms, 2)}
        for name, each in served.items()
    }


def answer(client: Visitor, token: str, nonce: str) -> None:
    """Say that all is bad."""
    form = {"score": str(UNHAPPY), "comment": "The table came with a scratch.", "may_call": "1", "nonce": nonce}
    status, body = client.ask("POST", f"/s/{token}", urlencode(form))
    assert status == 303, (status, body[:300])


def rates(portal: Measured, count: int) -> dict[str, Any]:
    """Answers and bare POSTs per second, in four stretches in turn, both warmed up, and how long 99 of 100 answers took
    at most.
    """
    forms = iter(invitations(portal, count + CROWD_WARM_UP, "crowd"))
    lock = threading.Lock()

    def client() -> Callable[[], None]:
        visitor = Visitor(portal.portal.port)

        def ask() -> None:
            with lock:
                form = next(forms)
            answer(visitor, *form)

        return ask

    def stranger() -> Callable[[], None]:
        visitor = portal.stranger()

        def ask() -> None:
            assert visitor.ask("POST", "/", "")[0] == 200

        return ask

    seconds: dict[str, float] = {"answers": 0.0, "bare": 0.0}
    waits: list[float] = []
    for who in (stranger, client):
        crowd(who, CROWD_WARM_UP)
    portal.swept()
    for _ in range(4):
        for name, who in (("bare", stranger), ("answers", client)):
            took, each = crowd(who, count // 4)
            seconds[name] += took
            waits += each if name == "answers" else []
    answers, bare = count / seconds["answers"], count / seconds["bare"]
    waits.sort()
    return {
        "answers_per_second": round(answers),
        "bare_posts_per_second": round(bare),
        "share": round(answers / bare, 2),
        "p99_ms": round(1000 * waits[int(len(waits) * 0.99)], 1),
    }


def crowd(who: Callable[[], Callable[[], None]], count: int) -> tuple[float, list[float]]:
    """Several at once, until so many are served: seconds in all, and of each."""
    waits: list[float] = []

    def work(ask: Callable[[], None]) -> None:
        for _ in range(count // CLIENTS):
            started = time.perf_counter()
            ask()
            waits.append(time.perf_counter() - started)

    threads = [threading.Thread(target=work, args=(who(),)) for _ in range(CLIENTS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started, waits
