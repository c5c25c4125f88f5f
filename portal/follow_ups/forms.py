"""The shape of what is logged and planned."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from portal.choices import DayField, IdField, NextField, RecordField, WordField
from portal.due import STEPS
from portal.fields import FormIdField, LongTextField, TextField, VersionField
from portal.follow_ups.models import CHANNELS, OUTCOMES, PURPOSES
from portal.forms import Form
from portal.objections.models import LONGEST

LONGEST_NOTE = 4000
PLACES = ("page", "today", "row", "customer")


class QuickLogForm(Form):
    """One touch: how, what came of it, why, and what next. Everything but the customer may be left out."""

    form_id = FormIdField()
    follow_up = IdField()
    commitment = IdField()
    entry = IdField()
    relation = IdField()
    place = WordField(words=PLACES, default="page")
    next = NextField()
    channel = WordField(_l("Channel"), words=CHANNELS, default="call")
    outcome = WordField(_l("Outcome"), words=OUTCOMES, default="reached")
    purpose = WordField(_l("Purpose"), words=PURPOSES, default="care")
    contact_id = IdField()
    note = LongTextField(_l("Note"), longest=LONGEST_NOTE)
    next_step = WordField(_l("Next step"), words=STEPS, default="none")
    next_on = DayField(_l("Day of the next step"))
    anyway = BooleanField()
    """It is logged although somebody who heard it wants no offers."""


class HeardForm(Form):
    """What the customer objects, beside a touch: most touches hear nothing, and do not ask for these fields."""

    objection = TextField(_l("Objection"), longest=LONGEST)
    heard = TextField(longest=40)
    """The one that was chosen, as `objections.hearing` reads it."""


class PlanForm(Form):
    """A touch to come."""

    form_id = FormIdField()
    next = NextField()
    objective = TextField(_l("Objective"), longest=200)
    due_on = DayField(_l("Day"))
    purpose = WordField(_l("Purpose"), words=PURPOSES, default="meeting")
    channel = WordField(_l("Channel"), words=CHANNELS, default="visit")
    method = TextField(_l("Method"), longest=200)
    contact_id = RecordField(_l("Contact"))
    assignee_id = RecordField(_l("Assignee"))


class MoveForm(Form):
    """Another day for what is planned."""

    version = VersionField()
    place = WordField(words=PLACES, default="page")
    next = NextField()
    due_on = DayField(_l("Day"))
