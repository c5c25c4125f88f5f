"""Reading users and their sessions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select

from portal import clock
from portal.commitments.models import OPEN, Commitment
from portal.customers.lines import is_live
from portal.customers.models import Customer
from portal.extensions import as_read, db, rows_of
from portal.paging import most
from portal.settings.models import FIRM_ID, Firm
from portal.users.models import SESSION_LASTS, User, UserSession, token_hash

_SIGNED_IN = (
    select(*UserSession.__table__.columns, *User.__table__.columns, *Firm.__table__.columns)
    .select_from(UserSession)
    .join(User, User.id == UserSession.user_id)
    .join(Firm, Firm.id == FIRM_ID)
    .where(
        UserSession.token_hash == bindparam("token_hash"),
        UserSession.ended_at.is_(None),
        UserSession.created_at > bindparam("oldest"),
        User.disabled_at.is_(None),
    )
)
"""Built once: every page of every user begins with it."""


def signed_in(token: str) -> tuple[UserSession, User, Firm] | None:
    """The living session of that token with its user and the firm, to be read only. Rides on the unique index of the
    token's hash.
    """
    row = rows_of(_SIGNED_IN, {"token_hash": token_hash(token), "oldest": clock.now() - SESSION_LASTS}).first()
    if row is None:
        return None
    values = iter(row)
    return as_read(UserSession, values), as_read(User, values), as_read(Firm, values)


def user_by_email(email: str) -> User | None:
    """The user with that address, disabled ones too. By the unique index; the address is compared in lower case."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def user_by_id(user_id: int) -> User | None:
    """The user, or None. By primary key."""
    return db.session.get(User, user_id)


def all_users() -> Sequence[User]:
    """Every user, by name. A firm has tens of them."""
    return db.session.scalars(select(User).order_by(User.name, User.id)).all()


def active_users() -> Sequence[User]:
    """Users who may be given work, by name."""
    return db.session.scalars(select(User).where(User.disabled_at.is_(None)).order_by(User.name, User.id)).all()


def user_for_change(user_id: int) -> User | None:
    """The user as it is now, locked until the transaction ends. By primary key."""
    query = select(User).where(User.id == user_id).with_for_update(key_share=True)
    return db.session.scalar(query.execution_options(populate_existing=True))


def user_with_owners(user_id: int) -> tuple[User | None, Sequence[User]]:
    """The user and all owners who can sign in, locked in one order, so that no two requests remove the last two."""
    query = (
        select(User)
        .where(or_(User.id == user_id, User.role == "owner"))
        .order_by(User.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = db.session.scalars(query).all()
    owners = [user for user in found if user.is_owner and user.is_active and user.password_hash is not None]
    return next((user for user in found if user.id == user_id), None), owners


def first_owner_id() -> int | None:
    """The owner who has been here longest, of those who can sign in: who answers where nobody else does."""
    owners = select(User.id).where(User.role == "owner", User.disabled_at.is_(None), User.password_hash.is_not(None))
    return db.session.scalar(owners.order_by(User.id).limit(1))


def user_by_form(form_id: str) -> User | None:
    """The user that this form has already invited. By the unique index of form_id."""
    return db.session.scalar(select(User).where(User.form_id == form_id))


MOST_COUNTED = 1000
"""Beyond it, how many somebody answers for makes no difference to who reads it, and counting would take its time."""
_THEIRS = select(Customer.id).where(Customer.assignee_id == User.id, Customer.archived_at.is_(None)).correlate(User)
HOLDS_SOME = _THEIRS.exists()
"""Whoever is let in no more is still asked for while customers are theirs. Rides on ix_customers_live_assignee."""
_PROMISED = (
    select(Commitment.id)
    .where(Commitment.assignee_id == User.id, OPEN, is_live(Commitment.customer_id))
    .correlate(User)
)


def _counted(theirs: Select[Any]) -> Any:
    return select(func.count()).select_from(theirs.limit(most(MOST_COUNTED)).subquery()).scalar_subquery()


def users_with_last_sign_in() -> Sequence[tuple[User, datetime | None, bool]]:
    """Every user with the hour of the last sign-in and whether customers are theirs, those who may come in first, by
    name. A firm has tens of them. Rides on ix_customers_live_assignee.
    """
    query = (
        select(User, func.max(UserSession.created_at), HOLDS_SOME)
        .outerjoin(UserSession, UserSession.user_id == User.id)
        .group_by(User.id)
        .order_by(User.disabled_at.is_not(None), User.name, User.id)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def holds_customers(user_id: int) -> bool:
    """Are any live customers theirs? Rides on ix_customers_live_assignee."""
    return bool(db.session.scalar(select(HOLDS_SOME).where(User.id == user_id)))


def user_with_holdings(user_id: int) -> tuple[User, int, int] | None:
    """The user, and how many customers and open promises are theirs to answer for, those of customers in the archive
    left out and at most `MOST_COUNTED` of each. Rides on ix_customers_live_assignee and ix_commitments_open_assignee.
    """
    query = select(User, _counted(_THEIRS), _counted(_PROMISED)).where(User.id == user_id)
    row = db.session.execute(query).first()
    return (row[0], row[1], row[2]) if row is not None else None


def last_sign_in(user: User) -> datetime | None:
    """The hour of the user's last sign-in. Rides on ix_user_sessions_user_id."""
    return db.session.scalar(select(func.max(UserSession.created_at)).where(UserSession.user_id == user.id))


def living_sessions(user: User) -> Sequence[UserSession]:
    """The user's sessions that still open the door, newest first. Rides on ix_user_sessions_user_id."""
    query = (
        select(UserSession)
        .where(
            UserSession.user_id == user.id,
            UserSession.ended_at.is_(None),
            UserSession.created_at > clock.now() - SESSION_LASTS,
        )
        .order_by(UserSession.created_at.desc(), UserSession.id.desc())
    )
    return db.session.scalars(query).all()


def whose_ids(asked: str | None, user: User) -> tuple[str, tuple[int, ...] | None]:
    """Whose list is asked for: ("mine" | "team" | "everybody", the users' ids). Everybody's is None: nobody's too.

    A team is everybody of the same role. One query, for a team only.
    """
    if asked == "everybody":
        return asked, None
    if asked == "team":
        query = select(User.id).where(User.role == user.role, User.disabled_at.is_(None)).order_by(User.id)
        return asked, tuple(db.session.scalars(query))
    return "mine", (user.id,)


def living_session(user: User, session_id: int) -> UserSession | None:
    """One of the user's own sessions that still open the door, or None. By primary key."""
    query = select(UserSession).where(
        UserSession.id == session_id, UserSession.user_id == user.id, UserSession.ended_at.is_(None)
    )
    return db.session.scalar(query)
