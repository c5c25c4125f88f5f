"""What calls for a survey: a purchase some days ago, a recovery that was kept, the customer's day."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from portal import clock
from portal.commitments.models import Commitment
from portal.customers.models import Customer
from portal.extensions import db
from portal.invitations import asking, jobs
from portal.invitations.inviting import Asking
from portal.purchases import ledger
from tests.cast import Cast
from tests.customers import known
from tests.invitations.asked import KEY, a_survey, ask, firm, invitations
from tests.touches import a_promise


@pytest.fixture
def hotel(cast: Cast) -> Customer:
    return known.add(cast, contacts=[{"name": "Ana Robles", "email": "ana@x.example"}], email="hotel@x.example")


def days_ago(days: int) -> Any:
    return clock.today() - timedelta(days=days)


def buys(customer: Customer, days: int, cast: Cast) -> Any:
    purchase = ledger.record(
        customer_id=customer.id, on=days_ago(days), amount_minor=100, currency="MXN", by=cast.sales
    )  # fmt: skip
    db.session.commit()
    return purchase


def run() -> list[str]:
    db.session.rollback()
    jobs.ask_after_purchases()
    return [each.cause for each in invitations()]


def test_a_purchase_is_asked_about_after_so_many_days_and_once(cast: Cast, hotel: Customer) -> None:
    a_survey(occasion="after_purchase", days=7, active_since=days_ago(60))
    a_survey("Another", occasion="after_purchase", days=7, active_since=days_ago(60))
    buys(hotel, 6, cast)
    assert run() == []
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert run() == ["purchase:1"]
        assert run() == ["purchase:1"]  # also by the other survey: one per purchase at most
    (invitation,) = invitations()
    assert (invitation.contact_id, invitation.channel, invitation.assignee_id) == (1, "email", hotel.assignee_id)


@pytest.mark.parametrize("days", [22, 61])
def test_what_is_long_past_is_not_asked_about(days: int, cast: Cast, hotel: Customer) -> None:
    a_survey(occasion="after_purchase", days=7, active_since=days_ago(60))
    buys(hotel, days, cast)
    assert run() == []


def test_what_was_bought_before_the_survey_was_active_is_not_asked_about(cast: Cast, hotel: Customer) -> None:
    a_survey(occasion="after_purchase", days=3, active_since=days_ago(4))
    buys(hotel, 5, cast)
    assert run() == []
    buys(hotel, 4, cast)
    assert run() == ["purchase:2"]


def test_of_several_purchases_the_latest_is_asked_about_and_voided_ones_never(cast: Cast, hotel: Customer) -> None:
    a_survey(occasion="after_purchase", days=2, active_since=days_ago(60))
    for days in (5, 3, 3):
        purchase = buys(hotel, days, cast)
    ledger.void(purchase, by=cast.sales)
    db.session.commit()
    other = known.add(cast, "Archived")
    buys(other, 3, cast)
    other.archive(cast.sales)
    db.session.commit()
    assert run() == ["purchase:2"]
    assert run() == ["purchase:2"]
    buys(hotel, 2, cast)
    assert run() == ["purchase:2"]  # asked today already
    with time_machine.travel(clock.now() + timedelta(days=3)):
        buys(hotel, 2, cast)
        assert run() == ["purchase:2", "purchase:6"]


def test_a_recovery_that_was_kept_is_asked_about_once(cast: Cast, hotel: Customer) -> None:
    promise = a_promise(hotel, clock.today(), "Make it right")
    db.session.commit()
    wanted = Asking(firm(), KEY, by=cast.support)
    commitment = db.session.get_one(Commitment, promise.id)
    assert asking.after_recovery(commitment, wanted) is None
    a_survey(occasion="after_recovery")
    for _ in range(2):
        assert asking.after_recovery(commitment, wanted) is not None
        db.session.commit()
    assert [each.cause for each in invitations()] == ["recovery:1"]


def test_every_so_many_days_each_day_has_its_share(cast: Cast) -> None:
    for number in range(10):
        known.add(cast, f"Customer {number}", email=f"c{number}@x.example").status = "buyer"
    known.add(cast, "Prospect")
    db.session.commit()
    survey = a_survey(occasion="every", days=10)
    for day in range(20):
        with time_machine.travel(clock.now() + timedelta(days=day)):
            for _ in range(2):
                db.session.rollback()
                jobs.ask_every()
            assert len(invitations()) == day + 1
    asked = [each.customer_id for each in invitations()]
    assert sorted(asked) == sorted([*range(1, 11)] * 2)
    assert invitations()[0].cause.startswith(f"every:{survey.id}:{asked[0]}:0:")


def test_a_day_that_was_missed_is_made_up_for_but_not_what_was_asked_lately(cast: Cast) -> None:
    for number in range(10):
        known.add(cast, f"Customer {number}", email=f"c{number}@x.example").status = "client"
    db.session.commit()
    survey = a_survey(occasion="every", days=10, active_since=days_ago(30))
    ask(survey, db.session.get_one(Customer, 1), cause="by hand")
    jobs.ask_every()
    asked = [each.customer_id for each in invitations()][1:]
    assert len(asked) in (4, 5)
    assert 1 not in asked
