"""Lists of the firm's own: saved as they are narrowed, opened by everybody, renamed and deleted by owners."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.lists.models import SavedList
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import add
from tests.lists.entries import an_entry, close_books

SAVE = "/retention/due/save?whose=me&at_least=50"


@pytest.fixture
def listed(cast: Cast) -> None:
    close_books()
    for name, user in (("Hers", cast.support), ("The owner's", cast.owner)):
        an_entry(add(cast, name, assignee=user))
    db.session.commit()


def form(name: str) -> dict[str, str]:
    return {"form_id": str(uuid4()), "list_name": name}


def saved() -> list[SavedList]:
    db.session.rollback()
    return list(db.session.scalars(select(SavedList).order_by(SavedList.id)))


def test_saved_as_it_is_narrowed_and_opened_by_everybody(owner: Browser, support: Browser, listed: None) -> None:
    sent = form("Mine, worth a call")
    for _twice in range(2):
        assert owner.post(SAVE, data=sent).location == "/retention/saved/1"
    assert [each.wanted for each in saved()] == [{"whose": "me", "at_least": 50, "currency": "MXN"}]
    for browser, theirs, others in ((owner, "The owner&#39;s", "Hers"), (support, "Hers", "The owner&#39;s")):
        page = browser.get("/retention/saved/1").get_data(as_text=True)
        assert "<h1>Mine, worth a call</h1>" in page
        assert f">{theirs}<" in page
        assert f">{others}<" not in page
    assert support.get("/retention/saved/9").status_code == 404
    assert '<input type="hidden" name="saved" value="1">' in page, "what narrows it says which list was opened"
    changed = "“Mine, worth a call”, changed:"
    for query, is_it in (("&whose=me&at_least=50", True), ("&whose=me", False), ("", False)):
        page = support.get(f"/retention/due?saved=1{query}", fragment=True).get_data(as_text=True)
        assert (changed in page, 'href="/retention/saved/1"' in page) == (not is_it, not is_it)
    assert changed not in support.get("/retention/overdue?saved=1", fragment=True).get_data(as_text=True)
    assert support.get(f"/retention/due?whose=me&saved={'9' * 30}").status_code == 200


def test_two_of_one_name_could_not_be_told_apart(owner: Browser, listed: None) -> None:
    owner.post(SAVE, data=form("Más"))
    taken = owner.post("/retention/due/save", data=form("MAS"))
    assert taken.status_code == 422
    assert "There is a list of that name already." in taken.get_data(as_text=True)
    assert owner.post(SAVE, data=form(" ")).status_code == 422
    owner.post(SAVE, data=form("Other"))
    assert owner.post("/retention/saved/2", data=form("más")).status_code == 422
    assert owner.post("/retention/saved/2", data=form("")).status_code == 422
    assert [each.name for each in saved()] == ["Más", "Other"]


def test_renamed_and_deleted(owner: Browser, listed: None) -> None:
    owner.post(SAVE, data=form("One"))
    assert owner.post("/retention/saved/1", data=form("ONE")).status_code == 303
    assert [each.name for each in saved()] == ["ONE"]
    assert owner.post("/retention/saved/1/delete").location == "/retention/due"
    assert saved() == []
    kinds = set(db.session.scalars(select(Event.kind).where(Event.kind.startswith("list."))))
    assert kinds == {"list.saved", "list.renamed", "list.deleted"}
    assert "List renamed" in owner.get("/timeline?kind=lists").get_data(as_text=True)
    assert owner.post("/retention/saved/1").status_code == owner.post("/retention/saved/1/delete").status_code == 404


def test_only_owners_save(owner: Browser, support: Browser, stranger: Browser, listed: None) -> None:
    owner.post(SAVE, data=form("One"))
    for fragment in (False, True):  # who narrows it in place saves it as it is narrowed then
        narrowed = "/retention/due?whose=me&at_least=50"
        assert "Save this list" not in support.get(narrowed, fragment=fragment).get_data(as_text=True)
        page = owner.get(narrowed, fragment=fragment).get_data(as_text=True)
        assert 'action="/retention/due/save?whose=me&amp;at_least=50&amp;currency=MXN"' in page
    for path in (SAVE, "/retention/saved/1", "/retention/saved/1/delete"):
        assert support.post(path, data=form("Other")).status_code == 403
        assert stranger.post(path, data=form("Other")).location.startswith("/sign-in")
    assert [each.name for each in saved()] == ["One"]
