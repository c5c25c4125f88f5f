"""Surveys, the questions that follow the first one, and the tallies that results are read from."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.extensions import BigId, Model, UtcDateTime
from portal.rules import N_, BrokenRule
from portal.surveys.scales import SCALES, Scale
from portal.timeline.models import changed, record

if TYPE_CHECKING:
    from portal.users.models import User

KINDS = tuple(SCALES)
STATES = ("active", "paused", "closed")
OCCASIONS = ("by_hand", "after_purchase", "after_recovery", "every")
TEXTS = ("question", "low", "high", "open_unhappy", "open_neutral", "open_happy", "thanks")
"""What a survey says in each language: its question, what the lowest and the highest score mean, its open question to
each feeling, and its thanks. `{name}` stands for the client's first name."""
DELIVERED, FROM_STAFF = -1, -2
"""What a tally counts beside answers of clients by their score: delivered invitations, answers taken by colleagues."""


class IsClosed(BrokenRule):
    """What is closed stays closed: its results would mix two questions."""

    message = N_("This survey is closed.")


class Survey(Model):
    """One question in two languages, and the occasion on which it is asked."""

    __tablename__ = "surveys"
    __table_args__ = (Index("ix_surveys_state_occasion", "state", "occasion"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    folded: Mapped[str] = mapped_column(String(120), unique=True)
    """The name without accents and case: two surveys that differ by these only would be mistaken for each other."""
    kind: Mapped[str] = mapped_column(String(4))
    state: Mapped[str] = mapped_column(String(8), default="active")
    occasion: Mapped[str] = mapped_column(String(16), default="by_hand")
    days: Mapped[int] = mapped_column(default=0)
    """How many days after a purchase, or between two askings. Days."""
    texts: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON)
    """By language, then by the words of `TEXTS`."""
    active_since: Mapped[date]
    """The firm's day from which on purchases call for it; what was bought before is not asked about."""
    version: Mapped[int] = mapped_column(default=1)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def scale(self) -> Scale:
        """The scores that can be given."""
        return SCALES[self.kind]

    @property
    def is_active(self) -> bool:
        """May it be asked and answered?"""
        return self.state == "active"

    def change(self, by: "User", **fields: Any) -> dict[str, list[Any]]:
        """Write these fields (`name`, `folded`, `occasion`, `days`, `texts`); tell what changed. Raises `IsClosed`."""
        if self.state == "closed":
            raise IsClosed
        changes = changed(self, fields)
        if changes:
            self.version += 1
            self._note("changed", by, fields=sorted(changes))
        return changes

    def pause(self, by: "User") -> None:
        """Ask nobody for now; what has been sent can still be answered. Raises `IsClosed`."""
        self._become("paused", "paused", by)

    def resume(self, by: "User") -> None:
        """Ask again, from today on. Raises `IsClosed`."""
        if self.state == "paused":
            self.active_since = clock.today()
        self._become("active", "resumed", by)

    def close(self, by: "User") -> None:
        """Ask nobody and take no more answers, for good."""
        if self.state != "closed":
            self.closed_at = clock.now()
            self._become("closed", "closed", by)

    def _become(self, state: str, verb: str, by: "User") -> None:
        if self.state == "closed":
            raise IsClosed
        if self.state != state:
            self.state = state
            self.version += 1
            self._note(verb, by)

    def _note(self, verb: str, by: "User", **data: Any) -> None:
        record(f"survey.{verb}", by=by, subject=self, name=self.name, **data)


class SurveyQuestion(Model):
    """A further question, put after the score to those who gave one from `from_score` to `to_score`."""

    __tablename__ = "survey_questions"
    __table_args__ = (Index("ix_survey_questions_survey_id_position", "survey_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"))
    position: Mapped[int]
    from_score: Mapped[int]
    to_score: Mapped[int]
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    """By language."""
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was taken out; answers to it stay readable."""


class SurveyTally(Model):
    """How many answers of one score, or delivered invitations, a survey had in a month. Kept by a job (`tallies`).

    Results are read from here and from the few rows that are not tallied yet, so a million answers cost no more.
    """

    __tablename__ = "survey_tallies"

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    """Its first day."""
    assignee_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    """Who answered for the customer then; 0 for nobody."""
    score: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Or `DELIVERED`, or `FROM_STAFF`."""
    count: Mapped[int] = mapped_column(default=0)
