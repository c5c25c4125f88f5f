"""The shape of a playbook as somebody writes it, and of a reason."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FieldList, FormField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from portal.choices import IdField, RecordField, WholeField, WordField
from portal.fields import FormIdField, TextField, VersionField
from portal.follow_ups.models import CHANNELS, PURPOSES
from portal.forms import Form
from portal.playbooks.models import CALENDARS, GIVEN_TO, KINDS, LONGEST_REASON, TRIGGERS
from portal.playbooks.writing import LONGEST_NAME, MOST_STEPS, Step, Written

MOST_DAYS = 1825
LONGEST_TEXT = 200


class WhoField(Field):
    """Whom a step is given to: the assignee, a leg, or a colleague by id. `users` are those who may be given work."""

    users: Sequence[tuple[int, str]] = ()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """One of the words, or a number."""
        typed = valuelist[0] if valuelist and isinstance(valuelist[0], str) else ""
        known = typed in GIVEN_TO and typed != "user"
        self.data = typed if known or (typed.isascii() and typed.isdigit() and len(typed) <= 18) else "assignee"

    @property
    def given(self) -> tuple[str, int | None]:
        """(the word, the colleague's id)."""
        return ("user", int(self.data)) if self.data.isdigit() else (self.data, None)


class StepForm(Form):
    """One step; a new one without a text or a survey is none."""

    id = IdField()
    kind = WordField(_l("What"), words=KINDS, default="follow_up")
    after_days = WholeField(_l("Days later"), [InputRequired(), NumberRange(0, MOST_DAYS)], default=0)
    text = TextField(_l("What is to be done"), longest=LONGEST_TEXT)
    channel = WordField(_l("Channel"), words=CHANNELS, default="call")
    purpose = WordField(_l("Purpose"), words=PURPOSES, default="care")
    survey_id = RecordField(_l("Survey"))
    who = WhoField(_l("Given to"), default="assignee")

    @property
    def is_empty(self) -> bool:
        """Has nothing been written here?"""
        return not (self.id.data or self.text.data or (self.kind.data == "survey" and self.survey_id.data))

    def validate_text(self, field: TextField) -> None:
        """A promise and a follow-up say what they are about."""
        if not self.is_empty and self.kind.data != "survey" and not field.data:
            raise ValidationError(_("Say what is to be done."))

    def validate_survey_id(self, field: RecordField) -> None:
        """A survey is one of those that are not closed."""
        if not self.is_empty and self.kind.data == "survey" and field.data not in dict(field.choices):
            raise ValidationError(_("Choose the survey."))

    def validate_who(self, field: WhoField) -> None:
        """A colleague is one of those who may be given work."""
        _to, user_id = field.given
        if user_id is not None and user_id not in dict(field.users):
            raise ValidationError(_("Choose one of those that are offered."))

    def said(self) -> Step:
        """What the row says."""
        given_to, user_id = self.who.given
        days = self.after_days.data if isinstance(self.after_days.data, int) else 0
        kind, asked = self.kind.data, self.survey_id.data or None
        return Step(
            kind, min(max(days, 0), MOST_DAYS), "" if kind == "survey" else self.text.data[:LONGEST_TEXT],
            self.purpose.data, self.channel.data, asked if kind == "survey" else None, given_to, user_id,
            self.id.data or None,
        )  # fmt: skip


class PlaybookForm(Form):
    """All that is written of a playbook."""

    form_id = FormIdField()
    version = VersionField()
    name = TextField(_l("Name"), longest=LONGEST_NAME, required=True)
    trigger = WordField(_l("Started by"), words=TRIGGERS, default="purchase")
    calendar = WordField(_l("Days"), words=CALENDARS, default="days")
    steps = FieldList(FormField(StepForm), max_entries=MOST_STEPS)

    def offer(self, users: Sequence[tuple[int, str]], surveys: Sequence[tuple[int, str]]) -> None:
        """Offer these colleagues and surveys in every step."""
        for entry in self.steps.entries:
            entry.form.who.users, entry.form.survey_id.choices = users, surveys

    def validate_steps(self, field: FieldList) -> None:
        """There is something to do."""
        if all(entry.form.is_empty for entry in field.entries):
            raise ValidationError(_("Write one step at least."))

    def written(self) -> Written:
        """What the form says."""
        steps = tuple(entry.form.said() for entry in self.steps.entries if not entry.form.is_empty)
        return Written(self.name.data, self.trigger.data, self.calendar.data, steps, self.form_id.data)

    def with_room(self) -> None:
        """Leave room for one step more."""
        if len(self.steps) < MOST_STEPS and not any(entry.form.is_empty for entry in self.steps.entries):
            self.steps.append_entry({})


class ReasonForm(Form):
    """Why it is not done."""

    reason = TextField(longest=LONGEST_REASON)


def filled(said: Written, **more: Any) -> PlaybookForm:
    """A form that shows what is written already."""
    steps = [
        {
            "id": each.id, "kind": each.kind, "after_days": each.after_days, "text": each.text,
            "channel": each.channel, "purpose": each.purpose, "survey_id": each.survey_id,
            "who": str(each.user_id) if each.given_to == "user" else each.given_to,
        }
        for each in said.steps
    ]  # fmt: skip
    about = {"name": said.name, "trigger": said.trigger, "calendar": said.calendar, "steps": steps}
    return PlaybookForm(data=about | more)
