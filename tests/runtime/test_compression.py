"""Pages travel compressed to whoever accepts it, and only pages."""

import gzip

from flask import Flask, Response
from werkzeug.test import Client

from portal.compression import Compressed


def client() -> Client:
    """An app with a long page, a short one, and a file."""
    app = Flask("test")
    app.add_url_rule("/long", "long", lambda: "<p>ñandú</p>" * 500)
    app.add_url_rule("/short", "short", lambda: "<p>ñandú</p>")
    app.add_url_rule("/file", "file", lambda: Response(b"x" * 5000, mimetype="text/csv"))
    return Client(Compressed(app.wsgi_app))


def test_a_long_page_is_compressed_for_whoever_takes_it() -> None:
    answer = client().get("/long", headers={"Accept-Encoding": "br, gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert int(answer.headers["Content-Length"]) == len(answer.data) < 500
    assert gzip.decompress(answer.data).decode() == "<p>ñandú</p>" * 500


def test_for_others_it_is_as_it_was() -> None:
    answer = client().get("/long")
    assert "Content-Encoding" not in answer.headers
    assert answer.text == "<p>ñandú</p>" * 500


def test_short_pages_files_and_heads_are_left_alone() -> None:
    for path in ("/short", "/file"):
        assert "Content-Encoding" not in client().get(path, headers={"Accept-Encoding": "gzip"}).headers
    assert "Content-Encoding" not in client().head("/long", headers={"Accept-Encoding": "gzip"}).headers
