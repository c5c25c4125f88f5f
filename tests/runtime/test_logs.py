"""The log: one line of JSON each, whatever somebody typed, and nothing of what they typed in it."""

import io
import json
import logging
import traceback
from collections.abc import Iterator

import pytest

from portal.logs import JsonLines
from tests.browser import Browser

NASTY = "a\r\nb\x1b[31mred\u202ereversed\x00\u2028end"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is logged meanwhile, as it would be written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    portal = logging.getLogger("portal")
    level = portal.level
    portal.addHandler(handler)
    portal.setLevel(logging.INFO)
    yield stream
    portal.setLevel(level)
    portal.removeHandler(handler)


def test_control_characters_stay_on_one_plain_line(log: io.StringIO) -> None:
    logging.getLogger("portal.test").info("said %s", NASTY, extra={"more": NASTY})
    written = log.getvalue()
    assert written.isascii()
    assert written.count("\n") == 1
    assert not [character for character in written.rstrip("\n") if ord(character) < 32 or ord(character) == 127]
    assert json.loads(written)["more"] == NASTY


def test_a_request_is_a_line_without_ids_queries_or_tokens(log: io.StringIO, owner: Browser) -> None:
    owner.get("/customers/7?token=secret-token&q=somebody")
    line = json.loads(log.getvalue())
    assert (line["route"], line["status"]) == ("/customers/<int:id>", 404)
    assert "somebody" not in log.getvalue()
    assert "secret" not in log.getvalue()


def test_an_address_of_nobody_is_not_repeated(log: io.StringIO, stranger: Browser) -> None:
    stranger.get("/%0d%0aSet-Cookie:x%1b[31m")
    assert json.loads(log.getvalue())["route"] == "none"


def test_a_trace_names_places_and_not_values(log: io.StringIO) -> None:
    try:
        int("dora@example.com")
    except ValueError:
        logging.getLogger("portal.test").exception("broke")
    line = json.loads(log.getvalue())
    assert line["trace"][-1] == "ValueError"
    assert "dora" not in log.getvalue()


def test_a_trace_that_the_server_quotes_names_places_and_not_values(log: io.StringIO) -> None:
    try:
        int("dora@example.com")
    except ValueError:
        quoted = traceback.format_exc()
    logging.getLogger("portal.test").error("Application callable raised an exception\n%s", quoted)
    line = json.loads(log.getvalue())
    assert line["message"] == "Application callable raised an exception"
    assert line["trace"][-1].startswith("runtime/test_logs.py:")
    assert "dora" not in log.getvalue()
