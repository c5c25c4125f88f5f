"""`serve`: the web server and the worker, watched over by one process.

The app is made once, before the others are forked from it, so that they share its memory. Whoever
of them dies is started again; one that keeps dying within seconds ends them all, for whatever
started the portal to notice. SIGTERM lets each finish what is in flight. Should the watching process itself be killed,
the others notice that its end of a pipe is closed, and leave as well.
"""

import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask

from portal.compression import Compressed
from portal.config import ROOT, Settings
from portal.extensions import db
from portal.static_files import StaticFiles

logger = logging.getLogger("portal.serving")
CRASH_LOOP_SECONDS = 5
NICE = 5
"""By how much the worker steps back where there is more to do than there are processors."""
WANTS_SUCCESSOR = 75
"""The exit code of a worker that leaves so that another may begin small."""
ENDING = {signal.SIGTERM, signal.SIGINT}
LOGGING = {
    "formatters": {"lines": {"()": "portal.logs.JsonLines"}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
    "loggers": {"_granian": {"handlers": ["lines"], "propagate": False}},
}


class WorkerKeeper:
    """Runs the worker in a process of its own and starts it again when it dies."""

    def __init__(self, run: Callable[[], None], give_up: Callable[[], None]) -> None:
        self.run, self.give_up = run, give_up
        self.stopping = self.failed = False
        self.early_deaths = 0
        self.starting = threading.Lock()
        self._start()

    def _start(self) -> None:
        """Fork it. Until it has its own answer to a signal, a signal waits: the parent's answer would lose it."""
        with self.starting:
            if self.stopping:
                return
            self.started = time.monotonic()
            self.process = multiprocessing.get_context("fork").Process(target=self._run, name="portal-worker")
            before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
            try:
                self.process.start()
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _run(self) -> None:
        for ending in ENDING:
            signal.signal(ending, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        self.run()

    def watch(self) -> None:
        """Keep watch, in a thread."""
        threading.Thread(target=self._watch, name="worker-keeper", daemon=True).start()

    def _watch(self) -> None:
        while True:
            self.process.join()
            if self.stopping:
                return
            if self.process.exitcode == 0:  # it was asked to leave, as by Ctrl-C, which reaches us all
                self.give_up()
                return
            if self.process.exitcode == WANTS_SUCCESSOR:
                self._start()
                continue
            logger.error("worker died", extra={"exit_code": self.process.exitcode})
            early = time.monotonic() - self.started < CRASH_LOOP_SECONDS
            self.early_deaths = self.early_deaths + 1 if early else 0
            if self.early_deaths > 1:
                self.failed = True
                self.give_up()
                return
            self._start()

    def stop(self) -> None:
        """Let it finish its jobs, and wait for it."""
        with self.starting:
            self.stopping = True
        if self.process.is_alive():
            self.process.terminate()
        self.process.join()


def serve(app: Flask, settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    lifeline = os.pipe()
    wsgi = StaticFiles(Compressed(app.wsgi_app), ROOT / "static")
    gc.collect()
    gc.freeze()  # what is there now is shared with the children; the collector would copy it by touching it
    gc.set_threshold(5_000, 20, 20)  # a page makes thousands of things and leaves none behind: it needn't look so often
    server = web_server(settings)
    keeper = WorkerKeeper(lambda: _work(app, lifeline, server), give_up=server.signal_handler_interrupt)
    server.on_startup(keeper.watch)
    try:
        server.serve(target_loader=lambda: _web(app, wsgi, lifeline), wrap_loader=False)
    finally:
        keeper.stop()
    if keeper.failed:
        sys.exit(1)


def web_server(settings: Settings) -> Any:
    """Granian as the portal runs it: processes forked from this one, each with some threads for Python."""
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings

    from portal.front_door import FrontDoor

    multiprocessing.set_start_method("fork", force=True)
    return FrontDoor(
        "portal",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_processes,
        blocking_threads=settings.web_threads,
        http1_settings=HTTP1Settings(header_read_timeout=15_000, max_buffer_size=256 * 1024),
        log_dictconfig=LOGGING,
        respawn_failed_workers=True,
        workers_kill_timeout=30,
    )


def _work(app: Flask, lifeline: tuple[int, int], server: Any) -> None:
    """The worker's process. Whoever waits for a page comes first."""
    os.nice(NICE)
    server.leave()
    _begin_child(app, lifeline)
    from portal import worker

    if worker.run(app, is_watched=True):
        sys.exit(WANTS_SUCCESSOR)


def _web(app: Flask, wsgi: Any, lifeline: tuple[int, int]) -> Any:
    """What a web process serves, once it has been forked."""
    _begin_child(app, lifeline)
    return wsgi


def _begin_child(app: Flask, lifeline: tuple[int, int]) -> None:
    """Let go of what belongs to the parent, and leave when it is gone."""
    reading, writing = lifeline
    os.close(writing)
    threading.Thread(target=_leave_with_parent, args=(reading,), name="lifeline", daemon=True).start()
    with app.app_context():
        db.engine.dispose(close=False)


def _leave_with_parent(reading: int) -> None:
    os.read(reading, 1)  # returns when nobody holds the other end any more
    logger.error("the watching process is gone")
    os.kill(os.getpid(), signal.SIGTERM)


def stop_on_bad_port(settings: Settings) -> None:
    """Say in one sentence that the address is taken, before anything is started."""
    import socket

    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except OSError as error:
            sys.exit(f"Can't listen on {settings.host}:{settings.port}: {error.strerror}. Set PORT to another one.")
