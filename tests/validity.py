"""What every page has to be: valid HTML with a title and no id twice; and every fragment: of one root element.

To parse a page costs more than to make it, and the tests fetch thousands. Whether HTML is valid hangs on its tags and
their order alone: not on the words between them, nor on attributes, once these are well written. So a page is reduced
to its shape, and a shape is parsed by the first worker that meets it, for all workers of the run.
"""

import os
import re
from collections import Counter
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import html5lib

CSRF_TOKEN = re.compile(r'(?<=name="csrf_token" value=")[\w.-]+|(?<="X-CSRFToken": ")[\w.-]+')
ID = re.compile(r"""\sid=["']?([^"'\s>]+)""")
SPACE = re.compile(r"\s+")
REFERENCE = re.compile("&(?:amp|lt|gt|quot|#39|#34);")
WORDS = re.compile(r"(?<=>)[^<>&]*[^<>&\s][^<>&]*(?=<)")
ATTRIBUTE = r""" ([a-z][\w:.-]*)(?:="[^"&]*"|='[^'&]*')?"""
NAMES = re.compile(ATTRIBUTE)
TAG = re.compile(rf"<([a-z][a-z0-9]*)((?:{ATTRIBUTE})+) ?(/?)>")
ODD = re.compile("[\0-\b\v\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""What may stand nowhere in a page."""
CONTAINERS = {"tr": "tbody", "td": "tr", "tbody": "table", "option": "select"}
"""Where a fragment can stand that begins with such an element; any other can stand in a div."""


def look_at(html: str, *, fragment: bool) -> None:
    """Fail on invalid HTML, a page without a title, an id that stands twice, a fragment of several roots."""
    _look_at(CSRF_TOKEN.sub("", html), fragment=fragment)


@lru_cache(64)  # the same text, as of a hundred refusals, is looked at once
def _look_at(html: str, *, fragment: bool) -> None:
    assert _is_whole(html) or fragment, "a page was asked for and a fragment came"
    twice = [id for id, times in Counter(ID.findall(html)).items() if times > 1]
    assert not twice, f"ids that stand twice: {twice}"
    shape = shape_of(html)
    known = _known_shapes() / sha256(shape.encode("utf-8", "surrogatepass")).hexdigest()
    if not known.exists():
        _parse(shape, html)
        known.touch()


def shape_of(html: str) -> str:
    """The page's tags without their attributes, and an x for the words between two of them.

    What may be wrong in itself stays as it is: attributes that are not written plainly or stand twice, and an `&` that
    begins none of the usual references.
    """
    if ODD.search(html):
        return html
    html = WORDS.sub("x", REFERENCE.sub("x", SPACE.sub(" ", html)))
    return TAG.sub(lambda tag: _bare(tag[0], tag[1], tag[2], tag[4]), html)


@lru_cache(4096)
def _bare(tag: str, name: str, attributes: str, slash: str) -> str:
    names = NAMES.findall(attributes)
    if len(set(names)) < len(names):
        return tag
    hidden = ' type="hidden"' if ' type="hidden"' in attributes else ""  # such an input may stand where no other may
    return f"<{name}{hidden}{slash}>"


@cache
def _known_shapes() -> Path:
    from tests.postgres import SHARED_FOLDER  # a plugin: pytest must be the first to import it

    folder = Path(os.environ[SHARED_FOLDER]) / "shapes"
    folder.mkdir(exist_ok=True)
    return folder


def _is_whole(html: str) -> bool:
    return html.lstrip()[:15].lower() == "<!doctype html>"


def _parse(shape: str, html: str) -> None:
    tree, errors = _tree(shape)
    assert not errors, f"invalid HTML: {(_tree(html)[1] or errors)[:3]}"  # the page's own say where
    if _is_whole(shape):
        title = tree.find("head/title")
        assert title is not None, "a page without a title"
        assert (title.text or "").strip(), "a page with an empty title"
    else:
        roots = [child for child in tree if isinstance(child.tag, str)]
        assert len(roots) == 1, f"a fragment has one root, not {[root.tag for root in roots]}"


def _tree(html: str) -> tuple[Any, list[Any]]:
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    if _is_whole(html):
        return parser.parse(html), parser.errors
    first_tag = re.match(r"\s*<(\w+)", html)
    return parser.parseFragment(html, container=CONTAINERS.get(first_tag[1] if first_tag else "", "div")), parser.errors
