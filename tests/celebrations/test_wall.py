"""The wall: what to do about it, and the thanks in one tap."""

from sqlalchemy import select

from portal import clock
from portal.celebrations.models import Celebration
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from tests.advocacy.given import DAY, kinds_of
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.touches import a_customer


def a_celebration(cast: Cast, kind: str = "anniversary", number: int = 5, n: int = 0) -> Celebration:
    """Of a customer who first bought long ago, or of a colleague."""
    found = Celebration(
        kind=kind, number=number, happened_on=clock.today() - n * DAY, cause=f"{kind}:{n}", user_id=cast.support.id,
        created_at=clock.now(),
    )  # fmt: skip
    if kind != "streak":
        customer = a_customer(cast)
        customer.first_purchase_on = clock.today() - 2000 * DAY
        found.customer_id = customer.id
    db.session.add(found)
    db.session.commit()
    return found


def test_says_what_to_do_and_goes_on(support: Browser, stranger: Browser, cast: Cast, queries: QueryRecorder) -> None:
    assert "Nothing to celebrate yet" in support.get("/relay/celebrations").get_data(as_text=True)
    a_celebration(cast)
    for n in range(1, 40):
        a_celebration(cast, "streak", 25, n)
    with queries as seen:
        page = support.get("/relay/celebrations").get_data(as_text=True)
    assert len(seen) <= 6
    for said in ("5 years since the first purchase", "Hotel Sierra Azul", "with Lucía Support", "For them", "For us"):
        assert said in page, said
    assert page.count("data-row") == 30
    assert page.count("Thank them: ") == 1, "colleagues are thanked otherwise"
    more = support.get(page.split('rel="next" href="')[1].split('"')[0]).get_data(as_text=True)
    assert more.count("25 promises kept in a row") == 10
    assert stranger.get("/relay/celebrations").location.startswith("/sign-in")


def test_one_tap_plans_the_thanks(support: Browser, stranger: Browser, cast: Cast) -> None:
    celebration, streak = a_celebration(cast), a_celebration(cast, "streak", 10, 1)
    path = f"/relay/celebrations/{celebration.id}/thank"
    card = support.post(path, fragment=True).get_data(as_text=True)
    assert f'id="celebration-{celebration.id}"' in card
    assert "Thanks planned" in card
    assert support.post(path).location == "/relay/celebrations", "twice is once"
    thanks = db.session.scalars(select(FollowUp)).one()
    assert (thanks.purpose, thanks.due_on, thanks.assignee_id) == ("care", clock.today(), cast.support.id)
    assert thanks.objective == "Congratulate them on the anniversary of their first purchase (years: 5)"
    for wrong in (streak.id, 99):
        assert support.post(f"/relay/celebrations/{wrong}/thank").status_code == 404
    assert stranger.post(path).location.startswith("/sign-in")


def test_who_was_put_away_is_not_celebrated(support: Browser, cast: Cast) -> None:
    celebration = a_celebration(cast)
    customer = a_customer(cast, "Notaría 32")
    customer.archive(cast.support)
    celebration.customer_id = customer.id
    db.session.commit()
    assert support.post(f"/relay/celebrations/{celebration.id}/thank").location == "/relay/celebrations"
    assert "Restore it first" in support.get("/relay/celebrations").get_data(as_text=True)
    assert kinds_of(customer) == ["customer.archived"]
