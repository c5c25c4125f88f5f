"""The look holds its promises: readable in both themes, no inline style or script, icons that exist, small files."""

import gzip
import re
from itertools import product

import pytest

from portal.config import ROOT
from portal.settings.accent import contrast

CSS = (ROOT / "static" / "app.css").read_text()
MAILS = ROOT / "templates" / "mail"  # a mail has no stylesheet, and no policy
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if MAILS not in path.parents)
TONES = ("late", "due", "good", "calm")
GROUNDS = ("paper", "card", "sunk")


def tokens(theme: str) -> dict[str, str]:
    """The colours of a theme, by name, as #rrggbb."""
    light, dark = re.findall(r":root \{\n(.*?)\n\s*\}", CSS, re.DOTALL)[:2]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})\b", light))
    if theme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})\b", dark))
    return {name: "#" + "".join(2 * digit for digit in c[1:]) if len(c) == 4 else c for name, c in found.items()}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_readable_on_every_ground(theme: str) -> None:
    """4.5 : 1 for every text colour on every ground it may stand on."""
    colours = tokens(theme)
    pairs = [*product(("ink", "muted", "accent-text", *TONES), GROUNDS)]
    pairs += [(tone, f"{tone}-soft") for tone in TONES]
    pairs += [("accent-text", "accent-soft"), ("accent-ink", "accent"), ("muted", "accent-soft")]
    assert not [pair for pair in pairs if contrast(colours[pair[0]], colours[pair[1]]) < 4.5]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_field_can_be_seen(theme: str) -> None:
    """3 : 1 for the edge of a field against what is inside and around it."""
    colours = tokens(theme)
    assert min(contrast(colours["edge"], colours[ground]) for ground in GROUNDS) >= 3


def test_templates_have_no_inline_style_or_script() -> None:
    """The content security policy would drop them without a word."""
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|hx-on|\bjs:|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE)
    assert not [(path.name, found.group()) for path in TEMPLATES for found in inline.finditer(path.read_text())]


def test_every_icon_exists() -> None:
    """An icon that is asked for by name is in the sprite."""
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static" / "icons.svg").read_text()))
    asked = {name for path in TEMPLATES for name in re.findall(r'\bicon\("([\w-]+)"\)', path.read_text())}
    asked |= set(re.findall(r'path\("[\w.]+"\), "([\w-]+)"\)', (ROOT / "portal" / "context.py").read_text()))
    assert asked <= drawn


@pytest.mark.parametrize(("name", "most"), [("app.js", 3000), ("app.css", 10_000), ("icons.svg", 3000)])
def test_files_stay_small(name: str, most: int) -> None:
    """Bytes over the wire, compressed."""
    assert len(gzip.compress((ROOT / "static" / name).read_bytes(), 9)) <= most
