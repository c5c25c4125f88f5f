"""The list of customers as an owner has narrowed it, kept under a name for everybody."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.lists.models import SavedList
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import add
from tests.lists.entries import close_books
from tests.recorder import QueryRecorder

SAVE = "/retention/customers/save?tag=1&status=prospect"


@pytest.fixture
def some(cast: Cast) -> None:
    add(cast, "Tagged", tags=["vip"])
    add(cast, "Another")
    close_books()
    db.session.commit()


def form(name: str) -> dict[str, str]:
    return {"form_id": str(uuid4()), "list_name": name}


def saved() -> list[SavedList]:
    db.session.rollback()
    return list(db.session.scalars(select(SavedList).order_by(SavedList.id)))


def test_saved_opened_by_everybody_renamed_and_deleted(
    owner: Browser, support: Browser, some: None, queries: QueryRecorder
) -> None:
    assert "Save this list" in owner.get("/customers?tag=1").text
    assert "Save this list" not in owner.get("/customers").text
    assert "Save this list" not in support.get("/customers?tag=1").text
    sent = form("Our best")
    for _twice in range(2):
        assert owner.post(SAVE, data=sent).location == "/retention/saved/1"
    assert [(each.list, each.wanted) for each in saved()] == [("customers", {"status": "prospect", "tag": 1})]
    for browser in (owner, support):
        address = browser.get("/retention/saved/1").location
        with queries as seen:
            page = browser.get(address).text
        assert len(seen) <= 6
        assert "<h1>Our best</h1>" in page
        assert ">Tagged<" in page
        assert ">Another<" not in page
        assert ("Rename" in page) is (browser is owner)
    assert '<input type="hidden" name="saved" value="1">' in page
    assert "“Our best”, changed:" not in owner.get("/customers?saved=1&status=prospect&tag=1", fragment=True).text
    for query in ("&status=client", ""):
        assert "“Our best”, changed:" in owner.get(f"/customers?saved=1{query}", fragment=True).text
    assert "<h1>Customers</h1>" in owner.get("/customers?saved=1&status=client").text
    for odd in ("9", "x", "9" * 30):
        assert owner.get(f"/customers?tag=1&saved={odd}").status_code == 200
    assert owner.post("/retention/saved/1", data=form("Better")).location == "/retention/saved/1"
    assert [each.name for each in saved()] == ["Better"]
    assert owner.post("/retention/saved/1/delete").location == "/customers"
    assert saved() == []


def test_a_name_that_can_not_be_taken_is_given_back(owner: Browser, support: Browser, some: None) -> None:
    owner.post(SAVE, data=form("Más"))
    for name, said in (("MAS", "There is a list of that name already."), (" ", "required"), ("x" * 81, "x" * 81)):
        answer = owner.post(SAVE, data=form(name))
        assert answer.status_code == 422
        assert said in answer.text
    assert owner.post("/retention/saved/1", data=form("")).status_code == 422
    assert owner.post("/retention/customers/save", data=form("Everybody")).location == "/customers"
    assert support.post(SAVE, data=form("Mine")).status_code == 403
    assert [each.name for each in saved()] == ["Más"]
