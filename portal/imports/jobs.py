"""Imports in the background: checked and run by the worker, and gone on with after it was stopped."""

from datetime import timedelta
from pathlib import Path

from portal import clock, followers
from portal.extensions import db, huey
from portal.imports import checking, queries, running, uploads
from portal.imports.models import Import
from portal.jobs import job, leaving, soon

KEEP_WAITING = timedelta(days=30)


def uploads_folder() -> Path:
    """Where this instance keeps uploaded files."""
    return Path(huey.app.instance_path) / "uploads"


@job("imports.go_on")
def go_on(import_id: int) -> None:
    """Check or run this import, whichever it waits for; nothing, when it waits for neither or somebody has it."""
    import_ = db.session.get(Import, import_id)
    state = import_.state if import_ is not None else ""
    db.session.rollback()
    work = {"checking": checking.check, "running": running.run}.get(state)
    if work is not None:
        work(import_id, uploads_folder(), leaving=leaving)
        if state == "running":
            followers.follow_soon()


def tidy() -> None:
    """Leave files that nobody has gone on with for a month, and delete those that no import is going to read, as when
    the portal was killed while they came or once they were read: they hold personal data.
    """
    for id in queries.forgotten_imports(clock.now() - KEEP_WAITING):
        import_ = queries.import_for_change(id)
        if import_ is not None and import_.can_change:
            import_.cancel(None)
            uploads.forget(uploads_folder(), import_.stored_as)
    db.session.commit()
    uploads.forget_orphans(uploads_folder(), queries.names_stored(), clock.now().timestamp())
    db.session.rollback()


def resume_soon() -> None:
    """Ask for every import that should be under way and that nobody has: what a worker begins its life with."""
    ids = queries.waiting_imports(clock.now())
    db.session.rollback()
    for id in ids:
        soon(go_on, id)


def resume() -> None:
    """Go on with every import that should be under way and that nobody has, such as after a kill."""
    ids = queries.waiting_imports(clock.now())
    db.session.rollback()
    for id in ids:
        go_on.call_local(id)
