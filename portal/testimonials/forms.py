"""The shape of a testimonial, and of its withdrawal."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from portal.choices import DayField, NextField, RecordField
from portal.fields import FormIdField, LongTextField, TextField, VersionField
from portal.forms import Form
from portal.testimonials.models import LONGEST, PLACES


class TestimonialForm(Form):
    """What they said, how it is signed, where it may be quoted, and how they allowed it."""

    form_id = FormIdField()
    version = VersionField()
    next = NextField()
    contact_id = RecordField(_l("Who said it"))
    text = LongTextField(_l("Their words"), longest=LONGEST, required=True)
    signed = TextField(_l("Signed"), longest=200)
    website = BooleanField(_l("Website"))
    printed = BooleanField(_l("On paper"))
    social = BooleanField(_l("Social networks"))
    talks = BooleanField(_l("Private sales talks"))
    consented_on = DayField(_l("Allowed on"))
    evidence = TextField(_l("How they allowed it"), longest=300, required=True)

    @property
    def places(self) -> tuple[str, ...]:
        """The places that were ticked."""
        return tuple(place for place in PLACES if self[place].data)


class WithdrawForm(Form):
    """Who took it back, and how."""

    reason = TextField(_l("Who took it back, and how"), longest=300)
