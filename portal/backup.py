"""A copy of the database as it is at one instant, made while the portal runs; and, beside it, of the uploaded files.

On SQLite it is a database file, on PostgreSQL an archive for `pg_restore`; the files are an archive of their own, made
afterwards, so that whatever the copy names is in it. The README says how to restore them.
"""

import os
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, make_url


class BackupFailed(Exception):
    """The copy was not made; the message says why."""


def save(database_url: str, target: Path) -> None:
    """Copy the database to a file that is not there yet; raises `BackupFailed`.

    A copy that fails midway leaves no file under that name. Writers are not kept waiting.
    """
    url = make_url(database_url)
    with _unfinished(target) as copy:
        if url.get_backend_name() == "sqlite":
            _copy_sqlite(url, copy)
        else:
            _dump_postgresql(url, copy)


def uploads_beside(target: Path) -> Path:
    """Where the uploaded files of a backup are."""
    return target.with_name(f"{target.name}.uploads.tar")


def save_uploads(folder: Path, target: Path) -> Path | None:
    """Put the files of the uploads folder into an archive beside the copy of the database, and return where it is; None
    when there are none. Raises `BackupFailed`.
    """
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    if not files:
        return None
    beside = uploads_beside(target)
    with _unfinished(beside) as copy, tarfile.open(copy, "w") as archive:
        for file in files:
            try:
                archive.add(file, f"uploads/{file.relative_to(folder)}")
            except FileNotFoundError:
                continue  # an import that has ended meanwhile
    return beside


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A file beside the target, which takes its name once it is written and on the disk; else it leaves none."""
    if target.exists():
        raise BackupFailed(f"{target} is there already.")
    if not target.absolute().parent.is_dir():
        raise BackupFailed(f"There is no folder {target.absolute().parent}.")
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        yield unfinished
        unfinished.chmod(0o600)
        _keep(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)


def _copy_sqlite(url: URL, target: Path) -> None:
    if not url.database or not Path(url.database).exists():
        raise BackupFailed(f"There is no database {url.database}.")
    with closing(sqlite3.connect(url.database, timeout=15)) as connection:
        connection.execute("VACUUM INTO ?", [str(target)])


def _dump_postgresql(url: URL, target: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise BackupFailed("pg_dump is not installed: it comes with PostgreSQL's client programs.")
    plain = url._replace(drivername="postgresql", password=None).render_as_string(hide_password=False)
    password = {"PGPASSWORD": str(url.password)} if url.password else {}  # not where every user of the machine sees it
    done = subprocess.run(
        [program, "--format=custom", f"--file={target}", f"--dbname={plain}"],
        env=os.environ | password,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupFailed(done.stderr.strip())


def _keep(unfinished: Path, target: Path) -> None:
    """Give the finished copy its name, once it is on the disk."""
    with unfinished.open("rb+") as file:
        os.fsync(file.fileno())
    unfinished.rename(target)
