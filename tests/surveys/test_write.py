"""Writing surveys, and what becomes of them."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.surveys import queries, ready
from portal.surveys.forms import filled
from portal.surveys.models import SurveyQuestion
from portal.timeline.models import Event
from portal.users.models import User
from tests.browser import Browser
from tests.cast import Cast


def typed(app: Any, key: str = "nps", **more: Any) -> dict[str, Any]:
    """What a browser would send of a form that shows a ready-made survey."""
    with app.test_request_context():
        form = filled(ready.BY_KEY[key].as_written("en"))
        fields = {name: field._value() for name, field in flat(form) if hasattr(field, "_value")}
    return {**fields, "kind": ready.BY_KEY[key].kind, "occasion": ready.BY_KEY[key].occasion, **more}


def flat(form: Any) -> list[tuple[str, Any]]:
    rows = [(field.name, field) for entry in form.further for field in entry.form]
    return [(field.name, field) for field in form if field.name != "further"] + rows


def words(page: Any) -> str:
    return str(page.get_data(as_text=True))


def test_is_written_once_and_rewritten(app: Any, owner: Browser, cast: Cast) -> None:
    assert "would they recommend us" in words(owner.get("/surveys/write?kind=nps"))
    assert "satisfied are you" in words(owner.get("/surveys/write?kind=csat"))
    form = typed(app, name="How we did", form_id="6f4a2c1e-0000-4000-8000-000000000001")
    for _ in range(2):
        assert owner.post("/surveys", data=form).location == "/surveys/1"
    (survey,) = queries.surveys()
    assert (survey.name, survey.kind, survey.texts["es"]["low"]) == ("How we did", "nps", "nada probable")
    page = words(owner.get("/surveys/1/edit"))
    assert 'name="further-1-text_en"' in page
    ids = [question.id for question in queries.questions_of(1)]
    survey.active_since -= timedelta(days=90)
    db.session.commit()
    changed = form | {
        "version": survey.version, "name": "How we do", "occasion": "every", "days": "90", "kind": "csat",
        "further-0-id": ids[0], "further-0-text_en": "What failed?",
        "further-1-id": ids[1], "further-1-text_es": "", "further-1-text_en": "",
        "further-2-text_es": "¿Y luego?", "further-2-text_en": "And then?", "further-2-from_score": "7",
        "further-2-to_score": "8",
    }  # fmt: skip
    assert owner.post("/surveys/1", data=changed).location == "/surveys/1"
    db.session.rollback()
    assert (survey.name, survey.kind, survey.occasion, survey.days) == ("How we do", "nps", "every", 90)
    assert survey.active_since == clock.today(), "what was bought before is not asked about"
    asked = queries.questions_of(1)
    assert [(each.texts["en"], each.from_score) for each in asked] == [("What failed?", 0), ("And then?", 7)]
    assert asked[0].id == ids[0]
    assert db.session.get_one(SurveyQuestion, ids[1]).retired_at
    kinds = db.session.scalars(select(Event.kind).where(Event.kind.like("survey.%")).order_by(Event.id)).all()
    assert kinds == ["survey.made", "survey.changed"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 121},
        {"name": "RECOMMENDATION (NPS)"},
        {"question_es": ""},
        {"question_en": "a\x00b"},
        {"days": "-1"},
        {"days": "many"},
        {"occasion": "every", "days": "0"},
        {"occasion": "never"},
        {"kind": "stars"},
        {"further-0-to_score": "11"},
        {"further-0-from_score": "9"},
        {"further-0-text_es": ""},
        {"further-0-text_es": "¿Y luego, {name}?"},
        {"low_es": "nada, {name}"},
        {"question_es": "{nombre}, ¿cómo te fue?"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_kept(
    wrong: dict[str, str], app: Any, owner: Browser, cast: Cast
) -> None:
    ready.add("nps", "en", None)
    db.session.commit()
    sent = typed(app, **{"name": "Ours", "thanks_en": "My careful words", "further-0-to_score": "6"} | wrong)
    answer = owner.post("/surveys", data=sent)
    assert answer.status_code == 422
    assert "My careful words" in words(answer)
    assert len(queries.surveys()) == 1


def marked(page: str, name: str) -> str:
    """What is said beside a field that is marked as wrong, and tied to it."""
    found = re.search(rf'<(?:input|textarea)[^>]*id="{name}"[^>]*>', page)
    assert found, name
    assert 'aria-invalid="true"' in found[0]
    assert f'aria-describedby="{name}-error"' in found[0]
    said = re.search(rf'<p class="field-error" id="{name}-error">([^<]*)</p>', page)
    assert said
    return html.unescape(said[1])


@pytest.mark.parametrize(
    ("wrong", "name", "said"),
    [
        (
            {"further-0-from_score": "9", "further-0-to_score": "3"},
            "further-0-from_score",
            "“From score” must not be above “To score”.",
        ),
        ({"further-0-to_score": "11"}, "further-0-to_score", "Scores go from 0 to 10."),
        ({"further-0-text_es": ""}, "further-0-text_es", "Write the further question in both languages."),
        (
            {"thanks_es": "Gracias, {nombre}. {name}, adiós."},
            "thanks_es",
            "{nombre} would reach the client as it stands. Only {name} is filled in, with the client's first name.",
        ),
        (
            {"further-1-text_en": "And then, {name}?"},
            "further-1-text_en",
            "{name} would reach the client as it stands: no name is put in here.",
        ),
    ],
)
def test_what_is_wrong_is_marked_where_it_stands(
    wrong: dict[str, str], name: str, said: str, app: Any, owner: Browser, cast: Cast
) -> None:
    answer = owner.post("/surveys", data=typed(app, name="Ours", **wrong))
    assert answer.status_code == 422
    assert marked(words(answer), name) == said
    assert words(answer).count('aria-invalid="true"') == 1


def test_days_begin_with_some_that_make_sense(app: Any, owner: Browser, cast: Cast) -> None:
    for kind, days in (("nps", 30), ("csat", 7), ("ces", 30)):
        page = words(owner.get(f"/surveys/write?kind={kind}"))
        assert re.search(rf'<input[^>]*name="days"[^>]*value="{days}"', page), kind
    answer = owner.post("/surveys", data=typed(app, name="Ours", occasion="every", days="0"))
    assert "Write 1 day or more." in words(answer)
    owner.post("/surveys", data=typed(app, name="By hand", occasion="by_hand"))
    owner.post("/surveys", data=typed(app, name="At once", occasion="after_purchase", days="0"))
    assert {each.name: each.days for each in queries.surveys()} == {"By hand": 0, "At once": 0}
    (at_once,) = (each for each in queries.surveys() if each.name == "At once")
    assert re.search(r'name="days"[^>]*value="0"', words(owner.get(f"/surveys/{at_once.id}/edit")))


def test_braces_that_are_no_gap_stay(app: Any, owner: Browser, cast: Cast) -> None:
    kept = "{name}, {{7*7}} {} {1}"
    assert owner.post("/surveys", data=typed(app, name="Ours", thanks_en=kept)).status_code == 303
    assert queries.surveys()[0].texts["en"]["thanks"] == kept


def test_the_second_editor_sees_both_texts(app: Any, owner: Browser, cast: Cast) -> None:
    survey = ready.add("nps", "en", None)
    db.session.commit()
    opened = typed(app, name="Mine", version=survey.version)
    survey.change(cast.owner, name="Theirs", folded="theirs")
    db.session.commit()
    answer = owner.post("/surveys/1", data=opened)
    assert answer.status_code == 409
    assert "Saved meanwhile: Theirs" in words(answer)
    assert 'value="Mine"' in words(answer)
    db.session.rollback()
    assert survey.name == "Theirs"


def test_the_second_editor_sees_when_it_is_asked_now_and_keeps_questions_that_were_added(
    app: Any, owner: Browser, cast: Cast
) -> None:
    survey = ready.add("nps", "en", None)
    db.session.commit()
    (first, second) = [question.id for question in queries.questions_of(1)]
    theirs = typed(app, version=survey.version, occasion="every", days="90") | {
        "further-0-id": first, "further-0-text_en": "What failed?", "further-1-id": second,
        "further-2-text_es": "¿Y luego?", "further-2-text_en": "And then?",
        "further-2-from_score": "7", "further-2-to_score": "8",
    }  # fmt: skip
    mine = typed(app, version=survey.version) | {"further-0-id": first, "further-1-id": second}
    assert owner.post("/surveys/1", data=theirs).status_code == 303
    shown = owner.post("/surveys/1", data=mine)
    assert shown.status_code == 409
    assert "Saved meanwhile: Every so many days" in words(shown)
    assert "Saved meanwhile: What failed?" in words(shown)
    assert re.search(r'name="further-2-text_en"[^>]*>\s*And then\?', words(shown)), "saving again leaves it"
    assert 'name="further-3-text_en"' in words(shown), "with room for one more"


def test_the_preview_follows_what_is_typed(app: Any, owner: Browser, cast: Cast) -> None:
    form = typed(app, name="", question_es="{name}, ¿{{7*7}}?", shown="es", score="3")
    seen = words(owner.post("/surveys/preview", data=form, fragment=True))
    assert "Ana, ¿{{7*7}}?" in seen
    assert "¿Qué tendríamos que hacer mejor?" in seen
    assert "¿Fue el producto, la entrega o el trato?" in seen
    assert '<p class="open unhappy shown">' in seen
    assert 'value="3" required checked' in seen
    assert "Comentario" in seen
    whole = words(owner.post("/surveys/preview", data=form | {"shown": "fr", "score": "99"}))
    assert "What did you like most?" in whole
    assert "<h1>Write a survey</h1>" in whole
    hostile = words(owner.post("/surveys/preview", data=form | {"question_es": "<script>alert(1)</script>"}))
    assert "<script>alert" not in hostile
    ready.add("csat", "en", None)
    db.session.commit()
    assert 'id="preview"' in words(owner.post("/surveys/1/preview", data=form, fragment=True))
    assert len(queries.surveys()) == 1


def test_is_paused_started_and_closed_by_owners(
    owner: Browser, cast: Cast, browser_of: Callable[[User], Browser]
) -> None:
    survey = ready.add("nps", "en", None)
    db.session.commit()
    for verb, state in (("pause", "paused"), ("resume", "active"), ("close", "closed"), ("resume", "closed")):
        assert owner.post(f"/surveys/1/{verb}").location == "/surveys/1"
        db.session.rollback()
        assert survey.state == state
    assert "This survey is closed." in words(owner.get("/surveys/1"))
    support = browser_of(cast.support)
    assert "Edit" not in words(support.get("/surveys/1"))
    assert support.post("/surveys/1/close").status_code == 403
    assert support.get("/surveys/1").status_code == 200


def test_a_closed_one_is_not_rewritten(app: Any, owner: Browser, cast: Cast) -> None:
    survey = ready.add("nps", "en", None)
    survey.close(cast.owner)
    db.session.commit()
    answer = owner.post("/surveys/1", data=typed(app, name="New", version=survey.version))
    assert answer.status_code == 422
    assert "This survey is closed." in words(answer)
