"""The words of a mail: a folder of templates/mail/ with its subject, its text and its HTML, in the reader's language.

Letters are rendered by a Jinja of their own: they are written by views, commands and jobs alike, so that they
know no request. Whatever a person typed is escaped in the HTML and stays on one line in the subject.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from babel.dates import format_date, format_time
from flask_babel import gettext, ngettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from portal import clock
from portal.config import ROOT
from portal.language import speaking, spoken
from portal.settings.accent import contrast
from portal.settings.models import Firm

LONGEST_SUBJECT = 160
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True)
class Letter:
    """A mail's three texts."""

    subject: str
    text: str
    html: str


def one_line(words: str) -> str:
    """The words on one line: what could begin a new header or turn the writing round is a space."""
    return _BREAKS.sub(" ", words).strip()


def letter(kind: str, locale: str, firm: Firm, **context: Any) -> Letter:
    """The letter of that kind in that language; raises `jinja2.UndefinedError` when the context lacks a word."""
    about = {"firm": firm, "locale": locale, "accent_ink": _ink_on(firm.accent), **context}
    with speaking(locale):
        subject, text, html = (
            _letters().get_template(f"{kind}/{part}").render(about) for part in ("subject.txt", "body.txt", "body.html")
        )
    return Letter(one_line(subject)[:LONGEST_SUBJECT], text.strip() + "\n", html)


@cache
def _letters() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates" / "mail"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=False)  # type: ignore[attr-defined]
    environment.globals["_"] = gettext
    environment.filters["moment"] = _moment
    environment.filters["day"] = _day
    return environment


def _moment(value: str) -> str:
    """A day and an hour on the firm's clock, as the letter's language says them, from an instant in ISO 8601."""
    local, language = clock.local(datetime.fromisoformat(value)), spoken()
    return f"{format_date(local.date(), 'long', locale=language)}, {format_time(local, 'HH:mm', locale=language)}"


def _day(value: str) -> str:
    """A day as the letter's language says it, from ISO 8601."""
    return str(format_date(date.fromisoformat(value), "long", locale=spoken()))


def _ink_on(colour: str) -> str:
    return "#ffffff" if contrast("#ffffff", colour) >= contrast("#000000", colour) else "#000000"
