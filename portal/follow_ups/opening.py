"""The quick log as it stands open under a row, on a customer's page or on its own, with its sensible defaults."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import uuid4

from portal.contacts.models import Contact
from portal.follow_ups import queries
from portal.follow_ups.models import FollowUp
from portal.objections.queries import Offer


@dataclass
class OpenLog:
    """What `follow_ups/_quick_log.html` shows."""

    customer_id: int
    place: str = "page"
    """Where it stands, and so what answers: `page`, `today`, `row` (under any other row), `customer`."""
    channel: str = "call"
    outcome: str = "reached"
    purpose: str = "care"
    note: str = ""
    next_step: str = "none"
    next_on: str = ""
    contact_id: int | None = None
    contacts: Sequence[tuple[int, str]] = ()
    follow_up: int | None = None
    """The planned follow-up that it was opened from."""
    commitment: int | None = None
    """The promise that it was opened from."""
    entry: int | None = None
    """The entry of a list, on Today, that it was opened from."""
    relation: int | None = None
    """The relation, on Today, that it was opened from."""
    next: str = ""
    """Where to go afterwards, without script."""
    objection: str = ""
    heard: str = ""
    """Which one was chosen of what was offered, as `objections.hearing` reads it."""
    offers: Sequence[Offer] = ()
    """What the library holds of these words, when they have been sent."""
    errors: Sequence[str] = ()
    wrong: str = "note"
    """The field that the errors are about."""
    is_wanted: bool = False
    """Was it asked for, on a customer's page, where it stands open anyway? Then the keyboard goes to its note."""
    anyway: bool = False
    """Can it be logged all the same?"""
    form_id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def key(self) -> str:
        """What tells it from other logs on the same page."""
        if self.place == "customer":
            return str(self.customer_id)
        if self.follow_up:
            return f"f{self.follow_up}"
        if self.commitment:
            return f"c{self.commitment}"
        if self.relation:
            return f"r{self.relation}"
        return f"e{self.entry}" if self.entry else str(self.customer_id)

    @property
    def address(self) -> str:
        """Where it is opened again, in the same place."""
        asked = {"place": self.place, "follow_up": self.follow_up, "commitment": self.commitment,
                 "entry": self.entry, "relation": self.relation,
                 "contact": self.contact_id if self.relation else None}  # fmt: skip
        if self.follow_up and self.place == "today":
            return f"/follow-ups/{self.follow_up}/log?place=today"
        wanted = urlencode({name: value for name, value in asked.items() if value})
        return f"/customers/{self.customer_id}/follow-ups/new?{wanted}"

    @property
    def target(self) -> str:
        """The id of what its answer replaces."""
        if self.place == "today" and self.follow_up:
            return f"follow-up-{self.follow_up}"
        if self.place == "today" and self.commitment:
            return f"commitment-{self.commitment}"
        if self.place == "today" and self.entry:
            return f"entry-{self.entry}"
        if self.place == "today" and self.relation:
            return f"relation-{self.relation}"
        return f"touches-{self.customer_id}" if self.place == "customer" else f"quick-log-{self.key}"


def open_log(
    customer_id: int,
    place: str = "page",
    planned: FollowUp | None = None,
    commitment_id: int | None = None,
    contacts: Iterable[Contact] = (),
    back: str = "",
    channel: str = "",
) -> OpenLog:
    """A quick log with its defaults: the plan's; else the channel used last, and for a promise an issue.

    `contacts` are the people who can be chosen; archived ones are left out. One query, unless the channel is known.
    """
    people = names_of(contacts)
    log = OpenLog(customer_id, place, commitment=commitment_id, contacts=people, next=back)
    if planned is not None and planned.is_planned:
        log.follow_up, log.contact_id = planned.id, planned.contact_id
        log.channel, log.purpose = planned.channel, planned.purpose
    else:
        log.channel = channel or queries.last_channel(customer_id) or "call"
        log.purpose = "issue" if commitment_id else "care"
    return log


def names_of(contacts: Iterable[Contact]) -> list[tuple[int, str]]:
    """(id, name) of those who are not archived."""
    return [(contact.id, contact.name) for contact in contacts if contact.archived_at is None]
