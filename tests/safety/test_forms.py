"""Every form, without its token, with a foreign one, too large, and full of rubbish."""

import importlib
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wtforms import FieldList, Form, FormField
from wtforms.fields.core import UnboundField

from tests.browser import Browser
from tests.cast import Cast
from tests.safety.house import BY_NONCE, address, database_digest, rules
from tests.sample import make_sample
from tests.surveys.test_write import typed

RUBBISH = [
    "",
    "\x00",
    "\ud800",
    "<script>alert(1)</script>",
    "<b hx-get=/ hx-trigger=load>",
    "{{7*7}}",
    "%_\\'\"",
    "٣",
    "-1",
    str(2**63),
    "1e400",
    "NaN",
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
    "a\r\nBcc: x@y.example",
    "\u202egnp.exe",
    "😀" * 64,
    "x" * 5000,
]


PLAYBOOK = {"name": "P", "steps-0-text": "Call", "steps-0-after_days": "1"}


@pytest.mark.parametrize("token", [None, "foreign", "stale"])
def test_a_post_without_its_token_is_refused_and_the_text_comes_back(
    token: str | None, app: Flask, owner: Browser, stranger: Browser, cast: Cast
) -> None:
    make_sample(cast)
    tokens = {None: {}, "foreign": {"csrf_token": "ImZvcmVpZ24i.x.y"}, "stale": {"csrf_token": _stale(stranger)}}
    owner.csrf_token()
    before = database_digest()
    for rule in rules(app, "POST"):
        if rule.endpoint in BY_NONCE:
            continue
        form = {"note": "a sentence that took a while", **tokens[token]}
        answer = owner.post(address(app, rule), csrf=False, data=form)
        assert answer.status_code == 400, f"{rule.rule}: {answer.status_code}"
        assert "a sentence that took a while" in answer.get_data(as_text=True), rule.rule
    assert database_digest() == before


def test_what_was_typed_for_something_that_is_gone_or_forbidden_comes_back(
    owner: Browser, support: Browser, cast: Cast
) -> None:
    make_sample(cast)
    text = "a sentence that took a while"
    for browser, where, status in (
        (owner, "/settings/objections/999", 404),
        (owner, "/customers/999/follow-ups", 404),
        (owner, "/relay/requests/999", 404),
        (support, "/settings/playbooks", 403),
        (support, "/settings/objections", 403),
    ):
        answer = browser.post(where, data={"text": text, "password": "not this", "next": "/not-this-either"})
        assert answer.status_code == status, where
        assert text in answer.get_data(as_text=True), where
        assert "not this" not in answer.get_data(as_text=True), where
        assert "not-this-either" not in answer.get_data(as_text=True), where


@pytest.mark.parametrize(
    ("room", "find", "where", "form"),
    [
        ("objections", "objection_by_form", "/settings/objections", {"text": "Too dear"}),
        ("playbooks", "playbook_by_form", "/settings/playbooks", PLAYBOOK),
        ("surveys", "survey_by_form", "/surveys", {}),
        ("users", "user_by_form", "/settings/users", {"name": "U", "email": "u@v.example", "role": "sales"}),
    ],
)  # fmt: skip
def test_a_form_that_overtakes_itself_is_no_fault(
    room: str,
    find: str,
    where: str,
    form: dict[str, str],
    app: Flask,
    owner: Browser,
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sent twice at once, the second finds no record of its form yet, and then the name that the first has taken."""
    form = (form or typed(app)) | {"form_id": "6a1f4138-0000-4000-8000-000000000001"}
    first = owner.post(where, data=form)
    assert first.status_code == 303
    queries = importlib.import_module(f"portal.{room}.queries")
    found, blind = getattr(queries, find), iter([True])
    monkeypatch.setattr(queries, find, lambda id: None if next(blind, False) else found(id))
    before = database_digest()
    second = owner.post(where, data=form)
    assert (second.status_code, second.location) == (303, first.location)
    assert database_digest() == before


def _stale(other: Browser) -> str:
    with other.session_transaction() as session:
        session["csrf_token"] = "f" * 40
    return other.csrf_token()


def test_too_many_fields_and_too_large_bodies_are_refused(owner: Browser, cast: Cast) -> None:
    before = database_digest()
    assert owner.post("/sign-out", data={f"f{n}": "x" for n in range(1500)}).status_code == 413
    assert owner.post("/sign-in", data={"email": "a@b.example", "password": "x" * 1_000_000}).status_code == 413
    assert database_digest() == before


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_rubbish_never_breaks_a_form(data: st.DataObject, app: Flask, owner: Browser, cast: Cast) -> None:
    """Names of fields are taken from the forms themselves; no answer may be a 5xx (in tests an error is raised)."""
    make_sample(cast) if not _has_sample() else None
    names = _field_names(app)
    rule = data.draw(st.sampled_from([r for r in rules(app, "POST") if r.endpoint != "users.sign_out"]))
    chosen = data.draw(
        st.dictionaries(st.sampled_from(names), st.sampled_from(RUBBISH) | st.text(max_size=40), max_size=12)
    )
    form = {name: value.encode("utf-8", "surrogatepass") for name, value in chosen.items()}
    answer = owner.post(address(app, rule), data={"csrf_token": owner.csrf_token(), **form})
    assert answer.status_code < 500, f"{rule.rule}: {answer.status_code}"


@pytest.mark.long
def test_a_very_long_number_in_every_field_breaks_no_form(app: Flask, owner: Browser, cast: Cast, monkeypatch) -> None:
    """More digits than a float takes, and then, where texts are still short enough, more than a database takes."""
    make_sample(cast)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)  # so that all that break are named at once
    names, broken = _field_names(app), []
    for digits in ("9" * 400, "9" * 20):
        form = dict.fromkeys(names, digits) | {"csrf_token": owner.csrf_token()}
        for rule in rules(app, "POST"):
            if rule.endpoint != "users.sign_out":
                answer = owner.post(address(app, rule), data=form)
                broken += [f"{rule.rule}, {len(digits)} digits"] if answer.status_code >= 500 else []
    assert broken == []


@pytest.mark.parametrize(
    ("where", "field"),
    [
        ("/customers/1/centre/position", "share_percent"),
        ("/retention/economics", "margin_percent"),
        ("/settings", "goal_clients"),
        ("/surveys", "days"),
        ("/settings/playbooks", "steps-0-after_days"),
    ],
)
def test_a_very_long_number_comes_back_with_its_fault(where: str, field: str, owner: Browser, cast: Cast) -> None:
    make_sample(cast)
    before = database_digest()
    answer = owner.post(where, data={field: "9" * 400})
    assert answer.status_code == 422
    assert f'value="{"9" * 20}"' in answer.get_data(as_text=True)
    assert "That number is too long." in answer.get_data(as_text=True)
    assert database_digest() == before


def _has_sample() -> bool:
    from sqlalchemy import func, select

    from portal.customers.models import Customer
    from portal.extensions import db

    return bool(db.session.scalar(select(func.count()).select_from(Customer)))


def _field_names(app: Flask) -> list[str]:
    """The names of every field of every form class in the house."""
    import pkgutil

    import portal

    names = {"form_id", "version", "next", "role", "assignee_id", "q", "reason", "due_on"}
    for module in pkgutil.walk_packages(portal.__path__, "portal."):
        if module.name.endswith(".forms"):
            for thing in vars(importlib.import_module(module.name)).values():
                if isinstance(thing, type) and issubclass(thing, Form):
                    names |= set(_names_of(thing))
    return sorted(names)


def _names_of(form: type[Form]) -> Iterator[str]:
    """The names of its fields; those of a list of forms as its first one has them."""
    for name in dir(form):
        field = getattr(form, name, None)
        if isinstance(field, UnboundField):
            yield name
            if issubclass(field.field_class, FieldList) and issubclass(field.args[0].field_class, FormField):
                yield from (f"{name}-0-{inner}" for inner in _names_of(field.args[0].args[0]))
