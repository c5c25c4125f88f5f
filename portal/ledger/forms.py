"""The shape of what the page of promises brings, read by hand, since anybody who holds a link may send it."""

from dataclasses import dataclass, field

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from portal.ledger.models import LONGEST_WORDS, WORDS
from portal.ledger.queries import MOST_SHOWN
from portal.ledger.saying import Said
from portal.texts import UnfitText, clean_text, number_in, without_unfit

CHOICE, COMMENT, VERSION = "say_", "words_", "version_"
"""Fields are named so, with the promise's id: what is said of it, in which words, and which version the page showed."""


@dataclass
class SaidForm:
    """What is said, by the promise's id; what was typed; and what is wrong about it, by the id (0 for the whole)."""

    said: dict[int, Said] = field(default_factory=dict)
    chosen: dict[int, str] = field(default_factory=dict)
    typed: dict[int, str] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)


def read_said(typed: MultiDict[str, str]) -> SaidForm:
    """What was sent. Of what nothing is chosen, nothing is said."""
    form = SaidForm()
    for name in [name for name in typed if name.startswith((CHOICE, COMMENT))][: 4 * MOST_SHOWN]:
        id = number_in(name.rpartition("_")[2])
        if id and id not in form.chosen:
            _read(form, id, typed)
    if not form.said and not form.errors:
        form.errors[0] = _("Choose something first.")
    return form


def _read(form: SaidForm, id: int, typed: MultiDict[str, str]) -> None:
    given, words = typed.getlist(f"{CHOICE}{id}"), typed.get(f"{COMMENT}{id}", "")
    form.chosen[id] = given[0] if len(given) == 1 and given[0] in WORDS else ""
    try:
        form.typed[id] = clean_text(words)
    except UnfitText:
        form.typed[id] = without_unfit(words)
        form.errors[id] = _("It holds characters that can't be kept. Type it again without them.")
    if len(form.typed[id]) > LONGEST_WORDS:
        form.errors[id] = _("At most %(most)s characters, please.", most=LONGEST_WORDS)
    elif not form.chosen[id] and (given or form.typed[id]):
        form.errors[id] = _("Choose one of these.")
    elif form.chosen[id]:
        version = number_in(typed.get(f"{VERSION}{id}", ""))
        form.said[id] = Said(form.chosen[id], form.typed[id], version)
