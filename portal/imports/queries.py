"""Every SELECT about imports, and what an import looks up in bulk."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, select, tuple_, union_all
from sqlalchemy.orm import joinedload, selectinload

from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from portal.imports.models import ENDED, WORKING, Import, ImportRefusal
from portal.merging.models import CustomerAlias
from portal.paging import PAGE_ROWS, Page, decode, page_of
from portal.purchases.models import Purchase
from portal.users.models import User


class Known(NamedTuple):
    """An imported purchase as it stands in the ledger."""

    import_key: str
    version: int
    purchased_on: date
    amount_minor: int
    currency: str
    voided_at: datetime | None


def page_of_imports(after: str | None) -> Page[Import]:
    """Imports, the newest first, with who began them. By primary key."""
    query = select(Import).options(joinedload(Import.user)).order_by(Import.id.desc()).limit(PAGE_ROWS + 1)
    key = decode(after, int)
    if key:
        query = query.where(Import.id < key[0])
    return page_of(db.session.scalars(query).all(), lambda row: (row.id,), first=key is None)


def import_to_show(import_id: int) -> Import | None:
    """One import with who began it, or None. By primary key."""
    return db.session.scalar(select(Import).options(joinedload(Import.user)).where(Import.id == import_id))


def import_for_change(import_id: int) -> Import | None:
    """One import, locked until the transaction ends."""
    return db.session.scalar(select(Import).where(Import.id == import_id).with_for_update())


def import_of_form(form_id: str) -> Import | None:
    """The import that this very form has already begun."""
    return db.session.scalar(select(Import).where(Import.form_id == form_id))


def same_file_before(digest: str, import_id: int) -> Import | None:
    """The latest finished import of the very same file."""
    query = (
        select(Import)
        .where(Import.digest == digest, Import.id != import_id, Import.state == "done")
        .order_by(Import.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def waiting_imports(now: datetime) -> Sequence[int]:
    """Ids of imports that should be under way and that no worker has, the oldest first."""
    query = (
        select(Import.id)
        .where(Import.state.in_(WORKING), (Import.claimed_until.is_(None)) | (Import.claimed_until < now))
        .order_by(Import.id)
    )
    return db.session.scalars(query).all()


def forgotten_imports(before: datetime) -> Sequence[int]:
    """Ids of imports begun before then that still wait for a person."""
    query = select(Import.id).where(Import.state.in_(("uploaded", "checked")), Import.created_at < before)
    return db.session.scalars(query).all()


def names_stored() -> set[str]:
    """The files that an import is still going to read. A firm has few of them at a time."""
    return set(db.session.scalars(select(Import.stored_as).where(Import.state.not_in(ENDED))))


def first_refusals(import_id: int, limit: int) -> Sequence[ImportRefusal]:
    """The first refused rows, by row number. Rides on ix_import_refusals_import_id_row_number."""
    query = select(ImportRefusal).where(ImportRefusal.import_id == import_id).order_by(ImportRefusal.row_number)
    return db.session.scalars(query.limit(limit)).all()


def refusals_after(import_id: int, row: int, id: int, limit: int) -> Sequence[Row[int, int, Any, Any]]:
    """(id, row number, faults, cells) of the refused rows after this one, by row number."""
    query = (
        select(ImportRefusal.id, ImportRefusal.row_number, ImportRefusal.faults, ImportRefusal.cells)
        .where(ImportRefusal.import_id == import_id)
        .where(tuple_(ImportRefusal.row_number, ImportRefusal.id) > (row, id))
        .order_by(ImportRefusal.row_number, ImportRefusal.id)
        .limit(limit)
    )
    return db.session.execute(query).all()


# What an import looks up for a whole batch of rows


def purchases_by_key(keys: Collection[str]) -> dict[str, Known]:
    """Which of these sales the ledger already holds. Rides on uq_purchases_import_key."""
    query = select(
        Purchase.import_key,
        Purchase.version,
        Purchase.purchased_on,
        Purchase.amount_minor,
        Purchase.currency,
        Purchase.voided_at,
    ).where(Purchase.import_key.in_(keys))
    return {row[0] or "": Known._make(row) for row in db.session.execute(query)}


def customers_by_external_id(external_ids: Collection[str]) -> dict[str, int]:
    """Customer ids by the firm's own numbers, those too that a customer had before it was merged into another. Rides on
    uq_customers_external_id and ix_customer_aliases_kind_value.
    """
    if not external_ids:
        return {}
    own = select(Customer.external_id, Customer.id).where(Customer.external_id.in_(external_ids))
    found = {value: id for value, id, _ in db.session.execute(_once_known("external_id", external_ids))}
    return found | {external_id or "": id for external_id, id in db.session.execute(own)}


def _once_known(kind: str, wanted: Collection[str]) -> Any:
    """(what is looked for, customer id, its external id): by what customers were known by before they were merged."""
    return (
        select(CustomerAlias.value, Customer.id, Customer.external_id)
        .join(Customer, Customer.id == CustomerAlias.customer_id)
        .where(CustomerAlias.kind == kind, CustomerAlias.value.in_(wanted))
    )


def customers_by_email(emails: Collection[str]) -> Iterable[Row[str, int, str | None]]:
    """(e-mail, customer id, its external id): whose own it is or a contact's; live customers first, then the oldest."""
    return _reached_by(Customer.email, Contact.email, emails)


def customers_by_phone(phones: Collection[str]) -> Iterable[Row[str, int, str | None]]:
    """The same by telephone number in E.164."""
    return _reached_by(Customer.phone, Contact.phone, phones)


def _reached_by(own: Any, of_contact: Any, wanted: Collection[str]) -> Iterable[Row[str, int, str | None]]:
    if not wanted:
        return []
    customers: Select[Any] = select(
        own.label("reached"), Customer.id, Customer.external_id, Customer.archived_at.is_not(None).label("archived")
    ).where(own.in_(wanted))
    contacts: Select[Any] = (
        select(of_contact, Customer.id, Customer.external_id, Customer.archived_at.is_not(None))
        .join(Customer, Customer.id == Contact.customer_id)
        .where(of_contact.in_(wanted), Contact.archived_at.is_(None))
    )
    once = _once_known(own.key, wanted).add_columns(Customer.archived_at.is_not(None))
    both = union_all(customers, contacts, once).subquery()
    query = select(both.c.reached, both.c.id, both.c.external_id).order_by(both.c.archived, both.c.id)
    return db.session.execute(query).all()


def names_borne(folded: Collection[str]) -> set[str]:
    """Which of these folded names live customers bear. Rides on ix_customers_live_name."""
    query = select(Customer.sort_name).where(Customer.sort_name.in_(folded), Customer.archived_at.is_(None)).distinct()
    return set(db.session.scalars(query)) if folded else set()


def archived_customers(customer_ids: Collection[int]) -> dict[int, str]:
    """The names of those of these customers who are archived, by id."""
    query = select(Customer.id, Customer.name).where(Customer.id.in_(customer_ids), Customer.archived_at.is_not(None))
    return {row.id: row.name for row in db.session.execute(query)} if customer_ids else {}


def customers_to_complete(customer_ids: Collection[int]) -> dict[int, Customer]:
    """These customers with their tags, locked, in id order."""
    query = (
        select(Customer)
        .options(selectinload(Customer.tags))
        .where(Customer.id.in_(customer_ids))
        .order_by(Customer.id)
        .with_for_update()
    )
    return {customer.id: customer for customer in db.session.scalars(query)}


def contacts_of(customer_ids: Collection[int]) -> dict[int, list[Contact]]:
    """The live contacts of these customers, the oldest first. Rides on ix_contacts_customer_id."""
    query = (
        select(Contact).where(Contact.customer_id.in_(customer_ids), Contact.archived_at.is_(None)).order_by(Contact.id)
    )
    found: dict[int, list[Contact]] = {}
    for contact in db.session.scalars(query):
        found.setdefault(contact.customer_id, []).append(contact)
    return found


def users_to_assign() -> Sequence[User]:
    """Users who can be made answerable. A firm has few."""
    return db.session.scalars(select(User).where(User.disabled_at.is_(None))).all()
