"""Responses: what a client answered, or said on the phone."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.extensions import BigId, Model, UtcDateTime

if TYPE_CHECKING:
    from portal.contacts.models import Contact
    from portal.customers.models import Customer

SOURCES = ("client", "staff")
STATES = ("standing", "quarantined", "disavowed", "dismissed")
"""It counts; it contradicts one that stood before, and waits to be looked at; the client says it was somebody else;
somebody has looked at it and put it aside."""
QUOTES = ("", "name", "anonymous")
QUOTE_PLACES = ("website", "printed", "social")
"""Where a comment may be quoted, beside talks with other customers, when its client says so."""
EDITABLE = timedelta(hours=24)
"""How long the browser that answered may correct the answer."""
LONGEST_COMMENT = 4000
TOLD = 300
"""Characters of a comment that an event keeps."""
STANDING = text("state = 'standing'")
NOT_STANDING = text("state <> 'standing'")
ASIDE = text("survey_responses.state <> 'standing'")
"""The same, where several tables have a state."""
MAY_BE_QUOTED = text("quote <> '' AND state = 'standing'")
QUOTABLE = text("survey_responses.quote <> '' AND survey_responses.state = 'standing'")
"""The same, where several tables have a state."""
PROMISED = text("commitment_id IS NOT NULL")
BY_STAFF = text("source = 'staff'")
UNTALLIED = text("NOT tallied AND state = 'standing'")


class Response(Model):
    """One answer. Of those to one invitation, one stands: the first, unless its client corrected or disavowed it."""

    __tablename__ = "survey_responses"
    __table_args__ = (
        Index(
            "uq_survey_responses_standing",
            "invitation_id",
            unique=True,
            sqlite_where=STANDING,
            postgresql_where=STANDING,
        ),
        Index("ix_survey_responses_survey_id_answered_on_id", "survey_id", "answered_on", "id"),
        Index("ix_survey_responses_answered_on_id", "answered_on", "id"),
        Index("ix_survey_responses_customer_id_answered_on", "customer_id", "answered_on"),
        Index(
            "ix_survey_responses_aside", "state", "answered_on", "id",
            sqlite_where=NOT_STANDING, postgresql_where=NOT_STANDING,
        ),
        Index("ix_survey_responses_promised", "commitment_id", sqlite_where=PROMISED, postgresql_where=PROMISED),
        Index("ix_survey_responses_quotable", "id", sqlite_where=MAY_BE_QUOTED, postgresql_where=MAY_BE_QUOTED),
        Index("ix_survey_responses_by_staff", "answered_on", "id", sqlite_where=BY_STAFF, postgresql_where=BY_STAFF),
        Index(
            "ix_survey_responses_untallied", "survey_id", "answered_on", "assignee_id", "score", "source",
            sqlite_where=UNTALLIED, postgresql_where=UNTALLIED,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    invitation_id: Mapped[int] = mapped_column(ForeignKey("survey_invitations.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who answered for the customer then."""
    score: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """To the further questions: `{"id", "question", "answer"}`, as they were read."""
    locale: Mapped[str] = mapped_column(String(2))
    source: Mapped[str] = mapped_column(String(8), default="client")
    """`staff`: said on the phone and written down by a colleague; it stays out of the headline figure."""
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    state: Mapped[str] = mapped_column(String(12), default="standing")
    nonce: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the form that it was sent with: the same form sent twice is one answer."""
    editor_hash: Mapped[str] = mapped_column(String(64), default="")
    """The hash of what the browser holds that may still correct it."""
    may_call: Mapped[bool] = mapped_column(default=False)
    quote: Mapped[str] = mapped_column(String(12), default="")
    """How the comment may be quoted, if it may: with the client's `name`, or `anonymous`."""
    quote_places: Mapped[str] = mapped_column(String(40), default="")
    """Where else than in talks: some of `QUOTE_PLACES`, with spaces between."""
    quote_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_on: Mapped[date]
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitments.id"))
    """The promise to make it right."""
    tallied: Mapped[bool] = mapped_column(default=False)

    customer: Mapped["Customer"] = relationship(lazy="raise")
    contact: Mapped["Contact | None"] = relationship(lazy="raise")

    def correct(self, score: int, comment: str, may_call: bool) -> None:
        """The client says it otherwise, from the same browser and in time."""
        self.score, self.comment, self.may_call = score, comment, may_call
        self.edited_at = clock.now()

    def disavow(self) -> None:
        """The client says that it was somebody else's: it stands no longer."""
        self.state = "disavowed"

    def dismiss(self) -> None:
        """Put it aside: a colleague has looked at it, and the other one counts."""
        self.state = "dismissed"

    def stand(self) -> None:
        """Let it count, from now on."""
        self.state, self.tallied = "standing", False

    def add(self, answers: list[dict[str, Any]], quote: str | None, places: Collection[str] = ()) -> bool:
        """Keep what the client says further: answers to further questions, and how and where the comment may be quoted.
        Did it change anything?
        """
        known = {answer["id"]: answer for answer in self.answers} | {answer["id"]: answer for answer in answers}
        before = (self.answers, self.quote, self.quote_places)
        self.answers = list(known.values())
        if quote is not None:
            self.quote, self.quote_asked_at = quote, clock.now()
            self.quote_places = " ".join(place for place in QUOTE_PLACES if quote and place in places)
        return before != (self.answers, self.quote, self.quote_places)
