"""The shape of what the firm decides."""

from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, Email, Length

CURRENCIES = ("MXN", "USD", "EUR", "ARS", "BOB", "BRL", "CLP", "COP", "CRC", "DOP", "GBP", "GTQ", "HNL", "NIO", "PAB",
              "PEN", "PYG", "UYU", "CAD", "JPY")  # fmt: skip
LANGUAGES = [("es", "Español"), ("en", "English")]


def time_zones() -> list[str]:
    """Every IANA zone that names a place, and UTC."""
    places = (name for name in available_timezones() if "/" in name)
    return [*sorted(name for name in places if not name.startswith(("Etc/", "posix", "right"))), "UTC"]


class FirstRunForm(FlaskForm):
    """The firm and its first owner."""

    firm_name = StringField(_l("Firm name"), [DataRequired(), Length(max=120)])
    locale = SelectField(_l("Language"), choices=LANGUAGES)
    time_zone = SelectField(_l("Time zone"), choices=time_zones)
    currency = SelectField(_l("Currency"), choices=list(CURRENCIES))
    name = StringField(_l("Your name"), [DataRequired(), Length(max=120)])
    email = EmailField(_l("Email"), [DataRequired(), Length(max=254), Email()])
    password = PasswordField(_l("Password"), [DataRequired(), Length(max=1024)])
