"""The books: what was computed of the customers as of one day, and each customer's standing in it."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.extensions import BigId, Model, UtcDateTime
from portal.timeline.models import changed, record

if TYPE_CHECKING:
    from portal.users.models import User

STATES = ("waiting", "running", "done", "failed")
STEPS = ("reading", "learning", "judging", "writing", "grading", "measuring")
RISKS = ("on_time", "due", "overdue", "slipping", "waiting", "late")
"""How a buyer stands: before the expected day, near it, beyond it, likely gone; of who bought once: still inside the
time in which second purchases come, or beyond it."""
ON_TODAY = text("on_today AND NOT untouched")
LEASE = timedelta(minutes=3)
"""How long a refresh may be silent before somebody else takes it up."""


class Books(Model):
    """One computation of everything as of one day. The newest that is done is the one that pages speak of."""

    __tablename__ = "books"
    __table_args__ = (Index("ix_books_state_id", "state", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    as_of: Mapped[date]
    """The day of the books: what came later is not known to them."""
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    step: Mapped[str] = mapped_column(String(12), default="")
    share: Mapped[int] = mapped_column(default=0)
    """How much of the work is done, in per cent."""
    error: Mapped[str] = mapped_column(String(200), default="")
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Empty for the nightly one."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seconds: Mapped[float | None]
    last_event_id: Mapped[int] = mapped_column(BigInteger, default=0)
    """Events up to this one have entered the standings; who has later ones is judged anew."""

    method: Mapped[str] = mapped_column(String(8), default="")
    why: Mapped[str] = mapped_column(String(16), default="")
    """A code; see `choosing.Choice`."""
    customers: Mapped[int] = mapped_column(default=0)
    """Who had bought by that day."""
    currency: Mapped[str | None] = mapped_column(String(3))
    """In which most was bought until then, and what is at stake is said; empty before anybody has bought."""
    learned: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What was learned of everybody, and what every customer is judged by; see `learning.Learned`."""
    lists: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Of each list by its name: `customers`, `at_stake_minor`, and its `grade`."""
    measures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The figures of all customers together; see `measuring`."""

    @property
    def is_under_way(self) -> bool:
        """Is it still being computed, or about to be?"""
        return self.state in ("waiting", "running")

    def begin(self) -> None:
        """Somebody computes it from here on, and says so every now and then."""
        self.state, self.error = "running", ""
        self.progress("reading", 0)

    def progress(self, step: str, share: int) -> None:
        """So far it has come; the lease begins anew."""
        self.step, self.share, self.lease_until = step, share, clock.now() + LEASE

    def finish(self, seconds: float) -> None:
        """It is what pages speak of from here on."""
        self.state, self.share, self.seconds = "done", 100, seconds
        self.lease_until, self.ended_at = None, clock.now()

    def fail(self, error: str) -> None:
        """It could not be computed; the one before stands."""
        self.state, self.error, self.lease_until, self.ended_at = "failed", error[:200], None, clock.now()


class Standing(Model):
    """How one customer stands in the newest books. Derived, always rebuildable; only who has bought has one.

    No foreign key here or on entries: to look a million customers up and lock them costs more than all the rest of
    closing the books, and what is written are ids that have just been read.
    """

    __tablename__ = "standings"
    __table_args__ = (Index("ix_standings_rfm", "recency", "frequency", "customer_id"),)

    customer_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    purchase_days: Mapped[int]
    first_on: Mapped[date]
    last_on: Mapped[date]
    median_gap_days: Mapped[float | None]
    expected_on: Mapped[date | None]
    """When the next purchase is expected; empty where nothing can be said."""
    p_alive: Mapped[float | None]
    """The model's chance that the customer is still one, 0 to 1; empty where no model speaks, and for who bought once:
    see `chance`.
    """
    chance: Mapped[float | None]
    """The chance to buy within the next 90 days, 0 to 1."""
    expected_purchases: Mapped[float | None]
    """How many to expect in the next 365 days."""
    year_minor: Mapped[int] = mapped_column(BigInteger)
    """What was bought in the 365 days that ended with the last purchase day."""
    usual_minor: Mapped[int] = mapped_column(BigInteger)
    """What the next purchase is expected to be worth."""
    currency: Mapped[str | None] = mapped_column(String(3))
    recency: Mapped[int]
    frequency: Mapped[int]
    monetary: Mapped[int]
    """Quintiles, 1 to 5, 5 the best."""
    risk: Mapped[str] = mapped_column(String(8))


class ListEntry(Model):
    """One customer on one list in the newest books, with what its reason is made of."""

    __tablename__ = "list_entries"
    __table_args__ = (
        Index("uq_list_entries_customer_id_list", "customer_id", "list", unique=True),
        Index("ix_list_entries_urgency", "list", "urgency", "id"),
        Index("ix_list_entries_assignee", "assignee_id", "list", "urgency", "id"),
        Index("ix_list_entries_today", "list", "due_on", "id", sqlite_where=ON_TODAY, postgresql_where=ON_TODAY),
        Index(
            "ix_list_entries_today_assignee", "assignee_id", "list", "due_on", "id",
            sqlite_where=ON_TODAY, postgresql_where=ON_TODAY,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    list: Mapped[str] = mapped_column(String(16))
    customer_id: Mapped[int] = mapped_column(BigId)
    assignee_id: Mapped[int | None] = mapped_column(BigId)
    """The customer's, kept the same by whoever changes that one, so that "mine" rides on an index."""
    urgency: Mapped[float]
    """The order of the list: the smallest comes first."""
    at_stake_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(String(3))
    on_day: Mapped[date | None]
    number: Mapped[float | None]
    kind: Mapped[str] = mapped_column(String(16), default="")
    """A day, a number and a word: what the sentence needs; each definition says what they are."""
    due_on: Mapped[date]
    """Since when it has been so: Today shows it until somebody has touched the customer on this day or later."""
    on_today: Mapped[bool] = mapped_column(default=False)
    """Belongs on Today: of a list that calls for somebody now, in books that are of today."""
    untouched: Mapped[bool] = mapped_column(default=False)
    """Kept apart by a running trial: shown to nobody, called by nobody."""


class Economics(Model):
    """What the firm says of its own money, in one row: figures that no ledger holds. Money in minor units."""

    __tablename__ = "economics"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    winning_minor: Mapped[int | None] = mapped_column(BigInteger)
    keeping_minor: Mapped[int | None] = mapped_column(BigInteger)
    """Spent in a year on winning customers, and on keeping those who are there."""
    margin_percent: Mapped[int | None]
    new_offer_percent: Mapped[int | None]
    loyal_offer_percent: Mapped[int | None]
    """The discount that new customers are offered, and the one that loyal clients get."""
    version: Mapped[int] = mapped_column(default=1)

    def change(self, by: "User", currency: str, **wanted: int | None) -> dict[str, list[Any]]:
        """Say it anew, in that currency, and tell what changed."""
        changes = changed(self, wanted)
        if changes:
            self.version += 1
            record("firm.economics_changed", by=by, subject=self, changes=changes, currency=currency)
        return changes
