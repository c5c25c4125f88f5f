"""A survey, a customer with a contact, and an invitation, for tests of answers."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from portal.invitations.inviting import Asking, invite
from portal.invitations.models import Invitation
from portal.invitations.tokens import token_of
from portal.responses.models import Response
from portal.settings.models import Firm
from portal.surveys.models import Survey
from tests.cast import Cast

SECRET = "a secret that only the tests know, 0123456789"
TEXTS = {
    "en": {
        "question": "{name}, how likely are you to recommend us?",
        "low": "not likely",
        "high": "very likely",
        "open_unhappy": "What went wrong?",
        "open_neutral": "What could we do better?",
        "open_happy": "What did you like most?",
        "thanks": "Thank you, {name}.",
    },
    "es": {
        "question": "{name}, ¿qué tan probable es que nos recomiendes?",
        "low": "nada probable",
        "high": "muy probable",
        "open_unhappy": "¿Qué salió mal?",
        "open_neutral": "¿Qué podríamos hacer mejor?",
        "open_happy": "¿Qué fue lo que más te gustó?",
        "thanks": "Gracias, {name}.",
    },
}


@dataclass
class Question:
    """One person who is asked."""

    survey: Survey
    customer: Customer
    contact: Contact
    invitation: Invitation
    token: str

    @property
    def path(self) -> str:
        return f"/s/{self.token}"


def a_survey(kind: str = "nps", name: str = "How are we doing?", **fields: Any) -> Survey:
    survey = Survey(
        name=name, folded=name.lower(), kind=kind, texts=TEXTS, active_since=clock.today(), created_at=clock.now(),
        **fields,
    )  # fmt: skip
    db.session.add(survey)
    return survey


def ask(cast: Cast, survey: Survey | None = None, n: int = 1) -> Question:
    """Ana of a hotel, asked by mail; the sales user is answerable for the hotel."""
    survey = survey or a_survey(name=f"How are we doing? {n}")
    customer = Customer(name=f"Hotel {n}", sort_name=f"hotel {n}", assignee_id=cast.sales.id, created_at=clock.now())
    contact = Contact(customer=customer, name="Ana Torres", email=f"ana{n}@hotel.example", created_at=clock.now())
    db.session.add_all([customer, contact])
    db.session.flush()
    firm = db.session.scalars(select(Firm)).one()
    invitation = invite(survey, customer, f"hand:{survey.id}:{n}", Asking(firm, SECRET), contact)
    invitation.sent_at, invitation.sent_on = clock.now(), clock.today()
    token = token_of(invitation.seed, SECRET)
    db.session.commit()
    return Question(survey, customer, contact, invitation, token)


def responses() -> list[Response]:
    """Every answer, as it is stored now. Nothing stays open that a browser's request would wait for."""
    db.session.rollback()
    rows = list(db.session.scalars(select(Response).order_by(Response.id)))
    for row in rows:
        db.session.expunge(row)
    db.session.rollback()
    return rows
