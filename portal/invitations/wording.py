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
    said = reason(invitation, firm)
    if said and invitation.ended_at is None and invitation.held_until:
        return _("%(why)s It is looked at again %(when)s.", why=said, when=formats.due(invitation.held_until))
    return said


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
    """How much a person has heard: "2 of 2 in 30 days: room again on 4 Dec"."""
    spent = _("%(heard)s of %(most)s in %(days)s days", heard=heard, most=firm.ask_at_most, days=firm.ask_within_days)
    if free_on > clock.today():
        return _("%(spent)s: a mail would wait until %(day)s", spent=spent, day=formats.day(free_on))
    return spent


def channel(word: str) -> str:
    """The way, in words."""
    return {
        "email": _("E-mail"), "link": _("Link"), "qr": _("QR code"), "whatsapp": _("WhatsApp"), "phone": _("Phone")
    }[word]  # fmt: skip
