"""Letting colleagues in: who may, what they are sent, and what the link does."""

from datetime import timedelta

import time_machine
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.mail.models import OutboxMessage
from portal.timeline.models import Event
from portal.users.models import User
from tests.browser import Browser
from tests.cast import Cast
from tests.mail.letters import words_of
from tests.recorder import QueryRecorder
from tests.users.test_reset import NEW, link_in_mail

IVAN = {"name": "Iván Treviño", "email": "Ivan@firm.example", "role": "sales"}


def ivan() -> User:
    """The user who was invited."""
    return db.session.scalars(select(User).where(User.email == "ivan@firm.example")).one()


def test_owners_see_who_may_come_in(owner: Browser, cast: Cast, queries: QueryRecorder) -> None:
    with queries as seen:
        page = owner.get("/settings/users").get_data(as_text=True)
    assert len(seen) <= 3
    assert all(name in page for name in Cast.NAMES.values())
    assert "Send the invitation" in owner.get("/settings/users/new").get_data(as_text=True)


def test_nobody_else_does(support: Browser, stranger: Browser, cast: Cast) -> None:
    for path in ("/settings/users", "/settings/users/new"):
        assert support.get(path).status_code == 403
        assert stranger.get(path).location.startswith("/sign-in")
    assert support.post("/settings/users", data=IVAN).status_code == 403
    assert stranger.post("/settings/users", data=IVAN).status_code == 303
    assert len(db.session.scalars(select(User)).all()) == 4


def test_invites_and_the_link_lets_in_once(owner: Browser, stranger: Browser, cast: Cast) -> None:
    assert owner.post("/settings/users", data=IVAN).location == "/settings/users"
    user = ivan()
    assert (user.name, user.role, user.password_hash) == ("Iván Treviño", "sales", None)
    message = db.session.scalars(select(OutboxMessage)).one()
    assert message.recipient == "ivan@firm.example"
    assert "Olga Owner" in words_of(message).subject
    link = link_in_mail()
    assert "Welcome, Iván Treviño" in stranger.get(link).get_data(as_text=True)
    assert stranger.post(link, data={"password": NEW, "role": "owner"}).location == "/"
    assert stranger.get("/customers").status_code == 200
    assert stranger.get("/settings/users").status_code == 403
    assert stranger.get(link).status_code == 410
    kinds = [event.kind for event in db.session.scalars(select(Event).order_by(Event.id))]
    assert kinds == ["session.signed_in", "user.invited", "user.joined", "session.signed_in"]


def test_invitation_lasts_seven_days(owner: Browser, stranger: Browser, cast: Cast) -> None:
    owner.post("/settings/users", data=IVAN)
    link = link_in_mail()
    with time_machine.travel(clock.now() + timedelta(days=6, hours=23)):
        assert stranger.get(link).status_code == 200
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1)):
        assert stranger.get(link).status_code == 410


def test_bad_input_is_refused_and_kept(owner: Browser, cast: Cast) -> None:
    bad = [
        {**IVAN, "name": ""},
        {**IVAN, "name": "x" * 121},
        {**IVAN, "name": "a\x00b"},
        {**IVAN, "email": "ivan"},
        {**IVAN, "email": "a@b.example\nBcc: c@d.example"},
        {**IVAN, "role": "admin"},
        {**IVAN, "email": "SUPPORT@firm.example"},
    ]
    for form in bad:
        answer = owner.post("/settings/users", data=form)
        assert answer.status_code == 422, form
    assert "already there" in answer.get_data(as_text=True)
    assert 'value="Iván Treviño"' in answer.get_data(as_text=True)
    assert len(db.session.scalars(select(User)).all()) == 4
    assert db.session.scalar(select(OutboxMessage)) is None


def test_a_form_sent_twice_is_one_user_and_one_mail(owner: Browser, cast: Cast) -> None:
    form = {**IVAN, "form_id": "5f0c7a6e-7a55-4b8e-9a39-2f1d2a6f0f11"}
    answers = [owner.post("/settings/users", data=form) for _ in range(2)]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/settings/users")}
    assert len(db.session.scalars(select(OutboxMessage)).all()) == 1


def test_invites_again_who_has_not_come_in(owner: Browser, cast: Cast) -> None:
    owner.post("/settings/users", data=IVAN)
    assert owner.post(f"/settings/users/{ivan().id}/invite-again").location == "/settings/users"
    row = owner.post(f"/settings/users/{ivan().id}/invite-again", fragment=True)
    assert row.status_code == 200
    assert f'id="user-{ivan().id}"' in row.get_data(as_text=True)
    assert len(db.session.scalars(select(OutboxMessage)).all()) == 3
    assert owner.post(f"/settings/users/{cast.support.id}/invite-again").status_code == 422
    assert owner.post("/settings/users/99/invite-again").status_code == 404


def test_names_are_text_wherever_they_appear(owner: Browser, cast: Cast) -> None:
    name = "<b hx-get=/ hx-trigger=load>x</b>{{7*7}}"
    owner.post("/settings/users", data={**IVAN, "name": name})
    message = db.session.scalars(select(OutboxMessage)).one()
    for html in (owner.get("/settings/users").get_data(as_text=True), words_of(message).html):
        assert "<b hx-get" not in html
        assert "{{7*7}}" in html
