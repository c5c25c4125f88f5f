"""What is planned with a customer, for its page."""

from sqlalchemy import bindparam, func, select

from portal.customers.models import Customer
from portal.follow_ups.models import OPEN, FollowUp
from portal.nested import Nested
from portal.paging import most

MOST = 5

BESIDE = Nested(
    "planned",
    select(
        FollowUp.id,
        FollowUp.due_on,
        FollowUp.purpose.label("kind"),
        FollowUp.origin.label("state"),
        FollowUp.objective.label("text"),
        func.substr(FollowUp.note, 1, 200).label("note"),
        Customer.last_purchase_on,
    )
    .join(Customer, Customer.id == FollowUp.customer_id)
    .where(FollowUp.customer_id == bindparam("of_customer"), OPEN)
    .order_by(FollowUp.due_on, FollowUp.id)
    .limit(most(MOST)),
)
"""The first of the touches to come, or late, of a customer, beside it: as much of them as `wording` says. Rides on
ix_follow_ups_customer_id_due_on.
"""
