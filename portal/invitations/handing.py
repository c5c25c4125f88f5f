"""Handing over: the link of an invitation as a QR code, and as a message that only has to be sent."""

import io
from dataclasses import dataclass
from urllib.parse import urlencode

import segno
from flask_babel import gettext as _
from markupsafe import Markup

from portal.invitations.mailing import words_for
from portal.invitations.models import Invitation
from portal.language import speaking
from portal.settings.models import Firm
from portal.surveys.models import Survey
from portal.surveys.wording import called

PICTURES = {"svg": "image/svg+xml", "png": "image/png"}


@dataclass(frozen=True)
class Handed:
    """What somebody hands over, in the client's language."""

    link: str
    question: str
    message: str
    whatsapp: str
    """An address that opens WhatsApp with the message written; to the person's number when we know it."""
    qr: Markup


def to_hand(invitation: Invitation, survey: Survey, link: str, firm: Firm) -> Handed:
    """All ways to hand over the link of an invitation, whose customer and contact are loaded."""
    contact, customer = invitation.contact, invitation.customer
    name = called(contact.name if contact else None, customer.name)
    question = words_for(survey, invitation.locale, name).get("question", "")
    with speaking(invitation.locale):
        message = _(
            "Hello %(name)s, %(firm)s has one question for you. It takes ten seconds:", name=name, firm=firm.name
        )
    message = f"{message} {link}"
    phone = (contact.phone if contact else None) or customer.phone or ""
    whatsapp = f"https://wa.me/{phone.lstrip('+')}?{urlencode({'text': message})}"
    return Handed(link, question, message, whatsapp, _inline(link))


def _inline(link: str) -> Markup:
    """The QR code as SVG, black on white in the dark too."""
    code = segno.make_qr(link, error="m")
    return Markup(code.svg_inline(border=2, dark="#000", light="#fff", omitsize=True, svgclass="qr"))  # noqa: S704 - of a link of ours


def picture(link: str, kind: str) -> bytes:
    """The QR code as a file: `svg` or `png`, large enough for a poster."""
    out = io.BytesIO()
    segno.make_qr(link, error="m").save(out, kind=kind, scale=16, border=4)
    return out.getvalue()
