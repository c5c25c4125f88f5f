"""Sending: invitations whose day has come leave with a mail in the outbox, or wait on, and say why.

One transaction at a time decides what a person may still hear, so that two workers can't spend the same budget twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update

from portal import bulk, clock
from portal.extensions import db
from portal.invitations import queries
from portal.invitations.budget import Budget, Person
from portal.invitations.mailing import Office, words_for
from portal.invitations.models import LOOK_AGAIN, Invitation
from portal.invitations.queries import SILENT
from portal.mail import outbox
from portal.mail.models import OutboxMessage
from portal.settings.models import Firm
from portal.surveys.models import Survey
from portal.surveys.wording import called
from portal.timeline.models import record

AT_ONCE = 100


def send_due(office: Office, firm: Firm, limit: int = AT_ONCE) -> int:
    """Write the mails of the invitations that are due, or hold them back; how many were looked at. Does not commit."""
    bulk.hold("invitations.send")
    rows = queries.due_to_send(clock.today(), limit)
    desk = Desk.of(rows, office, firm)
    for row in rows:
        desk.send(row)
    return len(rows)


def resume() -> None:
    """Let what waited for a paused survey be due at once when it is asked again. Does not commit."""
    surveys = queries.resumed_surveys()
    if surveys:
        _release("paused", Invitation.survey_id.in_(surveys))


def look_again() -> None:
    """Let all that waits for the contact budget be due, to be held back anew where it must. Does not commit."""
    _release("budget")
    reminders = update(Invitation).where(Invitation.remind_on.is_not(None), Invitation.held == "budget", *SILENT)
    db.session.execute(reminders.values(remind_on=clock.today()).execution_options(synchronize_session=False))


def _release(held: str, *which: Any) -> None:
    waiting = Invitation.sent_at.is_(None), Invitation.ended_at.is_(None), Invitation.held == held
    values = {"held": "", "held_until": None, "send_on": clock.today()}
    released = update(Invitation).where(*waiting, *which).values(values)
    db.session.execute(released.execution_options(synchronize_session=False))


def confirm() -> None:
    """Note which invitations a mail server has taken meanwhile. Does not commit."""
    taken = select(OutboxMessage.sent_at).where(
        OutboxMessage.id == Invitation.outbox_id, OutboxMessage.sent_at.is_not(None)
    )
    unconfirmed = (
        Invitation.outbox_id.is_not(None), Invitation.delivered_at.is_(None), Invitation.ended_at.is_(None)
    )  # fmt: skip
    delivered = update(Invitation).where(*unconfirmed, taken.exists()).values(delivered_at=taken.scalar_subquery())
    db.session.execute(delivered.execution_options(synchronize_session=False))


def remind_due(office: Office, firm: Firm, limit: int = AT_ONCE) -> int:
    """Write the reminders that are due, or hold them back; how many were looked at. Does not commit."""
    bulk.hold("invitations.send")
    rows = queries.due_to_remind(firm, clock.today(), limit)
    desk = Desk.of(rows, office, firm)
    for row in rows:
        desk.remind(row)
    return len(rows)


@dataclass
class Desk:
    """What is known of the people at hand, and how a mail to one of them is written."""

    office: Office
    firm: Firm
    budget: Budget
    silenced: set[Person] = field(default_factory=set)
    silenced_addresses: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, rows: Sequence[Any], office: Office, firm: Firm) -> "Desk":
        """For these rows of `queries.due_to_send` or `due_to_remind`."""
        ids = {row.Invitation.customer_id for row in rows}
        if not ids:
            return cls(office, firm, Budget.of(firm))
        addresses = {address.lower() for row in rows if (address := address_of(row))}
        budget = queries.budget_of(firm, ids, clock.today())
        return cls(office, firm, budget, *queries.opted_out(ids, addresses))

    def send(self, row: Any) -> None:
        """Send one, or hold it back, or give it up."""
        invitation, address = row.Invitation, address_of(row)
        if not self._may_leave(row, address):
            return
        message = self.write("survey", row, address)
        invitation.send(message, self.firm.answer_within_days)
        self._note("asked", row)

    def remind(self, row: Any) -> None:
        """Send the one reminder, or hold it back."""
        address = address_of(row)
        if not self._may_leave(row, address):
            return
        self.write("survey_reminder", row, address)
        row.Invitation.remind()
        self._note("reminded", row)

    def _may_leave(self, row: Any, address: str | None) -> bool:
        """May it? If not, it has been held back, or given up."""
        invitation, today = row.Invitation, clock.today()
        if over := _over(row):
            invitation.give_up(over)
            return False
        reason, until = self._why_not(row, address, today)
        if not reason:
            return True
        if reason in ("opted_out", "no_address") and today > invitation.expires_on:
            invitation.give_up(reason)
        else:
            invitation.hold(reason, until)
            if invitation.sent_at is None and reason in ("budget", "paused"):
                invitation.expires_on = until + timedelta(days=self.firm.answer_within_days)
        return False

    def _why_not(self, row: Any, address: str | None, today: date) -> tuple[str, date]:
        """Why it waits, and until which day; no reason when it may leave."""
        person = person_of(row.Invitation)
        if row.Survey.state == "paused":
            return "paused", today + timedelta(days=1)
        if person in self.silenced or (address or "").lower() in self.silenced_addresses:
            return "opted_out", today + LOOK_AGAIN
        if address is None:
            return "no_address", today + LOOK_AGAIN
        free_on = self.budget.free_on(person, today)
        return ("budget", free_on) if free_on > today else ("", today)

    def write(self, kind: str, row: Any, address: str | None) -> int:
        """The mail in the outbox; its id."""
        invitation, survey = row.Invitation, row.Survey
        name, link = called(row.contact_name, row.customer_name), self.office.link_to_send(invitation)
        words = words_for(survey, invitation.locale, name, greeted=True)
        self.budget.spend(person_of(invitation), clock.today())
        until = clock.today() + timedelta(days=self.firm.answer_within_days)
        expires_on = invitation.expires_on if invitation.sent_at else until
        return outbox.post(
            kind, address or "", invitation.locale, headers=unsubscribing(link), name=name, link=link,
            question=words["question"], low=words.get("low", ""), high=words.get("high", ""),
            scores=list(survey.scale.scores), expires_on=expires_on.isoformat(), opt_out=f"{link}/opt-out",
        )  # fmt: skip

    def _note(self, verb: str, row: Any) -> None:
        invitation, survey = row.Invitation, row.Survey
        record(
            f"survey.{verb}", by=None, customer_id=invitation.customer_id, subject=invitation, name=survey.name,
            channel=invitation.channel, contact=row.contact_name or "",
        )  # fmt: skip


def unsubscribing(link: str) -> dict[str, str]:
    """The headers by which a mail program offers to stop (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{link}/opt-out>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def person_of(invitation: Invitation) -> Person:
    """Whom it asks."""
    return invitation.customer_id, invitation.contact_id


def address_of(row: Any) -> str | None:
    """Where the person reads mail: the customer's address stands in for one that we don't know."""
    if row.contact_name is None:
        return row.customer_email or None
    if row.contact_archived_at is not None:
        return None
    found: str | None = row.contact_email or row.customer_email
    return found


def _over(row: Any) -> str:
    survey: Survey = row.Survey
    if survey.state == "closed":
        return "closed"
    return "archived" if row.customer_archived_at is not None else ""
