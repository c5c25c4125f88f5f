"""The shape of what is said of the buying centre."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms.validators import NumberRange, Optional

from portal.buying_centre.terms import LEVELS, POSITIONS, ROLES, STANCES
from portal.choices import DayField, IdField, RecordField, WholeField, WordField, WordsField, of_our_time
from portal.contacts.models import Contact
from portal.fields import FormIdField, TextField, VersionField

LONGEST_RHYTHM = 730


class PartForm(FlaskForm):
    """Which part a person takes, and when they left."""

    version = VersionField()
    roles = WordsField(_l("Roles"), words=ROLES)
    level = WordField(_l("Level"), words=("", *LEVELS), default="")
    stance = WordField(_l("Stance"), words=("", *STANCES), default="")
    left_on = DayField(_l("Left on"), [of_our_time])

    def fields(self) -> dict[str, Any]:
        """The part, as `placing.Part` takes it."""
        return {name: self[name].data for name in ("roles", "level", "stance", "left_on")}


def part_of(contact: Contact) -> dict[str, Any]:
    """The fields of the form, as the person has them."""
    now = {name: getattr(contact, name) for name in ("version", "level", "stance", "left_on")}
    return {**now, "roles": contact.roles.split()}


class PositionForm(FlaskForm):
    """Where our firm stands, since when, and from where we know it. `seen` is the latest word that the page showed."""

    form_id = FormIdField()
    seen = IdField()
    position = WordField(_l("Position"), words=POSITIONS, default=POSITIONS[0])
    share_percent = WholeField(_l("Our share of what they buy, in per cent"), [Optional(), NumberRange(0, 100)])
    since_on = DayField(_l("Since"), [of_our_time])
    note = TextField(_l("Note"), longest=300)


class RhythmForm(FlaskForm):
    """How often one of us means to be in touch with one of them."""

    version = VersionField()
    contact_id = RecordField(_l("Contact"))
    user_id = RecordField(_l("User"))
    every_days = WholeField(_l("Every so many days"), [Optional(), NumberRange(1, LONGEST_RHYTHM)])
