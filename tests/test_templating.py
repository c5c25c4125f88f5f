"""What templates are compiled to is quicker, and what comes out is the same."""

from typing import Any

import pytest
from flask import Flask
from jinja2 import DictLoader, StrictUndefined, UndefinedError
from jinja2.environment import Environment
from jinja2.runtime import Macro
from jinja2.utils import _PassArg
from markupsafe import Markup

from portal import language
from portal.templating import PLAIN, QuickEnvironment

TEMPLATES = {
    "base": "<{% block a %}{% endblock %}>{{ x }}",
    "child": '{% extends "base" %}{% block a %}a{{ x }}b{{ n }}{{ m }}c{% include "part" %}{% endblock %}',
    "part": '{% macro say(w) %}[{{ w }}|{{ _("Save") }}]{% endmacro %}'
    "{% for i in l %}{{ loop.index }}{{ i }}{% if i %}!{{ i }}{% endif %}{% else %}none{% endfor %}{{ say(x) }}",
    "set": "{% set kept %}a{{ x }}b{% endset %}{{ kept }}{% call(y) f() %}{{ y }}{{ x }}{% endcall %}",
    "raw": "{% autoescape false %}a{{ x }}b{% endautoescape %}{{ x|safe }}{{ x|upper }}{{ f2(x, w='&') }}{{ none }}",
}
VALUES = {
    "x": "<b>&\"'",
    "n": 7,
    "m": Markup("<i>"),
    "l": ["", "<", Markup("<u>"), 1.5],
    "f": lambda caller: Markup("({})").format(caller("<y>")),
    "f2": lambda *args, **kwargs: f"{args}{kwargs}",
}


def both(name: str) -> tuple[str, str]:
    quick = QuickEnvironment(Flask("t"), loader=DictLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    plain = Environment(loader=DictLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    for environment in (quick, plain):
        environment.globals["_"] = language.page_gettext
    return quick.get_template(name).render(VALUES), plain.get_template(name).render(VALUES)


@pytest.mark.parametrize("name", ["child", "set", "raw"])
def test_writes_what_jinja_writes(name: str) -> None:
    quick, plain = both(name)
    assert quick == plain
    assert "&lt;b&gt;" in quick


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_what_is_called_straight_wants_no_context(name: str, app: Flask) -> None:
    """Jinja would hand such a function its context, and a macro its escaping; ours are called as they stand."""
    imported = app.jinja_env.get_template("_macros.html").module
    function: Any = app.jinja_env.globals.get(name) or getattr(imported, name)
    assert not isinstance(function, Macro)
    assert _PassArg.from_obj(function) is None


def test_what_is_missing_is_still_an_error() -> None:
    environment = QuickEnvironment(Flask("t"), autoescape=True, undefined=StrictUndefined)
    with pytest.raises(UndefinedError):
        environment.from_string("a{{ missing }}b").render()


def test_words_are_the_languages() -> None:
    environment = QuickEnvironment(Flask("t"), autoescape=True)
    environment.globals["_"] = language.page_gettext
    with Flask("t").test_request_context():
        language.speak("es")
        assert environment.from_string('a{{ _("Save") }}b').render() == "aGuardarb"
        language.speak("en")
