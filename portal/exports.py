"""Tables as files for spreadsheets, CSV and XLSX. The only writer of either.

A cell that a spreadsheet could take for a formula is written as text. Days and numbers stay days and numbers. A file is
whole before it is sent: what fails becomes an error, never half a file, and a slow reader holds no transaction open.
"""

import csv as csv_writer
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from unicodedata import combining, normalize
from urllib.parse import quote

import xlsxwriter
from flask import Response

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PIECE = 64 * 1024
LONGEST_CELL = 32_767
"""Characters that a cell of a workbook holds."""
LONGEST_TAB = 31
"""Characters of UTF-16 of the name of a sheet."""
NARROWEST = 12
"""Characters of the narrowest column of a workbook: in a narrower one, a spreadsheet shows a day as hashes."""
_DAY = re.compile(r"-\d{4}-\d\d-\d\d$", re.ASCII)


def named(title: str, on: date) -> str:
    """The name of a file of what has that title, as of that day, without its ending: `les-toca-comprar-2026-05-01`."""
    words = re.findall(r"\w+", title.lower().replace("'", ""))
    return "-".join([*words, on.isoformat()])


def safe_text(text: str) -> str:
    """The text, marked as text (by `'`) where a spreadsheet would calculate with it."""
    return "'" + text if text.lstrip(" ").startswith(STARTS_A_FORMULA) else text


def asked(kind: str | None, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A file of the kind that an address asks for: `xlsx`, else CSV."""
    return xlsx(name, header, rows) if kind == "xlsx" else csv(name, header, rows)


def csv(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A CSV file of that name (without ending), in UTF-8 with its mark. Its rows are never all in memory."""
    file = tempfile.SpooledTemporaryFile(max_size=1024 * 1024)  # noqa: SIM115 - closed once sent
    page = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")  # without its mark, it is read as something else
    writer = csv_writer.writer(page)
    writer.writerow([_csv_cell(cell) for cell in header])
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    page.detach()
    return _file(f"{name}.csv", CSV_TYPE, file)


def _csv_cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        return safe_text(value)
    return value.isoformat() if isinstance(value, date) else value


def xlsx(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """An XLSX file of that name (without ending): a table with its header frozen."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed once sent
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_sheet_name(name))
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(header):
        sheet.write_string(0, column, str(title), bold)
        sheet.set_column(column, column, max(NARROWEST, len(title) + 2))
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            _write(sheet, number, column, value, day)
    book.close()
    return _file(f"{name}.xlsx", XLSX_TYPE, file)


def _sheet_name(name: str) -> str:
    """What stands on the sheet's tab: the file's name without its day, in words."""
    words = _DAY.sub("", name).replace("-", " ").strip()
    words = words[:1].upper() + words[1:]
    return words.encode("utf-16-le")[: 2 * LONGEST_TAB].decode("utf-16-le", "ignore")


def _write(sheet: Any, row: int, column: int, value: Any, day: Any) -> None:
    if isinstance(value, bool) or value is None or value == "":
        return
    if isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, value)
    elif isinstance(value, date) and value.year >= 1900:
        sheet.write_datetime(row, column, value, day)
    else:
        sheet.write_string(row, column, str(value)[:LONGEST_CELL])


def _file(name: str, kind: str, file: Any) -> Response:
    file.seek(0)
    bare = "".join(each for each in normalize("NFKD", name) if not combining(each))
    ascii_name = bare.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    attachment = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name)}"
    return Response(_pieces_of(file), headers={"Content-Type": kind, "Content-Disposition": attachment})


def _pieces_of(file: Any) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
