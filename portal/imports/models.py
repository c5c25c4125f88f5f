"""Imports: a firm's file on its way into the portal, and the rows of it that were refused."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import BigId, Model, UtcDateTime

if TYPE_CHECKING:
    from portal.users.models import User

KINDS = ("purchases", "customers")
STATES = ("uploaded", "checked", "running", "done", "failed", "cancelled")


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
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Which column is which field, and how numbers and dates are written."""
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    """Advances in the same transaction as the rows it counts, so that a killed import resumes exactly."""
    purchases: Mapped[int] = mapped_column(default=0)
    customers: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """A worker has it until then; later, another may take it."""
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped["User | None"] = relationship(lazy="raise")


class ImportRefusal(Model):
    """A row of the file that was not taken, and why."""

    __tablename__ = "import_refusals"
    __table_args__ = (Index("ix_import_refusals_import_id_row_number", "import_id", "row_number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    row_number: Mapped[int]
    """As a spreadsheet counts: the header is row 1."""
    reason: Mapped[str] = mapped_column(String(40))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    cells: Mapped[list[Any]] = mapped_column(JSON, default=list)
