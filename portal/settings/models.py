"""The firm: one row with what it decides for itself."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model, UtcDateTime
from portal.language import LANGUAGES
from portal.settings import accent
from portal.timeline.models import changed, record

if TYPE_CHECKING:
    from portal.users.models import User

FIRM_ID = 1
LOCALES = tuple(code for code, _ in LANGUAGES)
GOAL_PERIODS = ("month", "quarter", "year")
DECISIONS = (
    "name", "accent", "locale", "time_zone", "currency", "region", "touch_every_days", "reassure_after_days",
    "ask_at_most", "ask_within_days", "remind_after_days", "answer_within_days", "recover_within_days",
    "silent_after_days", "ledger_days", "hand_off_days", "goal", "goal_clients", "goal_period", "digest_hour",
    "digest_days", "holidays", "privacy",
)  # fmt: skip


class Firm(Model):
    """The firm that runs this portal. There is one, made by the first visit."""

    __tablename__ = "firms"

    id: Mapped[int] = mapped_column(primary_key=True, default=FIRM_ID)
    name: Mapped[str] = mapped_column(String(120))
    accent: Mapped[str] = mapped_column(String(7), default=accent.USUAL)
    time_zone: Mapped[str] = mapped_column(String(64), default="America/Mexico_City")
    locale: Mapped[str] = mapped_column(String(2), default="es")
    currency: Mapped[str] = mapped_column(String(3), default="MXN")
    region: Mapped[str] = mapped_column(String(2), default="MX")
    """Two-letter country whose phone numbers may be written without their prefix."""
    touch_every_days: Mapped[int] = mapped_column(default=90)
    """The rhythm: how long after a touch the next one is due, when nothing is planned. In days."""
    reassure_after_days: Mapped[int] = mapped_column(default=3)
    """How long after a purchase the reassurance touch is due. In days."""
    ask_at_most: Mapped[int] = mapped_column(default=2)
    ask_within_days: Mapped[int] = mapped_column(default=30)
    """The contact budget: a person hears at most so many surveys, reminders and offers in so many days."""
    remind_after_days: Mapped[int] = mapped_column(default=4)
    """How long a person may be silent before the one reminder. In days; 0 for none."""
    answer_within_days: Mapped[int] = mapped_column(default=30)
    """How long an invitation can be answered. In days."""
    recover_within_days: Mapped[int] = mapped_column(default=2)
    """How soon an unhappy answer is to be made right. In days."""
    privacy: Mapped[str] = mapped_column(Text, default="")
    """What the firm adds to the privacy notice of public pages."""
    holidays: Mapped[str] = mapped_column(Text, default="")
    """The days, one a line, on which the firm does not work: they are no working days of playbooks."""
    books_on: Mapped[date | None]
    """The day as of which lists are computed; empty for today, whichever day that is."""
    silent_after_days: Mapped[int] = mapped_column(default=60)
    """How long a recent buyer or client may be without a touch before the list of the silent names them. In days."""
    ledger_days: Mapped[int] = mapped_column(default=90)
    """How long a contact's link to the promises between us opens its page. In days."""
    hand_off_days: Mapped[int] = mapped_column(default=2)
    """How long a hand-off may wait for its answer before it is dropped. In days."""
    goal: Mapped[str] = mapped_column(String(120), default="")
    """What everybody runs for, in the firm's own words."""
    goal_clients: Mapped[int] = mapped_column(default=0)
    """How many buyers shall become clients in a period; 0 for no goal."""
    goal_period: Mapped[str] = mapped_column(String(8), default="quarter")
    """One of `GOAL_PERIODS`."""
    digest_hour: Mapped[int] = mapped_column(default=7)
    """The hour of the firm's clock at which the morning digest goes out."""
    digest_days: Mapped[int] = mapped_column(default=5)
    """On how many days of a week that begins with Monday: 5, 6 or 7."""
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def decisions(self) -> dict[str, Any]:
        """What the firm has decided, by the names of its columns."""
        return {name: getattr(self, name) for name in DECISIONS}

    def change(self, by: "User", **wanted: Any) -> dict[str, list[Any]]:
        """Decide otherwise, and tell what changed; raises `PoorAccent` for a colour that text could not be read on."""
        if "accent" in wanted:
            wanted["accent"] = accent.checked(wanted["accent"])
        changes = changed(self, wanted)
        if changes:
            self.version += 1
            record("firm.changed", by=by, subject=self, changes=changes)
        return changes

    def close_books(self, on: date | None, by: "User | None") -> None:
        """Let lists be computed as of that day from here on; without one, as of today, whichever day that is. `by` is
        None where it was said in a terminal.
        """
        if on != self.books_on:
            record("firm.books_closed", by=by, subject=self, changes=changed(self, {"books_on": on}))
