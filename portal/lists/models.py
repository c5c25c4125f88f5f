"""Saved lists, and acts on many customers of a list at once."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import BigId, Model, UtcDateTime

ACTS = ("assign", "follow_up")
STATES = ("running", "done", "cancelled")
LEASE = timedelta(minutes=2)


class SavedList(Model):
    """A list of the firm's own: one of the ten, or all customers, and the filters that narrow it."""

    __tablename__ = "saved_lists"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    folded: Mapped[str] = mapped_column(String(80), unique=True)
    list: Mapped[str] = mapped_column(String(16))
    """The name of the list that it narrows."""
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Its filters, as the page's address holds them."""
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)


class ListBatch(Model):
    """One act on many customers of a list, done by the worker piece by piece; it goes on after a kill."""

    __tablename__ = "list_batches"
    __table_args__ = (Index("ix_list_batches_state", "state"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    act: Mapped[str] = mapped_column(String(12))
    list: Mapped[str] = mapped_column(String(16))
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The page's filters, or the chosen ids."""
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
    last_customer_id: Mapped[int] = mapped_column(BigInteger, default=0)
    """Customers are taken in the order of their ids; so far it has come."""
    up_to_entry_id: Mapped[int] = mapped_column(BigInteger, default=0)
    """Entries made later than the act was asked for are not its business."""
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
