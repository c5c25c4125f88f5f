"""Acts on many customers in the background."""

import threading

from portal.extensions import db
from portal.jobs import job, leaving, soon
from portal.lists import acting, queries

_acting = threading.Lock()


@job("lists.act")
def act(batch_id: int) -> None:
    """Go on with an act. One at a time in each process: two would only wait for each other."""
    if not _acting.acquire(blocking=False):
        return
    try:
        acting.run(batch_id, leaving=leaving)
    finally:
        _acting.release()


def resume_soon() -> None:
    """Ask the worker to go on with them at once, as when it begins."""
    ids = queries.running_batches()
    db.session.rollback()
    for id in ids:
        soon(act, id)


def resume() -> None:
    """Go on with every act that is under way, such as after a kill."""
    ids = queries.running_batches()
    db.session.rollback()
    for id in ids:
        act.call_local(id)
