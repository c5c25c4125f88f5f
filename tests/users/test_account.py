"""Your account: name, language, password, and where you are signed in."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.mail.models import OutboxMessage
from portal.timeline.models import Event
from portal.users.devices import described
from portal.users.models import User, UserSession
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import PASSWORD
from tests.recorder import QueryRecorder

NEW = "otra contraseña larga"
CHROME_ON_ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36"
)


def lucia(cast: Cast) -> User:
    """The support user as stored."""
    db.session.expire_all()
    user = db.session.get(User, cast.support.id)
    assert user is not None
    return user


def test_shows_what_the_portal_knows(support: Browser, queries: QueryRecorder) -> None:
    with queries as seen:
        page = support.get("/account").get_data(as_text=True)
    assert len(seen) <= 3
    assert "Lucía Support" in page
    assert "this one" in page


def test_strangers_have_none(stranger: Browser) -> None:
    for path in ("/account/password", "/account", "/account/sessions/1/end", "/account/sessions/end-others"):
        assert stranger.post(path).location == "/sign-in"


def test_changes_name_and_language(support: Browser, cast: Cast) -> None:
    form = {"name": "Lucía  Herrera", "locale": "es", "version": "1", "role": "owner", "email": "x@y.example"}
    assert support.post("/account", data=form).location == "/account"
    user = lucia(cast)
    assert (user.name, user.locale, user.role, user.email) == (
        "Lucía Herrera", "es", "support", "support@firm.example",
    )  # fmt: skip
    assert '<html lang="es"' in support.get("/account").get_data(as_text=True)
    assert "user.changed" in [event.kind for event in db.session.scalars(select(Event))]


def test_says_saved_in_the_language_that_was_chosen(support: Browser) -> None:
    support.post("/account", data={"name": "Lucía", "locale": "es", "version": "1"})
    page = support.get("/account").get_data(as_text=True)
    assert "Guardado." in page
    assert "Saved." not in page
    support.post("/account", data={"name": "Lucía", "locale": "en", "version": "2"})
    page = support.get("/account").get_data(as_text=True)
    assert "Saved." in page
    assert "Guardado." not in page


def test_the_second_editor_sees_both_texts(support: Browser, cast: Cast) -> None:
    support.post("/account", data={"name": "First", "locale": "", "version": "1"})
    answer = support.post("/account", data={"name": "Second", "locale": "", "version": "1"})
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert 'value="Second"' in page
    assert "Saved meanwhile: First" in page
    assert lucia(cast).name == "First"
    assert support.post("/account", data={"name": "Second", "locale": "", "version": "2"}).status_code == 303


@pytest.mark.parametrize("form", [{"name": ""}, {"name": "a\x00"}, {"locale": "xx"}, {"name": "x" * 121}])
def test_bad_details_are_refused(form: dict[str, str], support: Browser, cast: Cast) -> None:
    assert support.post("/account", data={"name": "Lucía", "locale": "", "version": "1", **form}).status_code == 422
    assert lucia(cast).name == "Lucía Support"


def test_changes_the_password_and_ends_all_other_sessions(
    support: Browser, cast: Cast, browser_of: Callable[[User], Browser]
) -> None:
    elsewhere = browser_of(cast.support)
    copied = support.get_cookie("session")
    assert copied is not None
    answer = support.post("/account/password", data={"current_password": PASSWORD, "password": NEW})
    assert answer.location == "/account"
    assert support.get("/account").status_code == 200
    assert elsewhere.get("/account").location.startswith("/sign-in")
    support.set_cookie("session", copied.value)
    assert support.get("/account").location.startswith("/sign-in")
    assert lucia(cast).has_password(NEW)
    message = db.session.scalars(select(OutboxMessage)).one()
    assert (message.kind, message.recipient) == ("password_changed", "support@firm.example")
    assert "user.password_changed" in [event.kind for event in db.session.scalars(select(Event))]


def test_needs_the_current_password_and_echoes_neither(support: Browser, cast: Cast) -> None:
    for form in (
        {"current_password": "wrong wrong wrong", "password": NEW},
        {"current_password": PASSWORD, "password": "short"},
        {"current_password": PASSWORD, "password": "nul \x00 nul nul"},
        {"current_password": "", "password": ""},
    ):
        answer = support.post("/account/password", data=form)
        assert answer.status_code == 422
        assert not any(word in answer.get_data(as_text=True) for word in form.values() if word)
    assert lucia(cast).has_password(PASSWORD)


def test_somebody_at_an_open_screen_cannot_guess_for_long(support: Browser, cast: Cast) -> None:
    form = {"current_password": "wrong wrong wrong", "password": NEW}
    assert [support.post("/account/password", data=form).status_code for _ in range(12)][-1] == 429


def test_ends_a_session_elsewhere(support: Browser, cast: Cast, browser_of: Callable[[User], Browser]) -> None:
    elsewhere = browser_of(cast.support)
    other = max(session.id for session in db.session.scalars(select(UserSession)))
    answer = support.post(f"/account/sessions/{other}/end", fragment=True)
    assert answer.status_code == 200
    assert 'id="sessions"' in answer.get_data(as_text=True)
    assert f"session-{other}" not in answer.get_data(as_text=True)
    assert elsewhere.get("/").location == "/sign-in"
    assert support.post(f"/account/sessions/{other}/end").status_code == 404


def test_nobody_ends_anothers_session(support: Browser, cast: Cast, browser_of: Callable[[User], Browser]) -> None:
    boss = browser_of(cast.owner)
    other = max(session.id for session in db.session.scalars(select(UserSession)))
    assert support.post(f"/account/sessions/{other}/end").status_code == 404
    assert boss.get("/").status_code == 200


def test_ending_this_one_leads_out(support: Browser, cast: Cast) -> None:
    mine = db.session.scalars(select(UserSession)).one().id
    assert support.post(f"/account/sessions/{mine}/end").location == "/sign-in"
    assert support.get("/").location == "/sign-in"


def test_ends_all_others_or_all(support: Browser, cast: Cast, browser_of: Callable[[User], Browser]) -> None:
    others = [browser_of(cast.support) for _ in range(3)]
    assert support.post("/account/sessions/end-others").location == "/account"
    assert support.get("/").status_code == 200
    assert {other.get("/").location for other in others} == {"/sign-in"}
    assert support.post("/account/sessions/end-all").location == "/sign-in"
    assert support.get("/").location == "/sign-in"


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        (CHROME_ON_ANDROID, ("Chrome", "Android")),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/1 Safari/537.36 Edg/1",
         ("Edge", "Windows")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Version/17.5 Safari/604",
         ("Safari", "iPhone")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:1.0) Gecko/20100101 Firefox/140.0", ("Firefox", "Mac")),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/1.0 Safari/537.36",
         ("Chrome", "Linux")),
        ("", ("", "")),
        ("<script>", ("", "")),
    ],
)  # fmt: skip
def test_devices_are_said_as_people_say_them(user_agent: str, said: tuple[str, str]) -> None:
    assert described(user_agent) == said


def test_a_session_shows_its_device(stranger: Browser, cast: Cast) -> None:
    form = {"email": "support@firm.example", "password": PASSWORD}
    stranger.post("/sign-in", data=form, headers={"User-Agent": CHROME_ON_ANDROID})
    assert "Chrome on Android" in stranger.get("/account").get_data(as_text=True)
