"""The shape of what is typed about users: to get in, to let others in, and about oneself."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import EmailInput

from portal.buying_centre.terms import LEVELS
from portal.choices import WordField
from portal.fields import MAILABLE, EmailTextField, FormIdField, TextField, VersionField, options
from portal.language import LANGUAGES
from portal.users.models import ROLES

ROLE_NAMES = {"owner": _l("Owner"), "sales": _l("Sales"), "marketing": _l("Marketing"), "support": _l("Support")}


class SignInForm(FlaskForm):
    """Who is there?"""

    email = TextField(_l("Email"), longest=254, required=True, widget=EmailInput())
    password = PasswordField(_l("Password"), [DataRequired(), Length(max=4096)])


class ForgottenForm(FlaskForm):
    """Where to send the link."""

    email = EmailTextField(_l("Email"), [MAILABLE], required=True)


class NewPasswordForm(FlaskForm):
    """The password to sign in with from now on."""

    password = PasswordField(_l("New password"), [DataRequired(), Length(max=4096)])


class ChangePasswordForm(FlaskForm):
    """Another password, by somebody who knows the present one."""

    current_password = PasswordField(_l("Current password"), [DataRequired(), Length(max=4096)])
    password = PasswordField(_l("New password"), [DataRequired(), Length(max=4096)])


class DetailsForm(FlaskForm):
    """What a user says about themselves."""

    version = VersionField()
    name = TextField(_l("Name"), longest=120, required=True)
    locale = SelectField(_l("Language"), choices=options([("", _l("The firm's language")), *LANGUAGES]))


class InviteForm(FlaskForm):
    """A colleague to be let in."""

    form_id = FormIdField()
    name = TextField(_l("Name"), longest=120, required=True)
    email = EmailTextField(_l("Email"), [MAILABLE], required=True)
    role = SelectField(_l("Role"), choices=options(ROLE_NAMES.items()), default="support")


class RightsForm(FlaskForm):
    """What a user may do, and whom at a customer this user meets at eye level."""

    role = SelectField(_l("Role"), choices=options(ROLE_NAMES.items()))
    level = WordField(_l("Level"), words=("", *LEVELS), default="")


assert tuple(ROLE_NAMES) == ROLES
