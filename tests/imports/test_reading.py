"""Files as they come: encodings, delimiters, titles, ragged rows; and what is refused by its content."""

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from portal.imports import reading
from portal.imports.limits import Unreadable

TEXT = "Cliente;Fecha;Descripción\nMaría Ñúñez;31/01/2024;sillón de 3 años\nJosé;01/02/2024;caña\n"


def write(folder: Path, content: bytes | str) -> Path:
    path = folder / "stored"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "mac_roman", "cp850"],
)
def test_encodings(tmp_path: Path, encoding: str) -> None:
    table = reading.open_table(write(tmp_path, TEXT.encode(encoding)), "x.csv")
    assert table.headers == ["Cliente", "Fecha", "Descripción"]
    assert next(table.rows()) == (2, ["María Ñúñez", "31/01/2024", "sillón de 3 años"])


def test_an_encoding_can_be_said(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b\nmañana,1\n".encode("cp850"))
    assert reading.open_table(path, "x.csv", encoding="cp850").sample == [["mañana", "1"]]
    assert reading.open_table(path, "x.csv", encoding="mac_roman").sample != [["mañana", "1"]]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiters(tmp_path: Path, mark: str) -> None:
    text = f'a{mark}b{mark}c\n"x{mark}y"{mark}1.5{mark}z\n'
    table = reading.open_table(write(tmp_path, text), "x.csv")
    assert table.delimiter == mark
    assert table.sample == [[f"x{mark}y", "1.5", "z"]]


def test_excels_own_delimiter_line(tmp_path: Path) -> None:
    table = reading.open_table(write(tmp_path, "sep=;\na;b\n1;2,5\n"), "x.csv")
    assert (table.headers, list(table.rows())) == (["a", "b"], [(3, ["1", "2,5"])])


def test_a_title_above_the_headers_and_blank_rows(tmp_path: Path) -> None:
    text = "Reporte de ventas\n\nCliente,Fecha,Monto\nA,2024-01-01,5\n,,\n\nB,2024-01-01,6\n"
    table = reading.open_table(write(tmp_path, text), "x.csv")
    assert table.headers == ["Cliente", "Fecha", "Monto"]
    assert list(table.rows()) == [(4, ["A", "2024-01-01", "5"]), (7, ["B", "2024-01-01", "6"])]


def test_a_file_without_headers(tmp_path: Path) -> None:
    table = reading.open_table(write(tmp_path, "00001,1997-01-01,11.77\n00002,1997-01-12,12.00\n"), "x.csv")
    assert table.headers == ["#1", "#2", "#3"]
    assert [number for number, _ in table.rows()] == [1, 2]


def test_ragged_rows_and_repeated_headers(tmp_path: Path) -> None:
    table = reading.open_table(write(tmp_path, "a,a,,a\n1\n1,2,3,4,5\n"), "x.csv")
    assert table.headers == ["a", "a (2)", "#3", "a (3)"]
    assert list(table.rows()) == [(2, ["1", "", "", ""]), (3, ["1", "2", "3", "4", "5"])]


def test_a_line_end_inside_quotes_belongs_to_its_cell(tmp_path: Path) -> None:
    table = reading.open_table(write(tmp_path, 'a,b\r\n"x\r\ny",2\r\n3,4\r\n'), "x.csv")
    assert list(table.rows()) == [(2, ["x\r\ny", "2"]), (3, ["3", "4"])]


def test_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "stored"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Portada").hide()
    sheet = book.add_worksheet("Ventas")
    sheet.activate()
    sheet.set_first_sheet()
    sheet.write_row(1, 0, ["Cliente", "Fecha", "Monto", "Pedido"])
    sheet.write_row(2, 0, ["A", "", 19.99, 1001])
    day = dt.date(2024, 1, 31)
    sheet.write_datetime(2, 1, day, book.add_format({"num_format": "yyyy-mm-dd"}))
    book.close()
    table = reading.open_table(path, "ventas.xlsx")
    assert (table.kind, table.sheet, table.headers) == ("xlsx", "Ventas", ["Cliente", "Fecha", "Monto", "Pedido"])
    assert list(table.rows()) == [(3, ["A", dt.date(2024, 1, 31), 19.99, 1001.0])]


def zipped(**entries: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "x.csv", "empty"),
        (b"\n\n,,\n", "x.csv", "empty"),
        (zipped(a="b"), "x.csv", "zip"),
        (zipped(a="b"), "x.xlsx", "zip"),
        (b"PK\x03\x04 but not really", "x.csv", "zip"),
        (b"PK\x03\x04 but not really", "x.xlsx", "broken_workbook"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><table>", "x.csv", "html"),
        (b"<HTML><table>", "x.xlsx", "html"),
        (b"%PDF-1.7", "x.csv", "binary"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "x.xls", "old_excel"),
        (b"a,b\n1,2\n", "x.xlsx", "not_a_workbook"),
        (b"a,b\n1,\x002\n", "x.csv", "nul"),
        ("a,b\n1,\x002\n".encode("utf-16"), "x.csv", "nul"),
        (b"a,b\n\x01,2\n", "x.csv", "binary"),
        (b"\xff\xfea\x00,\x00b\x00\n\x00\x00\xd8\n\x00", "x.csv", "encoding"),
        (b"a,b\n" + b"x" * 140_000 + b",1\n", "x.csv", "cell_too_long"),
        (b",".join(b"c%d" % n for n in range(300)) + b"\n1,2\n", "x.csv", "too_many_columns"),
    ],
)
def test_what_is_no_table_is_refused_by_its_content(tmp_path: Path, content: bytes, name: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        reading.open_table(write(tmp_path, content), name)
    assert refused.value.code == code


def test_a_workbook_called_csv(tmp_path: Path) -> None:
    path = tmp_path / "stored"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet().write_row(0, 0, ["a", "b"])
    book.close()
    with pytest.raises(Unreadable) as refused:
        reading.open_table(path, "x.csv")
    assert refused.value.code == "workbook_misnamed"


@pytest.mark.parametrize("cell", ["XFD1048576", "ZZ900000", "A1048576", "A12345678901234567890"])
def test_a_workbook_with_a_far_corner(tmp_path: Path, cell: str) -> None:
    """The reader lays a sheet out as a full rectangle: two cells could ask for all the memory there is."""
    path = tmp_path / "made"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet().write_column(0, 0, ["x", "y"])
    book.close()
    with zipfile.ZipFile(path) as made:
        entries = {name: made.read(name).decode() for name in made.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    entries[sheet] = entries[sheet].replace('r="A2"', f'r="{cell}"')
    with pytest.raises(Unreadable) as refused:
        reading.open_table(write(tmp_path, zipped(**entries)), "x.xlsx")
    assert refused.value.code == "too_many_cells_in_all"


def test_a_workbook_that_swells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.imports.workbooks.LARGEST_UNPACKED", 1_000_000)
    entries = {"xl/workbook.xml": "x", "[Content_Types].xml": "x", "xl/media/a.bin": "0" * 2_000_000}
    with pytest.raises(Unreadable) as refused:
        reading.open_table(write(tmp_path, zipped(**entries)), "x.xlsx")
    assert refused.value.code == "too_large"


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_FILE", 10)
    with pytest.raises(Unreadable) as refused:
        reading.open_table(write(tmp_path, "a,b\n1,2\n3,4\n"), "x.csv")
    assert refused.value.code == "too_large"
    monkeypatch.undo()
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    assert len(reading.open_table(write(tmp_path, "a,b\n1,2\n3,4\n5,6\n"), "x.csv").sample) == 3
    with pytest.raises(Unreadable) as refused:
        reading.open_table(write(tmp_path, "a,b\n1,2\n3,4\n5,6\n7,8\n"), "x.csv")
    assert refused.value.code == "too_many_rows"
