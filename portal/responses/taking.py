"""Taking an answer on the phone: a colleague reads the question out and writes down what the client says."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal import clock
from portal.contacts.models import Contact
from portal.customers.models import Customer, IsArchived
from portal.extensions import db
from portal.invitations.inviting import Asking, invite
from portal.responses import answering, queries
from portal.surveys.models import Survey

if TYPE_CHECKING:
    from portal.users.models import User


@dataclass(frozen=True)
class Heard:
    """What the client said, and the form that it was written into."""

    score: int
    comment: str
    form_id: str


def take(survey: Survey, customer: Customer, contact: Contact | None, heard: Heard, asking: Asking, by: "User") -> None:
    """Write an answer down, labelled as taken on the phone, and the asking with it. The same form twice is one answer.

    Whoever has been asked by this survey and is silent answers that asking, and is not reminded. Raises `NotAsking`,
    `IsArchived` or `NoSuchScore`.
    """
    if queries.taken_with(heard.form_id):
        return
    if customer.is_archived:
        raise IsArchived
    invitation = queries.silent_invitation(survey.id, customer.id, contact.id if contact else None, clock.today())
    invitation = invitation or invite(survey, customer, f"phone:{heard.form_id}", asking, contact)
    db.session.flush()
    asked = queries.invited_for_change(invitation.id)
    assert asked is not None
    said = answering.Said(heard.score, heard.comment, locale=invitation.locale, nonce=heard.form_id)
    answering.answer(asked, said, by)
