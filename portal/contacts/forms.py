"""The shape of what is typed about a person."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from portal.fields import EmailTextField, FormIdField, PhoneField, TextField, VersionField


class ContactForm(FlaskForm):
    """Who the person is, and how to reach them."""

    name = TextField(_l("Name"), longest=120, required=True)
    title = TextField(_l("What the person does there"), longest=80)
    email = EmailTextField(_l("E-mail"))
    phone = PhoneField(_l("Phone"))
    version = VersionField()

    def fields(self) -> dict[str, Any]:
        """The contact's fields, as its verbs take them."""
        return {
            "name": self.name.data,
            "title": self.title.data,
            "email": self.email.data or None,
            "phone": self.phone.data or None,
        }


class NewContactForm(ContactForm):
    """A further person at a customer."""

    form_id = FormIdField()
