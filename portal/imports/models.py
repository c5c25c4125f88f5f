"""Imports: a firm's file on its way into the portal, and the rows of it that were refused."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.extensions import BigId, Model, UtcDateTime
from portal.rules import N_, BrokenRule
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User

KINDS = ("purchases", "customers")
STATES = ("uploaded", "checking", "checked", "running", "done", "failed", "cancelled")
WORKING = ("checking", "running")
ENDED = ("done", "failed", "cancelled")


class NotNow(BrokenRule):
    """An import that has gone further, or has ended, can't be taken back to an earlier step."""

    message = N_("This import has moved on meanwhile.")


class Import(Model):
    """One file: what it holds, how its columns are read, how far it has come."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), default="uploaded")
    file_name: Mapped[str] = mapped_column(String(160))
    """As the user called it; never used as a path."""
    stored_as: Mapped[str] = mapped_column(String(64))
    """A random name in the uploads folder of the instance."""
    digest: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of the file, by which the very same one is known again."""
    file_size: Mapped[int] = mapped_column(BigInteger, default=0)
    choices: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """How the file is read: see `portal.imports.choices`."""
    findings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the check of every row has found, before anything was taken."""
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What has been taken and left out so far."""
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    items_done: Mapped[int] = mapped_column(default=0)
    """Advances in the same transaction as the rows it counts, so that a killed import resumes exactly. An item is a
    sale, whose order may have had several rows, or a row that was refused or left out."""
    purchases: Mapped[int] = mapped_column(default=0)
    customers: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(String(40), default="")
    """Why it failed: the code of an Unreadable."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_by: Mapped[str | None] = mapped_column(String(32))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """A worker has it until then; later, another may take it."""
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped["User | None"] = relationship(lazy="raise")

    @property
    def is_working(self) -> bool:
        """Is a worker at it, or will one be?"""
        return self.state in WORKING

    @property
    def can_change(self) -> bool:
        """Can it still be read otherwise?"""
        return self.state in ("uploaded", "checking", "checked")

    @property
    def has_ended(self) -> bool:
        """Is there nothing more to come?"""
        return self.state in ENDED

    def read(self, choices: dict[str, Any]) -> None:
        """Read the file in this way. Raises NotNow once its rows are being checked."""
        if self.state != "uploaded":
            raise NotNow
        self.choices = choices

    def check(self, choices: dict[str, Any]) -> None:
        """Have every row checked, read in this way. Raises NotNow."""
        if not self.can_change:
            raise NotNow
        self.choices, self.findings = choices, {}
        self.state, self.rows_done = "checking", 0
        self.claimed_by = self.claimed_until = None

    def change(self) -> None:
        """Go back to the columns. Raises NotNow once rows are being taken."""
        if not self.can_change:
            raise NotNow
        self.state = "uploaded"
        self.claimed_by = self.claimed_until = None

    def start(self, by: "User | None") -> bool:
        """Take the checked rows in. False when that was said before; raises NotNow when it was not checked."""
        if self.state in ("running", "done"):
            return False
        if self.state != "checked":
            raise NotNow
        self.state, self.started_at, self.rows_done = "running", clock.now(), 0
        self.claimed_by = self.claimed_until = None
        record("import.started", by=by, subject=self, file_name=self.file_name, file_kind=self.kind)
        return True

    def cancel(self, by: "User | None") -> None:
        """Stop. Rows that were taken stay."""
        if not self.has_ended:
            self._end("cancelled")
            record("import.cancelled", by=by, subject=self, file_name=self.file_name, **self.counts())

    def finish(self, by: "User | None") -> None:
        """All rows have been seen to."""
        self._end("done")
        record("import.finished", by=by, subject=self, file_name=self.file_name, **self.counts())

    def fail(self, code: str, by: "User | None") -> None:
        """The file can't be read any further."""
        self._end("failed")
        self.failure = code[:40]
        record("import.failed", by=by, subject=self, file_name=self.file_name, code=code)

    def counts(self) -> dict[str, Any]:
        """What came of it, in numbers."""
        return {name: getattr(self, name) for name in ("purchases", "customers", "refused", "unchanged")}

    def _end(self, state: str) -> None:
        self.state, self.finished_at = state, clock.now()
        self.claimed_by = self.claimed_until = None


class ImportRefusal(Model):
    """A row of the file that was not taken, and why."""

    __tablename__ = "import_refusals"
    __table_args__ = (Index("ix_import_refusals_import_id_row_number", "import_id", "row_number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    row_number: Mapped[int]
    """As a spreadsheet counts: the header is row 1."""
    faults: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """[field, code, params] of each."""
    cells: Mapped[list[Any]] = mapped_column(JSON, default=list)
