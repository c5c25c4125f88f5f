"""The two-sided ledger: the links by which contacts see the promises between us, and what they said about them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.extensions import BigId, Model, UtcDateTime
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.contacts.models import Contact
    from portal.users.models import User

WORDS = ("kept", "not_kept", "done")
LONGEST_WORDS = 1000
LIVING = text("ended_at IS NULL")


class LedgerLink(Model):
    """One contact's way to the promises between us. A contact has one at most that has not been ended."""

    __tablename__ = "ledger_links"
    __table_args__ = (
        Index("uq_ledger_links_living", "contact_id", unique=True, sqlite_where=LIVING, postgresql_where=LIVING),
        Index("ix_ledger_links_customer_id", "customer_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    seed: Mapped[str] = mapped_column(String(24))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_on: Mapped[date]
    """The last of the firm's days on which it opens the page."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_on: Mapped[date | None]
    """When it was last sent by mail."""
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    contact: Mapped["Contact"] = relationship(lazy="raise")

    @property
    def has_run_out(self) -> bool:
        """Is its last day over?"""
        return clock.today() > self.expires_on

    def renew(self, by: "User | None", until: date) -> None:
        """Let it open the page until then."""
        self.expires_on = until
        self._note("renewed", by, until=until.isoformat())

    def note_sent(self, by: "User") -> None:
        """It goes out by mail."""
        self.sent_on = clock.today()
        self._note("sent", by)

    def end(self, by: "User | None") -> None:
        """Let it open nothing any more."""
        if self.ended_at is None:
            self.ended_at = clock.now()
            self._note("ended", by)

    def _note(self, verb: str, by: "User | None", **data: Any) -> None:
        """Leave the event; the link's contact is loaded."""
        self.version += 1
        record(
            f"ledger.{verb}", by=by, customer_id=self.customer_id, subject=self, contact=self.contact.name, **data
        )  # fmt: skip


class Statement(Model):
    """What a contact said about a promise. Only added to; the last one counts, and stands on the commitment."""

    __tablename__ = "ledger_statements"
    __table_args__ = (
        UniqueConstraint("commitment_id", "nonce"),
        Index("ix_ledger_statements_contact_id_id", "contact_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"))
    link_id: Mapped[int] = mapped_column(ForeignKey("ledger_links.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    word: Mapped[str] = mapped_column(String(8))
    """One of `WORDS`."""
    words: Mapped[str] = mapped_column(Text, default="")
    nonce: Mapped[str] = mapped_column(String(64))
    """Of the form that it was sent with: the same form says one thing about a promise."""
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)
    said_on: Mapped[date]
