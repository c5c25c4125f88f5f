"""Digests are switched off by the link under one, or in the account, and on again there."""

from sqlalchemy import select

from portal.digests import switching
from portal.extensions import db
from portal.timeline.models import Event
from portal.users.models import User
from tests.browser import Browser
from tests.cast import Cast
from tests.digests.mornings import POST
from tests.recorder import QueryRecorder


def path_of(user: User) -> str:
    return switching.address(user.id, "", POST.keys)


def wants(cast: Cast) -> bool:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(User, cast.support.id).digest


def told() -> list[str]:
    return list(db.session.scalars(select(Event.kind).where(Event.kind.startswith("user.digest")).order_by(Event.id)))


def test_in_the_account(support: Browser, cast: Cast) -> None:
    page = support.get("/account").get_data(as_text=True)
    assert "A mail at 07:00" in page
    for _ in range(2):
        assert support.post("/account/digest", data={"wanted": ""}).location == "/account"
        assert not wants(cast)
    assert "You don't get it." in support.get("/account").get_data(as_text=True)
    support.post("/account/digest", data={"wanted": "on"})
    assert wants(cast)
    assert told() == ["user.digest_off", "user.digest_on"]


def test_strangers_have_none(stranger: Browser) -> None:
    assert stranger.post("/account/digest", data={"wanted": ""}).location == "/sign-in"


def test_by_the_link_under_one(stranger: Browser, cast: Cast, queries: QueryRecorder) -> None:
    path = path_of(cast.support)
    with queries as seen:
        page = stranger.get(path).get_data(as_text=True)
    assert len(seen) <= 2
    assert "Lucía Support gets one each morning" in page
    assert wants(cast)
    unticked = stranger.post(path, csrf=False)
    assert unticked.status_code == 422
    assert "Tick the box" in unticked.get_data(as_text=True)
    assert wants(cast)
    done = stranger.post(path, csrf=False, data={"off": "1", "lang": "es"})
    assert (done.status_code, done.location) == (303, f"{path}?lang=es")
    assert not wants(cast)
    assert "Ya no recibes resúmenes" in stranger.get(done.location).get_data(as_text=True)
    assert stranger.get(path).headers["Referrer-Policy"] == "strict-origin"


def test_by_a_mail_programs_button(stranger: Browser, cast: Cast) -> None:
    answer = stranger.post(path_of(cast.support), csrf=False, data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.data) == (200, b"")
    assert not wants(cast)
    assert told() == ["user.digest_off"]


def test_unknown_links_are_one_and_the_same_404(stranger: Browser, cast: Cast) -> None:
    path = path_of(cast.support)
    pages = {stranger.get(wrong) for wrong in (path[:-1], path + "x", "/d/x", "/d/" + "x" * 10_000)}
    assert {page.status_code for page in pages} == {404}
    assert len({page.data for page in pages}) == 1
    assert stranger.post(path[:-1], csrf=False, data={"off": "1"}).status_code == 404
    gone = switching.address(999, "", POST.keys)
    assert stranger.get(gone).status_code == 404
    assert wants(cast)
