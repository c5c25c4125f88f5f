"""Fields for what is chosen rather than written: one of a few words, a number, a record, a day."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import Field, IntegerField
from wtforms.form import BaseForm
from wtforms.validators import ValidationError
from wtforms.widgets import DateInput, HiddenInput, html_params

from portal.texts import number_in


class WordField(Field):
    """One of a few words. What is left out takes the default; what is none of them is refused."""

    def __init__(self, label: Any = None, *, words: Sequence[str], default: str, **kwargs: Any) -> None:
        super().__init__(label, default=default, **kwargs)
        self.words = words

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The chosen word; raises ValueError, with words, on any other."""
        if not valuelist:
            return
        self.data = valuelist[0] if valuelist[0] in self.words else self.default
        if self.data != valuelist[0]:
            raise ValueError(_("Choose one of those that are offered."))


class WordsField(Field):
    """Some of a few words, in their order; none is none. Any other word is refused."""

    def __init__(self, label: Any = None, *, words: Sequence[str], **kwargs: Any) -> None:
        super().__init__(label, default=(), **kwargs)
        self.words = words

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The chosen words; raises ValueError, with words, on any other."""
        self.data = [word for word in self.words if word in valuelist]
        if any(word not in self.words for word in valuelist):
            raise ValueError(_("Choose one of those that are offered."))


MOST_WHOLE = 2**53
"""Up to here every whole number is an exact float too; `NumberRange` makes floats of them and fails on longer ones."""


class WholeField(IntegerField):
    """A whole number; what was typed in its place is shown again without what nobody can see."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A whole number; raises ValueError, with words, on anything else, and on one too long to reckon with."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write a whole number.")) from None
        if self.data is not None and abs(self.data) > MOST_WHOLE:
            self.data = None
            raise ValueError(_("That number is too long."))

    def _value(self) -> str:
        typed = str(self.raw_data[0])[:20] if self.raw_data else str(self.data if self.data is not None else "")
        return "".join(each for each in typed if each.isprintable())


class IdField(Field):
    """A record, by its id. Nothing is None; what can't be an id is 0, which nothing has."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A whole number that a database can hold."""
        typed = valuelist[0].strip() if valuelist and isinstance(valuelist[0], str) else ""
        self.data = number_in(typed) if typed else None

    def _value(self) -> str:
        return str(self.data) if self.data else ""


class Names:
    """A list to choose a record from, by its name."""

    def __call__(self, field: "RecordField", **attributes: Any) -> Markup:
        """The list; its first line is nobody."""
        html = Markup("<select {}>").format(Markup(html_params(**{"id": field.id, **attributes, "name": field.name})))  # noqa: S704
        for id, name in ((None, "–"), *field.choices):
            chosen = Markup(" selected") if id == (field.data or None) else ""
            html += Markup('<option value="{}"{}>{}</option>').format(id or "", chosen, name)
        return html + Markup("</select>")


class RecordField(IdField):
    """The same as a list to choose from: `choices` are (id, name) pairs; it may be left empty."""

    widget = Names()
    choices: Sequence[tuple[int, str]] = ()


class NextField(Field):
    """The page to go to afterwards: a path of ours, or nothing."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A path; anything else is nothing."""
        typed = valuelist[0] if valuelist and isinstance(valuelist[0], str) else ""
        fit = typed.startswith("/") and typed.isascii() and typed.isprintable() and len(typed) < 500
        self.data = typed if fit else ""

    def _value(self) -> str:
        return self.data or ""


EARLIEST = date(1900, 1, 1)


def of_our_time(form: BaseForm, field: Field) -> None:
    """Refuse a day of another age: a year whose first figures are missing."""
    if field.data is not None and field.data < EARLIEST:
        raise ValidationError(_("That is too long ago."))


class DayField(Field):
    """A day, as browsers write it. What was typed is kept, also when it is none."""

    widget = DateInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A day, or None when left empty; raises ValueError, with words, on anything else."""
        typed = valuelist[0].strip() if valuelist and isinstance(valuelist[0], str) else ""
        self.data = None
        if typed:
            with suppress(ValueError):
                self.data = date.fromisoformat(typed) if len(typed) == 10 else None
            if self.data is None:
                raise ValueError(_("Write the day as year-month-day."))

    def _value(self) -> str:
        if self.raw_data and self.raw_data[0] and self.data is None:
            return "".join(each for each in str(self.raw_data[0])[:20] if each.isprintable())
        return self.data.isoformat() if self.data else ""
