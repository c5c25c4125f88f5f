"""The fields that let text into the house, cleaned. Every form takes its text through these."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.fields import SelectChoice
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, Email, Length, StopValidation
from wtforms.widgets import EmailInput, TelInput, TextArea

from portal import formats
from portal.contacts.emails import EmailNotUnderstood, normalise_email
from portal.contacts.phones import PhoneNotUnderstood, normalise_phone
from portal.texts import UnfitText, clean_line, clean_text, without_unfit

MAILABLE = Email(_l("That is not an e-mail address. It looks like name@firm.example."), allow_smtputf8=False)
"""Besides the shape: an address that every mail server takes. For those to whom the portal itself writes."""


def options(pairs: Iterable[tuple[Any, Any]], group: str | None = None) -> list[SelectChoice]:
    """What a `SelectField` offers: (value, words) each, all of them under the heading of a group if there is one."""
    return [SelectChoice(value, words, optgroup=group) for value, words in pairs]


class TextField(StringField):
    """One line of text, cleaned, of at most `longest` characters; its data is never None."""

    clean = staticmethod(clean_line)

    def __init__(
        self,
        label: Any = None,
        validators: Sequence[Any] = (),
        *,
        longest: int = 200,
        required: bool = False,
        **kwargs: Any,
    ) -> None:
        first = [DataRequired()] if required else []
        super().__init__(label, [*first, Length(max=longest), *validators], **kwargs)

    def process_data(self, value: Any) -> None:
        """A value of ours."""
        self.data = value or ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """What was typed; raises ValueError, with words, when it can't be kept."""
        typed = valuelist[0] if valuelist and isinstance(valuelist[0], str) else ""
        try:
            self.data = self.clean(typed)
        except UnfitText:
            self.data = without_unfit(typed)
            raise ValueError(_("It holds characters that can't be kept. Type it again without them.")) from None

    def pre_validate(self, form: BaseForm) -> None:
        """What could not be read is told once; nothing more is asked of it."""
        if self.process_errors:
            raise StopValidation

    def _value(self) -> str:
        """What the input shows."""
        return self.data or ""


class LongTextField(TextField):
    """Several lines of text, cleaned, of at most `longest` characters."""

    widget = TextArea()
    clean = staticmethod(clean_text)


class EmailTextField(TextField):
    """An e-mail address, in lower case; its shape is checked. Empty is allowed unless `required`."""

    widget = EmailInput()

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, validators, longest=kwargs.pop("longest", 254), **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """What was typed, in the form in which addresses are compared."""
        super().process_formdata(valuelist)
        if self.data:
            try:
                self.data = normalise_email(self.data)
            except EmailNotUnderstood:
                raise ValueError(_("That is not an e-mail address. It looks like name@firm.example.")) from None


class PhoneField(TextField):
    """A phone number, kept as E.164. Numbers without a prefix are of the firm's country."""

    widget = TelInput()

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, validators, longest=kwargs.pop("longest", 40), **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """What was typed, in the form in which numbers are compared."""
        super().process_formdata(valuelist)
        if self.data:
            try:
                self.data = normalise_phone(self.data, g.firm.region)
            except PhoneNotUnderstood:
                raise ValueError(_("That is not a phone number. Write it with its area code.")) from None

    def _value(self) -> str:
        """The number as people read it; what was not understood, as it was typed."""
        return formats.phone(self.data) if self.data and self.data.startswith("+") else (self.data or "")


class FormIdField(HiddenField):
    """What makes a form that is sent twice one and the same: made at GET, kept with what it created."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("", default=lambda: str(uuid4()), **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """An id of ours, or a new one in the place of anything else."""
        try:
            self.data = str(UUID(valuelist[0])) if valuelist else str(uuid4())
        except (ValueError, AttributeError, TypeError):
            self.data = str(uuid4())


class VersionField(HiddenField):
    """The version of a record that somebody saw when beginning to edit it. Anything but a number is 0: an old one."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A whole number."""
        typed = valuelist[0] if valuelist else ""
        fit = isinstance(typed, str) and typed.isascii() and typed.isdigit() and len(typed) < 10
        self.data = int(typed) if fit else 0
