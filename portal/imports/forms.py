"""The shape of what is said about a file: the file itself, and how it is read."""

from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Field, RadioField, SelectField
from wtforms.validators import ValidationError

from portal import clock, money
from portal.fields import FormIdField, TextField, options
from portal.imports import columns, words
from portal.imports.choices import Choices, surveyed
from portal.imports.columns import FIELDS
from portal.imports.reading import ENCODINGS, Table
from portal.imports.values import text_of

ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "cp1252": "Windows (Western)",
    "iso8859_1": "Latin-1",
    "mac_roman": "Macintosh",
    "cp850": "MS-DOS",
    "utf-16": "UTF-16",
}
LONGEST_OPTION = 60
ANY = "any"
"""The answer to a question that leaves it to the file."""


class UploadForm(FlaskForm):
    """A file, and what it holds."""

    kind = RadioField(
        _l("What is in it?"),
        choices=options([("purchases", _l("Purchases")), ("customers", _l("Customers with their contacts"))]),
        default="purchases",
    )
    file = FileField(_l("File (CSV or XLSX)"))
    form_id = FormIdField()

    def validate_file(self, field: Field) -> None:
        """There must be one."""
        if not getattr(field.data, "filename", ""):
            raise ValidationError(_("Choose a file."))


class ReadingForm(FlaskForm):
    """How the file itself is written, where it was not understood."""

    encoding = SelectField(_l("Characters"), choices=options((code, ENCODING_NAMES[code]) for code in ENCODINGS))
    delimiter = SelectField(
        _l("Columns are parted by"),
        choices=options([(",", _l("comma")), (";", _l("semicolon")), ("\t", _l("tab")), ("|", _l("bar"))]),
    )
    sheet = SelectField(_l("Sheet"), choices=[])

    def offer(self, table: Table) -> None:
        """Ask only what this kind of file has."""
        if table.kind == "csv":
            del self.sheet
        else:
            del self.encoding, self.delimiter
            self.sheet.choices = options((name, name) for name in table.sheets)

    def chosen(self, choices: Choices) -> Choices:
        """The choices, with what was said here."""
        return replace(choices, **{field.name: field.data for field in self if field.name != "csrf_token"})


class ColumnsForm(FlaskForm):
    """Which column is what, and how dates and amounts are meant where the file does not show it."""

    day_first = RadioField(
        _l("How is 03/04/2026 meant?"),
        choices=options([(ANY, _l("as the file shows")), ("day", _l("3 April")), ("month", _l("4 March"))]),
        default=ANY,
    )
    decimal = RadioField(
        _l("How is 1,234 meant?"),
        choices=options(
            [
                (ANY, _l("as the file shows")),
                (".", _l("more than a thousand")),
                (",", _l("a little more than one")),
            ]
        ),
        default=ANY,
    )
    add_lines = RadioField(
        _l("When an order has several rows, the amount on each is"),
        choices=options(
            [(ANY, _l("as the file shows")), ("total", _l("the total of the order")), ("add", _l("a part of it"))]
        ),
        default=ANY,
    )
    currency = TextField(_l("Currency, where a row names none"), longest=3)

    def offer(self, kind: str, table: Table) -> None:
        """Let each of our fields be any of the file's columns."""
        offered = [("", "–")]
        for place, header in enumerate(table.headers):
            example = next((text for row in table.sample if place < len(row) and (text := text_of(row[place]))), "")
            shown = f"{header} — {example}" if example else header
            offered.append((str(place), shown if len(shown) <= LONGEST_OPTION else shown[: LONGEST_OPTION - 1] + "…"))
        for field in self.columns:
            if field.name.removeprefix("column_") in FIELDS[kind]:
                field.choices = options(offered)
                field.label.text = words.field_name(field.name.removeprefix("column_"))
            else:
                del self[field.name]
        if kind == "customers":
            del self.day_first, self.decimal, self.add_lines, self.currency
        self._headers = table.headers

    @property
    def columns(self) -> list[Field]:
        """The fields that each choose a column."""
        return [field for field in self if field.name.startswith("column_")]

    def show(self, choices: Choices) -> None:
        """Be filled in as these choices are."""
        for field in self.columns:
            header = choices.mapping.get(field.name.removeprefix("column_"))
            field.data = str(self._headers.index(header)) if header in self._headers else ""
        if "currency" in self:
            self.currency.data = choices.currency
            self.day_first.data = {None: ANY, True: "day", False: "month"}[choices.day_first]
            self.decimal.data = choices.decimal or ANY
            self.add_lines.data = {None: ANY, True: "add", False: "total"}[choices.add_lines]

    def validate_currency(self, field: Field) -> None:
        """A currency that there is."""
        try:
            field.data = money.currency_code(field.data)
        except money.NotMoney as refused:
            raise ValidationError(words.fault(refused.code, refused.params)) from None

    def chosen(self, choices: Choices) -> Choices:
        """The choices, with what was said here."""
        mapping = {
            field.name.removeprefix("column_"): self._headers[int(field.data)] for field in self.columns if field.data
        }
        if "currency" not in self:
            return replace(choices, mapping=mapping)
        return replace(
            choices,
            mapping=mapping,
            currency=self.currency.data,
            day_first={"day": True, "month": False}.get(self.day_first.data),
            decimal=None if self.decimal.data == ANY else self.decimal.data,
            add_lines={"add": True, "total": False}.get(self.add_lines.data),
        )

    def decided(self, kind: str, table: Table, choices: Choices) -> Choices | None:
        """The choices once nothing is open: every column that is needed, every question that the file leaves. None
        when the form has to say what is missing.
        """
        if not self.validate():
            return None
        chosen = self.chosen(choices)
        gaps = columns.missing(kind, chosen.mapping)
        if gaps:
            self.form_errors.append(words.missing(gaps))
            return None
        questions = chosen.open_questions(surveyed(kind, table, chosen.mapping))
        self._ask(questions)
        return None if questions else replace(chosen, today=clock.today().isoformat())

    def _ask(self, questions: list[str]) -> None:
        said = {
            "day_first": _("These dates can be read both ways, and nothing in the file decides it. Say how."),
            "decimal": _("These amounts can be read both ways, and nothing in the file decides it. Say how."),
        }
        for name in questions:
            self[name].errors = [said[name]]


def _column_fields() -> dict[str, Any]:
    names = dict.fromkeys([*FIELDS["purchases"], *FIELDS["customers"]])
    return {f"column_{name}": SelectField(choices=[]) for name in names}


for _name, _field in _column_fields().items():
    setattr(ColumnsForm, _name, _field)
