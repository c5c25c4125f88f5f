"""The shape of an improvement, and of why one is dropped."""

from flask_babel import lazy_gettext as _l

from portal.choices import DayField, RecordField, WordField
from portal.fields import FormIdField, TextField, VersionField
from portal.forms import Form
from portal.review.models import STEPS

PLACES = ("page", "list")


class ImprovementForm(Form):
    """What to do better, in which step, who answers for it, and until when."""

    form_id = FormIdField()
    version = VersionField()
    step = WordField(_l("Step"), words=STEPS, default="sales")
    text = TextField(_l("What we shall do better"), longest=300, required=True)
    user_id = RecordField(_l("Who answers for it"))
    due_on = DayField(_l("Until"))


class DropForm(Form):
    """Why it won't be done."""

    place = WordField(words=PLACES, default="page")
    reason = TextField(_l("Reason"), longest=300)
