"""The shape of what is typed about a customer."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, SelectField
from wtforms.validators import ValidationError

from portal.customers.tagging import names_in
from portal.errors import say
from portal.fields import EmailTextField, FormIdField, LongTextField, PhoneField, TextField, VersionField, options
from portal.rules import BrokenRule
from portal.users.models import User


class AssigneeField(SelectField):
    """One of the users who may be given work, or nobody. `offer` fills it."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, coerce=_id_or_none, choices=[], **kwargs)

    def offer(self, users: list[User], current: User | None = None) -> None:
        """Let it be one of these users, or the one whom it is now."""
        known = users if current is None or current in users else [*users, current]
        self.choices = options([("", _("Nobody")), *((str(user.id), user.name) for user in known)])
        self.users = {user.id: user for user in known}

    @property
    def user(self) -> User | None:
        """The user that was chosen."""
        return self.users.get(self.data) if self.data else None


def _id_or_none(value: Any) -> int | None:
    if value in (None, "", "None"):
        return None
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ValueError
    return int(text)


class TagsForm(FlaskForm):
    """The words a customer is grouped by."""

    tag_names = TextField(_l("Tags"), longest=500)

    def validate_tag_names(self, field: Field) -> None:
        """Not too long, not too many."""
        try:
            self.names = names_in(field.data)
        except BrokenRule as rule:
            raise ValidationError(say(rule)) from None


class AssignForm(FlaskForm):
    """Who is answerable?"""

    assignee_id = AssigneeField(_l("Assignee"))


class CustomerForm(TagsForm):
    """Who they are."""

    name = TextField(_l("Name"), longest=160, required=True)
    email = EmailTextField(_l("E-mail"))
    phone = PhoneField(_l("Phone"))
    city = TextField(_l("City"), longest=80)
    external_id = TextField(_l("Number in other systems"), longest=80)
    assignee_id = AssigneeField(_l("Assignee"))
    notes = LongTextField(_l("Notes"), longest=10_000)
    version = VersionField()

    def fields(self) -> dict[str, Any]:
        """The customer's own fields, as its verbs take them."""
        return {
            "name": self.name.data,
            "email": self.email.data or None,
            "phone": self.phone.data or None,
            "city": self.city.data,
            "external_id": self.external_id.data or None,
            "notes": self.notes.data,
        }


class NewCustomerForm(CustomerForm):
    """A new customer, with the first person to know there."""

    form_id = FormIdField()
    anyway = BooleanField(_l("Create it anyway"))
    contact_name = TextField(_l("Name"), longest=120)
    contact_title = TextField(_l("What the person does there"), longest=80)
    contact_email = EmailTextField(_l("E-mail"))
    contact_phone = PhoneField(_l("Phone"))

    def validate_contact_name(self, field: Field) -> None:
        """A person with a phone has a name."""
        if not field.data and any((self.contact_title.data, self.contact_email.data, self.contact_phone.data)):
            raise ValidationError(_("Who is it? A contact needs a name."))

    def contacts(self) -> list[dict[str, Any]]:
        """The first contact, if one was typed."""
        if not self.contact_name.data:
            return []
        person = {"name": self.contact_name.data, "title": self.contact_title.data}
        return [person | {"email": self.contact_email.data or None, "phone": self.contact_phone.data or None}]
