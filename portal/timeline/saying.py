"""Events as sentences. What is written down never changes, so neither does its sentence on one day in one language."""

import json
from datetime import date
from functools import lru_cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from portal import clock
from portal.language import spoken


class Told(dict[str, Any]):
    """What an event holds; whatever it does not hold is empty."""

    def __missing__(self, key: str) -> str:
        return ""


class Sayer:
    """Says events with the templates of this environment, and remembers some thousands of sentences."""

    def __init__(self, templates: Environment) -> None:
        self._templates = templates
        self._remembered = lru_cache(maxsize=8192)(self._sentence)

    def say(self, kind: str, data: str, who: str) -> Markup:
        """The sentence for an event of that kind with that JSON, done by `who` (empty: the portal itself)."""
        return self._remembered(kind, data, who, spoken(), clock.today())

    def _sentence(self, kind: str, data: str, who: str, _locale: str, _today: date) -> Markup:
        event: Any = self._templates.get_template("timeline/_event.html").module
        held = json.loads(data)
        said: Markup = event.said(kind, Told(held if isinstance(held, dict) else {}), who)
        return said
