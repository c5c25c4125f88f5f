"""The library of objections: each with the firm's answers, and a document or a link that supports them."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.customers.search import fold
from portal.extensions import BigId, Model, UtcDateTime
from portal.rules import N_, BrokenRule
from portal.timeline.models import changed, record

if TYPE_CHECKING:
    from portal.users.models import User

LONGEST = 200
"""Characters of an objection; the same when folded."""
LONGEST_ANSWER = 2000
LONGEST_LINK = 500
EDITORS = ("owner", "sales", "marketing")
"""Who keeps the library. Everybody reads it, and writes down an objection that it does not hold yet."""


class Known(BrokenRule):
    """Two spellings that differ by case or accents are one objection."""

    message = N_("The library holds it already: “%(text)s”.")


class Heard(NamedTuple):
    """What a follow-up records: which objection, and the answer that was given, if it is one of the library's."""

    objection_id: int
    answer_id: int | None
    text: str


def folded_text(text: str) -> str:
    """The words by which an objection is found and told from others."""
    return fold(text)[:LONGEST]


class Objection(Model):
    """Something that customers object. A retired one is offered no more; what it has recorded stays."""

    __tablename__ = "objections"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    text: Mapped[str] = mapped_column(String(LONGEST))
    folded: Mapped[str] = mapped_column(
        String(LONGEST).with_variant(String(LONGEST, collation="C"), "postgresql"), unique=True
    )
    """Without accents and case, by which lists are ordered alike on both databases."""
    link: Mapped[str] = mapped_column(String(LONGEST_LINK), default="")
    """A page that supports the answers: `https://…`, or nothing."""
    version: Mapped[int] = mapped_column(default=1)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    document: Mapped["Document | None"] = relationship(lazy="raise", viewonly=True)

    @property
    def is_retired(self) -> bool:
        """Is it offered no more?"""
        return self.retired_at is not None

    def change(self, by: "User", text: str, link: str) -> None:
        """Say it better, or support it by another page."""
        changes = changed(self, {"text": text, "link": link})
        self.folded = folded_text(text)
        if changes:
            self._note("changed", by, changes=changes)

    def retire(self, by: "User") -> None:
        """Offer it no more. Twice is once."""
        if not self.is_retired:
            self.retired_at = clock.now()
            self._note("retired", by)

    def restore(self, by: "User") -> None:
        """Offer it again. Twice is once."""
        if self.is_retired:
            self.retired_at = None
            self._note("restored", by)

    def _note(self, verb: str, by: "User", **data: Any) -> None:
        self.version += 1
        record(f"objection.{verb}", by=by, subject=self, text=self.text, **data)


class Answer(Model):
    """One of the firm's answers to an objection."""

    __tablename__ = "objection_answers"
    __table_args__ = (Index("ix_objection_answers_objection_id", "objection_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objections.id"))
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    objection: Mapped[Objection] = relationship(lazy="raise")

    @property
    def is_retired(self) -> bool:
        """Is it offered no more?"""
        return self.retired_at is not None

    def change(self, by: "User", text: str) -> None:
        """Say it better. Its objection must be loaded."""
        changes = changed(self, {"text": text})
        if changes:
            self.version += 1
            self.note("answer_changed", by, changes=changes)

    def retire(self, by: "User") -> None:
        """Offer it no more. Twice is once."""
        if not self.is_retired:
            self.retired_at, self.version = clock.now(), self.version + 1
            self.note("answer_retired", by)

    def restore(self, by: "User") -> None:
        """Offer it again. Twice is once."""
        if self.is_retired:
            self.retired_at, self.version = None, self.version + 1
            self.note("answer_restored", by)

    def note(self, verb: str, by: "User", **data: Any) -> None:
        """Write an event about it. Its objection must be loaded."""
        record(f"objection.{verb}", by=by, subject=self.objection, text=self.objection.text, answer=self.text, **data)


class Document(Model):
    """The file that supports an objection's answers, kept under a random name among the instance's uploads."""

    __tablename__ = "objection_documents"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objections.id"), unique=True)
    file_name: Mapped[str] = mapped_column(String(160))
    """What it is called for people; never a path."""
    stored_as: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(8))
    """What its content is: one of `documents.KINDS`."""
    size: Mapped[int] = mapped_column(BigInteger)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
