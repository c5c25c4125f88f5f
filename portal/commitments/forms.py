"""The shape of a promise, and of what is said about it."""

from flask_babel import lazy_gettext as _l

from portal.choices import DayField, NextField, RecordField, WordField
from portal.commitments.models import SIDES
from portal.due import STEPS
from portal.fields import FormIdField, TextField, VersionField
from portal.forms import Form

PLACES = ("page", "today", "list", "side")


class NewCommitmentForm(Form):
    """Who promises what, until when."""

    form_id = FormIdField()
    next = NextField()
    side = WordField(_l("Side"), words=SIDES, default="ours")
    text = TextField(_l("Promise"), longest=300, required=True)
    due_step = WordField(_l("Due"), words=STEPS[1:], default="3_days")
    due_on = DayField(_l("Due day"))
    contact_id = RecordField(_l("Contact"))
    assignee_id = RecordField(_l("Assignee"))


class EditCommitmentForm(Form):
    """The words of a promise, and whose it is."""

    version = VersionField()
    next = NextField()
    text = TextField(_l("Promise"), longest=300, required=True)
    contact_id = RecordField(_l("Contact"))
    assignee_id = RecordField(_l("Assignee"))


class RenegotiateForm(Form):
    """Another day, and why."""

    place = WordField(words=PLACES, default="page")
    next = NextField()
    version = VersionField()
    due_on = DayField(_l("New day"))
    reason = TextField(_l("Reason"), longest=300)


class ReasonForm(Form):
    """Why it is withdrawn, or was not kept."""

    place = WordField(words=PLACES, default="page")
    next = NextField()
    reason = TextField(_l("Reason"), longest=300)
