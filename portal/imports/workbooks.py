"""XLSX files, opened only after their size, once unpacked, is known to be bearable."""

import re
import zipfile
import zlib
from pathlib import Path

import python_calamine as calamine

from portal.imports.limits import LARGEST_FILE, LARGEST_UNPACKED, MOST_CELLS, Unreadable

_BLOCK = 1 << 20
_BROKEN = (
    calamine.CalamineError,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    OSError,
    ValueError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)


def open_sheet(path: Path, name: str, wanted: str) -> tuple[calamine.CalamineSheet, str, list[str]]:
    """The wanted sheet, or the first visible one that holds anything; its name; and the names of all visible ones."""
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_odd_archive(archive, name)
            _refuse_bomb(archive)
        with calamine.load_workbook(str(path)) as book:
            sheets = [each.name for each in book.sheets_metadata if each.visible == calamine.SheetVisibleEnum.Visible]
            for each in [wanted] if wanted in sheets else sheets:
                opened = book.get_sheet_by_name(each)
                if opened.height:
                    return opened, each, sheets
    except Unreadable:
        raise
    except calamine.PasswordError as error:
        raise Unreadable("password") from error
    except _BROKEN as error:
        raise Unreadable("broken_workbook" if name.lower().endswith((".xlsx", ".xlsm")) else "zip") from error
    raise Unreadable("empty")


def _refuse_odd_archive(archive: zipfile.ZipFile, name: str) -> None:
    entries = set(archive.namelist())
    if "xl/workbook.xml" not in entries or "[Content_Types].xml" not in entries:
        raise Unreadable("zip")
    if name and not name.lower().endswith((".xlsx", ".xlsm")):
        raise Unreadable("workbook_misnamed")
    if len(entries) > 5000:
        raise Unreadable("too_large", most=LARGEST_FILE // 1024 // 1024)


_TOO_FAR = re.compile(rb"\br=[\"'](?:[A-Za-z]{3,}[0-9]|[A-Za-z]*[0-9]{7})|\br\s+=|\br=\s")
_FAR_COLUMN = re.compile(rb"\br=[\"']([A-Za-z]{2})[0-9]")
_FAR_ROW = re.compile(rb"\br=[\"'][A-Za-z]*([0-9]{6})[\"']")


def _refuse_bomb(archive: zipfile.ZipFile) -> None:
    """Unpack everything once, a block at a time, and refuse what would not fit: by its true size, or by a far corner.

    The reader lays out a sheet as a full rectangle, so two cells at A1 and XFD1048576 would ask for all the memory
    there is.
    """
    unpacked = 0
    for entry in archive.infolist():
        rows, columns, tail = 99_999, 26, b""
        entry.file_size = 1 << 62  # the header may lie; the stream's own end does not
        with archive.open(entry) as stream:
            while block := stream.read(_BLOCK):
                unpacked += len(block)
                if unpacked > LARGEST_UNPACKED:
                    raise Unreadable("too_large", most=LARGEST_FILE // 1024 // 1024)
                if entry.filename.startswith("xl/worksheets/"):
                    rows, columns = _corner(tail + block, rows, columns)
                    tail = block[-40:]
        if rows * columns > MOST_CELLS:
            raise Unreadable("too_many_cells_in_all", most=MOST_CELLS)


def _corner(xml: bytes, rows: int, columns: int) -> tuple[int, int]:
    """The far corner so far, never less than it is: rows count from 99,999 and columns from 26, as more is rare."""
    if _TOO_FAR.search(xml):
        raise Unreadable("too_many_cells_in_all", most=MOST_CELLS)
    if _FAR_ROW.search(xml):
        rows = max(rows, int(max(_FAR_ROW.findall(xml))))
    for letters in set(_FAR_COLUMN.findall(xml)):
        first, second = letters.upper()
        columns = max(columns, (first - 64) * 26 + second - 64)
    return rows, columns
