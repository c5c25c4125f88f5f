"""The shape of an objection, of an answer to it, and of what supports them."""

from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Field
from wtforms.validators import ValidationError
from wtforms.widgets import URLInput

from portal.fields import FormIdField, LongTextField, TextField, VersionField
from portal.forms import Form
from portal.objections.models import LONGEST, LONGEST_ANSWER, LONGEST_LINK


class LinkField(TextField):
    """The address of a page, `https://…`, or nothing."""

    widget = URLInput()

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, longest=LONGEST_LINK, **kwargs)

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """Refuse whatever is no whole address of a page on the secure web."""
        if self.data and not is_page(self.data):
            raise ValidationError(_("Write the whole address of the page: it begins with https://."))


def is_page(address: str) -> bool:
    """Is it the address of a page, and nothing that runs or tricks?"""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    plain = " " not in address and "\\" not in address and "@" not in parts.netloc
    return parts.scheme == "https" and bool(host) and plain


class ObjectionForm(Form):
    """What customers say, and a page that helps to answer it."""

    form_id = FormIdField()
    version = VersionField()
    text = TextField(_l("Objection"), longest=LONGEST, required=True)
    link = LinkField(_l("Link"))


class NewObjectionForm(ObjectionForm):
    """The same with the first answer, which may come later."""

    answer = LongTextField(_l("Answer"), longest=LONGEST_ANSWER)


class AnswerForm(Form):
    """One answer."""

    form_id = FormIdField()
    version = VersionField()
    text = LongTextField(_l("Answer"), longest=LONGEST_ANSWER, required=True)


class DocumentForm(FlaskForm):
    """A file that supports the answers."""

    file = FileField(_l("File"))

    def validate_file(self, field: Field) -> None:
        """There must be one."""
        if not getattr(field.data, "filename", ""):
            raise ValidationError(_("Choose a file."))
