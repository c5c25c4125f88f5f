"""What stands around every page is worked out once, not for every page.

The head, the sidebar and the search field depend on the language, the firm, the user and the room, and on nothing else.
"""

from functools import lru_cache
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup

from portal.language import spoken


def kept(template: str, **about: Any) -> Markup:
    """The template, made once for each language and each set of values, which are all that it may use."""
    return _made(current_app._get_current_object(), template, spoken(), **about)  # type: ignore[attr-defined]


@lru_cache(maxsize=1024)
def _made(app: Flask, template: str, locale: str, **about: Any) -> Markup:
    return Markup(app.jinja_env.get_template(template).render(about))  # noqa: S704 - what Jinja made is escaped


def init_app(app: Flask) -> None:
    """Give templates `kept`."""
    app.jinja_env.globals["kept"] = kept
