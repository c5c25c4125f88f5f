"""The shape of what is done with lists."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import ValidationError

from portal.choices import DayField, IdField, RecordField, WordField
from portal.fields import FormIdField, TextField
from portal.follow_ups.models import PURPOSES
from portal.forms import Form
from portal.lists.models import ACTS


class SaveForm(Form):
    """A name for the list as it is narrowed."""

    form_id = FormIdField()
    list_name = TextField(_l("Name of the list"), longest=80, required=True)


class AskForm(Form):
    """Which survey they are asked."""

    form_id = FormIdField()
    survey_id = IdField(_l("Survey"))


class ActForm(Form):
    """What is to be done with many. `to_id.choices` are the users who may be given work."""

    form_id = FormIdField()
    act = WordField(words=ACTS, default="assign")
    to_id = RecordField(_l("Assignee"))
    due_on = DayField(_l("Day"))
    purpose = WordField(_l("Purpose"), words=PURPOSES, default="care")
    note = TextField(_l("Note"), longest=300)

    def validate_to_id(self, field: Field) -> None:
        """One of them; nobody can be assigned, but nobody follows up."""
        if field.data is not None and field.data not in dict(field.choices):
            raise ValidationError(_("Choose one of those that are offered."))
        if field.data is None and self.act.data == "follow_up":
            raise ValidationError(_("Choose a user."))

    def validate_due_on(self, field: Field) -> None:
        """A follow-up has a day."""
        if field.data is None and self.act.data == "follow_up" and not field.process_errors:
            raise ValidationError(_("Choose a day."))
