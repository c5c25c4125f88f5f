"""Supporting documents: what a file is, by its content and never by what it is called; and where it is kept.

Nothing is unpacked: of an archive only its own list of names is read, and only as far as a document's reaches.
"""

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from portal.imports import uploads
from portal.imports.jobs import uploads_folder
from portal.rules import N_, BrokenRule

_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "pdf": ("application/pdf", ("pdf",)),
    "png": ("image/png", ("png",)),
    "jpeg": ("image/jpeg", ("jpg", "jpeg")),
    "docx": (f"{_OFFICE}wordprocessingml.document", ("docx",)),
    "xlsx": (f"{_OFFICE}spreadsheetml.sheet", ("xlsx",)),
    "odt": ("application/vnd.oasis.opendocument.text", ("odt",)),
    "text": ("text/plain", ("txt",)),
}
"""What is taken: the media type that it is served as, and how its name may end."""
ACCEPTED = ",".join(f".{ending}" for _, endings in KINDS.values() for ending in endings)

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_BLOCK = 1 << 16
_END_OF_ZIP = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
LONGEST_LIST = 256 * 1024
"""Bytes of an archive's list of names. A document has a few dozen parts; an archive made to do harm, millions."""


class NotTaken(BrokenRule):
    """The content is none of those that are taken."""

    message = N_(
        "The portal takes PDF, PNG, JPEG, DOCX, XLSX, ODT and plain text; this file's content is none of them."
    )


class Misnamed(BrokenRule):
    """A name that says something else than the content."""

    message = N_("By its content the file is %(kind)s, but its name says otherwise. Is it the right one?")


class WithMacros(BrokenRule):
    """A document that brings a program along."""

    message = N_("The document holds macros. Save it without them and try again.")


class Empty(BrokenRule):
    """A file of no bytes."""

    message = N_("The file is empty.")


class Taken(NamedTuple):
    """A file that was looked at and stored."""

    file_name: str
    stored_as: str
    kind: str
    size: int


def folder() -> Path:
    """Where this instance keeps its documents: beside the files of imports, which are thrown away."""
    return uploads_folder() / "documents"


def take(source: BinaryIO, name: str | None, most: int) -> Taken:
    """Store a file under a random name once its content is known. Raises a `BrokenRule`, or `Unreadable` beyond `most`
    bytes; then nothing is stored.
    """
    shown = "".join(each for each in uploads.shown_name(name) if each.isprintable())
    kind = kind_of(source)
    dot, ending = shown.rpartition(".")[1:]
    if not dot or ending.lower() not in KINDS[kind][1]:
        raise Misnamed(kind=kind.upper() if kind != "text" else "TXT")
    source.seek(0)
    stored = uploads.store(source, folder(), most)
    return Taken(shown, stored.name, kind, stored.size)


def path_of(stored_as: str) -> Path:
    """Where a document's file is. Raises `Unreadable` for any name that is not one of ours."""
    return uploads.path_of(folder(), stored_as)


def media_type(kind: str) -> str:
    """What a document of that kind is served as."""
    return KINDS[kind][0]


def kind_of(source: BinaryIO) -> str:
    """One of `KINDS`, by the content. Raises `Empty`, `WithMacros` or `NotTaken`."""
    source.seek(0)
    head = source.read(128)
    if not head:
        raise Empty
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_archive(source, head)
    if _is_text(source):
        return "text"
    raise NotTaken


def _kind_of_archive(source: BinaryIO, head: bytes) -> str:
    """An office document, by the names of its parts; an ODT says what it is in its first part, which is not packed."""
    names = set(_names_in(source))
    if any(name.lower().endswith(b"vbaproject.bin") or name.startswith(b"Basic/") for name in names):
        raise WithMacros
    if b"[Content_Types].xml" in names:
        if b"word/document.xml" in names:
            return "docx"
        if b"xl/workbook.xml" in names:
            return "xlsx"
    said = KINDS["odt"][0].encode()
    size, length = struct.unpack_from("<L4xH", head, 18)
    if head[30:].startswith(b"mimetype" + said) and (size, length) == (len(said), 8) and b"content.xml" in names:
        return "odt"
    raise NotTaken


def _names_in(source: BinaryIO) -> Iterator[bytes]:
    """The names in an archive's own list, which stands at its end. Raises `NotTaken` when there is none to be read."""
    end = source.seek(0, 2)
    source.seek(max(0, end - _BLOCK - _END_OF_ZIP.size))
    tail = source.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END_OF_ZIP.size:
        raise NotTaken
    size, start = _END_OF_ZIP.unpack_from(tail, at)[5:7]
    if size > LONGEST_LIST or start + size > end:
        raise NotTaken
    source.seek(start)
    listed, at = source.read(size), 0
    while at + _ENTRY.size <= len(listed):
        mark, *numbers = _ENTRY.unpack_from(listed, at)
        if mark != b"PK\x01\x02":
            raise NotTaken
        name, extra, comment = numbers[9:12]
        yield listed[at + _ENTRY.size : at + _ENTRY.size + name]
        at += _ENTRY.size + name + extra + comment


def _is_text(source: BinaryIO) -> bool:
    """Nothing but characters that a text has, and no page or drawing of the web, whose first sign is `<`."""
    source.seek(0)
    first = True
    while block := source.read(_BLOCK):
        if _CONTROL.search(block):
            return False
        if first and (start := block.removeprefix(b"\xef\xbb\xbf").lstrip()):
            if start.startswith(b"<"):
                return False
            first = False
    return True
