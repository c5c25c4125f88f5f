"""The words of the code and the templates, and what the languages' catalogues say for them.

`make messages` runs this file: it looks for all words again and brings the catalogues up to date, sorted and without
line numbers, so that changes of two people merge. What nobody says any more leaves; what is new waits.
"""

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "portal" / "translations"
LANGUAGES = ["es"]
METHODS = [("portal/**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
OPTIONS = {"templates/**.html": {"trimmed": "true"}, "templates/**.txt": {"trimmed": "true"}}
KEYWORDS = DEFAULT_KEYWORDS | {
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}
PLACES = re.compile(r"%\((\w+)\)[sdif]|\{(\w+)\}")


@cache
def in_use() -> Catalog:
    """Every text that the code and the templates want translated."""
    found = Catalog(charset="utf-8")
    for folder in ("portal", "templates"):
        methods = [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in METHODS if folder in pattern]
        options = {pattern.removeprefix(f"{folder}/"): values for pattern, values in OPTIONS.items()}
        texts = extract_from_dir(ROOT / folder, methods, options, KEYWORDS, comment_tags=("Translators:",))
        for _, _, text, _, context in texts:
            found.add(text, context=context)
    return found


def kept(language: str) -> Catalog:
    """What stands in the language's catalogue."""
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def catalogue_path(language: str) -> Path:
    """Where the language's catalogue is."""
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def update(language: str) -> Catalog:
    """Bring a catalogue up to date with the texts in use, and write it."""
    old = kept(language) if catalogue_path(language).exists() else Catalog(locale=language)
    new = Catalog(locale=language, charset="utf-8", fuzzy=False)
    for message in in_use():
        if message.id:
            known = old.get(message.id, message.context)
            said = known.string if known and known.pluralizable == message.pluralizable else None
            new.add(message.id, said, context=message.context)
    catalogue_path(language).parent.mkdir(parents=True, exist_ok=True)
    with catalogue_path(language).open("wb") as file:
        file.write(HEADER.format(language=language, plural=new.plural_forms).encode())
        write_po(file, new, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    return new


HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""
"""Without dates and names, which would differ at every update and say nothing."""


def faults(language: str) -> Iterator[str]:
    """What is wrong with a catalogue, one sentence for each fault."""
    used = {(message.context, message.id): message for message in in_use() if message.id}
    catalogue = kept(language)
    said = {(message.context, message.id): message for message in catalogue if message.id}
    for key in used.keys() - said.keys():
        yield f"not in the catalogue: {key[1]!r}"
    for key in said.keys() - used.keys():
        yield f"nobody says any more: {key[1]!r}"
    for message in catalogue.obsolete.values():
        yield f"obsolete: {message.id!r}"
    for key in used.keys() & said.keys():
        yield from faults_of(said[key], catalogue)


def faults_of(message: Message, catalogue: Catalog) -> Iterator[str]:
    """What is wrong with one translation."""
    texts = [message.string] if isinstance(message.string, str) else list(message.string or [])
    if not all(texts) or (message.pluralizable and len(texts) != catalogue.num_plurals):
        yield f"not translated: {message.id!r}"
    elif message.fuzzy:
        yield f"fuzzy: {message.id!r}"
    else:
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        most = places(ids[-1])
        if any(not places(text) <= most for text in texts) or places(texts[-1]) != most:
            yield f"other places than {sorted(most)}: {texts!r}"


def places(text: str) -> set[str]:
    """The names of the places that are filled in when a text is shown."""
    return {first or second for first, second in PLACES.findall(text)}


if __name__ == "__main__":
    for each in LANGUAGES:
        update(each)
        sys.stdout.writelines(f"{each}: {fault}\n" for fault in sorted(faults(each)))
