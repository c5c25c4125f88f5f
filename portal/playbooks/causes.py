"""What starts playbooks, and what stops their runs, read from the events by which it was written down.

An event only says where to look: what counts is how the purchase, the answer or the customer stands now. So what comes
twice, late, or was taken back meanwhile starts nothing twice, and nothing that is over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row

from portal import clock
from portal.playbooks import queries
from portal.surveys.scales import SCALES

RECENT = timedelta(days=30)
"""What happened longer ago starts nothing."""
PURCHASES = ("purchase.recorded", "purchase.changed", "purchase.restored", "purchase.voided")
ANSWERS = (
    "response.received", "response.corrected", "response.accepted", "response.dismissed", "response.disavowed",
)  # fmt: skip
HAND_OFFS, ARCHIVED, RESTORED = "hand_off.accepted", "customer.archived", "customer.restored"
KINDS = (*PURCHASES, *ANSWERS, HAND_OFFS, ARCHIVED, RESTORED)


class Cause(NamedTuple):
    """One thing that happened with a customer, and the triggers that it sets off."""

    kind: str
    """One of `CAUSES`."""
    id: int
    customer_id: int
    on: date
    triggers: tuple[str, ...]

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from every other cause."""
        return self.kind, self.id


@dataclass
class News:
    """What some events come to: causes in the order of their days, causes and customers that stand no longer, and those
    that stand again.
    """

    causes: list[Cause] = field(default_factory=list)
    gone: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    """By one of `STOPPED_BY`."""
    archived: list[int] = field(default_factory=list)
    back: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    """Causes that stand again, by the one of `STOPPED_BY` that they had been stopped by."""
    restored: list[int] = field(default_factory=list)


def news_of(events: Sequence[Row[Any]], triggers: set[str]) -> News:
    """What these events come to, for playbooks that wait for these triggers; three queries at most."""
    news = News()
    ids = {kind: {event.subject_id for event in events if event.kind in kinds} for kind, kinds in _SUBJECTS.items()}
    news.archived = sorted({event.customer_id for event in events if event.kind == ARCHIVED})
    news.restored = sorted({event.customer_id for event in events if event.kind == RESTORED})
    voided = {event.subject_id for event in events if event.kind in ("purchase.voided", "purchase.restored")}
    if triggers & {"purchase", "first_purchase", "repeat_purchase"} and ids["purchase"]:
        news.causes += _purchases(queries.purchases(ids["purchase"], clock.today() - RECENT))
    if voided:
        still_void = set(queries.voided_purchases(voided))
        news.gone["voided"] = [("purchase", id) for id in sorted(still_void)]
        news.back["voided"] = [("purchase", id) for id in sorted(voided - still_void)]
    if ids["answer"]:
        _read_answers(queries.answers(ids["answer"]), news)
    if "hand_off" in triggers:
        news.causes += [
            Cause("hand_off", event.subject_id, event.customer_id, event.happened_on, ("hand_off",))
            for event in events
            if event.kind == HAND_OFFS and event.happened_on >= clock.today() - RECENT
        ]
    news.causes.sort(key=lambda cause: (cause.on, cause.kind, cause.id))
    return news


_SUBJECTS = {"purchase": PURCHASES, "answer": ANSWERS}


def _purchases(rows: Iterable[Any]) -> Iterable[Cause]:
    """The customer's first purchase day makes a first purchase, every later one a repeat."""
    for id, customer_id, on, first_on in rows:
        which = "first_purchase" if first_on is None or on <= first_on else "repeat_purchase"
        yield Cause("purchase", id, customer_id, on, ("purchase", which))


def _read_answers(rows: Iterable[Any], news: News) -> None:
    """Who is unhappy, and who is so no longer, because the answer was corrected or does not stand."""
    for id, customer_id, on, state, score, kind in rows:
        unhappy = state == "standing" and SCALES[kind].feeling(score) == "unhappy"
        if not unhappy:
            news.gone.setdefault("not_unhappy", []).append(("answer", id))
            continue
        news.back.setdefault("not_unhappy", []).append(("answer", id))
        if on >= clock.today() - RECENT:
            news.causes.append(Cause("answer", id, customer_id, on, ("unhappy",)))
