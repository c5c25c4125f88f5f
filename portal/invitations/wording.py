"""What a page says about an invitation: how it fares, and why it waits."""

from typing import Any

from portal import clock, formats
from portal.invitations.models import Invitation
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext


def state(invitation: Invitation) -> tuple[str, str]:
    """(word, tone): waits, sent, silent, answered, ended."""
    if invitation.answered_at is not None:
        return _("answered"), "good"
    if invitation.ended_at is not None:
        return (_("taken back") if invitation.held == "taken_back" else _("given up")), "plain"
    if invitation.sent_at is None:
        return (_("waits"), "due") if invitation.held else (_("on its way"), "calm")
    if not invitation.is_silent:
        return _("ran out"), "plain"
    return (_("reminded"), "calm") if invitation.reminded_on else (_("not answered"), "calm")


def why(invitation: Invitation, firm: Any) -> str:
    """Why it waits, and until when; or why it ended. Nothing when it does neither."""
    if not invitation.held or invitation.answered_at is not None:
        return ""
    if invitation.sent_at is not None and invitation.ended_at is None:
        return reminder(invitation, firm)
    said = reason(invitation, firm)
    if said and invitation.ended_at is None and invitation.held_until:
        return _("%(why)s It is looked at again %(when)s.", why=said, when=formats.due(invitation.held_until))
    return said


def reminder(invitation: Invitation, firm: Any) -> str:
    """Of somebody silent: when they were reminded; or why that waits and until when, or can't be any more."""
    if invitation.reminded_on:
        return _("Reminded %(when)s.", when=formats.ago(invitation.reminded_on))
    if not (invitation.held and invitation.held_until):
        return ""
    said = reason(invitation, firm)
    if invitation.is_open and invitation.held_until <= invitation.expires_on:
        return _("%(why)s The reminder waits until %(day)s.", why=said, day=formats.day(invitation.held_until))
    return _("%(why)s No reminder: it can be answered until %(day)s.", why=said, day=formats.day(invitation.expires_on))


def reason(invitation: Invitation, firm: Any) -> str:
    """Why it waits, or ended, as a sentence."""
    reasons = {
        "budget": ngettext(
            "The person has heard enough of us: at most %(most)s in %(num)d day.",
            "The person has heard enough of us: at most %(most)s in %(num)d days.",
            firm.ask_within_days,
            most=firm.ask_at_most,
        ),
        "opted_out": _("The person does not want to be asked."),
        "no_address": _("We know no e-mail of the person."),
        "paused": _("The survey is paused."),
        "closed": _("The survey was closed before it was sent."),
        "archived": _("The customer was archived before it was sent."),
        "taken_back": _("Somebody took it back."),
    }
    said: str = reasons.get(invitation.held, "")
    return said


def budget(heard: int, free_on: Any, firm: Any) -> str:
    """How much a person has heard: "contact budget: 2 of 2 in 30 days; a mail would wait until 4 Dec"."""
    spent = ngettext(
        "contact budget: %(heard)s of %(most)s in %(num)d day",
        "contact budget: %(heard)s of %(most)s in %(num)d days",
        firm.ask_within_days,
        heard=heard,
        most=firm.ask_at_most,
    )
    if free_on > clock.today():
        return _("%(spent)s; a mail would wait until %(day)s", spent=spent, day=formats.day(free_on))
    return spent


def channel(word: str) -> str:
    """The way, in words."""
    return {
        "email": _("E-mail"), "link": _("Link"), "qr": _("QR code"), "whatsapp": _("WhatsApp"), "phone": _("Phone")
    }[word]  # fmt: skip
