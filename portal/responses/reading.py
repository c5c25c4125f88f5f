"""What a list of answers is narrowed by: one condition per line, and it can be written into an address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, literal_column, or_

from portal.customers.models import Customer
from portal.responses.models import SOURCES, STATES, Response
from portal.surveys.models import Survey
from portal.surveys.scales import SCALES, SCORES
from portal.texts import number_in

FEELINGS = ("unhappy", "neutral", "happy")
NOBODY = "nobody"
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True)
class ResponseFilter:
    """What was asked for. Whatever was not understood is left out: an odd address shows every answer that stands."""

    feeling: str = ""
    survey: int = 0
    source: str = ""
    state: str = "standing"
    customer: int = 0
    comments: bool = False
    score: str = ""
    """Exactly this one, as digits."""
    whose: str = ""
    """Who answered for the customer then: a user's id, or `NOBODY`."""
    month: str = ""
    """Given in this month, as in `2026-11`."""

    @classmethod
    def from_address(cls, args: Mapping[str, str]) -> "ResponseFilter":
        """Read it from the query string."""
        return cls(
            feeling=_one_of(FEELINGS, args.get("feeling", "")),
            survey=number_in(args.get("survey", "")),
            source=_one_of(SOURCES, args.get("source", "")),
            state=_one_of(STATES, args.get("state", "")) or "standing",
            customer=number_in(args.get("customer", "")),
            comments=args.get("comments") == "1",
            score=_one_of(SCORES, args.get("score", "")),
            whose=NOBODY if args.get("whose") == NOBODY else str(number_in(args.get("whose", "")) or ""),
            month=month if _MONTH.fullmatch(month := args.get("month", "")) else "",
        )

    def conditions(self) -> list[ColumnElement[bool]]:
        """What an answer must be, besides its state. Archived customers show only where a figure counts them too."""
        found: list[ColumnElement[bool]] = []
        if self.customer:
            found.append(Response.customer_id == self.customer)
        if self.survey:
            found.append(Response.survey_id == self.survey)
        if not (self.customer or self.survey):
            found.append(Customer.archived_at.is_(None))
        if self.source:
            found.append(Response.source == literal_column(f"'{self.source}'"))  # rides on ix_survey_responses_by_staff
        if self.comments:
            found.append(Response.comment != "")
        if self.feeling:
            found.append(felt(self.feeling))
        return found + self._counted()

    def _counted(self) -> list[ColumnElement[bool]]:
        """What makes it one of those that a number of the results counts."""
        found: list[ColumnElement[bool]] = []
        if self.score:
            found.append(Response.score == int(self.score))
        if self.whose:
            found.append(Response.assignee_id == (None if self.whose == NOBODY else int(self.whose)))
        if first := self.first_of_month:
            found.append(Response.answered_on.between(first, _last_of(first)))
        return found

    @property
    def first_of_month(self) -> date | None:
        """The first day of the month that it is narrowed to."""
        return date.fromisoformat(f"{self.month}-01") if self.month else None

    @property
    def assignee_id(self) -> int:
        """The id of who answered for the customer then; 0 for nobody, or when that was not asked for."""
        return number_in(self.whose)

    @property
    def is_counted(self) -> bool:
        """Is it narrowed to what a number of the results counts?"""
        return bool(self.score or self.whose or self.month)

    @property
    def shows_waiting_first(self) -> bool:
        """Do those that are still to be made right stand on top?"""
        return self.state == "standing" and self.feeling in ("", "unhappy")

    @property
    def is_empty(self) -> bool:
        """Does it show every answer that stands?"""
        return self == ResponseFilter()

    def query(self, **changes: Any) -> str:
        """The query string that says it, with these changes, as short as can be; with its `?`, or empty."""
        said: dict[str, Any] = {
            "feeling": self.feeling,
            "survey": self.survey,
            "source": self.source,
            "state": "" if self.state == "standing" else self.state,
            "customer": self.customer,
            "comments": "1" if self.comments else "",
            "score": self.score,
            "whose": self.whose,
            "month": self.month,
        }
        wanted = urlencode({name: value for name, value in (said | changes).items() if value})
        return f"?{wanted}" if wanted else ""


def felt(feeling: str) -> ColumnElement[bool]:
    """The condition that an answer's score is unhappy, neutral or happy on its survey's scale."""
    bounds = {
        kind: {
            "unhappy": Response.score <= scale.unhappy,
            "neutral": and_(Response.score > scale.unhappy, Response.score < scale.happy),
            "happy": Response.score >= scale.happy,
        }[feeling]
        for kind, scale in SCALES.items()
    }
    return or_(*(and_(Survey.kind == kind, bound) for kind, bound in bounds.items()))


def _last_of(first: date) -> date:
    """The last day of the month that begins on that day."""
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _one_of(words: tuple[str, ...], word: str) -> str:
    return word if word in words else ""
