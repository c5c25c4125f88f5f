"""Care against selling."""

from datetime import timedelta

from portal import clock
from portal.extensions import db
from portal.follow_ups import queries as follow_ups
from portal.follow_ups import touching, wording
from portal.follow_ups.models import FollowUp, Touch
from tests.cast import Cast
from tests.touches import a_customer


def test_counts_care_and_selling_of_the_last_year(cast: Cast) -> None:
    customer = a_customer(cast)
    for purpose in ("care", "issue", "offer", "offer", "referral"):
        touching.log(customer, Touch(purpose=purpose), cast.support)
    touching.log(customer, Touch(purpose="offer", outcome="no_answer"), cast.support)
    long_ago = clock.today() - timedelta(days=400)
    db.session.add(
        FollowUp(
            customer_id=customer.id, channel="call", purpose="care", outcome="reached", done_on=long_ago,
            created_at=clock.now(),
        )
    )  # fmt: skip
    db.session.commit()
    assert follow_ups.balance(customer.id) == (2, 2)
    assert not wording.only_offers(2, 2)
    assert wording.only_offers(0, 2)
    assert not wording.only_offers(0, 1)
