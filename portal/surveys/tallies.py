"""Tallies: answers and delivered invitations moved, once each, into the counts that results are read from.

An answer is counted once it can no longer be corrected. Rows are claimed and counted in one transaction, so that two
workers, or one that is killed, count nothing twice and leave nothing out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite

from portal import bulk, clock
from portal.extensions import db
from portal.invitations.models import Invitation
from portal.jobs import leaving
from portal.responses.models import Response
from portal.surveys import queries
from portal.surveys.models import DELIVERED, FROM_STAFF, SurveyTally

SETTLED_AFTER = timedelta(hours=25)
"""An answer can be corrected for 24 hours; one hour more, for a page that is slow to arrive."""
AT_ONCE = 2000
_ANSWERED = (Response.survey_id, Response.answered_on, Response.assignee_id, Response.score, Response.source)
_ASKED = (
    Invitation.survey_id, Invitation.sent_on, Invitation.send_on, Invitation.assignee_id, Invitation.channel,
)  # fmt: skip
Key = tuple[int, date, int, int]
"""Survey, first day of the month, assignee (0 for nobody), score."""


def gather() -> int:
    """Count all that is ripe, some thousands at a time, each in a transaction of its own. Returns how many rows."""
    counted = 0
    for claim in (_answers, _invitations):
        while rows := claim():
            add(Counter(key for key in rows if key is not None))
            db.session.commit()
            counted += len(rows)
            if leaving():
                return counted
    db.session.rollback()
    return counted


def _answers() -> list[Key | None]:
    """Claim some answers."""
    ripe = queries.ripe_responses(clock.now() - SETTLED_AFTER, AT_ONCE)
    claim = update(Response).where(Response.id.in_(ripe)).values(tallied=True)
    return [_key_of(row) for row in _claimed(claim, *_ANSWERED)]


def _invitations() -> list[Key | None]:
    """Claim some invitations; what was said on the phone was not delivered to anybody."""
    claim = update(Invitation).where(Invitation.id.in_(queries.ripe_invitations(AT_ONCE))).values(tallied=True)
    return [
        (row.survey_id, _month(row.sent_on or row.send_on), row.assignee_id or 0, DELIVERED)
        if row.channel != "phone"
        else None
        for row in _claimed(claim, *_ASKED)
    ]


def _claimed(claim: Any, *columns: Any) -> Iterable[Any]:
    return db.session.execute(claim.returning(*columns), execution_options={"synchronize_session": False}).all()


def _key_of(response: Any) -> Key:
    score = response.score if response.source == "client" else FROM_STAFF
    return response.survey_id, _month(response.answered_on), response.assignee_id or 0, score


def _month(day: date) -> date:
    return day.replace(day=1)


def add(counts: Mapping[Key, int]) -> None:
    """Add these to the tallies, in one order, so that two workers never wait for each other."""
    if not counts:
        return
    bulk.hold("survey_tallies")
    dialect: Any = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    names = ("survey_id", "month", "assignee_id", "score", "count")
    rows = [dict(zip(names, (*key, count), strict=True)) for key, count in sorted(counts.items())]
    statement = dialect.insert(SurveyTally)
    more = SurveyTally.count + statement.excluded.count
    db.session.execute(statement.on_conflict_do_update(index_elements=names[:4], set_={"count": more}), rows)


def rebuild() -> int:
    """All tallies anew from the rows that they have counted, in one transaction; returns how many there are. Commits.

    What is counted at the same moment waits until this is done, or is done before it begins.
    """
    bulk.hold("survey_tallies")
    db.session.execute(delete(SurveyTally))
    counts: Counter[Key] = Counter()
    for row in queries.counted():
        survey_id, day, assignee_id, score, count = tuple(row)
        counts[survey_id, _month(day), assignee_id, score] += count
    add(counts)
    db.session.commit()
    return len(counts)


def take_out(response: Response) -> None:
    """Before an answer ceases to stand (it is locked by the caller): it counts no longer, if it did."""
    if response.tallied:
        add({_key_of(response): -1})
        response.tallied = False
