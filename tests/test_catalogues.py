"""Every word of the portal is there in every language."""

import ast
import re

import pytest
from babel.messages.pofile import read_po

from tests.catalogues import LANGUAGES, ROOT, catalogue_path, faults, in_use, update

pytestmark = pytest.mark.once
WORDS = {"_", "_l", "gettext", "ngettext", "page_gettext", "page_ngettext"}


def _translations(language: str) -> list[str]:
    with catalogue_path(language).open("rb") as file:
        messages = list(read_po(file, locale=language))
    each_form = (each.string if isinstance(each.string, tuple | list) else (each.string,) for each in messages)
    return [str(words) for forms in each_form for words in forms]


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
def test_is_complete(language: str) -> None:
    assert sorted(faults(language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_is_as_make_messages_leaves_it(language: str, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    before = catalogue_path(language).read_text()
    copy = tmp_path / "messages.po"
    copy.write_text(before)
    monkeypatch.setattr("tests.catalogues.catalogue_path", lambda language: copy)
    update(language)
    assert copy.read_text() == before, "run `make messages`"


def test_no_line_ends_between_a_number_and_its_percent_sign_in_spanish() -> None:
    assert [words for words in _translations("es") if " %%" in words] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_quoted_as_the_templates_quote_them(language: str) -> None:
    assert [words for words in _translations(language) if set(words) & set("«»")] == []


def test_one_thing_has_one_word_in_spanish() -> None:
    """A broken promise is "incumplida", a leg a "tramo", a reassurance "tranquilidad", an owner a "propietario", and
    whoever is unhappy "inconforme".
    """
    other = re.compile(
        r"\b(rot[ao]s?|áreas?|confianza|refuerzos?|dueñ[ao]s?|(des|in)(contento|satisfech)[ao]?s?)\b", re.IGNORECASE
    )
    assert [words for words in _translations("es") if other.search(words)] == []


def test_spanish_says_what_to_do_to_whoever_reads_it() -> None:
    """ "Elige un día.", as the rest of the portal speaks, and not "Elegir un día.", which is a button's way."""
    verbs = "Elegir|Escribir(lo)?|Esperar|Probar|Revisar|Decir por|Decir qué|Quitar|Traer|Dejar vacío|Indicar"
    button = re.compile(rf"(^|[.:;?!] )({verbs})\b.*\.$", re.IGNORECASE)
    assert [words for words in _translations("es") if button.search(words)] == []


def test_finds_the_words_of_code_and_templates() -> None:
    assert "Sign in" in in_use()


def test_no_text_stands_within_another_where_it_would_not_be_found() -> None:
    """Babel finds no call within an f-string before Python 3.12, and its words would stay English."""
    within = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((ROOT / "portal").rglob("*.py"))
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in WORDS
        if any(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in call.args)
    ]
    assert within == []
