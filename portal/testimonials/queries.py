"""Every SELECT about testimonials, and about comments that could become one."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, literal, select, union_all
from sqlalchemy.orm import joinedload

from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db, rows_of
from portal.paging import PAGE_ROWS, Page, decode, most, page_of
from portal.responses.models import QUOTABLE, Response
from portal.surveys.models import Survey
from portal.testimonials.models import LIVING, PLACES, Testimonial

MOST_COUNTED = 100
MOST_OF_CUSTOMER = 50
WITHDRAWN = "withdrawn"
LINE = (
    Testimonial.id,
    Testimonial.text,
    Testimonial.signed,
    *(getattr(Testimonial, place) for place in PLACES),
    Testimonial.consented_on,
    Testimonial.evidence,
    Testimonial.withdrawn_on,
    Testimonial.reason,
    Testimonial.response_id,
    Testimonial.customer_id,
    Customer.name.label("customer_name"),
    Contact.name.label("contact_name"),
)
"""A testimonial with its customer and whoever said it."""


def _line() -> Select[Any]:
    return (
        select(*LINE)
        .select_from(Testimonial)
        .join(Customer, Customer.id == Testimonial.customer_id)
        .outerjoin(Contact, Contact.id == Testimonial.contact_id)
    )


def _of(place: str) -> list[ColumnElement[bool]]:
    """The conditions for what may be quoted in that place, or anywhere; or for what was withdrawn."""
    if place == WITHDRAWN:
        return [Testimonial.withdrawn_on.is_not(None)]
    living: list[ColumnElement[bool]] = [LIVING]  # type: ignore[list-item]
    return [*living, getattr(Testimonial, place)] if place in PLACES else living


def page(place: str, after: str | None) -> Page[Row[Any]]:
    """What may be quoted in that place, or anywhere, or was withdrawn, as `LINE`, the newest first.

    Rides on ix_testimonials_living or the primary key.
    """
    key = decode(after, int)
    query = _line().where(*_of(place)).order_by(Testimonial.id.desc()).limit(most(PAGE_ROWS + 1))
    rows = rows_of(query.where(Testimonial.id < key[0]) if key else query).all()
    return page_of(rows, lambda row: (row.id,), first=key is None)


def all_of(place: str) -> Iterator[Row[Any]]:
    """The same, every one, read in pieces, for a file."""
    after: str | None = None
    while True:
        found = page(place, after)
        yield from found.rows
        after = found.after
        if after is None:
            return


def waiting(after: str | None) -> Page[Row[Any]]:
    """Comments that may be quoted and are no testimonial yet, the newest first, each with its survey and its customer.

    Rides on ix_survey_responses_quotable, and for each on uq_testimonials_response_id.
    """
    key = decode(after, int)
    query = (
        select(
            Response.id, Response.customer_id, Response.comment, Response.score, Response.quote,
            Response.quote_places, Response.answered_on, Survey.kind, Survey.name.label("survey_name"),
            Customer.name.label("customer_name"), Contact.name.label("contact_name"),
        )
        .join(Survey, Survey.id == Response.survey_id)
        .join(Customer, Customer.id == Response.customer_id)
        .outerjoin(Contact, Contact.id == Response.contact_id)
        .where(*_quotable(), Customer.archived_at.is_(None))
        .order_by(Response.id.desc())
        .limit(most(PAGE_ROWS + 1))
    )  # fmt: skip
    rows = rows_of(query.where(Response.id < key[0]) if key else query).all()
    return page_of(rows, lambda row: (row.id,), first=key is None)


def _quotable() -> list[ColumnElement[bool]]:
    made = exists().where(Testimonial.response_id == Response.id)
    return [QUOTABLE, Response.comment != "", ~made]  # type: ignore[list-item]


def count_waiting() -> int:
    """How many such comments there are, none beyond 100. Rides on ix_survey_responses_quotable."""
    return int(rows_of(_count_waiting()).scalar_one())


@cache
def _count_waiting() -> Any:
    theirs = select(literal(1).label("one")).select_from(Response)
    theirs = theirs.join(Customer, Customer.id == Response.customer_id).where(Customer.archived_at.is_(None))
    return select(func.count()).select_from(theirs.where(*_quotable()).limit(MOST_COUNTED).subquery())


def counts() -> dict[str, int]:
    """How many may be quoted, anywhere (`""`) and in each place, and how many were withdrawn; none beyond 100."""
    return {row.place: row.n for row in rows_of(_counts())}


@cache
def _counts() -> Any:
    counted = []
    for place in ("", *PLACES, WITHDRAWN):
        some = select(literal(1).label("one")).select_from(Testimonial).where(*_of(place)).limit(MOST_COUNTED)
        counted.append(select(literal(place).label("place"), func.count().label("n")).select_from(some.subquery()))
    return union_all(*counted)


def of_customer(customer_id: int) -> Sequence[Row[Any]]:
    """The newest 50 of a customer, those that may be quoted first, as `LINE`. Rides on ix_testimonials_customer_id."""
    mine = _line().where(Testimonial.customer_id == customer_id)
    newest = mine.order_by(Testimonial.withdrawn_on.is_not(None), Testimonial.id.desc())
    return rows_of(newest.limit(most(MOST_OF_CUSTOMER))).all()


def testimonial_to_show(testimonial_id: int) -> Testimonial | None:
    """One with its customer and whoever said it, or None. By primary key."""
    query = select(Testimonial).options(joinedload(Testimonial.customer), joinedload(Testimonial.contact))
    return db.session.scalar(query.where(Testimonial.id == testimonial_id))


def testimonial_for_change(testimonial_id: int) -> Testimonial | None:
    """One, locked to the transaction's end. By primary key."""
    return db.session.scalar(_locked().where(Testimonial.id == testimonial_id))


def of_response(response_id: int) -> int | None:
    """The id of the testimonial that this answer has become, or None. By the unique index of response_id."""
    return db.session.scalar(select(Testimonial.id).where(Testimonial.response_id == response_id))


def of_response_for_change(response_id: int) -> Testimonial | None:
    """The testimonial that this answer has become, locked; or None. By the unique index of response_id."""
    return db.session.scalar(_locked().where(Testimonial.response_id == response_id))


def _locked() -> Select[Testimonial]:
    return select(Testimonial).with_for_update().execution_options(populate_existing=True)


def testimonial_by_form(form_id: str) -> Testimonial | None:
    """The testimonial that this form made when it was sent before. By the unique index of form ids."""
    return db.session.scalar(select(Testimonial).where(Testimonial.form_id == form_id))


def answer_to_quote(response_id: int) -> Response | None:
    """An answer with its customer and whoever gave it, locked; or None. By primary keys."""
    query = select(Response).options(joinedload(Response.customer), joinedload(Response.contact))
    return db.session.scalar(query.where(Response.id == response_id).with_for_update(of=Response))
