"""The first purchase of whom they brought is credited, exactly, and thanked for once."""

from portal import clock
from portal.advocacy.matching import reached_by
from portal.extensions import db
from portal.purchases import ledger
from portal.purchases.models import Purchase
from tests.advocacy.given import DAY, a_purchase, a_referral, kinds_of, look, thanks
from tests.browser import Browser
from tests.cast import Cast
from tests.touches import a_customer


def test_credited_thanked_once_and_true_after_voiding(support: Browser, cast: Cast) -> None:
    referral, hotel, ana = a_referral(cast)
    friend = a_customer(cast, "Oficinas Roble")
    referral.win(friend, cast.support)
    db.session.commit()
    page, path = f"/advocacy/{referral.id}", f"/customers/{hotel.id}/advocacy"
    assert "at their first purchase" in support.get(page).get_data(as_text=True)
    first = a_purchase(friend.id).id
    a_purchase(friend.id, amount_minor=990000)
    assert "MXN 4,300" in support.get(path).get_data(as_text=True), "at once, whoever follows later"
    for _ in range(2):
        look()
    [thank] = thanks(hotel)
    assert (thank.assignee_id, thank.contact_id) == (hotel.assignee_id, ana.id)
    assert thank.objective == "Thank them: Jorge O'Neill, whom they recommended, has bought"
    assert kinds_of(hotel)[-2:] == ["referral.credited", "follow_up.planned"]
    assert f'href="/follow-ups/{thank.id}"' in support.get(page).get_data(as_text=True)
    ledger.void(db.session.get_one(Purchase, first), by=cast.support)
    db.session.commit()
    assert "MXN 9,900" in support.get(path).get_data(as_text=True), "the next one is the first one now"
    look()
    assert kinds_of(hotel).count("referral.credited") == 1
    assert len(thanks(hotel)) == 1


def test_nothing_to_thank_for_after_all(support: Browser, cast: Cast) -> None:
    referral, hotel, _ = a_referral(cast)
    friend = a_customer(cast, "Oficinas Roble")
    referral.win(friend, cast.support)
    purchase = a_purchase(friend.id)
    look()
    ledger.void(db.session.get_one(Purchase, purchase.id), by=cast.support)
    db.session.commit()
    assert "MXN" not in support.get(f"/advocacy/{referral.id}").get_data(as_text=True)
    look()
    assert [each.is_planned for each in thanks(hotel)] == [False]
    assert kinds_of(hotel)[-1] == "referral.uncredited"
    ledger.restore(db.session.get_one(Purchase, purchase.id), by=cast.support)
    db.session.commit()
    look()
    assert [each.is_planned for each in thanks(hotel)] == [False, True]


def test_what_was_bought_before_is_nobodys_credit(support: Browser, cast: Cast) -> None:
    referral, hotel, _ = a_referral(cast)
    friend = a_customer(cast, "Oficinas Roble")
    a_purchase(friend.id, clock.today() - DAY)
    look()
    support.post(f"/advocacy/{referral.id}/win", data={"customer_id": str(friend.id)})
    a_purchase(friend.id)
    look()
    assert "had bought before they were recommended" in support.get(f"/advocacy/{referral.id}").get_data(as_text=True)
    assert not thanks(hotel)
    shown = support.get("/advocacy?state=bought_before").get_data(as_text=True)
    assert "Had bought before <b>1</b>" in shown
    assert '<span class="word plain">Had bought before</span>' in shown
    assert "A customer, no purchase yet</a>" in shown, "nobody is waited for"
    assert "Jorge" not in support.get("/advocacy?state=customer").get_data(as_text=True)
    assert "Jorge" not in support.get("/advocacy?state=credited").get_data(as_text=True)


def test_linked_after_the_purchase_and_reopened(support: Browser, cast: Cast) -> None:
    referral, hotel, _ = a_referral(cast)
    friend = a_customer(cast, "Oficinas Roble")
    a_purchase(friend.id)
    support.post(f"/advocacy/{referral.id}/win", data={"customer_id": str(friend.id)})
    assert [each.is_planned for each in thanks(hotel)] == [True], "known in the same moment"
    db.session.rollback()
    support.post(f"/advocacy/{referral.id}/reopen")
    assert [each.is_planned for each in thanks(hotel)] == [False]
    db.session.refresh(referral)
    assert (referral.state, referral.referred_customer_id, referral.credited_on) == ("given", None, None)


def test_how_they_are_reached_is_read() -> None:
    assert reached_by("su cel. 33 1234 5678 o <Jorge@Roble.example>", "MX") == ("jorge@roble.example", "+523312345678")
    assert reached_by("por la tarde, @jorge, 12", "MX") == (None, None)
