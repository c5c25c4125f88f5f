"""Digests: which user's morning has been looked at, so that none is written twice."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import BigId, Model, UtcDateTime


class Digest(Model):
    """One user's morning. It is written with its mail in one transaction; without a mail there was nothing to say."""

    __tablename__ = "digests"
    __table_args__ = (
        UniqueConstraint("user_id", "written_on"),
        Index("ix_digests_written_on", "written_on"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    written_on: Mapped[date]
    """The firm's day."""
    seen_until: Mapped[datetime] = mapped_column(UtcDateTime)
    """Answers up to this instant are in it or in an earlier one."""
    outbox_id: Mapped[int | None] = mapped_column(BigId)
    """The mail that carries it."""
