"""Saved lists, and acts on many customers of a list at once."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.customers.search import fold
from portal.extensions import BigId, Model, UtcDateTime
from portal.rules import N_, BrokenRule
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User

ACTS = ("assign", "follow_up")
CUSTOMERS = "customers"
STATES = ("running", "done", "cancelled")
LEFT_OUT = ("archived", "gone", "same", "opted_out")
"""Why an act passes over a customer: in the archive, no longer on the list, assigned so already, or wants no offers."""


class ListNameTaken(BrokenRule):
    """Two lists of one name could not be told apart."""

    message = N_("There is a list of that name already.")


class SavedList(Model):
    """A list of the firm's own: one of the ten or the list of customers, and the filters that narrow it."""

    __tablename__ = "saved_lists"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    folded: Mapped[str] = mapped_column(String(80), unique=True)
    list: Mapped[str] = mapped_column(String(16))
    """The name of the list that it narrows; `CUSTOMERS` for the list of all customers."""
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Its filters, as the page's address holds them."""
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)

    def rename(self, name: str, by: "User") -> None:
        """Call it otherwise."""
        before, self.name, self.folded = self.name, name, fold(name)[:80]
        if name != before:
            record("list.renamed", by=by, subject=self, name=name, was=before)


class ListBatch(Model):
    """One act on many customers of a list, done by the worker some hundreds at a time; it goes on after a kill."""

    __tablename__ = "list_batches"
    __table_args__ = (Index("ix_list_batches_state", "state"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    act: Mapped[str] = mapped_column(String(12))
    list: Mapped[str] = mapped_column(String(16))
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The `customers` whom it is about, by their ids and in order, as they were confirmed."""
    said: Mapped[str] = mapped_column(String(200))
    """The list and its filters, in words."""
    to_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who is to answer for them, or to follow up."""
    due_on: Mapped[date | None]
    purpose: Mapped[str] = mapped_column(String(12), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(10), default="running")
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    """How many were passed over, for each of `LEFT_OUT`."""
    last_customer_id: Mapped[int] = mapped_column(BigInteger, default=0)
    """Customers are taken in the order of their ids; so far it has come."""
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_running(self) -> bool:
        """Is a worker at it, or will one be?"""
        return self.state == "running"

    def advance(self, last_customer_id: int, done: int, left_out: dict[str, int]) -> None:
        """So far it has come: so many more are done, and so many passed over for each reason."""
        self.last_customer_id = last_customer_id
        self.done += done
        self.skipped += sum(left_out.values())
        self.left_out = {why: n for why in LEFT_OUT if (n := self.left_out.get(why, 0) + left_out.get(why, 0))}

    def finish(self) -> None:
        """All of them have been dealt with."""
        self.state, self.ended_at = "done", clock.now()

    def cancel(self, by: "User") -> None:
        """Do no more of them; what was done stays done."""
        if self.is_running:
            self.state, self.ended_at = "cancelled", clock.now()
            record("list.act_cancelled", by=by, subject=self, said=self.said, count=self.done)
