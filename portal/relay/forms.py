"""The shape of a hand-off, and of its answer."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import ValidationError

from portal.choices import WordField
from portal.fields import FormIdField, LongTextField, TextField, options
from portal.forms import Form
from portal.relay import wording
from portal.relay.legs import LEGS
from portal.users.models import User

PLACES = ("page", "list", "today")


class ToField(SelectField):
    """One of those who may take over."""

    def pre_validate(self, form: Any) -> None:
        """Only whom the form offers."""
        if not any(each.value == self.data for each in self.choices):
            raise ValidationError(_("Choose one of those that are offered."))


class OfferForm(Form):
    """To whom, and what they should know."""

    form_id = FormIdField()
    to = ToField(_l("To"), choices=[])
    note = LongTextField(_l("What the next one should know"), longest=600)

    def offer(self, users: Sequence[User]) -> None:
        """Let it be anybody of a leg, or one of these users."""
        self.users = {f"user:{user.id}": user for user in users}
        colleagues = ((key, f"{user.name} ({wording.runs(user.role)})") for key, user in self.users.items())
        self.to.choices = [
            *options(((f"leg:{leg}", str(wording.anybody(leg))) for leg in LEGS), str(_l("A leg"))),
            *options(colleagues, str(_l("A colleague"))),
        ]

    @property
    def user(self) -> User | None:
        """The colleague who was chosen, unless it was a leg."""
        return self.users.get(self.to.data)

    @property
    def leg(self) -> str:
        """The leg that was chosen; empty for a colleague's."""
        return str(self.to.data).removeprefix("leg:") if self.user is None else ""


class ReasonForm(Form):
    """Why it is declined, or taken back."""

    place = WordField(words=PLACES, default="page")
    reason = TextField(_l("Reason"), longest=300)
