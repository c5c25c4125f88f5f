"""How one file is read: what was guessed, corrected by what a person chose. Kept with the import as plain JSON."""

from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, Self

from portal import clock
from portal.imports import columns, reading
from portal.imports.reading import Table
from portal.imports.survey import Survey, survey
from portal.imports.values import Habits


@dataclass(frozen=True)
class Choices:
    """None and empty mean: as the file shows it."""

    source: str = "file"
    mapping: dict[str, str] = field(default_factory=dict)
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    day_first: bool | None = None
    decimal: str | None = None
    currency: str = "MXN"
    add_lines: bool | None = None
    zone: str = "UTC"
    region: str = "MX"
    headers: list[str] = field(default_factory=list)
    """The names of all columns, for the file of refused rows."""
    today: str = ""
    """The firm's day when the file was checked: what lies after it is refused, also when an import resumes later."""

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """As `to_json` has kept them; what is unknown is left out."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)

    def open(self, path: Path, name: str = "") -> Table:
        """The file, read in this way. Raises Unreadable."""
        return reading.open_table(path, name, encoding=self.encoding, delimiter=self.delimiter, sheet=self.sheet)

    def settled(self, shown: Survey) -> Survey:
        """What the file shows, corrected by what was chosen."""
        return replace(
            shown,
            day_first=shown.day_first if self.day_first is None else self.day_first,
            decimal=self.decimal or shown.decimal,
            add_lines=shown.add_lines if self.add_lines is None else self.add_lines,
        )

    def habits(self, shown: Survey) -> Habits:
        """How the writer of the file writes."""
        settled = self.settled(shown)
        return Habits(
            day_first=settled.day_first,
            decimal=settled.decimal,
            currency=self.currency,
            zone=clock.zone_named(self.zone),
            region=self.region,
            today=date.fromisoformat(self.today) if self.today else clock.today(),
        )

    def open_questions(self, shown: Survey) -> list[str]:
        """What could be read both ways and was not answered: `day_first`, `decimal`."""
        asked = []
        if shown.ask_day_first and self.day_first is None:
            asked.append("day_first")
        if shown.ask_decimal and self.decimal is None:
            asked.append("decimal")
        return asked


def guessed(kind: str, table: Table, *, currency: str, zone: str, region: str) -> Choices:
    """The choices that the file itself suggests, with the firm's currency, time zone and region."""
    guess = columns.guess(kind, table.headers, table.sample)
    return Choices(
        source=guess.source,
        mapping=guess.mapping,
        encoding=table.encoding if table.kind == "csv" else "",
        delimiter=table.delimiter if table.kind == "csv" else "",
        sheet=table.sheet,
        headers=table.headers,
        currency=guess.currency or currency,
        zone=zone,
        region=region,
    )


def surveyed(kind: str, table: Table, mapping: dict[str, str]) -> Survey:
    """What the whole file shows; of a list of customers, only how many rows it has. Raises BadMapping, Unreadable."""
    return survey(table.rows(), columns.places(mapping, table.headers) if kind == "purchases" else {})
