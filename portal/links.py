"""Addresses: ids that can't exist are nobody's, and links are cheap enough to put on every row."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, url_for
from werkzeug.routing import BaseConverter


class IdConverter(BaseConverter):
    """An id in a URL: ASCII digits, no leading zero, within what a database can hold. Anything else is 404."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        """Digits to a number."""
        return int(value)

    def to_url(self, value: Any) -> str:
        """A number to digits."""
        return str(int(value))


def path(endpoint: str, **ids: int | str) -> str:
    """The path of a page, as `url_for` would give it, for endpoints whose only parts are ids, or names of our own.

    Costs a tenth of it.
    """
    pattern = _pattern(current_app._get_current_object(), endpoint, *sorted(ids))  # type: ignore[attr-defined]
    return pattern.format(**ids) if ids else pattern


@cache
def _pattern(app: Flask, endpoint: str, *names: str) -> str:
    """`/customers/{id}`: built once per endpoint by standing in a number that no pattern holds."""
    stand_ins: dict[str, Any] = {name: 987654321000 + place for place, name in enumerate(names)}
    found = app.url_map.bind("").build(endpoint, stand_ins)  # a request of its own would end what this one reads
    for name, stand_in in stand_ins.items():
        found = found.replace(str(stand_in), "{" + name + "}")
    return found


def outside(endpoint: str, **parts: str | int) -> str:
    """The whole address of a page, for mails: on the configured host, never on the one that a request names."""
    return str(current_app.extensions["settings"].public_url) + url_for(endpoint, _external=False, **parts)  # type: ignore[arg-type]


@cache
def static_url(name: str) -> str:
    """A static file's address, changed whenever its content does, so that browsers may keep it for long."""
    file = Path(current_app.static_folder or "") / name
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "missing"
    return f"/static/{name}?v={digest}"


def init_app(app: Flask) -> None:
    """Teach the app our ids and give templates `path` and `static_url`."""
    app.url_map.converters["int"] = IdConverter
    app.jinja_env.globals.update(path=path, static_url=static_url)
