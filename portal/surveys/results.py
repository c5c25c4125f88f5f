"""The results of a survey: what its answers add up to, as a whole, by month and by assignee."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from portal.surveys import scoring
from portal.surveys.models import DELIVERED, FROM_STAFF
from portal.surveys.scales import SCALES

MONTHS_SHOWN = 24
MONTHS_LATELY = 3
"""This month and the two before it."""


@dataclass
class Answers:
    """How many answers of each score clients gave, of how many delivered invitations; and those taken by colleagues."""

    kind: str
    by_score: Counter[int] = field(default_factory=Counter)
    delivered: int = 0
    from_staff: int = 0

    def add(self, score: int, count: int) -> None:
        """So many more of a score, of delivered invitations, or of answers taken by colleagues."""
        if score == DELIVERED:
            self.delivered += count
        elif score == FROM_STAFF:
            self.from_staff += count
        else:
            self.by_score[score] += count

    @property
    def n(self) -> int:
        """Answers of clients."""
        return self.by_score.total()

    @property
    def score(self) -> scoring.Score | None:
        """What they add up to; staff's stay out of it."""
        return scoring.score(self.kind, self.by_score)

    @property
    def rate(self) -> float | None:
        """Answers in per cent of delivered invitations; None where none was delivered."""
        return 100 * self.n / self.delivered if self.delivered else None

    def of_feeling(self, feeling: str) -> int:
        """How many are `unhappy`, `neutral` or `happy`."""
        scale = SCALES[self.kind]
        return sum(count for score, count in self.by_score.items() if scale.feeling(score) == feeling)

    def distribution(self) -> list[tuple[int, str, int]]:
        """(score, feeling, answers) of every score that can be given, rising."""
        scale = SCALES[self.kind]
        return [(score, scale.feeling(score), self.by_score[score]) for score in scale.scores]


@dataclass(frozen=True)
class Results:
    """The whole; the last months that have answers, oldest first; assignees by name, nobody's last."""

    whole: Answers
    months: list[tuple[date, Answers]]
    assignees: list[tuple[int, str, Answers]]


def results(kind: str, counts: Iterable[Any], names: dict[int, str]) -> Results:
    """Put together what was counted: rows of (month or None, assignee or None, score, count), as `counts_of` has them.

    A row with both belongs to both views; the whole is what the assignees add up to.
    """
    whole = Answers(kind)
    months: dict[date, Answers] = {}
    people: dict[int, Answers] = {}
    for month, assignee_id, score, count in counts:
        if assignee_id is not None:
            whole.add(score, count)
            people.setdefault(assignee_id, Answers(kind)).add(score, count)
        if month is not None:
            months.setdefault(month.replace(day=1), Answers(kind)).add(score, count)
    by_month = sorted((month, answers) for month, answers in months.items() if answers.n)
    by_name = sorted((id == 0, names.get(id, ""), id, answers) for id, answers in people.items() if _matters(answers))
    return Results(whole, by_month[-MONTHS_SHOWN:], [(id, name, answers) for _last, name, id, answers in by_name])


def _matters(answers: Answers) -> bool:
    return bool(answers.n or answers.delivered)


def trends(counts: Iterable[Any]) -> dict[str, list[tuple[date, Answers]]]:
    """Of each kind of survey, the months with answers, oldest first; of rows (kind, month or day, score, count)."""
    found: dict[str, dict[date, Answers]] = {}
    for kind, day, score, count in counts:
        found.setdefault(kind, {}).setdefault(day.replace(day=1), Answers(kind)).add(score, count)
    return {
        kind: [(month, answers) for month, answers in sorted(months.items()) if answers.n]
        for kind, months in found.items()
    }


def of_each(kinds: dict[int, str], counts: Sequence[Any]) -> dict[int, tuple[Answers, Answers]]:
    """The whole of each of many surveys, and what came lately, by the surveys' ids; of rows of (survey, score, count,
    how many of these lately).
    """
    found = {id: (Answers(kind), Answers(kind)) for id, kind in kinds.items()}
    for survey_id, score, count, lately in counts:
        if survey_id in found:
            found[survey_id][0].add(score, count)
            found[survey_id][1].add(score, lately)
    return found


def lately_since(today: date) -> date:
    """From when on answers are the latest ones: the first day of the month two months ago."""
    month = today.replace(day=1)
    for _ in range(MONTHS_LATELY - 1):
        month = (month - timedelta(days=1)).replace(day=1)
    return month
