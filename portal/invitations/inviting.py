"""Inviting: one person asked by one survey, exactly once per cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from portal import bulk, clock
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from portal.invitations import queries
from portal.invitations.models import Invitation
from portal.invitations.tokens import hash_of, new_seed, token_of
from portal.rules import N_, BrokenRule
from portal.settings.models import Firm
from portal.surveys.models import Survey
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User


class NotAsking(BrokenRule):
    """A survey that is paused or closed asks nobody."""

    message = N_("This survey is not being asked now.")


@dataclass(frozen=True)
class Asking:
    """Who asks, by which way, and from which of the firm's days on."""

    firm: Firm
    secret_key: str
    channel: str = "email"
    by: "User | None" = None
    send_on: date | None = None


def invite(
    survey: Survey, customer: Customer, cause: str, asking: Asking, contact: Contact | None = None
) -> Invitation:
    """Invite one person, or return the invitation that the same cause has made before. Raises `NotAsking`.

    A mail waits for the job that sends. The other channels are handed over
    by whoever asks, and count as sent and delivered at once.
    """
    if not survey.is_active:
        raise NotAsking
    if earlier := queries.invitation_by_cause(cause):
        return earlier
    seed, today = new_seed(), clock.today()
    send_on, by = asking.send_on or today, asking.by
    invitation = Invitation(
        survey_id=survey.id, customer_id=customer.id, contact_id=contact.id if contact else None,
        assignee_id=customer.assignee_id, cause=cause, channel=asking.channel, locale=_locale(contact, asking.firm),
        seed=seed, token_hash=hash_of(token_of(seed, asking.secret_key)), send_on=send_on,
        expires_on=send_on + timedelta(days=asking.firm.answer_within_days), created_by_id=by.id if by else None,
        created_at=clock.now(),
    )  # fmt: skip
    db.session.add(invitation)
    if asking.channel != "email":
        invitation.sent_on, invitation.sent_at, invitation.delivered_at = today, clock.now(), clock.now()
        record(
            "survey.asked", by=by, customer_id=customer.id, subject=invitation, name=survey.name,
            channel=asking.channel, contact=contact.name if contact else "",
        )  # fmt: skip
    return invitation


def _locale(contact: Contact | None, firm: Firm) -> str:
    return (contact.locale if contact else None) or firm.locale


def invite_many(survey_id: int, people: Sequence[queries.Reach], causes: Sequence[str], asking: Asking) -> None:
    """Invite these people by mail, each for its cause; they wait for the job that sends.

    For thousands at once, past the unit of work. The causes must be new: whoever calls holds a lock that sees to it.
    """
    send_on, now = asking.send_on or clock.today(), clock.now()
    seeds = [new_seed() for _ in people]
    bulk.insert(
        Invitation.metadata.tables["survey_invitations"],
        len(people),
        {
            "survey_id": bulk.Same(survey_id),
            "customer_id": [each.customer_id for each in people],
            "contact_id": [each.contact_id for each in people],
            "assignee_id": [each.assignee_id for each in people],
            "cause": causes,
            "channel": bulk.Same("email"),
            "locale": [each.locale or asking.firm.locale for each in people],
            "seed": seeds,
            "token_hash": [hash_of(token_of(seed, asking.secret_key)) for seed in seeds],
            "send_on": bulk.Same(send_on),
            "expires_on": bulk.Same(send_on + timedelta(days=asking.firm.answer_within_days)),
            "created_by_id": bulk.Same(asking.by.id if asking.by else None),
            "created_at": bulk.Same(now),
        },
    )
