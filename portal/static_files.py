"""Static files, answered from memory before Flask is asked: compressed once, with the headers of every other answer.

Their addresses change with their content (`static_url`), so browsers may keep them for a year.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from portal.security import HEADERS

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

COMPRESSIBLE = ("text/", "image/svg", "application/json", "application/manifest")
YEAR = "public, max-age=31536000, immutable"
HOUR = "public, max-age=3600"
LARGEST = 4 * 1024 * 1024


class StaticFile:
    """One file as it goes over the wire."""

    def __init__(self, path: Path) -> None:
        self.body = path.read_bytes()
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if kind.startswith("text/"):
            kind += "; charset=utf-8"
        packed = gzip.compress(self.body, 9, mtime=0) if kind.startswith(COMPRESSIBLE) else self.body
        self.packed = packed if len(packed) < len(self.body) else None
        self.etag = f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'
        self.headers = [*HEADERS.items(), ("Content-Type", kind), ("ETag", self.etag), ("Vary", "Accept-Encoding")]


class StaticFiles:
    """WSGI middleware: `/static/…` from the folder as it was at the start, everything else from the app."""

    def __init__(self, app: Application, folder: Path, prefix: str = "/static/") -> None:
        self.app, self.prefix = app, prefix
        self.files = {
            prefix + path.relative_to(folder).as_posix(): StaticFile(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.startswith(".") and path.stat().st_size <= LARGEST
        }

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer GET and HEAD of a known file; what is not known is the app's to refuse."""
        path: str = environ["PATH_INFO"]
        file = self.files.get(path) if path.startswith(self.prefix) else None
        if file is None or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.app(environ, start_response)
        headers = [*file.headers, ("Cache-Control", YEAR if "v=" in environ.get("QUERY_STRING", "") else HOUR)]
        if environ.get("wsgi.url_scheme") == "https":
            headers.append(("Strict-Transport-Security", "max-age=31536000"))
        if file.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 Not Modified", headers)
            return []
        body = file.body
        if file.packed is not None and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            body = file.packed
            headers.append(("Content-Encoding", "gzip"))
        start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]
