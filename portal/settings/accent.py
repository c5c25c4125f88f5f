"""The firm's accent colour, and what must be derived from it so that text on it stays readable.

Contrast is WCAG 2.2's: (L1 + 0.05) / (L2 + 0.05), with relative luminance from linearised sRGB.
"""

import re

from portal.rules import N_, BrokenRule

USUAL = "#0b6e62"
"""Until a firm has chosen its own; `static/app.css` begins with it too."""
PAPER, CARD, DARK_CARD = "#f7f6f3", "#ffffff", "#1b1f23"
ENOUGH = 4.5
HEAT = 9
"""Steps of a heat map."""


class PoorAccent(BrokenRule):
    """A colour on which neither white nor black text could be read, or that can't be read on white."""

    message = N_("This colour is too pale: text in it could not be read. Choose a darker one.")


def luminance(colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white), of `#rrggbb`."""

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = _channels(colour)
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def checked(colour: str) -> str:
    """The colour in lower case; raises `PoorAccent` when it can't carry or be text on the page's grounds."""
    if not re.fullmatch("#[0-9a-fA-F]{6}", colour):
        raise PoorAccent(N_("Write the colour as # and six digits, as in #0b6e62."))
    if min(contrast(colour, PAPER), contrast(colour, CARD)) < ENOUGH:
        raise PoorAccent
    return colour.lower()


def mixed(colour: str, ground: str, share: float) -> str:
    """`share` of the colour (0 to 1) on the ground."""
    pairs = zip(_channels(colour), _channels(ground), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def readable(colour: str, ground: str, towards: str) -> str:
    """The colour, moved towards white or black just as far as it needs to be read on the ground."""
    for step in range(21):
        moved = mixed(towards, colour, step / 20)
        if contrast(moved, ground) >= ENOUGH:
            return moved
    return towards


def heat(colour: str, ground: str) -> list[tuple[str, str]]:
    """(ground, text) of each step of a heat map, from a tenth of the colour to all of it, each text the better to read
    of black and white: one of the two always has a contrast of 4.5 and more.
    """
    steps = [mixed(colour, ground, 0.1 + 0.9 * step / (HEAT - 1)) for step in range(HEAT)]
    return [(step, max(("#000000", "#ffffff"), key=lambda text: contrast(text, step))) for step in steps]


def stylesheet(colour: str) -> str:
    """The colour and its derived roles as CSS variables, light and dark."""
    soft, dark_soft = mixed(colour, CARD, 0.12), mixed(colour, DARK_CARD, 0.28)
    text, dark_text = readable(colour, soft, "#000000"), readable(colour, dark_soft, "#ffffff")
    on_accent = "#ffffff" if contrast("#ffffff", colour) >= ENOUGH else "#000000"
    light = f"--accent:{colour};--accent-ink:{on_accent};--accent-soft:{soft};--accent-text:{text}"
    dark = f"--accent:{colour};--accent-ink:{on_accent};--accent-soft:{dark_soft};--accent-text:{dark_text}"
    light, dark = light + _heat_variables(colour, CARD), dark + _heat_variables(dark_text, DARK_CARD)
    return f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def _heat_variables(colour: str, ground: str) -> str:
    pairs = enumerate(heat(colour, ground), 1)
    return "".join(f";--heat-{step}:{under};--heat-{step}-ink:{text}" for step, (under, text) in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
