"""The outbox: messages written in the same transaction as what caused them, waiting to be sent."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.extensions import BigId, Model, UtcDateTime
from portal.timeline.models import record
from portal.users.models import User

WAITING = text("sent_at IS NULL AND dead_at IS NULL")
DEAD = text("dead_at IS NOT NULL")
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 40, 60, 120, 240, 480, 720))
"""How long to wait after each failed try; after one more the message is dead. Twenty-eight hours in all."""


ASKING = ("survey", "survey_reminder")
"""The mails that ask somebody something. Receipts, passwords and promises do not."""
UNWANTED = "Unwanted"
"""What stands for an error where a message was not sent since its reader does not want such mail any more."""


class OutboxMessage(Model):
    """One e-mail on its way. It is sent at least once, always under the same Message-ID."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index("ix_outbox_messages_waiting", "next_try_at", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_outbox_messages_dead", "dead_at", "id", sqlite_where=DEAD, postgresql_where=DEAD),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    """The mail's folder under templates/mail/."""
    recipient: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str | None] = mapped_column(String(2))
    about: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What its words are made of when it is sent; empty once it was: it may hold a link."""
    headers: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    """Headers of its own, such as List-Unsubscribe."""
    subject: Mapped[str] = mapped_column(String(200), default="")
    """As it was tried last."""
    text: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    """The words of messages that an earlier release wrote, which had no `about`."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Also the lease: a worker that claims it moves this on, and another then leaves it alone."""
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(200), default="")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dead_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def note(self, fault: Exception | None, *, for_good: bool = False) -> None:
        """Say how a try went: sent, to be tried again later, or dead. What was sent is not kept: it may hold a link."""
        if fault is None:
            self.sent_at, self.last_error = clock.now(), ""
            self.text = self.html = ""
            self.about = self.headers = None
            return
        self.last_error = type(fault).__name__
        if for_good or self.tries > len(WAITS):
            self.dead_at = clock.now()
        else:
            self.next_try_at = clock.now() + WAITS[max(self.tries, 1) - 1]

    def withhold(self) -> None:
        """It is not sent any more: its reader does not want it."""
        self.dead_at, self.last_error = clock.now(), UNWANTED
        self.about = self.headers = None

    @property
    def is_unwanted(self) -> bool:
        """Was it not sent since its reader does not want it?"""
        return self.dead_at is not None and self.last_error == UNWANTED

    def try_again(self, by: User) -> None:
        """Bring a dead message back, due at once."""
        if self.dead_at is not None:
            self.dead_at, self.tries, self.next_try_at = None, 0, clock.now()
            record("message.tried_again", by=by, subject=self, mail=self.kind, to=self.recipient)


class Heartbeat(Model):
    """When each kind of process last said that it is alive."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    beat_at: Mapped[datetime] = mapped_column(UtcDateTime)
