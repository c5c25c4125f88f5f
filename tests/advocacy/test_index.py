"""Whom our customers recommend, by what became of each."""

from portal import clock
from portal.advocacy.referring import Referred, refer
from portal.extensions import db
from tests.advocacy.given import a_purchase, a_referral
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.touches import a_customer


def test_is_empty_at_first(support: Browser, cast: Cast) -> None:
    page = support.get("/advocacy").get_data(as_text=True)
    assert "Nobody has been recommended yet" in page
    assert "None." in support.get("/advocacy?state=closed").get_data(as_text=True)
    assert "Nobody has been recommended yet" in support.get("/advocacy?state=rubbish&after=x").get_data(as_text=True)


def test_each_state_has_its_list_and_its_count(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    referral, hotel, _ = a_referral(cast, "33 1234 5678")
    for n in range(60):
        refer(hotel, Referred(f"Guest {n}"), cast.support)
    friend = a_customer(cast, "Oficinas Roble")
    referral.win(friend, cast.support)
    db.session.commit()
    with queries as seen:
        page = support.get("/advocacy").get_data(as_text=True)
    assert len(seen) <= 6
    assert page.count("data-row") == 50
    assert "To be contacted <b>60</b>" in page
    assert "A customer, no purchase yet <b>1</b>" in page
    more = support.get(page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")).get_data(as_text=True)
    assert more.count("data-row") == 11
    assert "Jorge O&#39;Neill" in more
    assert "Ana Robles, Hotel Sierra Azul" in more
    assert "33 1234 5678" in more
    a_purchase(friend.id)
    page = support.get("/advocacy?state=credited").get_data(as_text=True)
    assert page.count("data-row") == 1
    assert "MXN 4,300" in page
    assert "data-row" not in support.get("/advocacy?state=customer").get_data(as_text=True)


def test_a_customers_page_says_whom_they_brought_and_who_brought_them(
    support: Browser, cast: Cast, queries: QueryRecorder
) -> None:
    referral, hotel, _ = a_referral(cast)
    friend = a_customer(cast, "Oficinas Roble")
    db.session.commit()
    assert "They have not recommended us yet" in support.get(f"/customers/{friend.id}/advocacy").get_data(as_text=True)
    referral.win(friend, cast.support)
    db.session.commit()
    a_purchase(friend.id, clock.today())
    with queries as seen:
        page = support.get(f"/customers/{hotel.id}/advocacy").get_data(as_text=True)
    assert len(seen) <= 6
    assert "Oficinas Roble" in page
    assert "MXN 4,300" in page
    page = support.get(f"/customers/{friend.id}/advocacy").get_data(as_text=True)
    assert "Who brought them" in page
    assert "Ana Robles, Hotel Sierra Azul" in page
    assert f'href="/customers/{hotel.id}/advocacy"' in support.get(f"/customers/{hotel.id}").get_data(as_text=True)
    assert support.get("/customers/99/advocacy").status_code == 404
