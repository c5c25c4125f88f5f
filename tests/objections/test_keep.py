"""The library as it is kept: written down, answered, said better, retired; by whom, and by two at once."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.extensions import db
from portal.objections.models import Answer, Objection
from portal.users.models import User
from tests.browser import Browser
from tests.cast import Cast
from tests.objections.library import an_objection, answers_to, heard_from, verbs
from tests.recorder import QueryRecorder
from tests.touches import a_customer

HERE = "/settings/objections"


def objections() -> list[Objection]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Objection).order_by(Objection.id)))


def test_written_down_with_its_answer_and_a_link(owner: Browser, cast: Cast) -> None:
    form = {
        "form_id": str(uuid4()),
        "text": "It is too  expensive",
        "answer": "Divide it by the years.",
        "link": "https://firm.example/prices?a=1",
    }
    assert "No objection yet" in owner.get(HERE).text
    sent = [owner.post(HERE, data=form) for _ in range(2)]
    assert {answer.location for answer in sent} == {f"{HERE}/1"}
    [objection] = objections()
    assert (objection.text, objection.folded) == ("It is too expensive", "it is too expensive")
    page = owner.get(f"{HERE}/1").text
    assert "Divide it by the years." in page
    assert 'href="https://firm.example/prices?a=1" target="_blank" rel="noopener noreferrer"' in page
    assert "not heard in the last year" in page
    assert "It is too expensive" in owner.get(HERE).text
    assert verbs() == ["written", "answered"]
    again = owner.post(HERE, data={"text": "IT IS TÓO EXPENSIVE"})
    assert again.status_code == 422
    assert "The library holds it already: “It is too expensive”." in again.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "x" * 201},
        {"text": "bell \x07"},
        {"answer": "x" * 2001},
        {"link": "javascript:alert(1)"},
        {"link": "http://firm.example"},
        {"link": "https://"},
        {"link": "https://firm.example@evil.example/"},
        {"link": "https:\\\\evil.example"},
        {"link": "//firm.example"},
        {"link": "data:text/html,x"},
        {"link": "https://[firm"},
        {"link": "https://f.example/" + "x" * 500},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_kept(wrong: dict[str, str], owner: Browser, cast: Cast) -> None:
    answer = owner.post(HERE, data={"text": "No room", "answer": "a careful answer", **wrong})
    assert answer.status_code == 422
    assert 'class="field-error"' in answer.text
    assert ("a careful answer" in answer.text) is ("answer" not in wrong)
    assert not objections()


def test_hostile_words_are_words(owner: Browser, support: Browser, cast: Cast) -> None:
    hostile = "<script>alert(1)</script>{{7*7}}"
    owner.post(HERE, data={"text": hostile, "answer": "<b hx-get=/ hx-trigger=load>"})
    for page in (
        owner.get(HERE),
        owner.get(f"{HERE}/1"),
        support.get(f"{HERE}/offered?objection=script", fragment=True),
    ):
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page.text
        assert "<b hx-get" not in page.text
    assert "&lt;script&gt;" in owner.get("/timeline").text


def test_who_edits_an_older_version_sees_both_texts(owner: Browser, cast: Cast) -> None:
    objection = an_objection(cast, "Too dear", "Look at the years.")
    given, here = answers_to(objection)[0], f"{HERE}/{objection.id}"
    db.session.commit()
    assert 'value="Too dear"' in owner.get(f"{here}/edit").text
    ours = {"text": "Much too dear", "link": "", "version": "1"}
    assert owner.post(here, data=ours).status_code == 303
    assert owner.post(here, data=ours).status_code == 303  # the same form twice
    other = owner.post(here, data={"text": "Rather dear", "link": "", "version": "1"})
    assert other.status_code == 409
    assert "Rather dear" in other.text
    assert "Much too dear" in other.text
    assert owner.post(here, data={"text": "Rather dear", "link": "", "version": "2"}).status_code == 303
    assert "Look at the years." in owner.get(f"{here}/answers/{given.id}/edit").text
    assert owner.post(f"{here}/answers/{given.id}", data={"text": "One", "version": "1"}).status_code == 303
    late = owner.post(f"{here}/answers/{given.id}", data={"text": "Two", "version": "1"})
    assert late.status_code == 409
    assert '<td class="wrap">One</td>' in late.text
    assert [each.text for each in objections()] == ["Rather dear"]
    assert verbs()[2:] == ["changed", "changed", "answer_changed"]
    an_objection(cast, "No room")
    db.session.commit()
    taken = owner.post(here, data={"text": "no ROOM", "version": "3"})
    assert taken.status_code == 422
    assert "The library holds it already" in taken.text


def test_answers_come_and_go(owner: Browser, cast: Cast) -> None:
    objection, customer = an_objection(cast, "Too dear", "Given", "Never given"), a_customer(cast)
    given, unused = answers_to(objection)
    heard_from(customer, clock.today(), objection, given)
    db.session.commit()
    here = f"{HERE}/{objection.id}"
    form = {"form_id": str(uuid4()), "text": "A third one"}
    for _ in range(2):
        assert owner.post(f"{here}/answers", data=form).location == here
    assert owner.post(f"{here}/answers", data={"text": ""}).status_code == 422
    for each in (given, unused):
        assert owner.post(f"{here}/answers/{each.id}/retire").status_code == 303
    db.session.rollback()
    db.session.expire_all()
    assert [(each.text, each.is_retired) for each in answers_to(objection)] == [("Given", True), ("A third one", False)]
    assert owner.post(f"{here}/answers/{given.id}/restore").status_code == 303
    assert owner.post(f"{here}/answers/99/restore").status_code == 404
    assert verbs()[3:] == ["answered", "answer_retired", "answer_deleted", "answer_restored"]
    other = an_objection(cast, "No room")
    db.session.commit()
    assert owner.get(f"{HERE}/{other.id}/answers/{given.id}/edit").status_code == 404
    assert owner.post(f"{HERE}/{other.id}/answers/{given.id}", data={"text": "x"}).status_code == 404


def test_what_was_heard_is_retired_and_what_was_not_is_deleted(owner: Browser, cast: Cast) -> None:
    heard, unheard = an_objection(cast, "Too dear", "Years"), an_objection(cast, "No room", "A small one")
    heard_from(a_customer(cast), clock.today(), heard)
    db.session.commit()
    ids = heard.id, unheard.id
    assert owner.post(f"{HERE}/{ids[0]}/retire").location == f"{HERE}/{ids[0]}"
    assert owner.post(f"{HERE}/{ids[1]}/retire").location == HERE
    assert owner.get(f"{HERE}/{ids[1]}").status_code == 404
    assert db.session.scalar(select(func.count()).select_from(Answer)) == 1
    assert "Too dear" not in owner.get(HERE).text
    assert "Too dear" in owner.get(f"{HERE}?state=retired").text
    assert "Too dear" not in owner.get(f"{HERE}/offered", fragment=True).text
    assert owner.post(f"{HERE}/{ids[0]}/restore").status_code == 303
    assert "Too dear" in owner.get(HERE).text
    assert verbs()[4:] == ["retired", "deleted", "restored"]


def test_everybody_reads_and_three_roles_keep(cast: Cast, browser_of: Callable[[User], Browser]) -> None:
    objection = an_objection(cast, "Too dear", "Years")
    db.session.commit()
    here, id = f"{HERE}/{objection.id}", answers_to(objection)[0].id
    for role in ("sales", "marketing", "support"):
        browser, keeps = browser_of(getattr(cast, role)), role != "support"
        for path in (HERE, here, f"{here}/heard"):
            assert browser.get(path).status_code == 200
        assert ("Add the answer" in browser.get(here).text) is keeps
        assert ("New objection" in browser.get(HERE).text) is keeps
        for path in (f"{HERE}/new", f"{here}/edit", f"{here}/answers/{id}/edit"):
            assert browser.get(path).status_code == (200 if keeps else 403)
    browser = browser_of(cast.support)
    for act in ("", "/retire", "/restore", "/answers", f"/answers/{id}", f"/answers/{id}/retire", "/document/remove"):
        assert browser.post(f"{here}{act}", data={"text": "x"}).status_code == 403
    assert browser.post(HERE, data={"text": "x"}).status_code == 403
    assert verbs() == ["written", "answered"]
    home = browser.get("/").text
    assert f'href="{HERE}"' in home
    assert 'href="/settings/users"' not in browser.get(HERE).text


def test_pages_cost_few_queries(owner: Browser, cast: Cast, queries: QueryRecorder) -> None:
    written = [an_objection(cast, f"Reason {number:02}", "One", "Two") for number in range(60)]
    heard_from(a_customer(cast), clock.today(), written[0])
    db.session.commit()
    for path in (HERE, f"{HERE}/1", f"{HERE}/1/heard"):
        with queries as seen:
            page = owner.get(path)
        assert page.status_code == 200
        assert len(seen) <= 5
    first = owner.get(HERE).text
    assert "Reason 49" in first
    assert "Reason 50" not in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Reason 59" in owner.get(following).text
    with queries as seen:
        offered = owner.get(f"{HERE}/offered?objection=reason&at=c7", fragment=True)
    assert len(seen) <= 4
    assert 'id="offered-c7"' in offered.text
    assert offered.text.count("Reason") == 5
    assert len(offered.data) < 5 * 1024
