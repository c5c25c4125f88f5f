"""The shape of a request for support, and of what is said about it."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from portal.choices import DayField, NextField, RecordField, WordField
from portal.due import STEPS
from portal.fields import FormIdField, TextField, VersionField
from portal.forms import Form
from portal.relay.legs import LEGS

PLACES = ("page", "today", "list")


class _AskingForm(Form):
    """What is asked, and of whom."""

    next = NextField()
    leg = WordField(_l("Ask whom"), words=("", *LEGS), default="")
    user_id = RecordField(_l("Somebody in particular"))
    text = TextField(_l("What is needed"), longest=300, required=True)


class RequestForm(_AskingForm):
    """A new one, and until when."""

    form_id = FormIdField()
    due_step = WordField(_l("Due"), words=STEPS[1:], default="3_days")
    due_on = DayField(_l("Due day"))


class EditRequestForm(_AskingForm):
    """The same, asked otherwise."""

    version = VersionField()
    due_on = DayField(_l("Due"), [InputRequired()])


class WordForm(Form):
    """What was done about it, or why not."""

    place = WordField(words=PLACES, default="page")
    next = NextField()
    version = VersionField()
    word = TextField(_l("A word on it"), longest=300)
