"""Asking: what calls for a survey, and how what calls twice asks once."""

from datetime import date, timedelta

from portal import bulk, clock
from portal.commitments.models import Commitment
from portal.contacts.models import Contact
from portal.contacts.queries import contact_of
from portal.customers.models import Customer, IsArchived
from portal.customers.queries import customer_by_id
from portal.extensions import db
from portal.invitations import opting, queries
from portal.invitations.inviting import Asking, invite, invite_many
from portal.invitations.models import Invitation
from portal.rules import N_, BrokenRule
from portal.settings.models import Firm
from portal.surveys.models import Survey

TOO_LATE = timedelta(days=14)
"""Whoever should have been asked longer ago is not asked any more."""
AT_ONCE = 1000


class DoesNotWant(BrokenRule):
    """Who has said not to be asked is not asked, by no way."""

    message = N_("%(name)s does not want to be asked.")


class NoAddress(BrokenRule):
    """A mail needs an address."""

    message = N_("We know no e-mail of %(name)s. Choose another way.")


def by_hand(survey: Survey, customer: Customer, contact: Contact | None, form_id: str, asking: Asking) -> Invitation:
    """Ask one person now. A mail that the contact budget has no room for waits at once, and says so.

    The same form sent twice asks once. Raises `NotAsking`, `IsArchived`, `DoesNotWant`, `NoAddress`.
    """
    check_askable(customer, contact)
    if asking.channel == "email" and mail_address(customer, contact) is None:
        raise NoAddress(name=(contact or customer).name)
    invitation = invite(survey, customer, f"hand:{form_id}", asking, contact)
    if invitation.is_waiting and not invitation.held:
        free_on = room_on(asking.firm, invitation)
        if free_on > clock.today():
            _wait_for_budget(invitation, free_on, asking.firm.answer_within_days)
    return invitation


def check_askable(customer: Customer, contact: Contact | None) -> None:
    """May this person be asked, by whichever way? Raises `IsArchived` or `DoesNotWant`."""
    if customer.is_archived:
        raise IsArchived
    check_wish(customer, contact)


def check_wish(customer: Customer, contact: Contact | None) -> None:
    """Does the person bear being asked? Raises `DoesNotWant`."""
    person = opting.who(customer, contact)
    if opting.standing(person) != "ask":
        raise DoesNotWant(name=person.name)


def room_on(firm: Firm, invitation: Invitation) -> date:
    """The first day, today or later, on which the contact budget of its person has room."""
    budget = queries.budget_of(firm, [invitation.customer_id], clock.today())
    return budget.free_on((invitation.customer_id, invitation.contact_id), clock.today())


def mail_address(customer: Customer, contact: Contact | None) -> str | None:
    """Where the person reads mail: the customer's address stands in for one that we don't know."""
    return (contact.email if contact else None) or customer.email


def _wait_for_budget(invitation: Invitation, until: date, days: int) -> None:
    invitation.hold("budget", until)
    invitation.expires_on = until + timedelta(days=days)


def after_recovery(commitment: Commitment, asking: Asking) -> Invitation | None:
    """Ask the client of a recovery that was kept whether it is right now, once; None when no survey asks for that."""
    survey = queries.survey_for("after_recovery")
    customer = customer_by_id(commitment.customer_id)
    if survey is None or customer is None or customer.is_archived:
        return None
    contact = contact_of(customer.id, commitment.contact_id) if commitment.contact_id else None
    return invite(survey, customer, f"recovery:{commitment.id}", asking, contact)


def not_recovered(commitment: Commitment) -> None:
    """Forget that asking while it waits: the recovery is open again, and asks anew when it is kept."""
    waiting = queries.invitation_by_cause(f"recovery:{commitment.id}") if commitment.origin == "recovery" else None
    if waiting is not None and waiting.is_waiting:
        db.session.delete(waiting)


def after_purchases(asking: Asking) -> int:
    """Ask about what was bought so many days ago as each survey says; how many were asked. Does not commit.

    Not about what was bought before the survey was active, nor about what should have been asked about two weeks ago.
    Of several purchases of a customer the latest one is asked about.
    """
    bulk.hold("invitations.ask")
    asked, today = 0, clock.today()
    for survey in queries.surveys_for("after_purchase"):
        last = today - timedelta(days=survey.days)
        first = max(survey.active_since, last - TOO_LATE)
        latest: dict[int, int] = {}
        for purchase_id, customer_id in queries.to_ask_after_purchase(survey, first, last, AT_ONCE):
            latest.setdefault(customer_id, purchase_id)
        people = queries.people_to_ask(latest) if latest else []
        invite_many(survey.id, people, [f"purchase:{latest[each.customer_id]}" for each in people], asking)
        asked += len(people)
    return asked


def every_so_often(asking: Asking) -> int:
    """Ask those whose day has come for a survey that is asked anew every so many days; how many were asked. Does not
    commit.

    Each day asks its share of the customers, so that answers come all the time; a day that was missed is made up for.
    """
    bulk.hold("invitations.ask")
    asked, today = 0, clock.today()
    for survey in queries.surveys_for("every"):
        days = max(survey.days, 1)
        window = min(TOO_LATE.days, max(days // 2, 1), (today - survey.active_since).days + 1)
        people = queries.people_to_ask(queries.to_ask_again(survey, today, window, AT_ONCE)) if window > 0 else []
        causes = [
            f"every:{survey.id}:{each.customer_id}:{each.contact_id or 0}:"
            f"{(each.customer_id + today.toordinal()) // days}"
            for each in people
        ]
        known = queries.causes_among(causes)
        new = [(each, cause) for each, cause in zip(people, causes, strict=True) if cause not in known]
        invite_many(survey.id, [each for each, _ in new], [cause for _, cause in new], asking)
        asked += len(new)
    return asked
