"""Whoever holds a link to the promises between us, and the promises as its page shows them."""

from datetime import date, datetime
from typing import NamedTuple

from portal import clock
from portal.commitments.models import sayable
from portal.surveys.wording import first_name


class Holder(NamedTuple):
    """One row of `queries`: a link, its contact and customer, and the firm."""

    link_id: int
    customer_id: int
    contact_id: int
    expires_on: date
    ended_at: datetime | None
    contact_name: str
    contact_locale: str | None
    contact_archived_at: datetime | None
    customer_name: str
    customer_archived_at: datetime | None
    assignee_id: int | None
    firm_name: str
    accent: str
    firm_locale: str
    time_zone: str

    @property
    def is_open(self) -> bool:
        """Does the link open its page today?"""
        gone = self.ended_at or self.contact_archived_at or self.customer_archived_at
        return gone is None and clock.today() <= self.expires_on

    @property
    def locale(self) -> str:
        """The language that the person reads."""
        return self.contact_locale or self.firm_locale

    @property
    def first_name(self) -> str:
        """How the person is spoken to."""
        return first_name(self.contact_name)


class Seen(NamedTuple):
    """A promise as its contact sees it."""

    id: int
    side: str
    text: str
    origin: str
    state: str
    due_on: date
    original_due_on: date
    times_moved: int
    settled_on: date | None
    created_at: datetime
    client_says: str
    client_said_on: date | None
    client_words: str
    our_answer: str
    unheard: bool
    version: int
    by_another: bool = False
    """Was it said by another person of the customer? Then their words, and our answer to them, are theirs."""

    @property
    def sayable(self) -> tuple[str, ...]:
        """What the contact can say about it now: nothing while we look at what they said last."""
        return () if self.unheard else sayable(self.side, self.state)

    @property
    def is_agreed(self) -> bool:
        """Do both sides say that it was kept?"""
        return self.side == "ours" and self.state == self.client_says == "kept"
