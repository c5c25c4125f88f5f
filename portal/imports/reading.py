"""A firm's file as a stream of rows: CSV in the encodings and delimiters that are met in practice, and XLSX.

The content decides, never the name: a zip, a web page or any other binary is refused before a row is read. A CSV is
read line by line and never held in memory; a workbook is opened only after its own size, once unpacked, is known to
be bearable.
"""

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import python_calamine as calamine

from portal.imports.limits import LARGEST_FILE, MOST_COLUMNS, MOST_ROWS, Unreadable
from portal.imports.values import Cell, text_of
from portal.imports.workbooks import open_sheet

SAMPLE_ROWS = 200
ENCODINGS = ("utf-8", "cp1252", "iso8859_1", "mac_roman", "cp850", "utf-16")
DELIMITERS = ",;\t|"

_BLOCK = 1 << 20
_BINARY = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1f]")
_MARKUP = re.compile(rb"\s*<(?:!doctype|!--|\?xml|html|head|body|table|meta|script|div|svg)", re.IGNORECASE)
_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", "old_excel"),
    (b"%PDF", "binary"),
    (b"\x1f\x8b", "zip"),
    (b"\x89PNG", "binary"),
    (b"\xff\xd8\xff", "binary"),
    (b"GIF8", "binary"),
    (b"{\\rtf", "binary"),
    (b"Rar!", "zip"),
    (b"7z\xbc\xaf", "zip"),
    (b"SQLite format 3", "binary"),
)


@dataclass
class Table:
    """One opened file: how it is written, its column names, and its rows as often as they are asked for."""

    path: Path
    kind: str  # csv or xlsx
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    first: int = 2  # number of the first data row, as a spreadsheet counts
    sample: list[list[Cell]] = field(default_factory=list)
    _opened: calamine.CalamineSheet | None = None

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Every row below the headers with its number, padded to the headers; blank ones are left out."""
        width = len(self.headers)
        for number, row in enumerate(islice(self._records(), self.first - 1, None), self.first):
            if number >= MOST_ROWS + self.first:
                raise Unreadable("too_many_rows", most=MOST_ROWS)
            if len(row) < width:
                if not row:
                    continue
                row.extend([""] * (width - len(row)))
            if row[0] == "" and not any(cell != "" for cell in row):
                continue
            yield number, row

    def _records(self) -> Iterator[list[Cell]]:
        """Everything in the file from its first line; a sheet is unpacked once and kept while the table is."""
        if self.kind == "csv":
            return _csv_records(self.path, self.encoding, self.delimiter)
        if self._opened is None:
            self._opened = open_sheet(self.path, "", self.sheet)[0]
        return self._opened.iter_rows()


def open_table(path: Path, name: str = "", *, encoding: str = "", delimiter: str = "", sheet: str = "") -> Table:
    """Look at a file and say how it is written; what is given is taken as given, the rest is found out.

    `name` is what the file was called where it came from: only its ending is used, to say what is wrong. Raises
    Unreadable.
    """
    size = path.stat().st_size
    if size == 0:
        raise Unreadable("empty")
    if size > LARGEST_FILE:
        raise Unreadable("too_large", most=LARGEST_FILE // 1024 // 1024)
    with path.open("rb") as file:
        start = file.read(4096)
        if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            opened, chosen, sheets = open_sheet(path, name, sheet)
            table = Table(path, "xlsx", sheet=chosen, sheets=sheets, _opened=opened)
        else:
            _refuse_binary(start, name)
            encoding = _encoding(file, encoding)
            table = Table(path, "csv", encoding=encoding, delimiter=delimiter or _delimiter(path, encoding))
    _find_headers(table)
    return table


def _refuse_binary(start: bytes, name: str) -> None:
    """What is certainly no CSV, by its first bytes."""
    for signature, code in _SIGNATURES:
        if start.startswith(signature):
            raise Unreadable(code)
    if _MARKUP.match(start.removeprefix(b"\xef\xbb\xbf")):
        raise Unreadable("html")
    if name.lower().endswith((".xlsx", ".xlsm")):
        raise Unreadable("not_a_workbook")


# --------------------------------------------------------------------------------------------------------------- CSV


def _encoding(file: BinaryIO, wanted: str) -> str:
    """The encoding of a CSV: by its mark, then strictly UTF-8, then UTF-16 by its zeros, then the likeliest old one."""
    file.seek(0)
    start = file.read(4)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _checked(file, "utf-16")
    zeros = start.count(0)
    if zeros == 2 and start[1] == start[3] == 0:
        return _checked(file, "utf-16-le")
    if zeros == 2 and start[0] == start[2] == 0:
        return _checked(file, "utf-16-be")
    for block in _blocks(file):
        if 0 in block:
            raise Unreadable("nul")
        if _BINARY.search(block):
            raise Unreadable("binary")
    if wanted and wanted in ENCODINGS:
        return _checked(file, wanted)
    try:
        return _checked(file, "utf-8-sig" if start[:3] == b"\xef\xbb\xbf" else "utf-8")
    except Unreadable:
        return _old_encoding(file)


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(_BLOCK):
        yield block


def _checked(file: BinaryIO, encoding: str) -> str:
    """The encoding, once the whole file is seen to be written in it."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in _blocks(file):
            if "\0" in decoder.decode(block):
                raise Unreadable("nul")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise Unreadable("encoding", encoding=encoding) from error
    return encoding


_EXPECTED = frozenset("áéíóúüñÁÉÍÓÚÜÑ¿¡çÇàèìòùâêîôûäëïöãõÀÈÖÄ€°ºª«»–—’‘“”…´·®™")


def _old_encoding(file: BinaryIO) -> str:
    """The likeliest one-byte encoding, from the lines that are not plain ASCII; it can be corrected by hand.

    The one in which nearly every special character is one that Western names hold; where none is, a general detector
    decides.
    """
    telling = b"".join(
        line for block in _blocks(file) for line in block.splitlines(keepends=True) if not line.isascii()
    )[:65_536]
    scores = {encoding: _familiar(telling, encoding) for encoding in ("cp1252", "mac_roman", "cp850")}
    found = max(scores, key=lambda encoding: scores[encoding])
    if scores[found] < 0.9:
        from charset_normalizer import from_bytes

        best = from_bytes(telling, cp_isolation=list(scores)).best()
        found = best.encoding if best else "iso8859_1"
    try:
        return _checked(file, found)
    except Unreadable:
        return _checked(file, "iso8859_1")


def _familiar(telling: bytes, encoding: str) -> float:
    """The share of special characters that look at home, were the text written in this encoding."""
    special = [character for character in telling.decode(encoding, "replace") if not character.isascii()]
    return sum(1 for character in special if character in _EXPECTED) / max(len(special), 1)


def _csv_records(path: Path, encoding: str, delimiter: str) -> Iterator[list[Cell]]:
    """The records of a CSV; quoted line ends belong to their cell."""
    with path.open(encoding=encoding, newline="") as file:
        try:
            yield from csv.reader(file, delimiter=delimiter)
        except csv.Error as error:
            raise Unreadable("cell_too_long" if "field larger" in str(error) else "broken") from error


def _delimiter(path: Path, encoding: str) -> str:
    """The delimiter under which the first rows have the same, largest width; Excel's `sep=;` line is believed."""
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline(64)
    if re.fullmatch(r"(?i)\"?sep=[,;\t|]\"?\s*", first):
        return first.strip('"')[4]
    return max(DELIMITERS, key=lambda mark: _evenness(path, encoding, mark))


def _evenness(path: Path, encoding: str, delimiter: str) -> tuple[float, int]:
    try:
        widths = [len(row) for row in islice(_csv_records(path, encoding, delimiter), 60) if row]
    except Unreadable:
        return 0.0, 0
    if not widths:
        return 0.0, 0
    usual = max(set(widths), key=lambda width: (widths.count(width), width))
    return (widths.count(usual) / len(widths) if usual > 1 else 0.0), usual


# ----------------------------------------------------------------------------------------------------------- headers


def _find_headers(table: Table) -> None:
    """Fill in the column names, the first data row's number and a sample, from the top of the file."""
    top = list(islice(table._records(), SAMPLE_ROWS + 20))
    filled = [index for index, row in enumerate(top) if any(text_of(cell) for cell in row) and not _is_sep_line(row)]
    if not filled:
        raise Unreadable("empty")
    wide = [index for index in filled[:20] if sum(1 for cell in top[index] if text_of(cell)) > 1]
    place = wide[0] if wide else filled[0]
    width = max(
        len(top[place]), max((_used(row) for row in top[place + 1 :]), default=0) if _headless(top[place]) else 0
    )
    if width > MOST_COLUMNS:
        raise Unreadable("too_many_columns", most=MOST_COLUMNS)
    table.headers = _names([] if _headless(top[place]) else top[place], width)
    table.first = place + (1 if _headless(top[place]) else 2)
    table.sample = [row for _, row in islice(table.rows(), SAMPLE_ROWS)]


def _is_sep_line(row: Sequence[Cell]) -> bool:
    return bool(row) and isinstance(row[0], str) and re.match(r"(?i)sep=", row[0]) is not None


def _used(row: Sequence[Cell]) -> int:
    """How many cells a row has up to its last filled one."""
    return max((index for index, cell in enumerate(row, 1) if text_of(cell)), default=0)


def _headless(row: Sequence[Cell]) -> bool:
    """Whether a first row is already data: it holds a date, an amount or an e-mail, which name no column."""
    return any(not isinstance(cell, str) or _looks_like_data(cell.strip()) for cell in row if cell != "")


def _looks_like_data(text: str) -> bool:
    return bool(
        re.fullmatch(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|[-+]?[$€£]?\s*\d[\d.,]*|[^@\s]+@[^@\s]+\.[a-z]{2,}", text)
    )


def _names(row: Sequence[Cell], width: int) -> list[str]:
    """One distinct name per column: `Amount`, `Amount (2)`; an unnamed one is called by its place, `#5`."""
    names: list[str] = []
    seen: set[str] = set()
    for place in range(width):
        text = " ".join(text_of(row[place]).split())[:80] if place < len(row) else ""
        name = base = text.lstrip("\ufeff") or f"#{place + 1}"
        count = 2
        while name in seen:
            name = f"{base} ({count})"
            count += 1
        seen.add(name)
        names.append(name)
    return names
