"""The language in which a page, a mail or an export is written.

Every word of a page asks for it, so it is one context variable, set once per request, and translated words are
remembered. Flask-Babel follows it (`spoken` is its locale selector); pages use the faster words given here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel import force_locale
from markupsafe import Markup

from portal.config import ROOT

DEFAULT = "en"
LANGUAGES = (("es", "Español"), ("en", "English"))
"""What the portal speaks, each by its own name."""
_spoken: ContextVar[str] = ContextVar("spoken", default=DEFAULT)


def speak(locale: str) -> None:
    """Speak this language (`es` or `en`) from here on, in this context only."""
    _spoken.set(locale)


def spoken() -> str:
    """The language that is being spoken: `es` or `en`."""
    return _spoken.get()


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Speak another language for a while: a mail is written in its reader's, whoever causes it."""
    before = _spoken.set(locale)
    try:
        with force_locale(locale):
            yield
    finally:
        _spoken.reset(before)


@cache
def _catalogue(locale: str) -> NullTranslations:
    return Translations.load(ROOT / "portal" / "translations", [locale])


@cache
def _words(locale: str, text: str) -> Markup:
    return Markup(_catalogue(locale).gettext(text))  # noqa: S704 - the catalogues are ours


def page_gettext(text: str, **values: Any) -> Markup:
    """The words in the page's language, as HTML; values put into `%(name)s` places are escaped."""
    words = _words(_spoken.get(), text)
    return words % values if "%" in words else words


def page_ngettext(singular: str, plural: str, num: int, **values: Any) -> Markup:
    """The same for words that depend on a number, which is itself a value named `num`."""
    words = Markup(_catalogue(_spoken.get()).ngettext(singular, plural, num))  # noqa: S704 - the catalogues are ours
    return words % {"num": num, **values}


def words_in(locale: str, text: str, **values: Any) -> str:
    """The words in that language as plain text: for what is written down, and read by others than who caused it."""
    words = str(_catalogue(locale).gettext(text))
    return words % values if values else words


def init_app(app: Flask) -> None:
    """Give templates these words in place of Flask-Babel's, which find the language anew for each of them."""
    app.jinja_env.globals.update(_=page_gettext, gettext=page_gettext, ngettext=page_ngettext)
