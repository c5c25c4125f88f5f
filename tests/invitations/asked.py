"""Surveys and people to ask, for tests."""

from typing import Any

from sqlalchemy import select

from portal import clock
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from portal.invitations import jobs
from portal.invitations.inviting import Asking, invite
from portal.invitations.models import Invitation
from portal.jobs import run_waiting
from portal.mail.models import OutboxMessage
from portal.settings.models import Firm
from portal.settings.queries import the_firm
from portal.surveys.models import Survey
from tests.browser import Browser

KEY = "a secret that only the tests know, 0123456789"


def a_survey(name: str = "How likely", **fields: Any) -> Survey:
    """An NPS survey in both languages, active since a month ago."""
    texts = {
        "en": {"question": "{name}, would you recommend us?", "low": "not at all", "high": "for sure"},
        "es": {"question": "{name}, ¿nos recomendarías?", "low": "para nada", "high": "seguro"},
    }
    about = {"kind": "nps", "texts": texts, "active_since": clock.today(), "created_at": clock.now()} | fields
    survey = Survey(name=name, folded=name.lower(), **about)
    db.session.add(survey)
    db.session.commit()
    return survey


def firm() -> Firm:
    found = the_firm()
    assert found is not None
    return found


def ask(
    survey: Survey, customer: Customer, contact: Contact | None = None, cause: str = "", channel: str = "email"
) -> Invitation:
    """An invitation, committed."""
    invitation = invite(survey, customer, cause or f"test:{clock.now()}", Asking(firm(), KEY, channel), contact)
    db.session.commit()
    return invitation


def send() -> None:
    """What the worker does each minute."""
    db.session.rollback()
    jobs.send_due()
    db.session.expire_all()


def work() -> None:
    """What the worker does with what it was asked for."""
    db.session.rollback()
    assert run_waiting() > 0


def mails() -> list[OutboxMessage]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def invitations() -> list[Invitation]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Invitation).order_by(Invitation.id)))


def said_after(browser: Browser, path: str) -> str:
    """What the next page says when this was done."""
    return browser.get(browser.post(path).location).get_data(as_text=True)
