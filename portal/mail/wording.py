"""What owners read about a mail that could not be sent: what it was, and why it stayed."""

from portal.language import page_gettext as _
from portal.mail.models import UNWANTED

REFUSED_ADDRESS = {"SMTPRecipientsRefused", "ValueError"}
REFUSED_MAIL = {"SMTPDataError", "SMTPSenderRefused", "SMTPNotSupportedError"}
UNWRITTEN = {"NotWritten"}
REFUSED_US = {"SMTPAuthenticationError", "SSLError", "SSLCertVerificationError"}


def kind(word: str) -> str:
    """The folder of a mail, in words; a word that is not known stays as it is."""
    return {
        "invitation": _("Invitation"),
        "reset": _("New password"),
        "password_changed": _("Password changed"),
        "survey": _("Survey"),
        "survey_reminder": _("Reminder"),
        "receipt": _("Receipt of an answer"),
        "digest": _("Morning digest"),
        "promises": _("What we promised each other"),
        "disputed": _("A promise not kept, as a client says"),
    }.get(word, word)


def reason(fault: str) -> str:
    """Why the last try failed, from the name of its error; or why there is none any more."""
    if fault == UNWANTED:
        return _("The person does not want such mail.")
    if fault in REFUSED_ADDRESS:
        return _("The mail server does not know the address.")
    if fault in REFUSED_MAIL:
        return _("The mail server refused the mail.")
    if fault in UNWRITTEN:
        return _("The portal could not write the mail: it has been noted.")
    if fault in REFUSED_US:
        return _("The mail server did not let us in: look at PORTAL_MAIL_URL.")
    return _("The mail server could not be reached.")
