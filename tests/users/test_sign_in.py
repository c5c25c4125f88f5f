"""Coming in: the right password opens, everything else looks the same."""

from sqlalchemy import select

from portal.extensions import db
from portal.timeline.models import Event
from portal.users.models import User, UserSession
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import PASSWORD
from tests.recorder import QueryRecorder


def test_opens_with_the_right_password(stranger: Browser, cast: Cast) -> None:
    answer = stranger.post("/sign-in", data={"email": "Support@firm.example", "password": PASSWORD})
    assert answer.status_code == 303
    assert answer.location == "/"
    assert stranger.get("/").status_code == 200
    assert [event.kind for event in db.session.scalars(select(Event))] == ["session.signed_in"]


def test_says_the_same_for_a_wrong_password_and_for_nobody(stranger: Browser, cast: Cast) -> None:
    wrong = stranger.post("/sign-in", data={"email": "support@firm.example", "password": "wrong wrong wrong"})
    nobody = stranger.post("/sign-in", data={"email": "support@firm.example"[::-1], "password": "wrong wrong wrong"})
    assert wrong.status_code == nobody.status_code == 422
    assert b"do not go together" in wrong.data
    assert db.session.scalar(select(UserSession)) is None


def test_goes_on_only_to_our_own_pages(stranger: Browser, cast: Cast) -> None:
    for target in ("//e", "/\\e", "\\\\e", "///e", "javascript:alert(1)", "https://e/"):
        form = {"email": "support@firm.example", "password": PASSWORD, "next": target}
        assert stranger.post("/sign-in", data=form).location == "/"


def test_a_cookie_copied_before_sign_out_is_dead(support: Browser) -> None:
    copied = support.get_cookie("session")
    assert copied is not None
    assert support.post("/sign-out").status_code == 303
    support.set_cookie("session", copied.value)
    assert support.get("/").location == "/sign-in"


def test_a_disabled_user_is_refused_at_the_next_request(support: Browser, cast: Cast) -> None:
    assert support.get("/customers").status_code == 200
    user = db.session.get(User, cast.support.id)
    assert user is not None
    user.disabled_at = user.created_at
    db.session.commit()
    assert support.get("/customers").location == "/sign-in?next=%2Fcustomers"


def test_a_signed_in_page_costs_two_queries_before_its_own(support: Browser, queries: QueryRecorder) -> None:
    with queries as seen:
        assert support.get("/customers").status_code == 200
    assert len(seen) <= 3
