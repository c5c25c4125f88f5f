"""Running an import: claimed by one worker at a time, taken in batch by batch, resumed exactly where a kill stopped it.

A batch's rows, the figures that they change, and how far the import has come are one transaction. After a kill the file
is read again from its beginning, which always gives the same items, and those that were taken are passed over.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import CursorResult, or_, update
from sqlalchemy.exc import DataError, IntegrityError

from portal import clock
from portal.extensions import db, look_at_tables
from portal.imports import columns, orders, people, queries, taking, taking_people, uploads
from portal.imports.choices import Choices, surveyed
from portal.imports.limits import Unreadable
from portal.imports.models import Import
from portal.imports.reading import Table
from portal.imports.survey import Survey
from portal.imports.tally import Tally

logger = logging.getLogger("portal.imports")
AT_ONCE = 2000
LEASE = timedelta(seconds=30)
"""A worker renews it with every batch; reading a whole file once, the longest step between, takes a few seconds."""
Each = TypeVar("Each")


def run(import_id: int, folder: Path, *, leaving: Callable[[], bool] = lambda: False) -> bool:
    """Take in what is left of a started import; commits after every batch.

    False when somebody else has it, when it is not running, or when `leaving` said that this process should stop: then
    it is let go, and whoever comes next goes on. Raises nothing that the file is to blame for: the import then fails.
    """
    token = claim(import_id, "running")
    if token is None:
        return False
    try:
        return _run(import_id, token, folder, leaving)
    except (Unreadable, columns.BadMapping, FileNotFoundError) as error:
        fail(import_id, token, getattr(error, "code", "gone"), folder)
    except (IntegrityError, DataError) as error:  # ours to mend: what was taken stays, and nobody tries for ever
        logger.exception("import failed", exc_info=error)
        fail(import_id, token, "unexpected", folder)
    return False


def _run(import_id: int, token: str, folder: Path, leaving: Callable[[], bool]) -> bool:
    import_ = db.session.get_one(Import, import_id)
    kind, done, stored = import_.kind, import_.items_done, import_.stored_as
    choices = Choices.from_json(import_.choices)
    db.session.rollback()  # nobody waits for us while we read
    table = choices.open(uploads.path_of(folder, stored))
    shown = surveyed(kind, table, choices.mapping)
    items = items_of(kind, table, choices, shown)
    for batch in batches(islice(items, done, None), AT_ONCE):
        if leaving():
            release(import_id, token)
            return False
        if not _take(import_id, token, shown.rows, batch):
            db.session.rollback()
            return False
        db.session.commit()
    return _finish(import_id, token, folder)


def items_of(kind: str, table: Table, choices: Choices, shown: Survey) -> Iterator[Any]:
    """The items of a file: sales or persons, refusals, and orders that are left out."""
    places = columns.places(choices.mapping, table.headers)
    if kind == "customers":
        return people.Reader(places, choices.region, len(table.headers)).items(table.rows())
    settled = choices.settled(shown)
    reader = orders.Reader(places, choices.habits(shown), len(table.headers), settled, choices.source)
    return reader.items(table.rows())


def batches(items: Iterable[Each], size: int) -> Iterator[list[Each]]:
    """The items, `size` at a time."""
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch


def _take(import_id: int, token: str, total: int, batch: Sequence[Any]) -> bool:
    """One batch and how far it brings the import, uncommitted. False when the import is no longer ours."""
    import_ = _ours(import_id, token)
    if import_ is None:
        return False
    tally = Tally.from_json(import_.report)
    take = taking.take if import_.kind == "purchases" else taking_people.take
    take(batch, tally, import_, import_.user)
    import_.report = tally.to_json()
    import_.rows_total, import_.rows_done, import_.items_done = total, tally.rows, tally.items
    import_.purchases, import_.customers = tally.taken, tally.new_customers
    import_.refused, import_.unchanged = tally.refused, tally.unchanged
    return True


def _finish(import_id: int, token: str, folder: Path) -> bool:
    import_ = _ours(import_id, token)
    if import_ is None:
        db.session.rollback()
        return False
    stored = import_.stored_as
    import_.finish(import_.user)
    db.session.commit()
    uploads.forget(folder, stored)
    if db.engine.dialect.name == "sqlite":  # PostgreSQL notices by itself
        look_at_tables()
    return True


# Claims


def claim(import_id: int, state: str) -> str | None:
    """Make the import ours for a lease, if it is in this state and nobody's; commits. Our token, or None."""
    token, now = secrets.token_hex(16), clock.now()
    free = or_(Import.claimed_until.is_(None), Import.claimed_until < now)
    changed = _change(Import.id == import_id, Import.state == state, free, claimed_by=token, claimed_until=now + LEASE)
    db.session.commit()
    return token if changed else None


def renew(import_id: int, token: str, **values: Any) -> bool:
    """Keep the import for another lease, locked until the transaction ends, and set these values. False when it is no
    longer ours.
    """
    values = {"claimed_until": clock.now() + LEASE} | values
    return _change(Import.id == import_id, Import.claimed_by == token, **values)


def release(import_id: int, token: str) -> None:
    """Let the import go, for whoever comes next; commits."""
    _change(Import.id == import_id, Import.claimed_by == token, claimed_by=None, claimed_until=None)
    db.session.commit()


def fail(import_id: int, token: str, code: str, folder: Path) -> None:
    """It can't be gone on with; commits, and deletes the file."""
    db.session.rollback()
    import_ = _ours(import_id, token)
    if import_ is not None:
        import_.fail(code, import_.user)
        uploads.forget(folder, import_.stored_as)
    db.session.commit()


def _ours(import_id: int, token: str) -> Import | None:
    """The import, kept for another lease and locked until the transaction ends; None when it is no longer ours."""
    return queries.import_to_show(import_id) if renew(import_id, token) else None


def _change(*conditions: Any, **values: Any) -> bool:
    """A conditional UPDATE: whether it found its row."""
    query = update(Import).where(*conditions).values(**values).execution_options(synchronize_session=False)
    result: CursorResult[Any] = db.session.execute(query)  # type: ignore[assignment]
    return result.rowcount == 1
