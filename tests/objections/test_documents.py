"""Documents that support the answers: what they are is read from what they hold, and nothing is unpacked or shown."""

import io
import os
import zipfile
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.imports.limits import Unreadable
from portal.objections import documents, jobs
from portal.objections.models import Document
from tests.browser import Browser
from tests.cast import Cast
from tests.objections.library import an_objection, verbs

PDF = b"%PDF-1.7\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 20
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\0"


def archive(**parts: str) -> bytes:
    """A zip of these parts, none of them packed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, content in parts.items():
            file.writestr(zipfile.ZipInfo(name), content)
    return made.getvalue()


DOCX = archive(**{"[Content_Types].xml": "", "word/document.xml": "x"})
XLSX = archive(**{"[Content_Types].xml": "", "xl/workbook.xml": "x"})
ODT = archive(**{"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "x"})


def send(browser: Browser, content: bytes, name: str, id: int = 1) -> Any:
    data = {"file": (io.BytesIO(content), name)}
    return browser.post(f"/settings/objections/{id}/document", data=data, content_type="multipart/form-data")


@pytest.mark.once
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"), (PNG, "png"), (JPEG, "jpeg"), (DOCX, "docx"), (XLSX, "xlsx"), (ODT, "odt"),
        ("Garantía de diez años\r\n".encode(), "text"), ("Garantía".encode("cp1252"), "text"),
    ],
)  # fmt: skip
def test_a_kind_is_told_by_the_content(content: bytes, kind: str) -> None:
    assert documents.kind_of(io.BytesIO(content)) == kind


MANY = b"PK\x03\x04" + b"\0" * 300_000 + b"PK\x05\x06" + b"\0" * 8 + (300_000).to_bytes(4, "little") + b"\0" * 6


@pytest.mark.once
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", documents.Empty),
        (b"<!doctype html><script>alert(1)</script>", documents.NotTaken),
        (b"\xef\xbb\xbf \n<svg onload=alert(1)>", documents.NotTaken),
        (b" " * 70_000 + b"<html>", documents.NotTaken),
        (b"MZ\x90\x00\x03", documents.NotTaken),
        (b"GIF89a\x00", documents.NotTaken),
        (archive(**{"a.txt": "x"}), documents.NotTaken),
        (archive(**{"../../x.docx": "x", "word/document.xml": "x"}), documents.NotTaken),
        (archive(**{"mimetype": "application/vnd.oasis.opendocument.text-web", "content.xml": ""}), documents.NotTaken),
        (archive(**{"[Content_Types].xml": "", "word/document.xml": "", "word/vbaProject.bin": ""}),
         documents.WithMacros),
        (b"PK\x03\x04 and nothing else", documents.NotTaken),
        (MANY, documents.NotTaken),
        (DOCX[:-30], documents.NotTaken),
    ],
)  # fmt: skip
def test_what_is_none_of_them_is_refused(content: bytes, why: type[Exception]) -> None:
    with pytest.raises(why):
        documents.kind_of(io.BytesIO(content))


def test_added_saved_replaced_and_removed(owner: Browser, support: Browser, stranger: Browser, cast: Cast) -> None:
    an_objection(cast)
    db.session.commit()
    here = "/settings/objections/1/document"
    assert support.get(here).status_code == 404
    assert send(owner, PDF, "..\\..\\C:\\<b>Gu\u202eía.pdf").status_code == 303
    assert "&lt;b&gt;Guía.pdf" in support.get("/settings/objections/1").text
    answer = support.get(here)
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert stranger.get(here).location.startswith("/sign-in")
    assert send(owner, "Diez años".encode(), "garantia.txt").status_code == 303
    assert support.get(here).data == "Diez años".encode()
    [kept] = db.session.scalars(select(Document))
    assert documents.path_of(kept.stored_as).stat().st_mode & 0o077 == 0
    assert owner.post(f"{here}/remove").status_code == 303
    assert support.get(here).status_code == 404
    assert verbs() == ["written", "document_added", "document_added", "document_removed"]


def test_what_is_not_taken_is_said_and_nothing_kept(owner: Browser, support: Browser, cast: Cast) -> None:
    an_objection(cast)
    db.session.commit()
    before = set(documents.folder().glob("*"))
    for content, name, said in (
        (b"<html><script>alert(1)</script>", "offer.pdf", "content is none of them"),
        (PDF, "offer.html", "the file is PDF, but its name says otherwise"),
        (b"just words", "offer.pdf", "the file is TXT"),
        (DOCX, "offer", "the file is DOCX"),
        (b"", "offer.pdf", "The file is empty."),
    ):
        answer = send(owner, content, name)
        assert answer.status_code == 422
        assert said in answer.text
    assert owner.post("/settings/objections/1/document").status_code == 422
    assert send(owner, PDF, "offer.pdf", id=99).status_code == 404
    assert send(support, PDF, "offer.pdf").status_code == 403
    assert db.session.scalars(select(Document)).all() == []
    assert set(documents.folder().glob("*")) == before


def test_a_large_one_is_413(app: Flask, owner: Browser, stranger: Browser, cast: Cast) -> None:
    an_objection(cast)
    db.session.commit()
    larger = PDF + b"x" * app.extensions["settings"].document_limit
    assert send(owner, larger, "large.pdf").status_code == 413  # by a little more than the form's other fields may take
    assert send(owner, larger + b"x" * 70_000, "large.pdf").status_code == 413
    assert send(stranger, PDF + b"x" * 600_000, "large.pdf").status_code == 413
    assert send(owner, PDF + b"x" * 600_000, "fits.pdf").status_code == 303
    assert db.session.scalars(select(Document.size)).all() == [len(PDF) + 600_000]


def test_files_that_no_document_names_leave_a_day_later(app: Flask, cast: Cast) -> None:
    taken = [documents.take(io.BytesIO(PDF), "a.pdf", 1000) for _ in range(3)]
    objection = an_objection(cast)
    from portal.objections import library

    library.attach(objection, taken[0], cast.sales)
    db.session.commit()
    long_ago = clock.now().timestamp() - 2 * 24 * 3600
    for each in taken[:2]:
        os.utime(documents.path_of(each.stored_as), (long_ago, long_ago))
    jobs.tidy()
    assert [documents.path_of(each.stored_as).exists() for each in taken] == [True, False, True]
    with pytest.raises(Unreadable):
        documents.path_of("../portal.db")
