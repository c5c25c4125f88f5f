"""Users, and the sessions in which they are signed in."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_login import UserMixin
from sqlalchemy import ForeignKey, Index, String, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.extensions import BigId, Model, UtcDateTime, db
from portal.rules import N_, BrokenRule
from portal.timeline.models import changed, record
from portal.users import passwords

ROLES = ("owner", "sales", "marketing", "support")
SESSION_LASTS = timedelta(days=30)


class LastOwner(BrokenRule):
    """Somebody must remain who can let others in."""

    message = N_("The last owner can't be disabled or given another role.")


class User(UserMixin, Model):
    """A colleague who signs in."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """Lower case."""
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    """argon2id; empty until an invitation is accepted."""
    locale: Mapped[str | None] = mapped_column(String(2))
    """The user's own language; empty means the firm's."""
    digest: Mapped[bool] = mapped_column(default=True)
    """Does the user want the morning digest?"""
    level: Mapped[str] = mapped_column(String(12), default="")
    """At eye level with whom: one of `terms.LEVELS` of the buying centre; empty when nobody has said."""
    version: Mapped[int] = mapped_column(default=1)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __eq__ = object.__eq__  # Flask-Login compares cookies: two users who are not signed in would be the same
    __ne__ = object.__ne__
    __hash__ = object.__hash__

    session = None  # type: UserSession | None
    """The session through which this user came in, when loaded by one."""
    session_token = None  # type: str | None

    @property
    def is_active(self) -> bool:
        """May this user be in at all?"""
        return self.disabled_at is None

    @property
    def is_owner(self) -> bool:
        """May this user do everything?"""
        return self.role == "owner"

    def get_id(self) -> str:
        """What the cookie carries: the session's token, so that a session can be ended."""
        return self.session_token or ""

    def sign_in(self, device: str) -> "UserSession":
        """Open a session on this device (a browser's name for itself)."""
        self.session_token = secrets.token_urlsafe(32)
        self.session = UserSession(
            token_hash=token_hash(self.session_token),
            user_id=self.id,
            device="".join(letter for letter in device if letter.isprintable())[:200],
            created_at=clock.now(),
            seen_at=clock.now(),
        )
        db.session.add(self.session)
        record("session.signed_in", by=self, subject=self.session)
        return self.session

    def has_password(self, password: str) -> bool:
        """Is this the user's password? Takes as long whether or not there is one."""
        return passwords.matches(self.password_hash, password)

    def set_password(self, password: str, *, how: str) -> None:
        """Take a new password; raises `WeakPassword`. `how`: joined, password_changed or password_reset.

        Sessions and links that were opened with the old one are to be ended by the caller; links die by themselves.
        """
        self.password_hash = passwords.hashed(password)
        record(f"user.{how}", by=self, subject=self, name=self.name)

    def change_details(self, name: str, locale: str | None) -> None:
        """Take another name or language (empty: the firm's)."""
        changes = changed(self, {"name": name, "locale": locale})
        if changes:
            self.version += 1
            record("user.changed", by=self, subject=self, name=name, changes=changes)

    def switch_digest(self, *, on: bool) -> None:
        """Have the morning digest from now on, or have it no more."""
        if self.digest != on:
            self.digest = on
            record(f"user.digest_{'on' if on else 'off'}", by=self, subject=self, name=self.name)

    def change_role(self, role: str, by: "User", owners: Sequence["User"]) -> None:
        """Give another role; raises `LastOwner`. `owners` are all who can sign in as one, locked by the caller."""
        if role not in ROLES or role == self.role:
            return
        if self.role == "owner":
            self._leave_an_owner(owners)
        was, self.role = self.role, role
        record("user.role_changed", by=by, subject=self, name=self.name, role=role, was=was)

    def change_level(self, level: str, by: "User") -> None:
        """Say whom at a customer this user meets at eye level (empty: nobody has said)."""
        if level != self.level:
            was, self.level = self.level, level
            record("user.level_changed", by=by, subject=self, name=self.name, level=level, was=was)

    def disable(self, by: "User", owners: Sequence["User"]) -> None:
        """Let this user in no longer; raises `LastOwner`. `owners` as for `change_role`."""
        if self.disabled_at is None:
            if self.role == "owner":
                self._leave_an_owner(owners)
            self.disabled_at = clock.now()
            record("user.disabled", by=by, subject=self, name=self.name)

    def enable(self, by: "User") -> None:
        """Let this user in again."""
        if self.disabled_at is not None:
            self.disabled_at = None
            record("user.enabled", by=by, subject=self, name=self.name)

    def _leave_an_owner(self, owners: Sequence["User"]) -> None:
        if not any(owner.id != self.id for owner in owners):
            raise LastOwner


class UserSession(Model):
    """One browser in which a user is signed in. Only the hash of its token is kept."""

    __tablename__ = "user_sessions"
    __table_args__ = (Index("ix_user_sessions_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    device: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When something was last written through it: reading leaves no trace."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="raise")

    def wrote(self) -> None:
        """Remember, to the hour, when something was last written through this session, which no session of the
        database need know.
        """
        if clock.now() - self.seen_at > timedelta(hours=1):
            mine = update(UserSession).where(UserSession.id == self.id)
            db.session.execute(mine.values(seen_at=clock.now()).execution_options(synchronize_session=False))

    def end(self, by: User) -> None:
        """End it: its cookie is dead from the next request on."""
        if self.ended_at is None:
            self.ended_at = clock.now()
            record("session.ended", by=by, subject=self)


def token_hash(token: str) -> str:
    """What is kept of a token: its SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()
