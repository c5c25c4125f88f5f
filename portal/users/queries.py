"""Reading users and their sessions."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.extensions import db
from portal.settings.models import FIRM_ID, Firm
from portal.users.models import SESSION_LASTS, User, UserSession, token_hash

_SIGNED_IN = (
    select(UserSession, User, Firm)
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
    """The living session of that token with its user and the firm. Rides on the unique index of the token's hash."""
    values = {"token_hash": token_hash(token), "oldest": clock.now() - SESSION_LASTS}
    return db.session.execute(_SIGNED_IN, values).first()


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


def other_owners(user: User) -> int:
    """How many other owners can sign in."""
    query = select(func.count()).where(
        User.role == "owner", User.disabled_at.is_(None), User.password_hash.is_not(None), User.id != user.id
    )
    return db.session.scalar(query) or 0


def living_sessions(user: User) -> Sequence[UserSession]:
    """The user's sessions that still open the door, newest first. Rides on ix_user_sessions_user_id."""
    query = (
        select(UserSession)
        .options(joinedload(UserSession.user))
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
