"""A customer with a contact, promises of both sides, and the contact's link, for tests of the two-sided ledger."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import clock
from portal.commitments.models import Commitment
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from portal.invitations.mailing import Office
from portal.ledger.models import LedgerLink, Statement
from portal.ledger.opening import address, open_to
from portal.settings.models import Firm
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.touches import a_customer, a_promise

SECRET = "a secret that only the tests know, 0123456789"
OFFICE = Office("http://localhost", (SECRET,))
DAY = timedelta(days=1)


@dataclass
class Opened:
    """Ana's link: we sent the invoice copy and owe her a drawing; she is to send her plan."""

    customer: Customer
    contact: Contact
    link: LedgerLink
    sent: Commitment
    owed: Commitment
    theirs: Commitment
    path: str


def open_ledger(cast: Cast) -> Opened:
    customer = a_customer(cast)
    contact = Contact(customer=customer, name="Ana Robles", email="ana@sierraazul.example", created_at=clock.now())
    db.session.add(contact)
    db.session.flush()
    today = clock.today()
    sent, owed, theirs = (
        a_promise(customer, today - 2 * DAY, "Send the invoice copy"),
        a_promise(customer, today + 4 * DAY, "Draw the terrace tables"),
        a_promise(customer, today + 2 * DAY, "Send the plan of the terrace", side="theirs"),
    )
    for promise in (sent, theirs):
        promise.contact_id = contact.id
    sent.keep(cast.support)
    link = open_to(contact, db.session.scalars(select(Firm)).one(), OFFICE, cast.support)
    db.session.commit()
    return Opened(customer, contact, link, sent, owed, theirs, path_of(link))


def path_of(link: LedgerLink) -> str:
    found = address(link, OFFICE)
    assert found
    return found.removeprefix(OFFICE.public_url)


def fields_in(answer: TestResponse) -> dict[str, str]:
    """The hidden fields of the page's form: what a browser sends of a form in which nothing is chosen."""
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.get_data(as_text=True))
    return {name: unescape(value) for name, value in found}


def say(browser: Browser, path: str, said: Mapping[str, Any], form: Mapping[str, str] | None = None) -> TestResponse:
    """Choose on the page, and send. `form` is one that was opened before."""
    data = {**(fields_in(browser.get(path)) if form is None else form), **said}
    return browser.post(path, csrf=False, data=data)


def told() -> Sequence[Statement]:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Statement).order_by(Statement.id)).all()


def kinds() -> list[str]:
    """The events of promises that clients have caused, and answers to them."""
    said = ("commitment.confirmed", "commitment.disputed", "commitment.said_done", "commitment.not_yet")
    return list(db.session.scalars(select(Event.kind).where(Event.kind.in_(said)).order_by(Event.id)))
