"""Jobs: what the worker does after the answer has gone out.

A job is a function with a name of its own, `@job("imports.run")`. It runs in the app's context, on
the firm's calendar, commits at its end, or after each step that can stand alone, and is safe to run twice: what it does
is decided by rows that it claims, not by having been called. A view asks for one with `soon(...)` after its commit.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from portal import clock
from portal.extensions import huey
from portal.settings.queries import the_firm

logger = logging.getLogger("portal.jobs")
_leaving = threading.Event()
_in_hand: set[object] = set()


def job(name: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Make the function a job under this name; `options` are Huey's (`retries`, `retry_delay`, `priority`)."""

    def named(function: Callable[..., Any]) -> Any:
        return huey.task(name=name, **options)(in_app(name, function))

    return named


def in_app(name: str, function: Callable[..., Any]) -> Callable[..., None]:
    """The function in the app's context and on the firm's calendar, with one line in the log when it has run."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:
        started = time.perf_counter()
        with _held(object()), huey.app.app_context():
            firm = the_firm()
            clock.use_zone(firm.time_zone if firm else "UTC")
            function(*args, **kwargs)
        logger.info("job done", extra={"job": name, "ms": round((time.perf_counter() - started) * 1000, 1)})

    return run


@contextmanager
def _held(token: object) -> Iterator[None]:
    _in_hand.add(token)
    try:
        yield
    finally:
        _in_hand.discard(token)


def at_rest() -> bool:
    """Has this process no job in hand?"""
    return not _in_hand


def soon(task: Any, *args: Any) -> None:
    """Ask the worker for this job now. Call it after the commit; a queue that can't be reached only means "later"."""
    try:
        task(*args)
    except Exception as error:  # noqa: BLE001 - SQLite's, PostgreSQL's, Redis's: what is to be done is in the database
        logger.warning("queue not reached", extra={"error": type(error).__name__})


def leaving() -> bool:
    """Has the worker been asked to stop? A long job looks here between its steps and ends early; it resumes later."""
    return _leaving.is_set()


def leave() -> None:
    """Ask long jobs of this process to end at their next step."""
    _leaving.set()


def run_waiting() -> int:
    """Run all that is queued, here and now; returns how many jobs that were."""
    ran = 0
    while (task := huey.dequeue()) is not None:
        huey.execute(task)
        ran += 1
    return ran
