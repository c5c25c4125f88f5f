"""What a list of answers is narrowed by: one condition per line, and it can be written into an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, literal_column, or_

from portal.customers.models import Customer
from portal.responses.models import SOURCES, STATES, Response
from portal.surveys.models import Survey
from portal.surveys.scales import SCALES

FEELINGS = ("unhappy", "neutral", "happy")


@dataclass(frozen=True)
class ResponseFilter:
    """What was asked for. Whatever was not understood is left out: an odd address shows every answer that stands."""

    feeling: str = ""
    survey: int = 0
    source: str = ""
    state: str = "standing"
    customer: int = 0
    comments: bool = False

    @classmethod
    def from_address(cls, args: Mapping[str, str]) -> "ResponseFilter":
        """Read it from the query string."""
        return cls(
            feeling=_one_of(FEELINGS, args.get("feeling", "")),
            survey=_id(args.get("survey", "")),
            source=_one_of(SOURCES, args.get("source", "")),
            state=_one_of(STATES, args.get("state", "")) or "standing",
            customer=_id(args.get("customer", "")),
            comments=args.get("comments") == "1",
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
        return found

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


def _one_of(words: tuple[str, ...], word: str) -> str:
    return word if word in words else ""


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
