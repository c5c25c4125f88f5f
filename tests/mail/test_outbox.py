"""The outbox: written with what caused it, claimed by one worker, sent at least once, never lost."""

import smtplib
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from flask import Flask
from sqlalchemy import select

from portal import clock, schedule
from portal.config import ROOT
from portal.extensions import db, huey
from portal.jobs import run_waiting
from portal.mail import outbox, queries, sending, smtp, wording
from portal.mail.models import WAITS, OutboxMessage
from portal.settings.models import Firm
from tests.browser import Browser
from tests.cast import Cast
from tests.mail.letters import message, words_of
from tests.recorder import QueryRecorder

KINDS = [folder.name for folder in (ROOT / "templates" / "mail").iterdir() if folder.is_dir()]


class Box(Message):
    """A mail server's box; `refuse` is what it answers instead of taking a mail."""

    server: Controller | None = None
    recipients: list[str]

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[EmailMessage] = []
        self.refuse = ""

    def open(self, port: int) -> None:
        """Begin to take mails."""
        self.port = port
        self.server = Controller(self, hostname="127.0.0.1", port=port)
        self.server.start()

    def close(self) -> None:
        """Take no more."""
        if self.server is not None:
            self.server.stop()
            self.server = None

    def prepare_message(self, session: Any, envelope: Any) -> Any:
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients = envelope.rcpt_tos
        return self.mails[-1]

    def handle_message(self, message: Any) -> None:
        """Keep it."""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture
def box(app: Flask) -> Iterator[Box]:
    """A real mail server on this machine, and an app that sends through it."""
    box = Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box.open(port)
    state = app.extensions["mailman"]
    before = (state.backend, state.server, state.port, state.timeout, state.default_sender)
    state.backend, state.server, state.port, state.timeout = "portal.mail.smtp", "127.0.0.1", port, 5
    state.default_sender = "portal@firm.example"
    yield box
    (state.backend, state.server, state.port, state.timeout, state.default_sender) = before
    box.close()


def posted(name: str = "Lucía") -> OutboxMessage:
    """A mail in the outbox."""
    id = outbox.post("reset", "lucia@firm.example", "es", name=name, link="https://portal.example/reset/x")
    db.session.commit()
    return message(id)


def again(sent: OutboxMessage) -> OutboxMessage:
    """The message as it is stored now."""
    db.session.expire_all()
    found = db.session.get(OutboxMessage, sent.id)
    assert found is not None
    return found


def test_is_written_with_what_caused_it_or_not_at_all(firm: Firm) -> None:
    outbox.post("reset", "lucia@firm.example", "es", name="Lucía", link="https://portal.example/reset/x")
    db.session.rollback()
    assert db.session.scalar(select(OutboxMessage)) is None


def test_arrives_once_with_both_bodies(box: Box, firm: Firm) -> None:
    message = posted()
    id_, words = message.message_id, words_of(message).text
    assert outbox.deliver_due() == 1
    assert outbox.deliver_due() == 0
    mail = box.mails[0]
    assert mail["Message-ID"] == id_
    assert mail["To"] == "lucia@firm.example"
    assert mail["From"] == "Muebles Montaña <portal@firm.example>"
    assert mail["Subject"].strip() == "Contraseña nueva para el portal de Muebles Montaña"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n").strip() == words.strip()
    assert firm.accent in html.get_content()
    sent = again(message)
    assert sent.sent_at is not None
    assert sent.about is None  # a link that was sent is not kept


def test_a_name_cannot_add_headers_or_recipients(box: Box, firm: Firm) -> None:
    firm.name = "Firm\r\nBcc: spy@evil.example\r\n\r\nbody\u2028\u202e <x@y.example>"
    db.session.commit()
    posted("Ana\r\nBcc: spy@evil.example")
    assert outbox.deliver_due() == 1
    mail = box.mails[0]
    assert box.recipients == ["lucia@firm.example"]
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
    assert mail["From"].addresses[0].addr_spec == "portal@firm.example"
    for recipient in (
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "A <a@b.example>",
        "",
        "a",
        "a@b@c",
    ):
        with pytest.raises(ValueError, match="one recipient"):
            outbox.post("reset", recipient, "es", name="", link="")


def test_what_a_person_typed_is_text(firm: Firm) -> None:
    words = words_of(posted("<script>alert(1)</script>{{7*7}}"))
    assert "<script>" not in words.html
    assert "{{7*7}}" in words.html
    assert "<script>alert(1)</script>{{7*7}}" in words.text


@pytest.mark.parametrize("kind", ["reset", "invitation", "password_changed"])
@pytest.mark.parametrize("locale", ["es", "en"])
def test_every_letter_speaks_both_languages(kind: str, locale: str, firm: Firm) -> None:
    link = "https://portal.example/x"
    context: dict[str, Any] = {"name": "Lucía", "by": "Olga", "link": link, "at": clock.now().isoformat()}
    if kind == "password_changed":
        del context["link"]
    words = words_of(message(outbox.post(kind, "lucia@firm.example", locale, **context)))
    assert f'<html lang="{locale}">' in words.html
    assert "Muebles Montaña" in words.html + words.subject
    assert ("Hola" in words.text) == (locale == "es")
    assert (link in words.text) == (kind != "password_changed")
    db.session.rollback()


def test_encryption_needs_a_certificate(app: Flask, box: Box, firm: Firm) -> None:
    """This server offers none: the mail waits, and neither it nor a password has gone over the wire."""
    app.extensions["mailman"].use_tls = True
    message = posted()
    outbox.deliver_due()
    app.extensions["mailman"].use_tls = False
    assert box.mails == []
    assert again(message).last_error == "SMTPNotSupportedError"
    assert smtp.EmailBackend(mailman=app.extensions["mailman"]).connection_class is not smtplib.SMTP


def test_nothing_is_lost_while_the_mail_server_is_down(box: Box, firm: Firm) -> None:
    box.close()
    message, start = posted(), clock.now()
    for minutes in (0, 2, 5, 11, 22, 43, 61):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            outbox.deliver_due()
    waiting = again(message)
    assert waiting.sent_at is None
    assert waiting.dead_at is None
    assert waiting.tries >= 5
    assert waiting.last_error
    box.open(box.port)
    with time_machine.travel(start + timedelta(hours=3)):
        assert outbox.deliver_due() == 1
    assert len(box.mails) == 1


def test_all_that_is_due_goes_out_with_the_minute(box: Box, firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", 2)
    for _ in range(5):
        posted()
    db.session.rollback()  # the worker has a session of its own
    schedule.deliver_mail.call_local()
    assert len(box.mails) == 5
    assert not queries.waiting_count()


def test_waits_grow_and_end(box: Box, firm: Firm) -> None:
    box.refuse = "451 come back later"
    message, now = posted(), clock.now() + timedelta(seconds=1)
    waits = []
    for _ in range(len(WAITS) + 1):
        with time_machine.travel(now, tick=False):
            assert outbox.deliver_due() == 0
        stored = again(message)
        if stored.dead_at is None:
            waits.append(stored.next_try_at - now)
            now = stored.next_try_at
    assert waits == list(WAITS)
    assert again(message).dead_at is not None
    assert again(message).tries == len(WAITS) + 1


def test_an_address_that_is_refused_for_good_is_dead_at_once(box: Box, firm: Firm) -> None:
    box.refuse = "550 no such user"
    message = posted()
    outbox.deliver_due()
    assert again(message).dead_at is not None
    assert again(message).last_error == "SMTPRecipientsRefused"


def test_a_message_that_cannot_be_written_keeps_no_other_waiting(owner: Browser, box: Box, firm: Firm) -> None:
    ids = [outbox.post(kind, "lucia@firm.example", "es", name="Lucía") for kind in ("reset", "of_no_release")]
    db.session.commit()
    posted()
    now = clock.now() + timedelta(seconds=1)
    for _ in range(len(WAITS) + 1):
        with time_machine.travel(now, tick=False):
            outbox.deliver_due()
        now += timedelta(hours=13)
    assert [again(message(id)).last_error for id in ids] == ["NotWritten", "NotWritten"]
    assert all(again(message(id)).dead_at for id in ids)
    assert len(box.mails) == 1
    assert "The portal could not write the mail" in owner.get("/settings/mail").get_data(as_text=True)


def test_two_workers_claim_a_message_once(app: Flask, box: Box, firm: Firm) -> None:
    for _ in range(5):
        posted()
    together, sent = threading.Barrier(2), []

    def work() -> None:
        with app.app_context():
            together.wait()
            sent.append(outbox.deliver_due())

    db.session.rollback()
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sent) == 5
    assert len(box.mails) == len({mail["Message-ID"] for mail in box.mails}) == 5


def test_a_worker_that_dies_leaves_the_message_to_the_next(
    box: Box, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = posted()

    class Killed(BaseException):
        """As by kill -9, between claiming and sending."""

    def die(envelope: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_send", die)
        with pytest.raises(Killed):
            outbox.deliver_due()
    db.session.rollback()
    assert outbox.deliver_due() == 0  # the lease holds
    with time_machine.travel(clock.now() + outbox.LEASE + timedelta(seconds=1)):
        assert outbox.deliver_due() == 1
    assert [mail["Message-ID"] for mail in box.mails] == [message.message_id]


def test_owners_see_dead_mails_and_try_again(
    owner: Browser, support: Browser, box: Box, cast: Cast, queries: QueryRecorder
) -> None:
    box.refuse = "550 no such user"
    message = posted("<b>Ana</b>")
    outbox.deliver_due()
    with queries as seen:
        page = owner.get("/settings/mail").get_data(as_text=True)
    assert len(seen) <= 3
    assert "lucia@firm.example" in page
    assert "The mail server does not know the address." in page
    assert '<section class="section" aria-labelledby="dead">' in page  # not right under the pills
    assert support.get("/settings/mail").status_code == 403
    assert support.post(f"/settings/mail/{message.id}/try-again").status_code == 403
    assert owner.post("/settings/mail/999/try-again").status_code == 404
    box.refuse = ""
    huey.storage.flush_all()
    assert owner.post(f"/settings/mail/{message.id}/try-again").location == "/settings/mail"
    assert run_waiting() == 1
    assert again(message).sent_at is not None
    assert len(box.mails) == 1
    assert owner.post(f"/settings/mail/{message.id}/try-again").status_code == 404
    assert [kind for kind in KINDS if wording.kind(kind) == kind] == []
    assert "Every mail has gone out" in owner.get("/settings/mail").get_data(as_text=True)


def test_an_invitation_goes_out_right_after_the_commit(owner: Browser, box: Box, cast: Cast) -> None:
    owner.post("/settings/users", data={"name": "Iván", "email": "ivan@firm.example", "role": "sales"})
    run_waiting()
    assert [mail["To"] for mail in box.mails] == ["ivan@firm.example"]
