"""The shape of a trial as somebody asks for it."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, NumberRange

from portal.choices import WholeField, WordField
from portal.fields import FormIdField
from portal.forms import Form
from portal.lists.catalogue import BY_NAME
from portal.trials.models import DAYS, SHARES


class TrialForm(Form):
    """Of which list, how many are left untouched, and for how long."""

    form_id = FormIdField()
    list = WordField(words=tuple(BY_NAME), default="")
    share = WholeField(
        _l("Left untouched, in 100"),
        [InputRequired(), NumberRange(*SHARES, message=_l("Between 10 and 50."))],
        default=20,
    )
    days = WholeField(_l("Days"), [InputRequired(), NumberRange(*DAYS, message=_l("Between 14 and 365."))], default=90)
