"""The shape of what the firm decides."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from babel.numbers import get_currency_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import ColorInput

from portal.choices import WholeField
from portal.fields import MAILABLE, EmailTextField, LongTextField, TextField, VersionField, options
from portal.language import LANGUAGES, spoken
from portal.relay.models import LONGEST_WAIT_DAYS
from portal.settings import holidays
from portal.settings.founding import REGIONS

PERIODS = (("month", _l("Month")), ("quarter", _l("Quarter")), ("year", _l("Year")))
HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
DIGEST_DAYS = [(5, _l("Monday to Friday")), (6, _l("Monday to Saturday")), (7, _l("Every day"))]


@cache
def time_zones() -> list[str]:
    """Every IANA zone that names a place, and UTC."""
    places = (name for name in available_timezones() if "/" in name)
    return [*sorted(name for name in places if not name.startswith(("Etc/", "posix", "right"))), "UTC"]


def currencies() -> list[SelectChoice]:
    """The currencies a firm may reckon in, each with its name in the page's language."""
    return _currencies(spoken())


@cache
def _currencies(language: str) -> list[SelectChoice]:
    return options((code, f"{code} – {get_currency_name(code, locale=language)}") for code in REGIONS)


def regions() -> list[SelectChoice]:
    """The countries whose phone numbers are known, by their names in the page's language."""
    return _regions(spoken())


@cache
def _regions(language: str) -> list[SelectChoice]:
    from phonenumbers import SUPPORTED_REGIONS  # heavy, and only this page needs it

    names = Locale(language).territories
    return options(sorted(((code, names.get(code, code)) for code in SUPPORTED_REGIONS), key=lambda pair: pair[1]))


class FirstRunForm(FlaskForm):
    """The firm and its first owner."""

    firm_name = TextField(_l("Firm name"), longest=120, required=True)
    locale = SelectField(_l("Language"), choices=options(LANGUAGES))
    time_zone = SelectField(_l("Time zone"), choices=time_zones)
    currency = SelectField(_l("Currency"), choices=currencies)
    name = TextField(_l("Your name"), longest=120, required=True)
    email = EmailTextField(_l("Email"), [MAILABLE], required=True)
    password = PasswordField(_l("Password"), [DataRequired(), Length(max=4096)])


def whole_between(least: int, most: int) -> list[Any]:
    """What makes a number one from `least` to `most`."""
    return [InputRequired(), NumberRange(least, most)]


class HolidaysField(LongTextField):
    """Days, one a line."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The days in order; raises ValueError, with words, on anything else."""
        super().process_formdata(valuelist)
        try:
            self.data = holidays.as_kept(self.data)
        except ValueError:
            raise ValueError(_("Write each day on a line of its own, as year-month-day.")) from None


class FirmForm(FlaskForm):
    """What the firm decides for itself. The names are those of the columns."""

    version = VersionField()
    name = TextField(_l("Firm name"), longest=120, required=True)
    accent = TextField(_l("Accent colour"), longest=7, required=True, widget=ColorInput())
    locale = SelectField(_l("Language"), choices=options(LANGUAGES))
    time_zone = SelectField(_l("Time zone"), choices=time_zones)
    currency = SelectField(_l("Currency"), choices=currencies)
    region = SelectField(_l("Country of phone numbers"), choices=regions)
    touch_every_days = WholeField(_l("Days between touches"), whole_between(1, 730))
    reassure_after_days = WholeField(_l("Days from a purchase to its reassurance"), whole_between(0, 90))
    ask_at_most = WholeField(_l("Surveys, reminders and offers to a person, at most"), whole_between(1, 30))
    ask_within_days = WholeField(_l("Within days"), whole_between(1, 365))
    remind_after_days = WholeField(_l("Days of silence before the one reminder"), whole_between(0, 60))
    answer_within_days = WholeField(_l("Days in which an invitation can be answered"), whole_between(1, 365))
    recover_within_days = WholeField(_l("Days to make an unhappy answer right"), whole_between(0, 30))
    silent_after_days = WholeField(_l("Days without a touch before a customer is silent"), whole_between(7, 365))
    ledger_days = WholeField(_l("Days in which a link to the promises works"), whole_between(1, 730))
    hand_off_days = WholeField(_l("Days in which a hand-off is answered"), whole_between(1, LONGEST_WAIT_DAYS))
    goal = TextField(_l("What everybody runs for"), longest=120)
    goal_clients = WholeField(_l("Buyers who become clients"), whole_between(0, 1_000_000))
    goal_period = SelectField(_l("In each"), choices=options(PERIODS))
    digest_hour = SelectField(_l("Hour of the morning digest"), coerce=int, choices=options(HOURS))
    digest_days = SelectField(_l("Days of the morning digest"), coerce=int, choices=options(DIGEST_DAYS))
    holidays = HolidaysField(_l("Holidays"), longest=5000)
    privacy = LongTextField(_l("Addition to the privacy notice"), longest=4000)
