"""The worker: takes jobs from the queue, runs what the clock asks for, and says every half minute that it is alive.

Computing the books takes NumPy and SciPy, which a process never gives back. So a worker that has used them, and is
watched over by somebody who starts another, leaves once it has nothing in hand.
"""

import logging
import signal
import sys
import time
from typing import Any

from flask import Flask
from huey.consumer import Consumer
from sqlalchemy.exc import SQLAlchemyError

from portal import followers, health, jobs, schedule
from portal.extensions import huey
from portal.follow_ups import rhythm
from portal.imports import jobs as import_jobs
from portal.invitations import jobs as invitation_jobs
from portal.lists import jobs as list_jobs
from portal.mail import sending
from portal.retention import jobs as retention_jobs

logger = logging.getLogger("portal.worker")
THREADS = 2
"""A long import leaves a thread for the mail."""
PATIENCE_SECONDS = 25
LIVES_SECONDS = 60
"""At least, so that one that is needed again and again is not made anew each time."""
JOBS = (followers, import_jobs, invitation_jobs, jobs, list_jobs, retention_jobs, rhythm, schedule, sending)
"""Modules whose jobs the worker must know."""


class Worker(Consumer):
    """Huey's consumer, with a heartbeat in its main loop: it beats while its threads are looked after."""

    app: Flask
    is_watched = wants_successor = False
    _beaten = 0.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._born = time.monotonic()

    def loop(self, health_check_ts: Any = None) -> Any:
        """One turn of the main loop, ten a second."""
        if self._signum is None and time.monotonic() - self._beaten > health.BEAT_SECONDS:
            self._beaten = time.monotonic()
            self._beat()
        if self.is_watched and self._signum is None and self.has_grown():
            self.wants_successor = True
            jobs.leave()
            self.stop(graceful=True)
        return super().loop(health_check_ts)

    def has_grown(self) -> bool:
        """Does it hold on to more than it needs, with nothing in hand?"""
        return "numpy" in sys.modules and jobs.at_rest() and time.monotonic() - self._born > LIVES_SECONDS

    def _beat(self) -> None:
        try:
            with self.app.app_context():
                health.beat()
        except SQLAlchemyError as error:
            logger.warning("no heartbeat", extra={"error": type(error).__name__})

    def _handle_signal(self, signum: int, frame: Any) -> None:
        jobs.leave()
        super()._handle_signal(signum, frame)


def run(app: Flask, *, is_watched: bool = False) -> bool:
    """Work until SIGTERM or Ctrl-C; then finish the jobs in hand, for at most `PATIENCE_SECONDS`.

    Where somebody watches who would start another, work until that one would be smaller: True says so.
    """
    worker = Worker(
        huey,
        workers=THREADS,
        max_delay=0.5,
        scheduler_interval=5,
        shutdown_timeout=PATIENCE_SECONDS,
        graceful_signal="TERM",
    )
    worker._signal_actions[signal.SIGINT] = (False, True)
    worker.app, worker.is_watched = app, is_watched
    _pick_up(app)
    worker.run()
    return worker.wants_successor


def _pick_up(app: Flask) -> None:
    """Begin with what a worker before left half done, rather than at the next full minute."""
    try:
        with app.app_context():
            import_jobs.resume_soon()
            invitation_jobs.resume_soon()
            list_jobs.resume_soon()
            retention_jobs.resume_soon()
            jobs.soon(rhythm.follow_rhythm)
    except SQLAlchemyError as error:
        logger.warning("nothing picked up", extra={"error": type(error).__name__})
