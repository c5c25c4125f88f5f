"""Every SELECT about customers."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import joinedload, selectinload

from portal import clock
from portal.commitments import queries as commitments
from portal.commitments.models import Commitment
from portal.contacts import queries as contacts
from portal.contacts.models import Contact
from portal.customers.models import Customer, Tag, customer_tags
from portal.customers.search import SHORTEST_PART, beginning, match, ways
from portal.extensions import as_read, db, rows_of
from portal.follow_ups import queries as follow_ups
from portal.follow_ups.models import CARE, PURPOSES, SELLING, FollowUp
from portal.invitations.models import OptOut
from portal.merging.models import CustomerAlias
from portal.nested import Nested
from portal.paging import PAGE_ROWS, Page, decode, most, page_of
from portal.relay.models import LYING, HandOff
from portal.responses.models import Response
from portal.retention.models import Books, ListEntry, Standing
from portal.surveys.models import Survey
from portal.timeline import queries as timeline
from portal.timeline.models import Event
from portal.users.models import User
from portal.users.queries import HOLDS_SOME

HITS = 8
REACH = 300
"""How many customers a search while typing looks at, beyond those whose names begin so."""
COMMON = 1000
"""From how many customers on words are common."""
EXPORT_ROWS = 500
LONGEST_SHOWN = 300
"""Characters of a comment that a customer's page shows."""
HIGHEST = "\U0010ffff"

COMMA: Any = literal_column("', '")
SPACE: Any = literal_column("' '")
"""Between strings that are put together. Of a plain one SQLAlchemy would write the statement anew each time."""
TAG_NAMES = (
    select(func.aggregate_strings(Tag.name, COMMA))
    .join(customer_tags, customer_tags.c.tag_id == Tag.id)
    .where(customer_tags.c.customer_id == Customer.id)
    .correlate(Customer)
    .scalar_subquery()
)
"""The names of a customer's tags with ", " between, in no order, which would cost more than it is worth."""
LIST_COLUMNS = (
    Customer.id,
    Customer.sort_name,
    Customer.name,
    Customer.status,
    Customer.phone,
    Customer.email,
    Customer.last_touch_on,
    Customer.next_touch_on,
    Customer.last_purchase_on,
    Customer.revenue_minor,
    Customer.currency,
    User.name.label("assignee_name"),
    TAG_NAMES.label("tag_names"),
)


@dataclass(frozen=True)
class Choices:
    """What a list of customers can be narrowed to: users and tags, as (id, name)."""

    users: tuple[tuple[int, str], ...]
    tags: tuple[tuple[int, str], ...]


_BY_NAME = (
    select(*LIST_COLUMNS).outerjoin(User, User.id == Customer.assignee_id).order_by(Customer.sort_name, Customer.id)
)
_EVERYBODY = _BY_NAME.where(Customer.archived_at.is_(None)).limit(most(PAGE_ROWS + 1))
_AFTER = tuple_(Customer.sort_name, Customer.id) > tuple_(bindparam("after_name"), bindparam("after_id"))
_EVERYBODY_AFTER = _EVERYBODY.where(_AFTER)


def page_of_everybody(after: str | None) -> Page[Row[Any]]:
    """Living customers by name, as the columns that the list shows. Rides on ix_customers_live_name.

    It is asked for most, so its statements are made once.
    """
    key = decode(after, str, int)
    return _page(_EVERYBODY_AFTER if key else _EVERYBODY, key)


def page_by_name(conditions: Collection[ColumnElement[bool]], after: str | None) -> Page[Row[Any]]:
    """The customers for whom all of this holds, the same way.

    Rides on ix_customers_live_name, _live_status, _live_assignee or _archived_name; on the trigram index when searched.
    """
    key = decode(after, str, int)
    query = _BY_NAME.where(*conditions).limit(most(PAGE_ROWS + 1))
    return _page(query.where(_AFTER) if key else query, key)


def _page(query: Select[Any], key: tuple[Any, ...] | None) -> Page[Row[Any]]:
    found = rows_of(query, {"after_name": key[0], "after_id": key[1]} if key else {})
    return page_of(found.all(), lambda row: (row.sort_name, row.id), first=key is None)


def all_by_name(conditions: Collection[ColumnElement[bool]]) -> Iterator[Row[Any]]:
    """The same customers, every one, read in pieces. Rides on the same indexes."""
    query = _BY_NAME.add_columns(Customer.external_id, Customer.city, Customer.purchase_days).where(*conditions)
    query = query.limit(most(EXPORT_ROWS))
    rows = db.session.execute(query).all()
    while rows:
        yield from rows
        key = {"after_name": rows[-1].sort_name, "after_id": rows[-1].id}
        rows = db.session.execute(query.where(_AFTER), key).all()


_SOME_TAGS = select(literal("tag").label("kind"), Tag.id, Tag.name).order_by(Tag.folded).limit(most(200)).subquery()
_CHOICES = union_all(
    select(literal("user").label("kind"), User.id, User.name).where(or_(User.disabled_at.is_(None), HOLDS_SOME)),
    select(_SOME_TAGS),
).order_by("kind", "name", "id")


CHOICES_BESIDE = Nested("choices", _CHOICES)
"""The same beside something else, for whoever reads both: `choices_of` its rows."""


def filter_choices() -> Choices:
    """Users who may be given work or still hold customers, and the first 200 tags, by name, in one go. A firm has tens
    of both.
    """
    return choices_of(rows_of(_CHOICES).all())


def choices_of(rows: Sequence[Any]) -> Choices:
    """The users and the tags of these rows."""
    return Choices(
        users=tuple((id_, name) for kind, id_, name in rows if kind == "user"),
        tags=tuple((id_, name) for kind, id_, name in rows if kind == "tag"),
    )


def found_by(query: str) -> ColumnElement[bool]:
    """The condition that every word of what was typed is in a customer's name, e-mail or phone, or a contact's.

    Words of three characters or more ride on the trigram index of either database; a query of shorter ones only is the
    beginning of a name and rides on the index of names.
    """
    readings = ways(query)
    if not any(len(word) >= SHORTEST_PART for way in readings for word in way):
        return _begins(query)
    on_sqlite = db.session.get_bind().dialect.name == "sqlite"
    return or_(*(_all_in_fts(way) if on_sqlite else _all_in(way) for way in readings))


def _begins(query: str) -> ColumnElement[bool]:
    start = beginning(query)
    return and_(Customer.sort_name >= start, Customer.sort_name < start + HIGHEST)


def _all_in_fts(way: list[str]) -> ColumnElement[bool]:
    """On SQLite: the long words by the FTS5 table, the short ones by looking at what it found.

    Words that a great many customers have are soon met on the way through any index, and are looked for there: sorting
    all that the FTS5 table finds would take the longer, the more customers there are.
    """
    words = [func.instr(Customer.search_text, word) > 0 for word in way]
    if not match(way) or _are_common(way):
        return and_(*words)
    found = text("customers.id IN (SELECT rowid FROM customers_search WHERE customers_search MATCH :match)")
    short = (condition for word, condition in zip(way, words, strict=True) if len(word) < SHORTEST_PART)
    return and_(found.bindparams(bindparam("match", match(way), unique=True)), *short)


_SOME_FOUND = text(
    "SELECT count(*) FROM (SELECT 1 FROM customers_search WHERE customers_search MATCH :match LIMIT :many)"
)


def _are_common(way: list[str]) -> bool:
    return bool(db.session.scalar(_SOME_FOUND, {"match": match(way), "many": COMMON}) == COMMON)


def _all_in(way: list[str]) -> ColumnElement[bool]:
    """On PostgreSQL: each word as a LIKE that pg_trgm's index answers, with its wildcards taken literally."""
    return and_(*(Customer.search_text.like(f"%{_literal(word)}%") for word in way))


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def hits(query: str) -> Sequence[Row[Any]]:
    """The few living customers to show while somebody types: names that begin so first, then those found by any part.

    Rides on ix_customers_live_name, then on the trigram index, of which it looks at no more than REACH customers.
    """
    columns = select(Customer.id, Customer.name, Customer.status, Customer.phone, Customer.email, Customer.sort_name)
    living = columns.where(Customer.archived_at.is_(None)).order_by(Customer.sort_name, Customer.id).limit(most(HITS))
    if not ways(query):
        return []
    found: list[Row[Any]] = [*db.session.execute(living.where(_begins(query)))]
    if len(found) == HITS or not any(len(word) >= SHORTEST_PART for way in ways(query) for word in way):
        return found
    reach = select(Customer.id).where(Customer.archived_at.is_(None), found_by(query)).limit(most(REACH)).subquery()
    more: list[Row[Any]] = [*db.session.execute(living.where(Customer.id.in_(select(reach.c.id))))]
    known = {row.id for row in found}
    return (found + [row for row in more if row.id not in known])[:HITS]


def customers_to_choose(asked: str, user_id: int) -> Sequence[Row[int, str, str, date | None]]:
    """(id, name, status, last touch) of up to 20 live customers: those found, else those this user wrote about last.

    Found by the search of customers; else rides on ix_events_user_id_id.
    """
    query = select(Customer.id, Customer.name, Customer.status, Customer.last_touch_on)
    query = query.where(Customer.archived_at.is_(None)).limit(20)
    if asked.strip():
        return db.session.execute(query.where(found_by(asked)).order_by(Customer.sort_name, Customer.id)).all()
    mine = select(Event.customer_id).where(Event.user_id == user_id).order_by(Event.id.desc()).limit(100).subquery()
    return db.session.execute(
        query.where(Customer.id.in_(select(mine.c.customer_id))).order_by(Customer.sort_name)
    ).all()


def _also_known(kind: str, value: str) -> Select[int]:
    """The customers who were known by this before something was merged into them. Rides on
    ix_customer_aliases_kind_value.
    """
    return select(CustomerAlias.customer_id).where(CustomerAlias.kind == kind, CustomerAlias.value == value)


def lookalikes(email: str | None, phone: str | None) -> Sequence[Row[Any]]:
    """Customers that have this e-mail or phone already, or a contact who has. Rides on the indexes of both."""
    found: list[Select[Any]] = []
    for column in ("email", "phone"):
        value = email if column == "email" else phone
        if value:
            found.append(select(Customer.id).where(getattr(Customer, column) == value))
            found.append(select(Contact.customer_id).where(getattr(Contact, column) == value))
            found.append(_also_known(column, value))
    if not found:
        return []
    query = select(Customer.id, Customer.name, Customer.archived_at).where(Customer.id.in_(union_all(*found)))
    return [*db.session.execute(query.order_by(Customer.sort_name, Customer.id).limit(5))]


def _number(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((and_(*conditions), 1)))


_WHO = bindparam("customer_id", type_=BigInteger)
_PROMISED = (
    select(
        _number(Commitment.state == "kept").label("kept"),
        _number(or_(Commitment.state == "kept", Commitment.state == "broken")).label("settled"),
        _number(Commitment.client_says == "kept").label("confirmed"),
        _number(or_(Commitment.client_says == "kept", Commitment.client_says == "not_kept")).label("spoken"),
    )
    .where(Commitment.customer_id == _WHO, Commitment.side == "ours")
    .subquery()
)
_DONE = and_(FollowUp.customer_id == _WHO, FollowUp.done_on.is_not(None), FollowUp.undone_at.is_(None))
_TOUCHED = (
    select(
        _number(*(FollowUp.purpose != purpose for purpose in PURPOSES if purpose not in CARE)).label("care"),
        _number(or_(*(FollowUp.purpose == purpose for purpose in SELLING))).label("selling"),
    )
    .where(_DONE, FollowUp.done_on > bindparam("year_ago"), FollowUp.outcome != "no_answer")
    .subquery()
)
_LAST_CHANNEL = (
    select(FollowUp.channel).where(_DONE).order_by(FollowUp.done_on.desc(), FollowUp.id.desc()).limit(most(1))
).scalar_subquery()
_LAST_ANSWER = (
    select(Response.id)
    .where(Response.customer_id == _WHO, Response.state == literal_column("'standing'"))
    .order_by(Response.answered_on.desc(), Response.id.desc())
    .limit(most(1))
    .scalar_subquery()
)
_OPTED_OUT = (
    select(func.min(OptOut.scope))
    .where(OptOut.customer_id == _WHO, OptOut.contact_id.is_(None), OptOut.withdrawn_at.is_(None))
    .scalar_subquery()
)
IS_STILL = or_(
    ListEntry.list != literal_column("'nobodys'"),
    ListEntry.assignee_id.is_(None),
    exists().where(HandOff.customer_id == ListEntry.customer_id, LYING),
)
"""Whom somebody has taken a moment ago is nobody's no longer, although the books say so for some minutes more."""
_ON_LISTS = (
    select(func.aggregate_strings(ListEntry.list, SPACE))
    .where(ListEntry.customer_id == _WHO, ~ListEntry.untouched, IS_STILL)
    .scalar_subquery()
)
_BOOKS_OF = select(Books.as_of).where(Books.state == "done").order_by(Books.id.desc()).limit(most(1)).scalar_subquery()
_TO_SHOW = (
    select(
        *Customer.__table__.columns,
        _OPTED_OUT.label("opted_out"),
        User.name.label("assignee_name"),
        TAG_NAMES.label("tag_names"),
        *_PROMISED.c,
        *_TOUCHED.c,
        _LAST_CHANNEL.label("last_channel"),
        Response.id.label("answer_id"),
        Response.score,
        func.substr(Response.comment, 1, LONGEST_SHOWN).label("comment"),
        Response.source,
        Response.answered_on,
        Survey.kind.label("survey_kind"),
        Survey.name.label("survey_name"),
        Standing.last_on,
        Standing.median_gap_days,
        Standing.expected_on,
        Standing.p_alive,
        Standing.chance,
        Standing.risk,
        _ON_LISTS.label("on_lists"),
        _BOOKS_OF.label("books_of"),
        follow_ups.BESIDE.column,
    )
    .select_from(Customer)
    .join(_PROMISED, true())
    .join(_TOUCHED, true())
    .outerjoin(User, User.id == Customer.assignee_id)
    .outerjoin(Response, Response.id == _LAST_ANSWER)
    .outerjoin(Survey, Survey.id == Response.survey_id)
    .outerjoin(Standing, Standing.customer_id == Customer.id)
    .where(Customer.id == _WHO, Customer.merged_into_id.is_(None))
)
_WITH_ALL = _TO_SHOW.add_columns(contacts.BESIDE.column, commitments.BESIDE.column, timeline.BESIDE.column)


def customer_to_show(customer_id: int) -> tuple[Customer, Row[Any]] | None:
    """One customer, to be read only, and what is told about it: the names of its assignee and tags, its promises and
    its balance of touches.

    `kept` of `settled` promises of ours, and as its people say `confirmed` of `spoken`; `care` and `selling` touches of
    the last year; the channel used last; the last answer that stands, with its survey; what it does not want to be
    asked; how it stands in the books, on which lists (names with spaces between), and as of which day; what is planned
    with it, as `follow_ups.queries` tells. By primary key;
    the rest rides on indexes that begin with the customer's id, and on ix_books_state_id.
    """
    return _shown(_TO_SHOW, customer_id)


class Whole(NamedTuple):
    """A customer with what its page shows beside it."""

    customer: Customer
    about: Row[Any]
    contacts: Sequence[Contact]
    promises: Sequence[Any]
    """The open ones of both sides, as `customers.lines` makes them."""
    story: Page[timeline.Line]


def whole_customer(customer_id: int) -> Whole | None:
    """The same with its contacts, its open promises and its newest events, as the `BESIDE` of their rooms tell, and by
    their indexes.
    """
    found = _shown(_WITH_ALL, customer_id)
    if found is None:
        return None
    customer, about = found
    promises = commitments.BESIDE.rows(about.promises)
    people, events = contacts.BESIDE.rows(about.contacts), timeline.BESIDE.rows(about.story)
    return Whole(customer, about, contacts.read(people), promises, timeline.newest(events))


def _shown(query: Select[Any], customer_id: int) -> tuple[Customer, Row[Any]] | None:
    db.session.flush()  # it is looked at after a change as well
    values = {"customer_id": customer_id, "of_customer": customer_id, "year_ago": clock.today() - timedelta(days=365)}
    row = rows_of(query, values).first()
    return (as_read(Customer, iter(row)), row) if row is not None else None


def customer_by_id(customer_id: int) -> Customer | None:
    """One customer, or None; one that was merged into another is none any more. By primary key."""
    found = db.session.get(Customer, customer_id)
    return found if found is None or found.merged_into_id is None else None


def customer_to_edit(customer_id: int) -> Customer | None:
    """One customer with assignee and tags, or None. By primary key."""
    query = (
        select(Customer)
        .options(joinedload(Customer.assignee), selectinload(Customer.tags))
        .where(Customer.id == customer_id, Customer.merged_into_id.is_(None))
    )
    return db.session.scalar(query)


_FOR_CHANGE = (
    select(Customer).where(Customer.id == bindparam("customer_id"), Customer.merged_into_id.is_(None)).with_for_update()
)


def customer_for_change(customer_id: int) -> Customer | None:
    """One customer, locked to the transaction's end, so that two writers can't lose each other's work."""
    return db.session.scalar(_FOR_CHANGE, {"customer_id": customer_id})


_TO_TOUCH = (
    select(*Customer.__table__.columns)
    .where(Customer.id == bindparam("customer_id"), Customer.merged_into_id.is_(None))
    .with_for_update()
)


def customer_to_touch(customer_id: int) -> Customer | None:
    """The same for whoever writes nothing to it but its clocks, which are set past the session: to be read only."""
    row = rows_of(_TO_TOUCH, {"customer_id": customer_id}).first()
    return as_read(Customer, iter(row)) if row is not None else None


def customer_for_edit(customer_id: int) -> Customer | None:
    """The same with its tags and its assignee, to be compared with what somebody typed."""
    query = (
        select(Customer)
        .options(selectinload(Customer.tags), selectinload(Customer.assignee))
        .where(Customer.id == customer_id, Customer.merged_into_id.is_(None))
        .with_for_update()
    )
    return db.session.scalar(query)


def customer_by_form(form_id: str) -> Customer | None:
    """The customer that this form made when it was sent before. By the unique index of form ids."""
    return db.session.scalar(select(Customer).where(Customer.form_id == form_id))


def customer_by_external_id(number: str) -> Customer | None:
    """The customer with that number in the firm's other systems, or who had it before it was merged. By its unique
    index, and by ix_customer_aliases_kind_value.
    """
    own = or_(Customer.external_id == number, Customer.id.in_(_also_known("external_id", number)))
    return db.session.scalar(
        select(Customer).where(own).order_by(Customer.external_id != number, Customer.id).limit(most(1))
    )


def aliases_of(customer_ids: Collection[int]) -> dict[int, list[str]]:
    """What each of these customers was also known by, before others were merged into it. Rides on
    uq_customer_aliases_customer_id_kind_value.
    """
    found: dict[int, list[str]] = {id: [] for id in customer_ids}
    query = select(CustomerAlias.customer_id, CustomerAlias.value).where(CustomerAlias.customer_id.in_(customer_ids))
    for customer_id, value in db.session.execute(query.order_by(CustomerAlias.id)):
        found[customer_id].append(value)
    return found


def any_customer() -> bool:
    """Is there any customer yet? By primary key."""
    return bool(db.session.scalar(select(exists().where(Customer.id > 0))))


def tags_by_folded(folded: Collection[str]) -> Sequence[Tag]:
    """The tags of those folded names. By their unique index."""
    return db.session.scalars(select(Tag).where(Tag.folded.in_(folded))).all() if folded else []


def all_tag_names() -> Sequence[str]:
    """The names of the first 200 tags, by name, to suggest."""
    return db.session.scalars(select(Tag.name).order_by(Tag.folded).limit(most(200))).all()
