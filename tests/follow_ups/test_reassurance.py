"""After a purchase, one touch is due that helps the customer stand by the decision."""

from datetime import timedelta

from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.follow_ups.reassurance import drop_reassurance, plan_reassurance, plan_reassurances
from portal.timeline.models import Event
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.touches import a_customer

DAY = timedelta(days=1)


def planned() -> list[FollowUp]:
    return list(db.session.scalars(select(FollowUp).order_by(FollowUp.id)))


def test_is_planned_some_days_after_the_purchase(cast: Cast) -> None:
    customer, today = a_customer(cast), clock.today()
    assert plan_reassurance(customer.id, 7, today - DAY, by=cast.sales) == 1
    db.session.commit()
    (touch,) = planned()
    assert (touch.purpose, touch.origin, touch.origin_id, touch.due_on) == (
        "reassurance", "purchase", 7, today + 2 * DAY,
    )  # fmt: skip
    assert touch.assignee_id == customer.assignee_id
    assert customer.next_touch_on == today + 2 * DAY
    event = db.session.scalars(select(Event).where(Event.kind == "follow_up.planned")).one()
    assert (event.customer_id, event.subject_id, event.user_id) == (customer.id, touch.id, cast.sales.id)


def test_one_is_open_per_customer_and_the_latest_purchase_counts(cast: Cast) -> None:
    one, other, today = a_customer(cast), a_customer(cast, "Notaría 32"), clock.today()
    purchases = [
        (one.id, 1, today - 9 * DAY),
        (one.id, 2, today - DAY),
        (other.id, 3, today),
        (one.id, 4, today - DAY * 3),
    ]
    assert plan_reassurances(purchases, by=None) == 2
    assert plan_reassurances(purchases, by=None) == 0
    db.session.commit()
    assert [(f.customer_id, f.origin_id) for f in planned()] == [(one.id, 2), (other.id, 3)]


def test_old_purchases_and_archived_customers_are_left_alone(cast: Cast) -> None:
    one, other, today = a_customer(cast), a_customer(cast, "Notaría 32"), clock.today()
    other.archive(by=cast.owner)
    assert plan_reassurances([(one.id, 1, today - 31 * DAY), (other.id, 2, today), (one.id, 3, today + DAY)], None) == 0


def test_many_at_once_cost_few_statements(cast: Cast, queries: QueryRecorder) -> None:
    ids = [a_customer(cast, f"Customer {n}").id for n in range(40)]
    db.session.commit()
    with queries as seen:
        assert plan_reassurances([(id, id, clock.today()) for id in ids], by=cast.sales) == 40
        db.session.commit()
    assert len(seen) <= 8


def test_is_taken_back_with_its_purchase(cast: Cast) -> None:
    customer = a_customer(cast)
    plan_reassurance(customer.id, 7, clock.today(), by=cast.sales)
    assert drop_reassurance(customer.id, 8) == 0
    assert drop_reassurance(customer.id, 7) == 1
    db.session.commit()
    assert customer.next_touch_on is None
