"""A new password by mail: one answer for everybody, a link that works once, and nothing that tells its secret."""

import logging
import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.logs import JsonLines
from portal.mail.models import OutboxMessage
from portal.timeline.models import Event
from portal.users.models import User, UserSession
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import PASSWORD
from tests.mail.letters import words_of
from tests.recorder import QueryRecorder

NEW = "otra contraseña larga"


def link_in_mail() -> str:
    """The path of the link in the newest mail."""
    message = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert message is not None
    found = re.search(r"http://localhost(/\S+)", words_of(message).text)
    assert found is not None
    assert found.group() in words_of(message).html
    return found[1]


@pytest.fixture
def link(stranger: Browser, cast: Cast) -> str:
    """A link that Lucía has asked for."""
    assert stranger.post("/forgotten", data={"email": "Support@firm.example"}).status_code == 303
    return link_in_mail()


def test_page_asks_for_the_address(stranger: Browser, cast: Cast, queries: QueryRecorder) -> None:
    with queries as seen:
        assert "Send the link" in stranger.get("/forgotten").get_data(as_text=True)
    assert len(seen) <= 2


def test_sends_a_link_and_writes_it_down(link: str, cast: Cast) -> None:
    assert link.startswith("/reset/")
    event = db.session.scalars(select(Event)).one()
    assert (event.kind, event.subject_id, event.user_id) == ("user.reset_asked", cast.support.id, None)


def test_the_answer_is_the_same_whoever_asks(stranger: Browser, cast: Cast, queries: QueryRecorder) -> None:
    cast.sales.disable(cast.owner, [cast.owner])
    db.session.commit()
    answers, costs = [], []
    for email in ("support@firm.example", "nobody@firm.example", "sales@firm.example"):
        with queries as seen:
            answers.append(stranger.post("/forgotten", data={"email": email}))
        costs.append(len(seen))
    assert {(answer.status_code, answer.location, answer.data) for answer in answers} == {
        (303, "/forgotten?sent=1", answers[0].data)
    }
    assert max(costs) - min(costs) <= 0, costs
    assert [message.recipient for message in db.session.scalars(select(OutboxMessage))] == ["support@firm.example"]
    assert "on its way" in stranger.get("/forgotten?sent=1").get_data(as_text=True)


def test_what_is_no_address_is_kept_and_refused(stranger: Browser, cast: Cast) -> None:
    for typed in ("", "support", "a@b.example\r\nBcc: x@y.example", "a@b.example, c@d.example", "\x00@b.example"):
        assert stranger.post("/forgotten", data={"email": typed}).status_code == 422
    assert 'value="support"' in stranger.post("/forgotten", data={"email": "support"}).get_data(as_text=True)
    assert db.session.scalar(select(OutboxMessage)) is None


def test_link_has_the_configured_host_never_the_requests(stranger: Browser, cast: Cast) -> None:
    forged = {"Host": "127.0.0.1", "X-Forwarded-Host": "evil.example"}
    with stranger.session_transaction(headers=forged):
        pass
    stranger.post("/forgotten", data={"email": "support@firm.example"}, headers={"X-Forwarded-Host": "evil.example"})
    assert link_in_mail().startswith("/reset/")
    assert stranger.get("/forgotten", headers={"Host": "evil.example"}).status_code == 400


def test_opening_the_link_changes_nothing_and_using_it_signs_in(
    link: str, stranger: Browser, cast: Cast, browser_of: Callable[[User], Browser]
) -> None:
    elsewhere = browser_of(cast.support)
    for _ in range(3):
        page = stranger.get(link)
        assert page.status_code == 200
        assert "support@firm.example" in page.get_data(as_text=True)
    assert stranger.post(link, data={"password": NEW}).location == "/"
    assert stranger.get("/").status_code == 200
    assert elsewhere.get("/").location == "/sign-in"
    user = db.session.get(User, cast.support.id)
    assert user is not None
    assert user.has_password(NEW)
    assert "user.password_reset" in [event.kind for event in db.session.scalars(select(Event))]


def test_used_altered_and_expired_links_look_alike(link: str, app: object, stranger: Browser, cast: Cast) -> None:
    with time_machine.travel(clock.now() + timedelta(hours=1, minutes=1)):
        expired = stranger.get(link)
        assert stranger.post(link, data={"password": NEW}).status_code == 410
    stranger.post(link, data={"password": NEW})
    used = stranger.get(link)
    stranger.post("/sign-out")
    bad = ("/reset/x", link[:-1], link[:-3] + "AAA", "/reset/" + "A" * 10_000, link.replace("/reset/", "/invitation/"))
    pages = [stranger.get(path) for path in bad] + [stranger.get(link)]
    assert {page.status_code for page in [expired, used, *pages]} == {410}
    assert len({page.data for page in [expired, *pages]}) == 1
    assert stranger.post(link, data={"password": "yet another password"}).status_code == 410


def test_a_later_change_or_a_disabled_user_kills_the_link(link: str, stranger: Browser, cast: Cast) -> None:
    cast.support.disable(cast.owner, [])
    db.session.commit()
    assert stranger.get(link).status_code == 410
    cast.support.enable(cast.owner)
    db.session.commit()
    assert stranger.get(link).status_code == 200
    cast.support.set_password("changed meanwhile", how="password_changed")
    db.session.commit()
    assert stranger.get(link).status_code == 410


def test_a_weak_password_is_refused_and_never_echoed(link: str, stranger: Browser, cast: Cast) -> None:
    for weak in ("short", "with a \x00 in it", ""):
        answer = stranger.post(link, data={"password": weak})
        assert answer.status_code == 422
        assert not weak or weak not in answer.get_data(as_text=True)
    assert stranger.post(link, data={"password": "😀" * 64}).status_code == 303


def test_the_token_stays_out_of_referers(link: str, stranger: Browser) -> None:
    assert stranger.get(link).headers["Referrer-Policy"] == "strict-origin"
    assert stranger.post(link, data={"password": "short"}).headers["Referrer-Policy"] == "strict-origin"


def test_the_mail_speaks_the_users_language(stranger: Browser, cast: Cast) -> None:
    cast.support.locale = "es"
    db.session.commit()
    stranger.post("/forgotten", data={"email": "support@firm.example"})
    message = db.session.scalars(select(OutboxMessage)).one()
    assert words_of(message).subject == "Contraseña nueva para el portal de Muebles Montaña"
    assert 'lang="es"' in words_of(message).html


def test_nobody_is_flooded_with_links(stranger: Browser, cast: Cast) -> None:
    answers = {stranger.post("/forgotten", data={"email": "support@firm.example"}).status_code for _ in range(12)}
    assert answers == {303}
    assert len(db.session.scalars(select(OutboxMessage)).all()) == 5
    statuses = [stranger.post("/forgotten", data={"email": f"n{n}@firm.example"}).status_code for n in range(12)]
    assert statuses[-1] == 429


def test_one_link_used_twice_at_once_works_once(app: Flask, link: str, cast: Cast) -> None:
    browsers = [client for client in (app.test_client(), app.test_client()) if isinstance(client, Browser)]
    tokens = [browser.csrf_token() for browser in browsers]
    together, statuses = threading.Barrier(2), []

    def use(browser: Browser, password: str, token: str) -> None:
        with app.app_context():
            together.wait()
            form = {"password": password, "csrf_token": token}
            statuses.append(browser.post(link, csrf=False, data=form).status_code)

    choices = zip(browsers, (NEW, PASSWORD), tokens, strict=True)
    threads = [threading.Thread(target=use, args=choice) for choice in choices]
    db.session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 410]
    assert len(db.session.scalars(select(UserSession).where(UserSession.ended_at.is_(None))).all()) == 1


def test_the_token_stays_out_of_the_log(link: str, stranger: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="portal")
    stranger.get(link)
    stranger.post(link, data={"password": "short"})
    lines = [JsonLines().format(record) for record in caplog.records]
    assert sum("/reset/<token>" in line for line in lines) == 2
    assert not any(link.removeprefix("/reset/") in line or "firm.example" in line for line in lines)
