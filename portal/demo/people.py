"""Invents people and firms, no two alike as far as the eye can see."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from portal.customers.keeping import Details, Person
from portal.demo.words import Words

FIRMS_SHARE = 0.45
TRIES = 40


@dataclass(frozen=True)
class Invented:
    """A customer who is not there yet."""

    details: Details
    is_firm: bool
    contacts: list[Person]
    tags: list[str]


class People:
    """A well of customers in one language."""

    def __init__(self, words: Words, chance: Random) -> None:
        self.words, self.chance = words, chance
        self._given: dict[str, int] = {}

    def next(self) -> Invented:
        """Somebody new."""
        words, chance = self.words, self.chance
        city, prefix = chance.choice(words.places)
        is_firm = chance.random() < FIRMS_SHARE
        name = self._once(self._firm_name if is_firm else self._person_name)
        details = Details(
            name=name,
            email=self._email(name, is_firm) if chance.random() < 0.8 else None,
            phone=self._phone(prefix) if chance.random() < 0.92 else None,
            city=city,
            notes=chance.choice(words.about),
        )
        people = chance.choice((1, 1, 1, 2, 2, 3)) if is_firm else 0
        return Invented(
            details=details,
            is_firm=is_firm,
            contacts=[self._contact(details, prefix) for _ in range(people)],
            tags=chance.sample(words.tags, chance.choice((0, 0, 0, 1, 1, 2))),
        )

    def _firm_name(self) -> str:
        kind, own = self.chance.choice(self.words.kinds_of_firm), self.chance.choice(self.words.names_of_firms)
        return f"{kind} {own}" if self.words.double_last_names else f"{own} {kind}"

    def _person_name(self) -> str:
        first, *last = self.chance.choice(self.words.first_names), *self.chance.sample(self.words.last_names, 2)
        return f"{first} {' '.join(last)}" if self.words.double_last_names else f"{first} {last[0]}"

    def _once(self, invent: Callable[[], str]) -> str:
        """A name nobody has; only when the well runs dry, a number tells two apart, as firms do with their branches."""
        names = (invent() for _ in range(TRIES))
        name = next((name for name in names if name not in self._given), None) or invent()
        self._given[name] = self._given.get(name, 0) + 1
        return name if self._given[name] == 1 else f"{name} {self._given[name]}"

    def _contact(self, firm: Details, prefix: str) -> Person:
        name = self._person_name()
        domain = firm.email.partition("@")[2] if firm.email else ""
        return Person(
            name=name,
            title=self.chance.choice(self.words.titles),
            email=f"{_plain(name.split()[0])}@{domain}" if domain else None,
            phone=self._phone(prefix) if self.chance.random() < 0.8 else None,
        )

    def _phone(self, prefix: str) -> str:
        digits = self.words.phone_digits - len(prefix)
        return prefix + str(self.chance.randrange(2 * 10 ** (digits - 1), 10**digits))

    def _email(self, name: str, is_firm: bool) -> str:
        if is_firm:
            return f"info@{_plain(name).replace(' ', '-')}.example"
        return f"{'.'.join(_plain(name).split()[:2])}{self.chance.randrange(10, 99)}@mail.example"


def _plain(text: str) -> str:
    """Lower case, ASCII letters, digits and spaces only."""
    stripped = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join("".join(c if c.isalnum() else " " for c in stripped).split())
