"""The shape of a recommendation, and of what is said about it."""

from flask_babel import lazy_gettext as _l

from portal.choices import DayField, IdField, NextField, RecordField, WordField
from portal.fields import EmailTextField, FormIdField, PhoneField, TextField
from portal.forms import Form

PLACES = ("page", "list")


class ReferralForm(Form):
    """Who recommends whom."""

    form_id = FormIdField()
    next = NextField()
    contact_id = RecordField(_l("Who recommends them"))
    name = TextField(_l("Whom they recommend"), longest=120, required=True)
    reach = TextField(_l("How to reach them"), longest=160)
    note = TextField(_l("What we know of them"), longest=300)
    on = DayField(_l("Recommended on"))


class ClosingForm(Form):
    """Why it did not work out."""

    place = WordField(words=PLACES, default="page")
    reason = TextField(_l("Reason"), longest=300)


class WinForm(Form):
    """The customer that they have become: one of ours (`customer_id`), or a new one."""

    form_id = FormIdField()
    customer_id = IdField()
    customer_name = TextField(_l("Customer"), longest=160, required=True)
    contact_name = TextField(_l("Contact"), longest=120)
    email = EmailTextField(_l("E-mail"))
    phone = PhoneField(_l("Phone"))
    city = TextField(_l("City"), longest=80)
    assignee_id = RecordField(_l("Assignee"))
