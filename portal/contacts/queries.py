"""Every SELECT about contacts."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from portal.contacts.models import Contact
from portal.extensions import as_read, db, rows_of
from portal.invitations.models import OptOut
from portal.ledger.models import LIVING, LedgerLink
from portal.nested import Nested

_OPTED_OUT = (
    select(func.min(OptOut.scope))
    .where(OptOut.customer_id == Contact.customer_id, OptOut.contact_id == Contact.id, OptOut.withdrawn_at.is_(None))
    .correlate(Contact)
    .scalar_subquery()
)
_SEES_UNTIL = (
    select(LedgerLink.expires_on)
    .where(LedgerLink.contact_id == Contact.id, LIVING)
    .correlate(Contact)
    .scalar_subquery()
)
_ALL_OF = (
    select(*Contact.__table__.columns, _OPTED_OUT.label("opted_out"), _SEES_UNTIL.label("sees_until"))
    .where(Contact.customer_id == bindparam("customer_id"), Contact.merged_into_id.is_(None))
    .order_by(Contact.archived_at.is_not(None), Contact.id)
)
BESIDE = Nested("contacts", _ALL_OF)
"""The same beside their customer, for whoever reads both: `read` makes contacts of its rows."""


def contacts_of(customer_id: int) -> Sequence[Contact]:
    """All contacts of a customer, to be read only, in the order they came, archived ones last, with what each does not
    want to be asked, and until when each sees the promises between us. Rides on ix_contacts_customer_id,
    ix_opt_outs_customer_id_contact_id and uq_ledger_links_living.
    """
    db.session.flush()  # they are looked at after a change as well
    return read(rows_of(_ALL_OF, {"customer_id": customer_id}))


def read(rows: Iterable[Any]) -> Sequence[Contact]:
    """The contacts of these rows, to be read only."""
    return [_as_read(row) for row in rows]


def _as_read(row: Any) -> Contact:
    contact = as_read(Contact, iter(row))
    contact.opted_out, contact.sees_until = row.opted_out, row.sees_until
    return contact


def living_contacts(customer_id: int) -> Sequence[Contact]:
    """The contacts of a customer that are not archived. Rides on ix_contacts_customer_id."""
    query = (
        select(Contact).where(Contact.customer_id == customer_id, Contact.archived_at.is_(None)).order_by(Contact.id)
    )
    return db.session.scalars(query).all()


def contact_of(customer_id: int, contact_id: int) -> Contact | None:
    """One contact of that customer, or None when there is none or it is another customer's. By primary key."""
    return db.session.scalar(_contact(customer_id, contact_id))


def _contact(customer_id: int, contact_id: int) -> Select[Contact]:
    theirs = Contact.id == contact_id, Contact.customer_id == customer_id
    return select(Contact).where(*theirs, Contact.merged_into_id.is_(None))


def contact_for_change(customer_id: int, contact_id: int) -> Contact | None:
    """The same, locked until the transaction ends."""
    return db.session.scalar(_contact(customer_id, contact_id).with_for_update())


def contact_by_form(customer_id: int, form_id: str) -> Contact | None:
    """The customer's contact that this form made when it was sent before. By the unique index of form ids."""
    return db.session.scalar(select(Contact).where(Contact.form_id == form_id, Contact.customer_id == customer_id))
