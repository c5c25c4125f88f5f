"""A client names somebody whom we could help."""

from sqlalchemy import select

from portal import clock
from portal.advocacy.models import Referral
from portal.advocacy.referring import Referred, refer
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.touches import a_contact, a_customer


def test_plans_a_call_for_whoever_answers_for_the_client(support: Browser, cast: Cast) -> None:
    customer = a_customer(cast)
    ana = a_contact(customer)
    refer(customer, Referred("Jorge O'Neill", "33 1234 5678", contact_id=ana.id, contact=ana.name))
    db.session.commit()
    assert db.session.scalars(select(Referral)).one().name == "Jorge O'Neill"
    call = db.session.scalars(select(FollowUp)).one()
    assert (call.purpose, call.assignee_id, call.contact_id) == ("referral", cast.support.id, ana.id)
    assert call.objective == "Thank them for recommending Jorge O'Neill, 33 1234 5678"
    assert call.due_on is not None
    assert (call.due_on - clock.today()).days == 1
    told = select(Event.kind).where(Event.customer_id == customer.id).order_by(Event.id)
    assert list(db.session.scalars(told)) == ["referral.given", "follow_up.planned"]
    page = support.get(f"/customers/{customer.id}").get_data(as_text=True)
    assert "Recommended us to Jorge O&#39;Neill" in page


def test_a_customer_whom_nobody_holds_is_recommended_by_too(cast: Cast) -> None:
    customer = a_customer(cast)
    customer.assignee_id = None
    refer(customer, Referred("Jorge"))
    db.session.commit()
    assert db.session.scalars(select(FollowUp)).one().assignee_id is None
