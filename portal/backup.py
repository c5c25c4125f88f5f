"""A copy of the database as it is at one instant, made while the portal runs.

On SQLite it is a database file, on PostgreSQL an archive for `pg_restore`. The README says how to restore either.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url


class BackupFailed(Exception):
    """The copy was not made; the message says why."""


def save(database_url: str, target: Path) -> None:
    """Copy the database to a file that is not there yet; raises `BackupFailed`.

    A copy that fails midway leaves no file under that name. Writers are not kept waiting.
    """
    if target.exists():
        raise BackupFailed(f"{target} is there already.")
    if not target.absolute().parent.is_dir():
        raise BackupFailed(f"There is no folder {target.absolute().parent}.")
    url = make_url(database_url)
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        if url.get_backend_name() == "sqlite":
            _copy_sqlite(url, unfinished)
        else:
            _dump_postgresql(url, unfinished)
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
