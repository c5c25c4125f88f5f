"""Text that enters the house is cleaned the same way everywhere, or refused."""

import importlib
import pkgutil
import time

import pytest
from flask import Flask, g
from flask_wtf import FlaskForm
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form as AnyForm
from wtforms.validators import NumberRange

import portal
from portal.choices import WholeField
from portal.extensions import db
from portal.fields import FormIdField, LongTextField, TextField, VersionField
from portal.forms import Form
from portal.language import speaking
from portal.settings.models import Firm
from portal.texts import UnfitText, clean_line, clean_text, number_in
from tests.browser import Browser
from tests.cast import Cast
from tests.sample import make_sample


class Sample(Form):
    """A form with one of each."""

    name = TextField("Name", longest=10, required=True)
    note = LongTextField("Note", longest=20)
    form_id = FormIdField()
    version = VersionField()


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "\x1b[31m", "\x7f", "\x85"])
def test_refuses_what_cannot_be_kept(text: str) -> None:
    with pytest.raises(UnfitText):
        clean_line(text)
    with pytest.raises(UnfitText):
        clean_text(text)


def test_cleans_a_line_and_keeps_lines() -> None:
    assert clean_line("  Cafe\u0301 \t del\r\n  Mar ") == "Café del Mar"
    assert clean_text(" one\r\ntwo\rthree ") == "one\ntwo\nthree"
    assert clean_line("👩‍🔧 عربي") == "👩‍🔧 عربي"


@pytest.mark.parametrize("marks", ["\u0323\u0301", "\u0f73", "\u0301", "\u0345\u0327\u0301"])
def test_a_heap_of_marks_is_refused_before_it_is_sorted(marks: str) -> None:
    began = time.perf_counter()
    for clean in (clean_line, clean_text):
        with pytest.raises(UnfitText):
            clean("Ana\u0301 a" + marks * 200_000)
    assert time.perf_counter() - began < 5  # sorted, they would take minutes


def test_marks_that_a_language_has_are_kept() -> None:
    assert clean_line("Nu\u0303e\u0301z " + "e\u0323\u0301" * 40) == "Nũéz " + "ẹ́" * 40
    assert clean_line("❤️" * 40 + "…" * 40) == "❤️" * 40 + "…" * 40


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    try:
        once = clean_line(text)
    except UnfitText:
        return
    assert clean_line(once) == once


@pytest.mark.parametrize("text", ["", "0", "-1", "+1", " 1", "1.0", "1e3", "٣", "²", "one", "9" * 19])
def test_what_is_no_id_is_0(text: str) -> None:
    assert number_in(text) == 0
    assert number_in("9" * 18) == 10**18 - 1


def test_form_says_what_is_wrong_and_keeps_what_was_typed(app: Flask) -> None:
    with app.test_request_context():
        form = Sample(MultiDict({"name": "a\x00b", "note": "x" * 21}))
        assert not form.validate()
        assert form.name.data == "a\ufffdb"
        assert form.name.errors
        assert form.note.errors
        assert not Sample(MultiDict({"name": "   "})).validate()


def test_ids_and_versions_of_forms_are_never_an_error(app: Flask) -> None:
    with app.test_request_context():
        form = Sample(MultiDict({"name": "x", "form_id": "rubbish", "version": "٣"}))
        assert form.validate()
        assert len(form.form_id.data) == 36
        assert form.version.data == 0
        known = "6f1c0a52-0d3e-4f67-9d55-1d6b5b1c2a77"
        form = Sample(MultiDict({"name": "x", "form_id": known.upper(), "version": "7"}))
        assert (form.form_id.data, form.version.data) == (known, 7)
        assert Sample().form_id.data != Sample().form_id.data


@pytest.mark.parametrize("typed", ["9" * 20, "9" * 400, "-" + "9" * 400, "9" * 5000])
def test_a_number_too_long_to_reckon_with_is_refused_and_shown_again(app: Flask, typed: str) -> None:
    class Numbers(Form):
        free = WholeField()
        ranged = WholeField(validators=[NumberRange(0, 99)])

    with app.test_request_context():
        form = Numbers(MultiDict({"free": typed, "ranged": typed}))
        assert not form.validate()
        assert form.free.data is None
        assert form.free.errors
        assert form.ranged.errors
        assert form.ranged._value() == typed[:20]
        assert Numbers(MultiDict({"free": "-9007199254740992", "ranged": "99"})).validate()


@pytest.mark.parametrize("typed", ["soon", "4.5", "٣٫٥", "1e3"])
def test_what_is_no_whole_number_is_told_in_plain_words(app: Flask, typed: str) -> None:
    class Numbers(Form):
        days = WholeField()

    for locale, words in (("es", "Escribe un número entero."), ("en", "Write a whole number.")):
        with app.test_request_context(), speaking(locale):
            g.firm = Firm(name="Muebles", locale=locale)
            form = Numbers(MultiDict({"days": typed}))
            assert not form.validate()
            assert form.days.errors == [words]


def forms() -> list[type[AnyForm]]:
    """Every form class of the house."""
    named = [each.name for each in pkgutil.walk_packages(portal.__path__, "portal.") if each.name.endswith(".forms")]
    things = [thing for name in named for thing in vars(importlib.import_module(name)).values()]
    ours = {each for each in things if isinstance(each, type) and issubclass(each, AnyForm)}
    return sorted(ours - {AnyForm, FlaskForm, Form}, key=lambda form: (form.__module__, form.__name__))


@pytest.mark.parametrize("form", forms(), ids=lambda form: f"{form.__module__}.{form.__name__}")
def test_every_form_says_what_is_wrong_in_the_language_of_the_page(app: Flask, form: type[AnyForm]) -> None:
    for locale, words in (("es", "Este campo es obligatorio."), ("en", "This field is required.")):
        with app.test_request_context(), speaking(locale):
            g.firm = Firm(name="Muebles", locale=locale)
            fields = list(form(formdata=None))
            assert {field.gettext("This field is required.") for field in fields} == {words}


def test_a_page_in_spanish_says_what_is_wrong_in_spanish(owner: Browser, cast: Cast) -> None:
    make_sample(cast)
    cast.owner.locale = "es"
    db.session.commit()
    page = owner.post("/customers/1/relay/requests", data={"text": "", "leg": "service"}).get_data(as_text=True)
    assert "Este campo es obligatorio." in page
    page = owner.post("/customers/1/relay/requests", data={"text": "x" * 301}).get_data(as_text=True)
    assert "El campo no puede tener más de 300 caracteres." in page


def test_an_address_that_is_none_is_told_once(owner: Browser, cast: Cast) -> None:
    page = owner.post("/settings/users", data={"name": "Iván", "email": "ivan@@firm", "role": "sales"}).get_data(
        as_text=True
    )
    assert page.count("That is not an e-mail address.") == 1
