"""Roles, disabling, and the last owner."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.timeline.models import Event
from portal.users.models import LastOwner, User, UserSession
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.touches import a_customer, a_promise


def role_of(user_id: int) -> str:
    """The role as it is stored."""
    db.session.expire_all()
    user = db.session.get(User, user_id)
    assert user is not None
    return user.role


def test_gives_another_role_and_closes_what_is_open(owner: Browser, support: Browser, cast: Cast) -> None:
    assert owner.post(f"/settings/users/{cast.support.id}/change", data={"role": "sales"}).location == "/settings/users"
    assert role_of(cast.support.id) == "sales"
    assert support.get("/").location == "/sign-in"
    event = db.session.scalars(select(Event).where(Event.kind == "user.role_changed")).one()
    assert (event.user_id, event.subject_id, event.data["role"], event.data["was"]) == (
        cast.owner.id, cast.support.id, "sales", "support",
    )  # fmt: skip


def test_answers_htmx_with_the_row(owner: Browser, cast: Cast) -> None:
    row = owner.post(f"/settings/users/{cast.support.id}/change", data={"role": "owner"}, fragment=True)
    assert row.status_code == 200
    assert '<option value="owner" selected>' in row.get_data(as_text=True)
    refused = owner.post(f"/settings/users/{cast.support.id}/change", data={"role": "admin"}, fragment=True)
    assert refused.status_code == 422
    assert "no such role" in refused.get_data(as_text=True)
    assert role_of(cast.support.id) == "owner"


def test_the_same_role_changes_nothing(owner: Browser, support: Browser, cast: Cast) -> None:
    owner.post(f"/settings/users/{cast.support.id}/change", data={"role": "support"})
    assert support.get("/").status_code == 200


@pytest.mark.parametrize("path", ["change", "disable", "enable", "invite-again"])
def test_only_owners_and_only_who_is_there(
    path: str, owner: Browser, support: Browser, stranger: Browser, cast: Cast
) -> None:
    data = {"role": "owner"}
    assert support.post(f"/settings/users/{cast.support.id}/{path}", data=data).status_code == 403
    assert stranger.post(f"/settings/users/{cast.support.id}/{path}", data=data).location == "/sign-in"
    assert owner.post(f"/settings/users/999/{path}", data=data).status_code == 404
    if path == "disable":
        assert support.get(f"/settings/users/{cast.support.id}/disable").status_code == 403
        assert stranger.get(f"/settings/users/{cast.support.id}/disable").location.startswith("/sign-in")
        assert owner.get("/settings/users/999/disable").status_code == 404
    assert role_of(cast.support.id) == "support"


def test_disables_and_enables(owner: Browser, support: Browser, stranger: Browser, cast: Cast) -> None:
    assert owner.post(f"/settings/users/{cast.support.id}/disable").status_code == 303
    assert support.get("/").location == "/sign-in"
    known = {"email": "support@firm.example", "password": "a long enough password"}
    assert stranger.post("/sign-in", data=known).status_code == 422
    row = owner.post(f"/settings/users/{cast.support.id}/enable", fragment=True).get_data(as_text=True)
    assert "Disable Lucía Support" in row
    assert support.get("/").location == "/sign-in"  # the old session stays ended
    assert stranger.post("/sign-in", data=known).status_code == 303
    kinds = [event.kind for event in db.session.scalars(select(Event).order_by(Event.id))]
    assert [kind for kind in kinds if kind.startswith("user.")] == ["user.disabled", "user.enabled"]


def test_is_asked_what_stays_behind_before_a_user_is_disabled(
    owner: Browser, cast: Cast, queries: QueryRecorder
) -> None:
    ask = f"/settings/users/{cast.support.id}/disable"
    assert f'href="{ask}"' in owner.get("/settings/users").text
    assert "answers for no customer and no open promise" in owner.get(ask).text
    customer = a_customer(cast, assignee=cast.support)
    a_promise(customer, clock.today())
    db.session.commit()
    with queries as seen:
        page = owner.get(ask).text
    assert len(seen) <= 3
    assert "Lucía Support answers for 1 customer and 1 open promise." in page
    assert f'href="/customers?assignee={cast.support.id}"' in page
    assert role_of(cast.support.id) == "support"


def test_the_customers_of_a_disabled_user_are_found(owner: Browser, cast: Cast) -> None:
    a_customer(cast, assignee=cast.support)
    db.session.commit()
    owner.post(f"/settings/users/{cast.support.id}/disable")
    owner.post(f"/settings/users/{cast.sales.id}/disable")
    address = f"/customers?assignee={cast.support.id}"
    with_link = owner.get("/settings/users").text
    assert f'href="{address}"' in with_link
    assert f'href="/customers?assignee={cast.sales.id}"' not in with_link
    page = owner.get(address).text
    assert f'<option value="{cast.support.id}" selected>Lucía Support</option>' in page
    assert f'<option value="{cast.sales.id}">' not in page  # who holds nobody is offered no more
    for shown in ("/retention/silent", "/retention/overdue"):
        assert f'<option value="{cast.support.id}">Lucía Support</option>' in owner.get(shown).text


def test_the_last_owner_cannot_remove_itself(owner: Browser, cast: Cast) -> None:
    for path, data in (("change", {"role": "sales"}), ("disable", {})):
        for fragment in (False, True):
            answer = owner.post(f"/settings/users/{cast.owner.id}/{path}", data=data, fragment=fragment)
            assert answer.status_code == 422
            assert "last owner" in answer.get_data(as_text=True)
            assert not data or '<option value="sales" selected>' in answer.get_data(as_text=True)
    assert role_of(cast.owner.id) == "owner"
    assert owner.get("/settings/users").status_code == 200


def test_an_owner_who_was_invited_but_never_came_does_not_count(owner: Browser, cast: Cast) -> None:
    owner.post("/settings/users", data={"name": "Iván", "email": "ivan@firm.example", "role": "owner"})
    assert owner.post(f"/settings/users/{cast.owner.id}/disable").status_code == 422


def test_an_owner_may_step_down_when_another_stays(
    owner: Browser, cast: Cast, browser_of: Callable[[User], Browser]
) -> None:
    cast.sales.role = "owner"
    db.session.commit()
    assert owner.post(f"/settings/users/{cast.owner.id}/change", data={"role": "sales"}).status_code == 303
    assert owner.get("/settings/users").location.startswith("/sign-in")
    assert browser_of(cast.owner).get("/settings/users").status_code == 403


def test_the_rule_by_itself() -> None:
    last = User(id=1, role="owner", name="Olga")
    with pytest.raises(LastOwner):
        last.change_role("sales", last, [last])
    with pytest.raises(LastOwner):
        last.disable(last, [last])
    assert last.role == "owner"


def test_two_owners_who_demote_each_other_at_once_leave_one(
    app: Flask, cast: Cast, browser_of: Callable[[User], Browser]
) -> None:
    cast.sales.role = "owner"
    db.session.commit()
    pairs = [(browser_of(cast.owner), cast.sales.id), (browser_of(cast.sales), cast.owner.id)]
    tokens = [browser.csrf_token() for browser, _ in pairs]
    together, statuses = threading.Barrier(2), []

    def demote(browser: Browser, other: int, token: str) -> None:
        with app.app_context():
            together.wait()
            data = {"role": "support", "csrf_token": token}
            statuses.append(browser.post(f"/settings/users/{other}/change", csrf=False, data=data).status_code)

    threads = [threading.Thread(target=demote, args=(*pair, token)) for pair, token in zip(pairs, tokens, strict=True)]
    db.session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    owners = db.session.scalars(select(User).where(User.role == "owner")).all()
    assert len(owners) == 1
    assert min(statuses) == 303
    assert all(status in (303, 403, 422) for status in statuses)
    ended = db.session.scalars(select(UserSession).where(UserSession.ended_at.is_not(None))).all()
    assert len(ended) == 1
