"""kill -9 in the middle of a piece of work, at a step of one's own choosing."""

import os
import signal
from collections.abc import Callable
from typing import Any

from portal.extensions import db


def survives(work: Callable[[], object], step: int, *named: tuple[Any, str]) -> bool:
    """Do the work in a process of its own that kills itself at the n-th step, from 1; whether it came to its end first.

    A step is the moment before each of the functions named, as in `(bulk, "insert")`, and before and after each commit.
    """
    db.session.remove()
    db.engine.dispose()
    child = os.fork()
    if child == 0:
        try:
            _doom(step, named)
            work()
        finally:
            os._exit(0)
    return not os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _doom(step: int, named: tuple[tuple[Any, str], ...]) -> None:
    """Let this process kill itself then."""
    left = [step]

    def take() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def dying(function: Callable[..., Any], *, after: bool = False) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            take()
            result = function(*args, **kwargs)
            if after:
                take()
            return result

        return run

    for where, name in named:
        setattr(where, name, dying(getattr(where, name)))
    db.session.commit = dying(db.session.commit, after=True)  # type: ignore[method-assign]
