"""Structured logs: one JSON line per thing worth knowing, without personal data.

Addresses are logged as their route's pattern, never with ids, tokens or queries; control
characters can't break a line, because JSON escapes them.
"""

import json
import logging
import re
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any

from flask import Flask, g, request
from werkzeug.wrappers import Response

QUOTED = "Traceback (most recent call last)"
PLACE = re.compile(r'^  File "(?:[^"\n]*/)?([^"/\n]+/[^"/\n]+)", line (\d+), in (\w+)', re.MULTILINE)
PLAIN = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A record as one line of ASCII JSON: time, level, logger, message, and the extras it was given."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if QUOTED in line["message"]:
            line["message"], line["trace"] = _without_values(line["message"])
        line.update({name: value for name, value in record.__dict__.items() if name not in PLAIN})
        if record.exc_info:
            line["trace"] = _trace_without_values(record)
        return json.dumps(line, ensure_ascii=True, default=str)


def _without_values(quoted: str) -> tuple[str, list[str]]:
    """The same of a trace that the server has made a text of: what was said before it, and its places."""
    return quoted.partition("\n")[0], [f"{file}:{number} {name}" for file, number, name in PLACE.findall(quoted)[-12:]]


def _trace_without_values(record: logging.LogRecord) -> list[str]:
    """Where it broke and what kind of error it was, without its message: that may quote what somebody typed."""
    kind, _, tb = record.exc_info or (None, None, None)
    frames = [f"{f.filename.rsplit('/', 2)[-1]}:{f.lineno} {f.name}" for f in traceback.extract_tb(tb)[-12:]]
    return [*frames, kind.__name__ if kind else ""]


def _start() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    if request.endpoint not in ("static", "health.show"):
        logging.getLogger("portal.requests").info(
            "served",
            extra={
                "method": request.method,
                "route": str(request.url_rule) if request.url_rule else "none",
                "status": response.status_code,
                "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
            },
        )
    return response


def init_app(app: Flask) -> None:
    """Log to standard error, one line per request; other people's code (Huey, SQLAlchemy) only when it warns."""
    root = logging.getLogger()
    if not any(isinstance(handler.formatter, JsonLines) for handler in root.handlers):
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        root.addHandler(handler)
        logging.captureWarnings(True)
    logging.getLogger("portal").setLevel(logging.WARNING if app.config["TESTING"] else logging.INFO)
    app.before_request(_start)
    app.after_request(_finish)
