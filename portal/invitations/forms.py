"""The shape of asking."""

from flask_babel import lazy_gettext as _l
from wtforms import Form

from portal.choices import IdField, WordField
from portal.fields import FormIdField

WAYS = ("email", "link", "qr", "whatsapp")


class AskForm(Form):
    """Which survey, whom, and by which way."""

    form_id = FormIdField()
    survey_id = IdField(_l("Survey"))
    contact_id = IdField(_l("Person"))
    """Empty is the customer itself."""
    channel = WordField(_l("Channel"), words=WAYS, default="email")


class AskListForm(Form):
    """Which survey a whole list is asked."""

    form_id = FormIdField()
    survey_id = IdField(_l("Survey"))
