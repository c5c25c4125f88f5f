"""The shape of asking."""

from flask_babel import lazy_gettext as _l

from portal.choices import IdField, WordField
from portal.fields import FormIdField
from portal.forms import Form
from portal.invitations.opting import WISHES

WAYS = ("email", "link", "qr", "whatsapp")


class AskForm(Form):
    """Which survey, whom, and by which way."""

    form_id = FormIdField()
    survey_id = IdField(_l("Survey"))
    contact_id = IdField(_l("Person"))
    """Empty is the customer itself."""
    channel = WordField(_l("Channel"), words=WAYS, default="email")


class OptOutForm(Form):
    """Who wants to hear what."""

    contact_id = IdField()
    """Empty is the customer itself."""
    wish = WordField(words=WISHES, default="")


class AskListForm(Form):
    """Which survey a whole list is asked."""

    form_id = FormIdField()
    survey_id = IdField(_l("Survey"))
