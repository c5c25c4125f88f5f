"""Whatever is logged, undone, planned, moved or dropped: the clocks equal a recomputation from the follow-ups."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal import clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups import touching
from portal.follow_ups.clocks import set_clocks_of
from portal.follow_ups.models import FollowUp, Touch
from portal.follow_ups.reassurance import plan_reassurance
from portal.follow_ups.touching import Plan
from tests.cast import Cast
from tests.touches import a_customer

DAY = timedelta(days=1)
STEP = st.tuples(
    st.sampled_from(["log", "log_plan", "undo", "plan", "move", "drop", "reassure"]),
    st.sampled_from(["reached", "no_answer", "left_message"]),
    st.none() | st.integers(0, 400),
    st.integers(0, 5),
)


def expected(customer: Customer) -> tuple[date | None, date | None]:
    """The clocks, worked out the long way."""
    mine = [each for each in db.session.scalars(select(FollowUp)) if each.customer_id == customer.id]
    done = [each.done_on for each in mine if each.is_done and each.done_on and each.outcome != "no_answer"]
    open_ = [each.due_on for each in mine if each.is_planned and each.due_on]
    last = max(done, default=None)
    return last, min(open_, default=last + 90 * DAY if last else None)


def take(step: tuple[str, str, int | None, int], customer: Customer, cast: Cast) -> None:
    """Do one thing to one of the customer's follow-ups, if there is one to do it to."""
    act, outcome, days, which = step
    today = clock.today()
    day = today + (days or 0) * DAY
    mine = db.session.scalars(select(FollowUp).where(FollowUp.customer_id == customer.id).order_by(FollowUp.id)).all()
    planned, done = [each for each in mine if each.is_planned], [each for each in mine if each.is_done]
    touch = Touch(outcome=outcome, next_on=day if days is not None else None)
    if act == "log":
        touching.log(customer, touch, cast.support)
    elif act == "plan":
        touching.plan(customer, Plan(day), cast.support)
    elif act == "reassure":
        plan_reassurance(customer.id, which + 1, today - which * DAY, cast.support)
    elif act == "undo" and done:
        touching.undo(customer, done[which % len(done)], cast.support)
    elif planned and act != "undo":
        chosen = planned[which % len(planned)]
        if act == "move":
            touching.move(customer, chosen, day, cast.support)
        elif act == "drop":
            touching.drop(customer, chosen, cast.support)
        else:
            touching.log(customer, touch, cast.support, chosen)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, max_size=12))
def test_clocks_always_equal_a_recomputation(steps: list[tuple[str, str, int | None, int]], cast: Cast) -> None:
    customer = a_customer(cast)
    for step in steps:
        take(step, customer, cast)
        db.session.flush()
        assert (customer.last_touch_on, customer.next_touch_on) == expected(customer), step
    set_clocks_of([customer.id])
    assert (customer.last_touch_on, customer.next_touch_on) == expected(customer)
    db.session.rollback()
