"""Making what playbooks ask for, on its day: commitments, follow-ups and invitations, some hundreds at a time.

What a step makes, that it has made it, and the end of its run are one transaction: a kill leaves the old state or the
new, and two workers take turns.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Table, update

from portal import bulk, clock
from portal.bulk import Same, Stored
from portal.commitments.models import Commitment
from portal.extensions import db
from portal.follow_ups.clocks import set_clocks_of
from portal.follow_ups.models import FollowUp
from portal.invitations.inviting import Asking, invite_many
from portal.invitations.queries import opted_out, people_to_ask
from portal.playbooks import queries
from portal.playbooks.giving import Givers
from portal.playbooks.models import PlaybookRun, RunStep
from portal.timeline.models import Event

COMMITMENTS, FOLLOW_UPS = cast("Table", Commitment.__table__), cast("Table", FollowUp.__table__)
EVENTS = cast("Table", Event.__table__)
AT_ONCE = 1000


def make_due(asking: Asking) -> int:
    """Make the steps whose day has come, at most a thousand; how many there were. Does not commit."""
    bulk.hold("playbooks.make")
    rows = queries.due_steps(clock.today(), AT_ONCE)
    if not rows:
        return 0
    work = Work(rows, Givers())
    work.promise()
    work.plan()
    work.ask(asking)
    work.settle()
    return len(rows)


class Work:
    """Some steps whose day has come, and what becomes of each."""

    def __init__(self, rows: Sequence[Any], givers: Givers) -> None:
        self.givers = givers
        self.made: list[dict[str, Any]] = []
        self.skipped: list[dict[str, Any]] = []
        self.run_ids = sorted({row.run_id for row in rows})
        self._by_kind: dict[str, list[Any]] = {}
        for row in rows:
            if row.PlaybookStep.retired_at is not None:
                self._skip(row, "taken_out")
            else:
                self._by_kind.setdefault(row.PlaybookStep.kind, []).append(row)

    def promise(self) -> None:
        """Write the commitments down, due today."""
        rows = self._by_kind.get("commitment", [])
        ids, today = list(bulk.next_ids(COMMITMENTS, len(rows))), clock.today()
        texts = [row.PlaybookStep.text for row in rows]
        columns = {
            "id": ids, "customer_id": [row.customer_id for row in rows], "assignee_id": self._given(rows),
            "side": Same("ours"), "text": texts, "due_on": Same(today), "original_due_on": Same(today),
            "origin": Same("playbook"), "created_at": Same(clock.now()),
        }  # fmt: skip
        bulk.insert(COMMITMENTS, len(rows), columns)
        told = ({"text": text, "side": "ours", "due_on": today.isoformat(), "contact": ""} for text in texts)
        self._tell("commitment.made", rows, ids, told)
        self._have_made("commitment", rows, ids)

    def plan(self) -> None:
        """Plan the follow-ups, for today. Where a reassurance stands already, there is no second one."""
        rows = self._not_reassured(self._by_kind.get("follow_up", []))
        ids, today = list(bulk.next_ids(FOLLOW_UPS, len(rows))), clock.today()
        steps = [row.PlaybookStep for row in rows]
        columns = {
            "id": ids, "customer_id": [row.customer_id for row in rows], "assignee_id": self._given(rows),
            "channel": [step.channel for step in steps], "purpose": [step.purpose for step in steps],
            "objective": [step.text for step in steps], "due_on": Same(today), "origin": Same("playbook"),
            "origin_id": [row.id for row in rows], "created_at": Same(clock.now()),
        }  # fmt: skip
        bulk.insert(FOLLOW_UPS, len(rows), columns)
        told = ({"purpose": each.purpose, "objective": each.text, "due_on": today.isoformat()} for each in steps)
        self._tell("follow_up.planned", rows, ids, told)
        self._have_made("follow_up", rows, ids)
        set_clocks_of({row.customer_id for row in rows})

    def _not_reassured(self, rows: Sequence[Any]) -> list[Any]:
        """Those that plan no second reassurance: not while one is open, nor for a purchase that had its own."""
        about = [row for row in rows if row.PlaybookStep.purpose == "reassurance"]
        if not about:
            return list(rows)
        bought = {row.cause_id for row in about if row.cause == "purchase"}
        open_for, planned_after = queries.reassured({row.customer_id for row in about}, bought)
        wanted = []
        for row in rows:
            if row.PlaybookStep.purpose != "reassurance":
                wanted.append(row)
            elif row.customer_id in open_for or (row.cause == "purchase" and row.cause_id in planned_after):
                self._skip(row, "reassured")
            else:
                open_for.add(row.customer_id)
                wanted.append(row)
        return wanted

    def ask(self, asking: Asking) -> None:
        """Invite to the surveys, by mail; the contact budget decides when each leaves."""
        rows = self._by_kind.get("survey", [])
        surveys = queries.surveys_by_id({row.PlaybookStep.survey_id for row in rows} - {None})
        wanted: dict[int, dict[str, Any]] = {}
        for row in rows:
            survey = surveys.get(row.PlaybookStep.survey_id or 0)
            if survey is None or not survey.is_active:
                self._skip(row, "not_asking")
            else:
                wanted.setdefault(survey.id, {})[_cause(row)] = row
        for survey_id, by_cause in wanted.items():
            self._ask(survey_id, by_cause, asking)

    def _ask(self, survey_id: int, by_cause: dict[str, Any], asking: Asking) -> None:
        known = queries.invitations_by_cause(by_cause)
        customers = {row.customer_id for row in by_cause.values()}
        people = {each.customer_id: each for each in people_to_ask(customers)}
        silenced, addresses = opted_out(customers, {each.address.lower() for each in people.values()})
        asked = {}
        for cause, row in by_cause.items():
            person = people[row.customer_id]
            if cause in known:
                self._skip(row, "asked")
            elif not person.address:
                self._skip(row, "no_address")
            elif (person.customer_id, person.contact_id) in silenced or person.address.lower() in addresses:
                self._skip(row, "opted_out")
            else:
                asked[cause] = row
        invite_many(survey_id, [people[row.customer_id] for row in asked.values()], list(asked), asking)
        ids = queries.invitations_by_cause(asked) if asked else {}
        self._have_made("survey", list(asked.values()), [ids[cause] for cause in asked])

    def settle(self) -> None:
        """Write down what became of each step, and which runs have come to their end."""
        for values in (self.made, self.skipped):
            if values:
                db.session.execute(update(RunStep), values)
        ended = queries.ended_runs(self.run_ids)
        done = update(PlaybookRun).where(PlaybookRun.id.in_(ended), PlaybookRun.state == "running")
        done = done.values(state="done", ended_at=clock.now())
        db.session.execute(done.execution_options(synchronize_session=False))

    def _given(self, rows: Sequence[Any]) -> list[int | None]:
        steps = ((row.PlaybookStep, row.assignee_id) for row in rows)
        return [self.givers.give(step.given_to, step.user_id, assignee) for step, assignee in steps]

    def _tell(self, kind: str, rows: Sequence[Any], ids: Sequence[int], told: Iterable[dict[str, Any]]) -> None:
        columns = {
            "at": Same(clock.now()), "happened_on": Same(clock.today()), "kind": Same(kind), "user_id": Same(None),
            "customer_id": [row.customer_id for row in rows], "subject_id": ids,
            "data": Stored([json.dumps(each, ensure_ascii=False) for each in told]),
        }  # fmt: skip
        bulk.insert(EVENTS, len(rows), columns)

    def _have_made(self, kind: str, rows: Sequence[Any], ids: Sequence[int]) -> None:
        pairs = zip(rows, ids, strict=True)
        self.made += [{"id": row.id, "state": "made", "made": kind, "made_id": id} for row, id in pairs]

    def _skip(self, row: Any, why: str) -> None:
        self.skipped.append({"id": row.id, "state": "skipped", "why": why})


def _cause(row: Any) -> str:
    """What calls for the survey: a purchase, which is asked about once whoever asks, or else the step itself."""
    return f"purchase:{row.cause_id}" if row.cause == "purchase" else f"playbook:{row.id}"
