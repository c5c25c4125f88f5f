"""Imports begun and run without a browser, for tests."""

from pathlib import Path
from typing import Any

from portal import clock
from portal.extensions import db
from portal.imports import checking, choices, reading, running, uploads
from portal.imports.models import Import
from portal.users.models import User


def begin(folder: Path, path: Path, kind: str = "purchases", by: User | None = None, **chosen: Any) -> Import:
    """An import of this file, read as it suggests itself, ready to be started."""
    with path.open("rb") as file:
        stored = uploads.store(file, folder)
    table = reading.open_table(folder / stored.name, path.name)
    guess = choices.guessed(kind, table, currency="MXN", zone="America/Mexico_City", region="MX")
    import_ = Import(
        kind=kind, state="checked", file_name=path.name, stored_as=stored.name, file_size=stored.size,
        digest=stored.digest, user_id=by.id if by else None, created_at=clock.now(),
        choices=guess.to_json() | chosen,
    )  # fmt: skip
    db.session.add(import_)
    db.session.commit()
    return import_


def import_file(folder: Path, path: Path, kind: str = "purchases", by: User | None = None, **chosen: Any) -> Import:
    """An import of this file, started and run to its end."""
    import_ = begin(folder, path, kind, by, **chosen)
    import_.start(by)
    db.session.commit()
    assert running.run(import_.id, folder)
    return db.session.get_one(Import, import_.id)


def import_text(folder: Path, text: str, kind: str = "purchases", by: User | None = None, **chosen: Any) -> Import:
    """The same of a CSV's text."""
    path = folder / "typed.csv"
    path.write_text(text)
    return import_file(folder, path, kind, by, **chosen)


def check_file(folder: Path, path: Path, kind: str = "purchases", **chosen: Any) -> Import:
    """An import of this file, checked and no more."""
    import_ = begin(folder, path, kind, **chosen)
    import_.check(import_.choices)
    db.session.commit()
    assert checking.check(import_.id, folder)
    return db.session.get_one(Import, import_.id)
