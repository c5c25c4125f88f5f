"""Checking an import: every row read and judged as it will be, nothing taken. Its findings are for a person."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any

from portal.customers.search import fold
from portal.extensions import db, reading_only
from portal.imports import columns, queries, running, taking, taking_people, uploads
from portal.imports.choices import Choices, surveyed
from portal.imports.limits import Unreadable
from portal.imports.matching import Matcher
from portal.imports.models import Import
from portal.imports.orders import Refused, Sale
from portal.imports.people import Person
from portal.imports.tally import Tally

FAULTS_SHOWN = 100
NAMESAKES_SHOWN = 5


def check(import_id: int, folder: Path, *, leaving: Callable[[], bool] = lambda: False) -> bool:
    """Look at every row of an import that waits for it; commits. False as `running.run`."""
    token = running.claim(import_id, "checking")
    if token is None:
        return False
    try:
        return _check(import_id, token, folder, leaving)
    except (Unreadable, columns.BadMapping, FileNotFoundError) as error:
        running.fail(import_id, token, getattr(error, "code", "gone"), folder)
        return False


def _check(import_id: int, token: str, folder: Path, leaving: Callable[[], bool]) -> bool:
    import_ = db.session.get_one(Import, import_id)
    kind, stored, choices = import_.kind, import_.stored_as, Choices.from_json(import_.choices)
    db.session.rollback()  # nobody waits for us while we read
    table = choices.open(uploads.path_of(folder, stored))
    shown = surveyed(kind, table, choices.mapping)
    look = _Look(kind)
    for batch in running.batches(running.items_of(kind, table, choices, shown), running.AT_ONCE):
        if leaving():
            running.release(import_id, token)
            return False
        look.at(batch)
        if not _advance(import_id, token, shown.rows, look.tally.rows):
            return False
    return _finish(import_id, token, look.findings())


def _advance(import_id: int, token: str, total: int, done: int) -> bool:
    ours = running.renew(import_id, token, rows_total=total, rows_done=done)
    db.session.commit()
    return ours


def _finish(import_id: int, token: str, findings: dict[str, Any]) -> bool:
    ours = running.renew(import_id, token, state="checked", findings=findings, claimed_by=None, claimed_until=None)
    db.session.commit()
    return ours


class _Look:
    """Counts what an import would do. Customers that it would make are remembered, so that each counts once."""

    def __init__(self, kind: str) -> None:
        self.tally = Tally()
        self.faults: list[Any] = []
        self.namesakes: list[str] = []
        self._matcher = Matcher()
        self._kind = kind

    def at(self, batch: Sequence[Any]) -> None:
        """Judge a batch, in a transaction that only reads."""
        before = reading_only.set(True)
        try:
            self._judge(batch)
        finally:
            db.session.rollback()
            reading_only.reset(before)

    def _judge(self, batch: Sequence[Any]) -> None:
        self.tally.see(batch)
        if self._kind == "purchases":
            new, refused = taking.sort_out([item for item in batch if isinstance(item, Sale)], self.tally)
            self.tally.take(new)
            self._count_customers(new)
        else:
            persons, refused = taking_people.sort_out([item for item in batch if isinstance(item, Person)], self.tally)
            self._count_customers(persons)
        refused = sorted([*(item for item in batch if isinstance(item, Refused)), *refused], key=attrgetter("row"))
        room = FAULTS_SHOWN - len(self.faults)
        self.faults += [[each.row, each.rows, each.faults] for each in refused[: max(room, 0)]]

    def _count_customers(self, rows: Sequence[Sale | Person]) -> None:
        self._matcher.look_up(rows)
        made = []
        for row in rows:
            if self._matcher.find(row) is None:
                self.tally.new_customers += 1
                self._matcher.add(-self.tally.new_customers, row)
                made.append(row.name)
        borne = queries.names_borne({fold(name)[:160] for name in made if name})
        self.namesakes += [name for name in made if fold(name)[:160] in borne]

    def findings(self) -> dict[str, Any]:
        """The counts; the first faults: row number, rows, faults; new customers who bear the name of a known one."""
        namesakes = {"count": len(self.namesakes), "names": self.namesakes[:NAMESAKES_SHOWN]}
        return self.tally.to_json() | {"faults": self.faults, "namesakes": namesakes}
