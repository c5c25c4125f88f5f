"""Text as it may enter the house, and the fields that let it in. Every form takes its text through these.

The same text is kept on both databases: normalised (NFC), without the space around it, and without what one of them
could not keep (NUL, lone surrogates) or nobody can see (control characters).
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from flask_babel import gettext as _
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import TextArea

# U+FFFD is what a lone surrogate or a broken byte has become by the time a form is parsed.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")
_SPACES = re.compile(r"[^\S\u3000]+")
MOST_VERSIONS = 2**31 - 1


class UnfitText(ValueError):
    """A text with characters that can't be kept."""


def clean_line(text: str) -> str:
    """One line of text: NFC, single spaces. Raises UnfitText."""
    return _SPACES.sub(" ", clean_text(text))


def clean_text(text: str) -> str:
    """Text of several lines: NFC, line ends as `\\n`. Raises UnfitText."""
    if text.isascii() and text.isprintable():
        return text.strip()
    if _UNFIT.search(text):
        raise UnfitText
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def without_unfit(text: str) -> str:
    """The text with a visible mark where it can't be kept: to be shown again, or looked for, never stored."""
    return _UNFIT.sub("\ufffd", text)


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
        first = DataRequired() if required else Optional(strip_whitespace=True)
        super().__init__(label, [first, Length(max=longest), *validators], **kwargs)

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

    def _value(self) -> str:
        """What the input shows."""
        return self.data or ""


class LongTextField(TextField):
    """Several lines of text, cleaned, of at most `longest` characters."""

    widget = TextArea()
    clean = staticmethod(clean_text)


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
        self.data = min(int(typed), MOST_VERSIONS) if fit else 0
