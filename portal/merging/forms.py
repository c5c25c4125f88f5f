"""The shape of what is chosen when two customers become one."""

from flask_wtf import FlaskForm
from wtforms import HiddenField

from portal.fields import VersionField
from portal.merging.merging import BOTH, FIELDS, OTHER, THIS
from portal.texts import number_in


class Others(FlaskForm):
    """With whom, as somebody saw both."""

    other = HiddenField(name="with")
    version = VersionField()
    other_version = VersionField()

    @property
    def other_id(self) -> int:
        """The number of the other one, or 0."""
        return number_in(self.other.data or "")


class MergeForm(Others):
    """The same for customers, and whose words stand. An answer that is none of ours is the usual one."""

    name, email, phone, city = HiddenField(), HiddenField(), HiddenField(), HiddenField()
    external_id, assignee_id, notes = HiddenField(), HiddenField(), HiddenField()

    def chosen(self) -> dict[str, str]:
        """For each field that was chosen, whose stands."""
        fit = {THIS, OTHER}
        return {
            name: self[name].data for name in FIELDS if self[name].data in (fit | {BOTH} if name == "notes" else fit)
        }
