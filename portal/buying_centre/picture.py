"""The buying centre as its page shows it, put together from contacts, touches and rhythms: who talks to whom, and what
stands out. It knows no database.

- Reached: somebody of us touched the person and they were there (outcome `reached`).
- Unanswered: a sceptic or a detractor whom nobody has reached since we know of the stance, or for so many days.
- Below eye level: somebody whose level we know and whom, in the last year, only users of lower levels touched. Where
  the level of one of those users is not known, nothing is said.
- One thread: three touches or more in the last 180 days, all through one contact (of those that name somebody), or all
  by one user. A customer without contacts is a person, who is no centre: one of us is all that they need.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from portal import clock
from portal.buying_centre.terms import AGAINST, ROLES, STAND_OUTS, rank
from portal.contacts.models import Contact

FEWEST = 3
"""Touches from which on a single thread is worth a word."""


class Ours(NamedTuple):
    """One of our users who touches somebody there, or means to."""

    id: int
    name: str
    level: str


@dataclass(frozen=True)
class Between:
    """What is between one of us and one of them; `touches` and `relation` are rows of `queries`, or None."""

    user: Ours
    touches: Any = None
    relation: Any = None

    @property
    def is_late(self) -> bool:
        """Has the day of their rhythm gone by, with nothing planned?"""
        due_on = self.relation.due_on if self.relation else None
        return due_on is not None and due_on < clock.today() and self.relation.planned_on is None


@dataclass
class Person:
    """One of them, with what is between them and each of ours, in the order of `Picture.users`."""

    contact: Contact
    between: list[Between]
    met: int = 0
    met_at: Any = None
    is_unanswered: bool = False
    below: list[Ours] = field(default_factory=list)
    """Those who touch a person of a higher level than any of them."""

    @property
    def roles(self) -> list[str]:
        """The buying roles, in their order."""
        return self.contact.roles.split()


class Thread(NamedTuple):
    """The one through whom so many touches went, one of them (`contact`) or of us."""

    name: str
    contact: bool
    touches: int


@dataclass
class Picture:
    """All of it."""

    users: list[Ours]
    people: list[Person]
    left: list[Contact]
    threads: list[Thread]

    @property
    def is_placed(self) -> bool:
        """Do we know anybody's role?"""
        return any(person.roles for person in self.people)

    @property
    def unfilled(self) -> list[str]:
        """The roles that nobody fills, as far as we know."""
        filled = {role for person in self.people for role in person.roles}
        return [role for role in ROLES if role not in filled]

    @property
    def unmet(self) -> list[Person]:
        """Deciders whom nobody has reached."""
        return [person for person in self.people if "decider" in person.roles and not person.met]

    @property
    def unanswered(self) -> list[Person]:
        """Those against us whom nobody has answered."""
        return [person for person in self.people if person.is_unanswered]

    @property
    def below(self) -> list[Person]:
        """Those whom only lower levels of ours meet."""
        return [person for person in self.people if person.below]

    @property
    def kinds(self) -> list[str]:
        """What stands out, some of `terms.STAND_OUTS`."""
        found = {"thread": self.threads, "below": self.below, "unmet": self.unmet, "unanswered": self.unanswered}
        return [kind for kind in STAND_OUTS if found[kind]]


def picture(contacts: Iterable[Contact], touches: Sequence[Any], relations: Sequence[Any], patience: int) -> Picture:
    """The picture from rows of `queries`; `patience` is how many days an answer to a sceptic holds."""
    contacts = list(contacts)
    users = _users(touches, relations)
    met = {(row.contact_id, row.user_id): row for row in touches}
    planned = {(row.contact_id, row.user_id): row for row in relations}
    people = [
        Person(each, [Between(user, met.get((each.id, user.id)), planned.get((each.id, user.id))) for user in users])
        for each in contacts
        if not each.is_archived
    ]
    for person in people:
        _judge(person, [row for row in touches if row.contact_id == person.contact.id], patience)
    left = [each for each in contacts if each.is_archived]
    return Picture(users, people, left, _threads(touches, {each.id: each.name for each in contacts}))


def _users(touches: Sequence[Any], relations: Sequence[Any]) -> list[Ours]:
    """Who of us touched somebody in the last year, or has a rhythm with somebody."""
    rows = [*(row for row in touches if row.in_year and row.contact_id and row.user_id), *relations]
    found = {row.user_id: Ours(row.user_id, row.user_name, row.level) for row in rows}
    return sorted(found.values(), key=lambda user: (user.name, user.id))


def _judge(person: Person, touches: list[Any], patience: int) -> None:
    person.met = sum(row.met for row in touches)
    person.met_at = max((row.met_at for row in touches if row.met_at), default=None)
    person.is_unanswered = person.contact.stance in AGAINST and not _is_answered(person, patience)
    ours = [Ours(row.user_id, row.user_name, row.level) for row in touches if row.in_year]
    if ours and all(0 < rank(user.level) < rank(person.contact.level) for user in ours):
        person.below = ours


def _is_answered(person: Person, patience: int) -> bool:
    if person.met_at is None or person.contact.stance_at is None or person.met_at <= person.contact.stance_at:
        return False
    return clock.day_of(person.met_at) >= clock.today() - timedelta(days=patience)


def _threads(touches: Sequence[Any], names: dict[int, str]) -> list[Thread]:
    if not names:
        return []
    recent = [row for row in touches if row.in_thread]
    by_contact = _added(recent, "contact_id")
    by_user = _added(recent, "user_id")
    threads = []
    if len(by_contact) == 1:
        [(id, n)] = by_contact.items()
        threads += [Thread(names[id], True, n)] if n >= FEWEST and id in names else []
    if len(by_user) == 1:
        [(id, n)] = by_user.items()
        threads += [Thread(row.user_name, False, n) for row in recent if row.user_id == id][:1] if n >= FEWEST else []
    return threads


def _added(rows: list[Any], by: str) -> dict[int, int]:
    """Touches by whom they went through; those that name nobody are left out."""
    found: dict[int, int] = {}
    for row in rows:
        if (id := getattr(row, by)) is not None:
            found[id] = found.get(id, 0) + row.in_thread
    return found
