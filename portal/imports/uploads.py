"""Uploaded files: kept under a random name in the instance's uploads folder until their import has ended."""

import hashlib
import re
import secrets
from pathlib import Path
from typing import BinaryIO, NamedTuple

from portal.imports.limits import LARGEST_FILE, Unreadable
from portal.texts import without_unfit

_BLOCK = 1 << 20
LONGEST_NAME = 160
ORPHANS_STAY = 24 * 3600
"""Seconds for which a file that nothing names is left alone: a backup may be on its way, or its row."""


class Stored(NamedTuple):
    """A file that was taken in: its random name, its size in bytes, its SHA-256."""

    name: str
    size: int
    digest: str


def store(source: BinaryIO, folder: Path, most: int = LARGEST_FILE) -> Stored:
    """Copy a file into the folder, readable by nobody else. Raises Unreadable when it is larger than `most` bytes."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stored = secrets.token_hex(16)
    path = folder / stored
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as target:
        path.chmod(0o600)
        while block := source.read(_BLOCK):
            size += len(block)
            if size > most:
                break
            digest.update(block)
            target.write(block)
    if size > most:
        path.unlink()
        raise Unreadable("too_large", most=most // 1024 // 1024)
    return Stored(stored, size, digest.hexdigest())


def path_of(folder: Path, stored: str) -> Path:
    """Where a stored file is. Refuses any name that is not one of ours."""
    if not re.fullmatch(r"[0-9a-f]{32}", stored):
        raise Unreadable("gone")
    return folder / stored


def forget(folder: Path, stored: str) -> None:
    """Delete a stored file, if it is there."""
    if re.fullmatch(r"[0-9a-f]{32}", stored):
        (folder / stored).unlink(missing_ok=True)


def forget_orphans(folder: Path, named: set[str], now: float) -> int:
    """Delete the folder's files that nothing names, once they are a day old; returns how many. `now` is in seconds
    since 1970.
    """
    gone = 0
    for file in folder.glob("*"):
        if file.is_file() and file.name not in named and file.stat().st_mtime < now - ORPHANS_STAY:
            file.unlink(missing_ok=True)
            gone += 1
    return gone


def shown_name(name: str | None) -> str:
    """What a file is called for people: the last part of whatever the browser said, never used as a path."""
    last = re.split(r"[/\\]", name or "")[-1]
    return " ".join(without_unfit(last).split())[-LONGEST_NAME:] or "file"
