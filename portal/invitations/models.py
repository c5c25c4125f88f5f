"""Invitations, the askings of many at once, and who does not want to be asked."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.extensions import BigId, Model, UtcDateTime
from portal.rules import N_, BrokenRule
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.contacts.models import Contact
    from portal.customers.models import Customer
    from portal.users.models import User

CHANNELS = ("email", "link", "qr", "whatsapp", "phone")
HELD = ("budget", "opted_out", "no_address", "paused")
"""Why one waits: the person has been asked often enough, does not want to be asked, can't be reached by mail, or the
survey is paused."""
GIVEN_UP = ("opted_out", "no_address", "closed", "archived", "taken_back")
"""Why one ended: the same went on for too long, the survey was closed, the customer archived, or somebody took it
back."""
LOOK_AGAIN = timedelta(days=7)
"""After how long a person without an address, or who does not want to be asked, is looked at again."""
WAITING = text("sent_at IS NULL AND ended_at IS NULL")
SILENT = text("sent_at IS NOT NULL AND answered_at IS NULL AND ended_at IS NULL")
UNCONFIRMED = text("outbox_id IS NOT NULL AND delivered_at IS NULL AND ended_at IS NULL")
UNTALLIED = text("delivered_at IS NOT NULL AND NOT tallied")


class NotReminded(BrokenRule):
    """There is one reminder, by mail, for who can still answer."""

    message = N_("There is one reminder, by e-mail, and only for who has not answered.")


class CannotTakeBack(BrokenRule):
    """What was answered stays."""

    message = N_("It was answered, or has ended already.")


class Invitation(Model):
    """One person asked by one survey, holding the token of the public page."""

    __tablename__ = "survey_invitations"
    __table_args__ = (
        Index("ix_survey_invitations_waiting", "send_on", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index(
            "ix_survey_invitations_silent", "survey_id", "sent_on", "id", sqlite_where=SILENT, postgresql_where=SILENT
        ),
        Index("ix_survey_invitations_unconfirmed", "outbox_id", sqlite_where=UNCONFIRMED, postgresql_where=UNCONFIRMED),
        Index(
            "ix_survey_invitations_untallied", "survey_id", "sent_on", "assignee_id", "channel",
            sqlite_where=UNTALLIED, postgresql_where=UNTALLIED,
        ),
        Index("ix_survey_invitations_customer_id_sent_on", "customer_id", "sent_on"),
        Index("ix_survey_invitations_survey_id_id", "survey_id", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    """The person asked; empty when the customer itself is the person."""
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who answered for the customer when it was asked."""
    cause: Mapped[str] = mapped_column(String(80), unique=True)
    """What called for it, such as `purchase:12`: what calls twice, or in two workers at once, is asked once."""
    channel: Mapped[str] = mapped_column(String(8))
    locale: Mapped[str] = mapped_column(String(2))
    seed: Mapped[str] = mapped_column(String(24))
    """128 random bits, from which the token is made with the portal's secret key: the database alone opens nothing."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    send_on: Mapped[date]
    """Not before this day of the firm."""
    held: Mapped[str] = mapped_column(String(12), default="")
    """One of `HELD`, or empty; of one that has ended, one of `GIVEN_UP`."""
    held_until: Mapped[date | None]
    """The day on which it is looked at again."""
    outbox_id: Mapped[int | None] = mapped_column(BigId)
    """The mail that carries it."""
    sent_on: Mapped[date | None]
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its mail was written, or its link handed over."""
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the mail server took it; for links, when it was handed over."""
    remind_on: Mapped[date | None]
    """Somebody wants the person reminded, on that day."""
    reminded_on: Mapped[date | None]
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_on: Mapped[date]
    """The last day on which it can be answered."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was taken back, or given up."""
    tallied: Mapped[bool] = mapped_column(default=False)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    customer: Mapped["Customer"] = relationship(lazy="raise")
    contact: Mapped["Contact | None"] = relationship(lazy="raise")

    @property
    def is_waiting(self) -> bool:
        """Is it still to be sent?"""
        return self.sent_at is None and self.ended_at is None

    @property
    def is_open(self) -> bool:
        """Can it still be answered?"""
        return self.answered_at is None and self.ended_at is None and clock.today() <= self.expires_on

    @property
    def is_silent(self) -> bool:
        """Was it sent, and can it still be answered?"""
        return self.sent_at is not None and self.is_open

    def hold(self, reason: str, until: date) -> None:
        """Let it wait, for one of `HELD`, and look at it again that day."""
        self.held, self.held_until = reason, until
        if self.sent_at is None:
            self.send_on = until
        else:
            self.remind_on = until

    def give_up(self, reason: str) -> None:
        """It will not be sent, or can't be answered any more, for one of `GIVEN_UP`."""
        self.held, self.held_until, self.remind_on, self.ended_at = reason, None, None, clock.now()

    def send(self, outbox_id: int, days: int) -> None:
        """It leaves with that mail, and can be answered for so many days."""
        self._release()
        self.outbox_id, self.sent_on, self.sent_at = outbox_id, clock.today(), clock.now()
        self.expires_on = clock.today() + timedelta(days=days)

    @property
    def can_be_reminded(self) -> bool:
        """Is there a reminder left, and somebody whom a mail has reached?"""
        reached = self.channel == "email" and self.delivered_at is not None
        return self.is_silent and reached and self.reminded_on is None

    def ask_to_remind(self) -> None:
        """Somebody wants the person reminded: as soon as the contact budget has room. Raises `NotReminded`."""
        if not self.can_be_reminded:
            raise NotReminded
        self.remind_on = self.held_until or clock.today()

    def take_back(self, by: "User", survey_name: str) -> None:
        """It is not to be sent, or answered, any more. Raises `CannotTakeBack`."""
        if self.ended_at is not None and self.held == "taken_back":
            return
        if self.answered_at is not None or self.ended_at is not None:
            raise CannotTakeBack
        self.give_up("taken_back")
        record("survey.taken_back", by=by, customer_id=self.customer_id, subject=self, name=survey_name)

    def remind(self) -> None:
        """The one reminder leaves."""
        self._release()
        self.remind_on, self.reminded_on = None, clock.today()

    def was_not_sent(self, reason: str, until: date, *, reminder: bool) -> bool:
        """Its mail, or its reminder, did not leave after all: it waits as if none were. False when it is over and
        waits for nothing.
        """
        if self.answered_at is not None or self.ended_at is not None:
            return False
        if reminder:
            self.reminded_on = None
        else:
            self.outbox_id = self.sent_on = self.sent_at = None
        self.hold(reason, until)
        return True

    def _release(self) -> None:
        self.held, self.held_until = "", None


class SurveyBatch(Model):
    """One survey asked of a whole list: its invitations are made thousands at a time, and gone on with after a kill."""

    __tablename__ = "survey_batches"
    __table_args__ = (Index("ix_survey_batches_state", "state"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The filter of customers, as it was asked for."""
    said: Mapped[str] = mapped_column(String(200), default="")
    """The filter in words."""
    state: Mapped[str] = mapped_column(String(10), default="running")
    """`running`, `done` or `cancelled`."""
    total: Mapped[int] = mapped_column(default=0)
    asked: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    """Customers whom nobody can write to, or who were asked already."""
    last_customer_id: Mapped[int] = mapped_column(BigId, default=0)
    """All up to this one have been dealt with."""
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_running(self) -> bool:
        """Is a worker at it, or will one be?"""
        return self.state == "running"

    def finish(self) -> None:
        """All customers of the list have been dealt with."""
        self.state, self.ended_at = "done", clock.now()

    def cancel(self, by: "User", survey_name: str) -> None:
        """Ask no more of them; who was asked stays asked."""
        if self.is_running:
            self.state, self.ended_at = "cancelled", clock.now()
            record("survey.list_cancelled", by=by, subject=self, name=survey_name, count=self.asked)


class OptOut(Model):
    """A person who does not want to be asked, or not to be written to at all. Withdrawn when they say so."""

    __tablename__ = "opt_outs"
    __table_args__ = (
        Index("ix_opt_outs_customer_id_contact_id", "customer_id", "contact_id"),
        Index("ix_opt_outs_address", "address"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    address: Mapped[str] = mapped_column(String(254), default="")
    """The e-mail, in lower case: another record with the same one is left alone too."""
    scope: Mapped[str] = mapped_column(String(8), default="surveys")
    """`surveys`, or `all`: surveys, reminders and offers."""
    opted_out_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def withdraw(self) -> None:
        """The person may be asked again."""
        self.withdrawn_at = clock.now()
