"""Whom at a customer a user meets at eye level: the owner says it."""

import pytest

from portal.extensions import db
from portal.users.models import User
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import event

ROLE = "sales"
"""What Saúl is: one form says both, the role and the level."""


def level_of(id: int) -> str:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(User, id).level


def test_is_said_in_place_and_without_script(owner: Browser, cast: Cast) -> None:
    path = f"/settings/users/{cast.sales.id}/change"
    page = owner.post(path, data={"role": ROLE, "level": "board"}, fragment=True).get_data(as_text=True)
    assert '<option value="board" selected>' in page
    assert level_of(cast.sales.id) == "board"
    assert owner.post(path, data={"role": ROLE, "level": "board"}).location == "/settings/users"
    assert event("user.level_changed").data == {"name": "Saúl Sales", "level": "board", "was": ""}
    assert "Level changed: Saúl Sales" in owner.get("/timeline").get_data(as_text=True)
    owner.post(path, data={"role": ROLE, "level": ""})
    assert level_of(cast.sales.id) == ""


@pytest.mark.parametrize("fragment", [False, True])
def test_the_role_and_the_level_are_saved_together(fragment: bool, owner: Browser, cast: Cast) -> None:
    path = f"/settings/users/{cast.sales.id}/change"
    answer = owner.post(path, data={"role": "marketing", "level": "board"}, fragment=fragment)
    page = answer.text if fragment else owner.get(answer.location).text
    assert '<option value="marketing" selected>' in page
    assert level_of(cast.sales.id) == "board"
    assert event("user.role_changed").data["role"] == "marketing"
    assert event("user.level_changed").data["level"] == "board"


def test_what_is_refused_keeps_both_as_they_were(owner: Browser, cast: Cast) -> None:
    path = f"/settings/users/{cast.owner.id}/change"
    answer = owner.post(path, data={"role": "support", "level": "board"}, fragment=True)
    assert answer.status_code == 422
    assert '<option value="support" selected>' in answer.text
    assert '<option value="board" selected>' in answer.text
    assert level_of(cast.owner.id) == ""


@pytest.mark.parametrize("level", ["king", "\x00", "x" * 500])
def test_no_other_level_is_taken(level: str, owner: Browser, cast: Cast) -> None:
    for fragment in (False, True):
        answer = owner.post(
            f"/settings/users/{cast.sales.id}/change", data={"role": ROLE, "level": level}, fragment=fragment
        )
        assert answer.status_code == 422
        assert "There is no such level" in answer.get_data(as_text=True)
    assert level_of(cast.sales.id) == ""


def test_is_the_owners_to_say(owner: Browser, support: Browser, stranger: Browser, cast: Cast) -> None:
    path = f"/settings/users/{cast.sales.id}/change"
    assert support.post(path, data={"role": ROLE, "level": "board"}).status_code == 403
    assert stranger.post(path, data={"role": ROLE, "level": "board"}).location.startswith("/sign-in")
    assert owner.post("/settings/users/99/change", data={"role": ROLE, "level": "board"}).status_code == 404
    assert level_of(cast.sales.id) == ""
