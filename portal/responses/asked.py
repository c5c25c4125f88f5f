"""Somebody who is asked: one invitation with all that its public page and its answer need."""

from datetime import date, datetime
from typing import Any, NamedTuple

from portal import clock
from portal.surveys.scales import SCALES, Scale
from portal.surveys.wording import called, words_of


class Asked(NamedTuple):
    """One row of `queries`: an invitation, its survey, whom it asks, the firm, and the answer that stands, if any."""

    invitation_id: int
    survey_id: int
    customer_id: int
    contact_id: int | None
    locale: str
    expires_on: date
    ended_at: datetime | None
    answered_at: datetime | None
    survey_name: str
    kind: str
    survey_state: str
    texts: dict[str, dict[str, str]]
    contact_name: str | None
    contact_email: str | None
    customer_name: str
    customer_email: str | None
    assignee_id: int | None
    firm_name: str
    accent: str
    firm_locale: str
    time_zone: str
    recover_within_days: int
    response_id: int | None
    score: int | None
    comment: str | None
    may_call: bool | None
    source: str | None
    nonce: str | None
    editor_hash: str | None
    response_at: datetime | None
    edited_at: datetime | None
    tallied: bool | None
    quote: str | None
    quote_places: str | None
    answers: list[dict[str, Any]] | None
    commitment_id: int | None
    due_on: date | None
    commitment_state: str | None
    bought_on: date | None
    """The day of the purchase that it is about."""

    @property
    def scale(self) -> Scale:
        """The scores that can be given."""
        return SCALES[self.kind]

    @property
    def is_open(self) -> bool:
        """Can it be answered today?"""
        return self.survey_state != "closed" and self.ended_at is None and clock.today() <= self.expires_on

    @property
    def name(self) -> str:
        """The person asked; the customer itself when it is the person."""
        return self.contact_name or self.customer_name

    @property
    def first_name(self) -> str:
        """How the person is spoken to: a contact by the first name, a customer by the whole one."""
        return called(self.contact_name, self.customer_name)

    @property
    def email(self) -> str | None:
        """Where the receipt goes."""
        return self.contact_email or (None if self.contact_id else self.customer_email)

    def words(self, locale: str) -> dict[str, str]:
        """What the survey says in that language; what is not written there, as it is in another one."""
        return words_of(self.texts, locale)
