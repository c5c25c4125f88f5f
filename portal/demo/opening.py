"""Opening the demo firm: the firm itself and four people who can sign in; and how full the database is already."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from portal import clock
from portal.customers.models import Customer
from portal.demo.centring import LEVELS
from portal.demo.words import Words
from portal.extensions import db
from portal.retention.closing import begin_economics
from portal.rules import N_, BrokenRule
from portal.settings.models import Firm
from portal.settings.queries import the_firm
from portal.surveys import ready
from portal.timeline.models import record
from portal.users import passwords
from portal.users.models import ROLES, User

ECONOMICS = {
    "winning_minor": 900_000_00,
    "keeping_minor": 240_000_00,
    "margin_percent": 35,
    "new_offer_percent": 15,
    "loyal_offer_percent": 5,
}
"""A year, in the firm's currency; new customers are offered more than loyal ones get, as in many firms."""
PASSWORD = "retention-demo"  # noqa: S105 - printed by `make demo`
HOST = "demo.example"
GOAL_CLIENTS = 15
"""Buyers who shall become clients in a quarter."""
AGE = timedelta(days=735)


class NotEmpty(BrokenRule):
    """The demo is never poured over somebody's own data."""

    message = N_(
        "This database has a firm already. The demo needs an empty one: set PORTAL_INSTANCE to another folder."
    )


@dataclass(frozen=True)
class Opened:
    """The demo's firm and its users by role."""

    firm: Firm
    users: dict[str, User]


def is_loaded() -> bool:
    """Is the demo firm there, with its customers?"""
    return _is_ours() and db.session.scalar(select(Customer.id).limit(1)) is not None


def _is_ours() -> bool:
    return db.session.scalar(select(User.id).where(User.email == f"owner@{HOST}")) is not None


def open_firm(words: Words, locale: str) -> Opened:
    """The firm and its users, two years ago. Raises NotEmpty unless there is none, or only the demo's own."""
    firm = the_firm()
    if firm is not None:
        if not _is_ours() or db.session.scalar(select(Customer.id).limit(1)) is not None:
            raise NotEmpty
        clock.use_zone(firm.time_zone)
        ours = db.session.scalars(select(User).where(User.email.endswith(f"@{HOST}")))
        return Opened(firm, {user.role: user for user in ours})
    clock.use_zone(words.time_zone)
    with clock.as_of(clock.now() - AGE):
        firm = Firm(
            name=words.firm,
            locale=locale,
            time_zone=words.time_zone,
            currency=words.currency,
            region=words.region,
            goal_clients=GOAL_CLIENTS,
            privacy=words.privacy,
            created_at=clock.now(),
        )
        users = {role: _user(role, words.users[role]) for role in ROLES}
        db.session.add_all([firm, *users.values()])
        db.session.flush()
        record("firm.made", by=users["owner"], subject=firm, name=firm.name)
        for survey in ready.add_all(locale, users["owner"]):
            survey.state = "active"
        begin_economics().change(by=users["owner"], currency=firm.currency, **ECONOMICS)
    return Opened(firm, users)


def _user(role: str, name: str) -> User:
    return User(
        name=name,
        email=f"{role}@{HOST}",
        role=role,
        level=LEVELS[role],
        password_hash=passwords.hashed(PASSWORD),
        created_at=clock.now(),
    )
