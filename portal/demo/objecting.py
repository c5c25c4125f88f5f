"""The demo's library of objections: what customers say to an offer, and which answer they are given."""

from io import BytesIO
from random import Random
from typing import TYPE_CHECKING

from portal.demo.words import Words
from portal.extensions import db
from portal.objections import documents, library
from portal.objections.models import Heard

if TYPE_CHECKING:
    from portal.users.models import User

OFTEN = 0.4
"""How many of those who hear an offer object something."""
ANSWERED = 0.8
"""How many of these are given an answer of the library."""
LARGEST = 10_000


class Objecting:
    """Lets customers object. The library is written down when the first of them does."""

    def __init__(self, words: Words, keeper: "User") -> None:
        self.words, self.keeper = words, keeper
        self.chance = Random("objections")  # noqa: S311 - a story, not a secret
        self.known: list[tuple[Heard, list[int]]] = []

    def heard(self) -> Heard | None:
        """What a customer objects to an offer, if anything."""
        if self.chance.random() >= OFTEN:
            return None
        self.known = self.known or self._begin()
        weights = range(len(self.known), 0, -1)
        heard, answers = self.chance.choices(self.known, weights)[0]
        is_answered = answers and self.chance.random() < ANSWERED
        return heard._replace(answer_id=self.chance.choice(answers)) if is_answered else heard

    def _begin(self) -> list[tuple[Heard, list[int]]]:
        known: list[tuple[Heard, list[int]]] = []
        for text, answers in self.words.objections:
            objection = library.write_down(text, self.keeper)
            given = [library.answer(objection, answer, self.keeper) for answer in answers]
            if not known:
                name, content = self.words.supporting
                library.attach(objection, documents.take(BytesIO(content.encode()), name, LARGEST), self.keeper)
            db.session.flush()
            known.append((Heard(objection.id, None, text), [answer.id for answer in given]))
        return known
