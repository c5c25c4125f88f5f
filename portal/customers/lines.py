"""Lines: what waits at a customer, shown with who the customer is, how they are, and how to reach them.

Every room whose matters stand on Today or on a list of their own selects them with the columns named here, so that
several rooms can be read as one list.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, exists, func, select, union_all

from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from portal.users.models import User

COLUMNS = (
    "id", "due_on", "settled_on", "customer_id", "contact_id", "by_id", "kind", "state", "text", "note", "moved",
    "version", "created_at",
)  # fmt: skip
"""`kind` is the room's own word (a side, a purpose); `by_id` is who planned or promised it."""


@dataclass(frozen=True, eq=False)
class Matter:
    """One kind of what waits: its table's name, the template of its lines, and the table's columns as `COLUMNS`."""

    name: str
    template: str
    line: tuple[Any, ...]


def lines(matters: Subquery) -> Select[Any]:
    """The rest of each line, joined to matters that have `COLUMNS`. One primary key per row and table.

    The person's own phone and e-mail come first; the customer's stand in for what is missing.
    """
    return (
        select(
            matters,
            Customer.name.label("customer_name"),
            Customer.status,
            Customer.purchase_days,
            func.coalesce(Contact.phone, Customer.phone).label("phone"),
            func.coalesce(Contact.email, Customer.email).label("email"),
            Customer.last_touch_on,
            Customer.last_purchase_on,
            Contact.name.label("contact_name"),
            Contact.title.label("contact_title"),
            User.name.label("by_name"),
        )
        .join_from(matters, Customer, Customer.id == matters.c.customer_id)
        .outerjoin(Contact, Contact.id == matters.c.contact_id)
        .outerjoin(User, User.id == matters.c.by_id)
    )


def together(branches: list[Any]) -> Subquery:
    """Several limited selects as one: each is read by its own index and gives no more than its limit."""
    return union_all(*(select(branch.subquery()) for branch in branches)).subquery()


def live(branch: Any, column: Any) -> Any:
    """Only where the customer is not archived."""
    return branch.join(Customer, Customer.id == column).where(Customer.archived_at.is_(None))


def is_live(customer_id: Any) -> ColumnElement[bool]:
    """The same as a condition, which is looked up for each row in the order of whatever index the rows come by."""
    return ~exists().where(Customer.id == customer_id, Customer.archived_at.is_not(None))


def line_by_id(branch: Any) -> Any:
    """The one line of a select that finds one matter, or None."""
    return db.session.execute(lines(branch.subquery())).first()
